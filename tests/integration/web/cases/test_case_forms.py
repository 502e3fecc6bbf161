"""Opening and changing cases and patients: all or nothing, and nothing typed is lost."""

import pytest

from cases.models import Case, FactAnswer, Patient
from tests.factories.cases import make_case
from tests.integration.web.cases.reading import (
    error_at,
    row_version_of,
    summary_of,
    text_of,
    value_of,
)

NEW = {
    "record_number": "A-17",
    "family_name": "Rivera",
    "given_name": "Ana",
    "birth_date": "3 Mar 1961",
    "sex": "female",
    "title": "pNET of the tail",
    "board_question": "Resect?",
    "clinical_question": "distant_staging",
    "diagnosis_basis": "unknown",
    "ki67_percent_0": "2.5",
}


def test_a_new_patient_comes_with_case_and_first_answers(browser, at, scope):
    response = browser.post(at("case_new"), NEW)

    case = Case.objects.select_related("patient").get()
    assert response["Location"] == at("case", case.pk)
    assert (case.title, case.board_question) == ("pNET of the tail", "Resect?")
    assert case.patient.name == "Rivera, Ana"
    assert case.patient.birth_date.isoformat() == "1961-03-03"
    answers = dict(FactAnswer.objects.values_list("fact", "value"))
    assert answers == {
        "clinical_question": "distant_staging",
        "diagnosis_basis": "unknown",
        "ki67_percent": 2.5,
    }


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("record_number", "", "Enter the record number."),
        ("record_number", "x" * 61, "at most 60 characters"),
        ("family_name", "x" * 121, "at most 120 characters"),
        ("given_name", "x" * 121, "at most 120 characters"),
        ("birth_date", "03/04/1961", "could be 3 Apr 1961 or 4 Mar 1961"),
        ("birth_date", "31 Feb 1961", "Enter a date like 21 Nov 2026."),
        ("birth_date", "2999-01-01", "in the future"),
        ("birth_date", "1 Jan 1850", "120 years ago"),
        ("sex", "robot", "Select a valid choice"),
        ("title", "", "Enter the diagnosis in a few words."),
        ("title", "x" * 201, "at most 200 characters"),
        ("board_question", "x" * 501, "at most 500 characters"),
        ("referral_text", "x" * 50_001, "at most 50000 characters"),
        ("referred_by", "x" * 201, "at most 200 characters"),
        ("referred_on", "2999-01-01", "in the future"),
        ("clinical_question", "horoscope", "Select a valid choice"),
        ("diagnosis_basis", "guess", "Select a valid choice"),
        ("differentiation", "so-so", "Select a valid choice"),
    ],
)
def test_what_cannot_be_is_told_by_its_field_and_nothing_is_written(
    browser, at, scope, field, typed, message
):
    response = browser.post(at("case_new"), {**NEW, field: typed})

    assert response.status_code == 422
    assert message in error_at(response, field)
    assert message in summary_of(response)
    assert value_of(response, "ki67_percent_0") == "2.5"
    if field in ("record_number", "family_name", "given_name", "birth_date", "title"):
        assert (value_of(response, field) or "") == typed
    assert not Patient.objects.exists()
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("101", "at most 100"),
        ("-1", "at least 0"),
        ("many", "Enter a number, like 12 or 2.5."),
        ("1_0", "Enter a number, like 12 or 2.5."),
        ("nan", "Enter a number, like 12 or 2.5."),
        ("2,5", "Enter a number, like 12 or 2.5."),
    ],
)
def test_a_first_answer_that_cannot_be_takes_patient_and_case_with_it(
    browser, at, scope, typed, message
):
    response = browser.post(at("case_new"), {**NEW, "ki67_percent_0": typed})

    assert message in error_at(response, "ki67_percent")
    assert value_of(response, "ki67_percent_0") == typed
    assert value_of(response, "record_number") == "A-17"
    assert not Patient.objects.exists()


