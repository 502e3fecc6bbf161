"""The pages of devices, reactions and renal function."""

import datetime

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from cases.models import Allergy, Device
from cases.services import allergies, cases, devices, facts
from cases.web.feasibility_page import feasibility_section
from cases.web.lab_page import labs_section
from tests.factories.cases import make_case
from tests.factories.labs import make_lab_result
from tests.integration.web.cases.reading import checked_of, error_at, text_of, value_of

pytestmark = pytest.mark.usefixtures("kept_case")

TODAY = timezone.localdate()
WEEK = datetime.timedelta(weeks=1)
EGFR = "mL/min/1.73 m²"

DEVICE = {"kind": "pacemaker", "mri_safety": "unsafe", "implanted_on": "1 Feb 2020", "note": "Old"}
ALLERGY = {
    "substance": "iodinated_contrast", "agent": "iohexol", "reaction": "anaphylaxis",
    "severity": "severe", "occurred_on": "1 Feb 2020",
}  # fmt: skip


@pytest.fixture
def device(case, coordinator, scope):
    return devices.add(patient=case.patient, kind="pacemaker", mri_safety="unsafe", by=coordinator)


@pytest.fixture
def allergy(case, coordinator, scope):
    return allergies.add(
        patient=case.patient,
        substance="iodinated_contrast",
        severity="severe",
        reaction="anaphylaxis",
        by=coordinator,
    )


def version_of(row):
    return str(type(row).pgh_event_model.objects.filter(pgh_obj_id=row.pk).latest("pgh_id").pgh_id)


def test_nothing_recorded_is_not_the_same_as_none(browser, at, case):
    page = text_of(browser.get(at("feasibility", case.pk)))
    assert page.count("None recorded. That is not the same as none") == 2
    assert "no eGFR and no creatinine in the record" in page


def test_the_record_stands_beside_the_answer(browser, at, case, device, allergy):
    page = text_of(browser.get(at("feasibility", case.pk)))
    assert "In place and MR unsafe: Pacemaker" in page
    assert "Severe reaction to iodinated contrast, date unknown: anaphylaxis" in page
    # The case says that MRI and iodinated contrast are possible.
    assert page.count("The two differ") == 2


def test_an_old_value_shows_as_old(browser, at, case, scope, coordinator):
    dates = {
        "egfr": ("72", EGFR, TODAY - 3 * WEEK),
        "creatinine": ("1", "mg/dL", TODAY - 40 * WEEK),
    }
    for analyte, (value, unit, date) in dates.items():
        make_lab_result(case, analyte, value, unit, date.isoformat(), by=coordinator)
    page = text_of(browser.get(at("feasibility", case.pk)))
    assert "(3 weeks old) " in page
    assert "(3 weeks old) old" not in page
    assert "(40 weeks old) old" in page
    assert "clinician's word" in page


def test_a_severe_reaction_to_gadolinium_is_left_to_a_clinician(
    browser, at, case, scope, coordinator
):
    allergies.add(
        patient=case.patient, substance="gadolinium_contrast", severity="severe", by=coordinator
    )
    assert "Caution:" in text_of(browser.get(at("feasibility", case.pk)))
    facts.answer(case=case, answers={"gbca_permitted": None}, by=coordinator)
    page = text_of(browser.get(at("feasibility", case.pk)))
    assert "Info:" in page
    assert "Caution:" not in page


def test_who_may_not_write_sees_no_way_to(sign_in_as, at, case, device, allergy):
    browser = sign_in_as("RADIOLOGIST")
    page = browser.get(at("feasibility", case.pk)).content.decode()
    assert "Pacemaker" in page
    assert at("device_new", case.pk) not in page
    assert at("allergy_edit", case.pk, allergy.pk) not in page
    assert browser.get(at("device_new", case.pk)).status_code == 403


