"""The page of a study, its form, and the board's reading beside the result."""

import datetime

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from cases.models import Rereading, Result, Study
from cases.selectors.cases import one
from cases.services import rereadings, results, studies
from cases.web.imaging_section import imaging_section
from tests.factories.cases import make_study
from tests.integration.web.cases.reading import (
    checked_of,
    error_at,
    row_version_of,
    text_of,
    value_of,
)
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.models import AuditEntry

pytestmark = pytest.mark.usefixtures("kept_case")

TODAY = timezone.localdate()
FULL = {
    "modality": "PET_SSTR",
    "ordered_on": "1 Jan 2026",
    "performed_on": "12 Jan 2026",
    "reported_on": "13 Jan 2026",
    "performing_site": "East Clinic",
    "contrast": "iodinated",
    "contrast_flow_ml_s": "4",
    "phases": ["unenhanced", "portal_venous"],
    "coverage": ["abdomen", "pelvis"],
    "tracer": "DOTATATE",
    "activity_mbq": "185.5",
    "ctdi_vol_mgy": "8.1",
    "dlp_mgy_cm": "612.5",
    "effective_dose_msv": "14.2",
    "accession_number": "ACC-1",
    "study_uid": "1.2.840.1",
    "report": "Uptake in segment VI.",
    "target": "whole_body",
}
READING = {
    "outcome": "progression",
    "agreement": "major",
    "words": "New lesion in VI.",
    "read_on": "2026-02-01",
    "read_by": "Dr. Reader",
}


@pytest.fixture
def study(case, coordinator, scope):
    return make_study(case=case, by=coordinator, outcome="stable", report="Stable disease.")


def test_everything_of_a_study_is_entered_and_read_again(browser, at, case, scope):
    browser.post(at("study_new", case.pk), FULL)
    study = Study.objects.get()

    words = text_of(browser.get(at("study", study.pk)))
    for expected in (
        "Ordered on 1 Jan 2026",
        "Performed on 12 Jan 2026",
        "Performed at East Clinic",
        "Contrast Iodinated",
        "Flow rate 4.0 ml/s",
        "Phases Unenhanced, Portal venous",
        "Regions covered Abdomen, Pelvis",
        "Tracer DOTATATE",
        "Injected activity 185.5 MBq",
        "CTDIvol 8.10 mGy",
        "Dose-length product 612.5 mGy·cm",
        "Effective dose 14.20 mSv",
        "Reported on 13 Jan 2026",
        "Accession number ACC-1",
        "Study instance UID 1.2.840.1",
        "Uptake in segment VI.",
        "Still missing: Result not entered",
    ):
        assert expected in words
    form = browser.get(at("study_edit", study.pk))
    assert checked_of(form, "phases") == ["unenhanced", "portal_venous"]
    assert checked_of(form, "contrast") == ["iodinated"]
    assert value_of(form, "dlp_mgy_cm") == "612.5"
    assert AuditEntry.objects.filter(action="case.study.read").count() == 1


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("contrast_flow_ml_s", "fast", "Enter the number alone, in ml/s."),
        ("dlp_mgy_cm", "612 mGy", "Enter the number alone, in mGy·cm."),
        ("dlp_mgy_cm", "999999", "Check the unit."),
        ("dlp_mgy_cm", "nan", "Enter the number alone"),
        ("activity_mbq", "-5", "0 and 2,000 MBq"),
        ("activity_mbq", "185.55", "1 decimal place"),
        ("reported_on", "1 Jan 2026", "before it was performed"),
        ("reported_on", "2999-01-01", "future"),
        ("phases", ["arterial"], "Select a valid choice"),
        ("tracer", "FDG", "not the tracer"),
        ("contrast", "gadolinium", "not given for this modality"),
        ("study_uid", "1.2; DROP", "digits and dots"),
        ("performing_site", "x" * 201, "at most 200 characters"),
    ],
)
def test_what_cannot_be_is_told_at_its_field_and_nothing_is_stored(
    browser, at, case, scope, field, typed, message
):
    response = browser.post(at("study_new", case.pk), {**FULL, field: typed})

    assert response.status_code == 422
    assert message in error_at(response, field)
    assert not Study.objects.exists()
    assert "Uptake in segment VI." in response.content.decode()


def test_a_study_before_the_patients_birth_is_refused(browser, at, case, scope):
    case.patient.birth_date = datetime.date(2026, 1, 13)
    case.patient.save()
    response = browser.post(at("study_new", case.pk), FULL)

    assert "before the patient's birth" in error_at(response, "performed_on")
    assert not Study.objects.exists()


