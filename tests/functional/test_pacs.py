"""Studies of the picture archive in a real browser: pictures come by themselves, ticks stay."""

import datetime
import json
import re

import pytest
from playwright.sync_api import expect

from cases.models import Study
from cases.services import pacs_connections
from tests.archives import Archive, series, server, study
from tests.factories.cases import make_case, make_study
from tests.factories.people import add_member
from tests.functional.conftest import sign_in
from tumorboard.tenancy.scope import institution_scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def archive(live_server, north, settings):
    """An archive with four studies, and a case of its patient; the page of both."""
    cora = add_member(
        north, "COORDINATOR", "ADMINISTRATOR", email="cora@north.example", name="Cora Nottareal"
    )
    answering = Archive(
        study("1.1", date="20260920"),
        study(
            "1.2", date="20260812", modalities=["CT", "PT"], description="PET/CT", accession="A-2"
        ),
        study("1.3", name="RIVERS^Ana", accession="A-3"),
        study("1.4", date=None, modalities=["US"], description=None, accession=None),
    )
    answering.series = [series(), series("1.2.3.2", modality="SR", description="Dose", number=9)]
    with server(answering) as address:
        settings.PACS_HOSTS = f"north={address}"
        settings.PACS_CREDENTIALS = json.dumps({"main": {"institution": "north", "token": "t"}})
        with institution_scope(north):
            case = make_case(by=cora)
            patient = case.patient
            patient.record_number, patient.birth_date = "R-1", datetime.date(1967, 5, 12)
            patient.save()
            make_study(case=case, by=cora, modality="CT", study_uid="1.1")
            make_study(case=case, by=cora, modality="MRI")
            pacs_connections.save(
                by=cora,
                name="Main archive",
                qido_url=f"{address}/d",
                credentials="main",
                viewer_template="https://viewer.example/?s={study_uid}",
            )
        answering.page = f"{live_server.url}/i/north/cases/{case.pk}/pacs/"
        answering.settings = f"{live_server.url}/i/north/settings/pacs/"
        answering.institution, answering.case = north, case
        yield answering


def test_pictures_come_by_themselves_and_ticked_studies_are_added(archive, page, shoot):
    sign_in(page, archive.page)
    pet = page.get_by_role("row").filter(has_text="12 Aug 2026")
    pet.get_by_label("Add").check()
    pet.get_by_label("Modality").select_option("PET_SSTR")
    for number in range(1, 5):
        page.locator(f"#series-{number}").scroll_into_view_if_needed()
        expect(page.locator(f"#series-{number} img")).to_be_visible()
    expect(pet.get_by_label("Add")).to_be_checked()
    shoot(page, "pacs")

    page.get_by_role("button", name="Add what is ticked").click()
    expect(page.get_by_role("heading", name="Rivera, Ana")).to_be_visible()
    with institution_scope(archive.institution):
        added = Study.objects.get(case=archive.case, study_uid="1.2")
        assert added.modality == "PET_SSTR"
    for path in archive.asked:
        assert re.match(r"/d/studies", path)


def test_an_error_leads_to_the_row_it_is_about(archive, page, shoot):
    sign_in(page, archive.page)
    other = page.get_by_role("row").filter(has_text="Differs")
    other.get_by_label("Add").check()
    page.get_by_role("button", name="Add what is ticked").click()
    summary = page.get_by_role("alert").filter(has_text="Confirm that it is the same person")
    expect(summary).to_be_focused()
    summary.get_by_role("link").click()
    expect(other.get_by_label("It is the same person")).to_be_focused()
    shoot(page, "pacs-error")


def test_the_settings_look_right(archive, page, shoot):
    sign_in(page, archive.settings)
    page.get_by_role("button", name="Test the connection").click()
    expect(page.get_by_text("The picture archive answers as DICOMweb.")).to_be_visible()
    shoot(page, "pacs-settings")
