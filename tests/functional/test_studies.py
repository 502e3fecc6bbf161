"""A study through the browser: its series, its dose, whose it is, and what the board sees."""

import pytest
from playwright.sync_api import Page, expect

from tests.factories import dicom as make
from tests.factories.cases import STAGING, make_case
from tests.functional.conftest import sign_in
from tests.functional.test_whole_job import give, save
from tumorboard.tenancy.scope import institution_scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def site(live_server, cora):
    return live_server.url


@pytest.fixture
def case(north, cora):
    with institution_scope(north):
        return make_case(by=cora, **STAGING)


def series_of(**header: object) -> dict[str, object]:
    """A ZIP as a browser sends it: two series of a CT, and its dose report."""
    late = {"SeriesDescription": "late arterial", "SeriesNumber": 2, **header}
    portal = {"SeriesDescription": "portal venous", "SeriesNumber": 3, **header}
    content = make.archive(
        make.dicom(side=128, **late),
        make.dicom(side=128, SeriesInstanceUID="1.2.3", BodyPartExamined="ABDOMENPELVIS", **portal),
        make.dose_report(**header),
    )
    return {"name": "ct.zip", "mimeType": "application/zip", "buffer": content}


def test_a_study_from_its_files_to_the_boards_reading(page: Page, site, case, shoot):
    sign_in(page, site)
    page.goto(f"{site}/i/north/cases/{case.pk}/studies/new/")
    give(page, "modality", "CT")
    give(page, "performed_on", "12 Jan 2026")
    give(page, "report", "Stable disease. No new lesion.")
    shoot(page, "study-form")
    page.get_by_role("button", name="Save and add files").click()

    # Whose file it is has to be said before it is used.
    expect(page.get_by_role("heading", name="Add file")).to_be_visible()
    page.get_by_label("File").set_input_files(series_of(PatientID="OTHER-7"))
    page.get_by_role("button", name="Upload file").click()
    expect(page.get_by_role("heading", name="Is this the patient?")).to_be_visible()
    shoot(page, "study-file-held")
    page.get_by_role("button", name="It is this patient").click()
    page.get_by_role("dialog").get_by_role("button", name="It is this patient").click()

    # Nothing is taken over that is not ticked.
    expect(page.get_by_role("heading", name="Offered for the study")).to_be_visible()
    expect(page.locator("input[name=columns]:checked")).to_have_count(0)
    shoot(page, "study-file-offered")
    page.get_by_label("Dose-length product in mGy·cm: 612.5").check()
    page.get_by_label("Phases acquired: Late arterial, Portal venous").check()
    page.get_by_role("button", name="Take over what is ticked").click()
    main = page.get_by_role("main")
    expect(main).to_contain_text("612.5 mGy·cm")
    expect(main).to_contain_text("Late arterial, Portal venous")
    picture = page.get_by_alt_text("Middle picture of late arterial")
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("image => image.naturalWidth") > 0

    page.get_by_role("link", name="Enter result").click()
    give(page, "outcome", "stable")
    save(page)
    with institution_scope(case.institution):
        study = case.studies.get()
    page.goto(f"{site}/i/north/studies/{study.pk}/")
    page.get_by_role("link", name="Enter re-reading").click()
    give(page, "outcome", "progression")
    give(page, "agreement", "major")
    give(page, "words", "New lesion in segment VI.")
    give(page, "read_by", "Dr. Reader")
    shoot(page, "rereading-form")
    page.get_by_role("button", name="Save re-reading").click()
    expect(main).to_contain_text("Major discrepancy")
    shoot(page, "study-page")