def test_every_wrong_value_is_told_at_once(browser, at, scope):
    data = {**NEW, "title": "", "birth_date": "x", "sex": "y", "ki67_percent_0": "101"}
    response = browser.post(at("case_new"), data)

    assert all(error_at(response, name) for name in ("title", "birth_date", "sex", "ki67_percent"))


def test_title_and_question_change(browser, at, case, scope):
    address = at("case_edit", case.pk)
    typed = {"title": "New words", "board_question": "Why?", "referred_on": "3 Nov 2025"}
    response = browser.post(address, {**row_version_of(browser, address), **typed})

    case.refresh_from_db()
    assert response["Location"] == at("case", case.pk)
    assert (case.title, case.board_question) == ("New words", "Why?")
    assert case.referred_on.isoformat() == "2025-11-03"


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("title", " ", "Enter the diagnosis in a few words."),
        ("title", "x" * 201, "at most 200 characters"),
        ("board_question", "x" * 501, "at most 500 characters"),
    ],
)
def test_a_change_that_cannot_be_is_told(browser, at, case, scope, field, typed, message):
    address = at("case_edit", case.pk)
    data = {**row_version_of(browser, address), "title": "T", "board_question": "", field: typed}
    response = browser.post(address, data)

    assert message in error_at(response, field)
    case.refresh_from_db()
    assert case.title == "pNET of the tail"


@pytest.mark.parametrize("version", ["", "x", "٣", "9" * 30])
def test_a_change_without_the_version_it_saw_is_refused(browser, at, case, scope, version):
    response = browser.post(at("case_edit", case.pk), {"row_version": version, "title": "T"})

    assert response.status_code == 422
    case.refresh_from_db()
    assert case.title == "pNET of the tail"


def test_a_birth_date_answers_the_age_in_every_case(browser, at, institution, coordinator, scope):
    case = make_case(by=coordinator)
    data = {
        "record_number": case.patient.record_number,
        "family_name": "Neu",
        "birth_date": "1960-01-02",
        "sex": "male",
    }
    address = at("patient_edit", case.patient_id)
    response = browser.post(address, {**row_version_of(browser, address), **data})

    assert response["Location"] == at("case", case.pk)
    case.refresh_from_db()
    assert case.assessment.facts["sex"] == "male"
    assert case.assessment.origins["age_years"]["rule"] == "patient.birth_date"
    page = browser.get(at("case_facts", case.pk, "A"))
    assert "From the date of birth" in text_of(page)
    assert 'name="age_years_0"' not in page.content.decode()
    assert at("patient_edit", case.patient_id) in page.content.decode()


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("record_number", "", "Enter the record number."),
        ("record_number", "x" * 61, "at most 60 characters"),
        ("family_name", "x" * 121, "at most 120 characters"),
        ("given_name", "x" * 121, "at most 120 characters"),
        ("birth_date", "tomorrow", "Enter a date like 21 Nov 2026."),
        ("birth_date", "2999-01-01", "in the future"),
        ("sex", "x", "Select a valid choice"),
    ],
)
def test_a_patient_that_cannot_be_is_told(browser, at, case, scope, field, typed, message):
    address = at("patient_edit", case.patient_id)
    data = {"record_number": "R-new", "family_name": "Typed", field: typed}
    response = browser.post(address, {**row_version_of(browser, address), **data})

    assert response.status_code == 422
    assert message in error_at(response, field)
    assert Patient.objects.get().family_name == "Rivera"
    assert "<h1>Rivera, Ana</h1>" in response.content.decode()


def test_two_patients_cannot_share_a_record_number(browser, at, case, scope, coordinator):
    other = make_case(by=coordinator)
    address = at("patient_edit", case.patient_id)
    data = {"record_number": other.patient.record_number}
    response = browser.post(address, {**row_version_of(browser, address), **data})

    assert "already" in error_at(response, "record_number")
    assert value_of(response, "record_number") == other.patient.record_number