def test_the_second_of_two_people_sees_what_the_first_wrote(browser, at, study, chair):
    seen = row_version_of(browser, at("study_edit", study.pk))
    studies.change(study=study, accession_number="FIRST", by=chair)
    form = {"modality": "MRI", "performed_on": "2026-01-12", "report": "Mine."}
    response = browser.post(
        at("study_edit", study.pk), {**form, **seen, "accession_number": "SECOND"}
    )

    assert response.status_code == 422
    words = text_of(response)
    assert "FIRST" in words
    assert value_of(response, "accession_number") == "SECOND"
    study.refresh_from_db()
    assert study.accession_number == "FIRST"


def test_a_study_can_go_on_to_its_files(browser, at, case, scope):
    response = browser.post(at("study_new", case.pk), {**FULL, "and_files": "yes"})

    assert response["Location"] == at("study_file_new", Study.objects.get().pk)


def test_the_boards_reading_stands_beside_the_result(browser, at, study):
    page = browser.get(at("rereading_new", study.pk))
    assert "The result as reported stays as it is: Stable" in text_of(page)
    response = browser.post(at("rereading_new", study.pk), READING)

    assert response["Location"] == at("study", study.pk)
    assert Result.objects.get().outcome == "stable"
    words = text_of(browser.get(at("study", study.pk)))
    assert "As reported Stable" in words
    assert "Progression Major discrepancy New lesion in VI." in words
    assert "Read by Dr. Reader, 1 Feb 2026" in words


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("outcome", "", "Choose what the board sees."),
        ("agreement", "", "Choose whether the reading agrees"),
        ("agreement", "agree", "The result is “Stable”"),
        ("words", "", "Say in words what differs."),
        ("read_on", "2999-01-01", "future"),
        ("read_on", "soon", "Enter a date like"),
        ("read_on", "", "Enter the date of the reading."),
        ("read_by", "", "Enter who read it."),
    ],
)
def test_a_reading_that_cannot_be_is_told(browser, at, study, field, typed, message):
    response = browser.post(at("rereading_new", study.pk), {**READING, field: typed})

    assert response.status_code == 422
    assert message in error_at(response, field)
    assert not Rereading.objects.exists()


def test_a_reading_is_corrected(browser, at, study, coordinator):
    given = {**READING, "read_on": datetime.date(2026, 2, 1)}
    reading = rereadings.add(study=study, by=coordinator, **given)
    address = at("rereading_edit", reading.pk)
    seen = row_version_of(browser, address)
    browser.post(address, {**READING, **seen, "agreement": "minor"})

    reading.refresh_from_db()
    assert reading.agreement == "minor"
    rereadings.change(rereading=reading, words="Other words.", by=coordinator)
    response = browser.post(address, {**READING, **seen, "words": "Mine."})
    assert response.status_code == 422
    assert "Other words." in text_of(response)


def test_the_section_of_the_case_page(at, study, coordinator, institution):
    given = {**READING, "read_on": datetime.date(2026, 2, 1)}
    rereadings.add(study=study, by=coordinator, **given)
    make_study(case=study.case, by=coordinator, ordered_on=TODAY, performed_on=None)
    case = one(study.case_id)
    may = {permission.name: True for permission in Permission}
    context = {"case": case, "institution": institution, "may": may, **imaging_section(case)}
    html = render_to_string("cases/parts/imaging_section.html", context)

    assert at("study", study.pk) in html
    for words in ("Major discrepancy", "Ordered today, not performed", "Stable"):
        assert words in html
    empty = {**context, "study_lines": []}
    assert "No studies." in render_to_string("cases/parts/imaging_section.html", empty)


def test_who_may_only_read_gets_no_forms(sign_in_as, at, study):
    client = sign_in_as("PATHOLOGIST")
    html = client.get(at("study", study.pk)).content.decode()

    assert at("study_edit", study.pk) not in html
    assert at("rereading_new", study.pk) not in html
    assert client.get(at("rereading_new", study.pk)).status_code == 403
    assert client.get(at("study_file_new", study.pk)).status_code == 403


def test_an_agreement_with_a_result_that_was_corrected_is_told(browser, at, study, coordinator):
    reading = {**READING, "outcome": "stable", "agreement": "agree", "read_on": TODAY}
    result = Result.objects.get()
    rereadings.add(study=study, by=coordinator, **reading)
    assert "Agreed with an earlier result" not in text_of(browser.get(at("study", study.pk)))
    results.change(result=result, outcome="progression", by=coordinator)
    for page in (at("study", study.pk), at("case", study.case_id)):
        assert "Agreed with an earlier result" in text_of(browser.get(page))