def test_a_device_is_added_changed_and_removed(browser, at, case, scope):
    assert browser.get(at("device_new", case.pk)).status_code == 200
    response = browser.post(at("device_new", case.pk), DEVICE)
    assert response["Location"] == at("feasibility", case.pk)
    row = Device.objects.get()
    assert (row.patient_id, row.mri_safety, row.note) == (case.patient_id, "unsafe", "Old")

    address = at("device_edit", case.pk, row.pk)
    page = browser.get(address)
    assert value_of(page, "implanted_on") == "1 Feb 2020"
    assert checked_of(page, "mri_safety") == ["unsafe"]
    changed = {**DEVICE, "removed_on": "2 Feb 2021", "row_version": version_of(row)}
    browser.post(address, changed)
    row.refresh_from_db()
    assert row.removed_on == datetime.date(2021, 2, 2)
    refused = browser.post(address, {**changed, "removed_on": "3 Feb 2021"})
    assert "Changed by somebody else" in text_of(refused)

    assert browser.get(at("device_remove", case.pk, row.pk)).status_code == 405
    browser.post(at("device_remove", case.pk, row.pk))
    assert not Device.objects.exists()


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("kind", "", "Choose the device."),
        ("kind", "halo", "valid choice"),
        ("mri_safety", "maybe", "valid choice"),
        ("implanted_on", "2999-01-01", "in the future"),
        ("removed_on", "1 Jan 2019", "before it was implanted"),
        ("note", "x" * 301, "at most 300"),
    ],
)
@pytest.mark.parametrize("is_new", [True, False])
def test_a_device_that_cannot_be_is_told(browser, at, case, device, field, typed, message, is_new):
    address = at("device_new", case.pk) if is_new else at("device_edit", case.pk, device.pk)
    data = {**DEVICE, field: typed, "row_version": version_of(device)}
    response = browser.post(address, data)
    assert response.status_code == 422
    assert message in error_at(response, field)
    assert Device.objects.get().note == ""


def test_a_reaction_is_added_changed_and_removed(browser, at, case, scope):
    assert browser.get(at("allergy_new", case.pk)).status_code == 200
    browser.post(at("allergy_new", case.pk), ALLERGY)
    row = Allergy.objects.get()
    assert (row.patient_id, row.severity, row.agent) == (case.patient_id, "severe", "iohexol")

    address = at("allergy_edit", case.pk, row.pk)
    assert value_of(browser.get(address), "reaction") == "anaphylaxis"
    changed = {**ALLERGY, "refuted_on": "2 Feb 2021", "row_version": version_of(row)}
    browser.post(address, changed)
    row.refresh_from_db()
    assert row.refuted_on == datetime.date(2021, 2, 2)
    refused = browser.post(address, {**changed, "refuted_on": "3 Feb 2021"})
    assert "Changed by somebody else" in text_of(refused)

    assert browser.get(at("allergy_remove", case.pk, row.pk)).status_code == 405
    browser.post(at("allergy_remove", case.pk, row.pk))
    assert not Allergy.objects.exists()


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("substance", "", "Choose the substance."),
        ("severity", "awful", "valid choice"),
        ("occurred_on", "2999-01-01", "in the future"),
        ("refuted_on", "1 Jan 2019", "before it occurred"),
        ("reaction", "x" * 301, "at most 300"),
    ],
)
@pytest.mark.parametrize("is_new", [True, False])
def test_a_reaction_that_cannot_be_is_told(
    browser, at, case, allergy, field, typed, message, is_new
):
    address = at("allergy_new", case.pk) if is_new else at("allergy_edit", case.pk, allergy.pk)
    data = {**ALLERGY, field: typed, "row_version": version_of(allergy)}
    response = browser.post(address, data)
    assert response.status_code == 422
    assert message in error_at(response, field)
    assert Allergy.objects.get().agent == ""


def test_what_is_another_patients_is_not_found(browser, at, case, device, allergy, coordinator):
    other = make_case(by=coordinator)
    for name, row in (("device", device), ("allergy", allergy)):
        assert browser.get(at(f"{name}_edit", other.pk, row.pk)).status_code == 404
        assert browser.post(at(f"{name}_remove", other.pk, row.pk)).status_code == 404
    second = cases.open_case(patient=case.patient, title="Another", by=coordinator)
    assert browser.get(at("device_edit", second.pk, device.pk)).status_code == 200


def test_the_sections_of_the_case_page(
    case, device, allergy, coordinator, institution, django_assert_num_queries
):
    make_lab_result(case, "egfr", "72", EGFR, "2020-01-01", by=coordinator)
    make_lab_result(case, "alp", "200", "U/L", "2020-01-01", by=coordinator, upper="120")
    devices.change(device=device, removed_on=TODAY, by=coordinator)
    with django_assert_num_queries(3):
        section = feasibility_section(case)
    with django_assert_num_queries(2):
        feasibility_section(case, results=[])
    context = {
        "case": case, "institution": institution, "may": {"CASE_WRITE": True},
        "feasibility": section, "labs": labs_section(case),
    }  # fmt: skip
    words = render_to_string("cases/parts/feasibility_section.html", context)
    assert "Pacemaker: removed" in words
    assert "severe" in words
    assert "old</strong>" in words
    words = render_to_string("cases/parts/labs_section.html", context)
    assert "1.7 x ULN" in words
    assert "above the upper limit" in words
    assert "no limit" in words
