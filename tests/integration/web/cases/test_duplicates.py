"""Nobody is entered twice in silence: whoever may be the same is shown before anything is kept."""

import datetime

import pytest

from cases.models import Case, Patient
from cases.services import patients
from tests.factories.people import add_member
from tests.integration.web.cases.reading import error_at, text_of, value_of
from tumorboard.audit.models import AuditEntry
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

TYPED = {
    "record_number": "N-2",
    "family_name": "Riviera",
    "given_name": "Ana",
    "birth_date": "3 Apr 1961",
    "title": "pNET of the tail",
    "referral_text": "Dear colleagues,\nplease see",
    "referred_by": "Dr. Nottareal",
    "referred_on": "3 Nov 2025",
}


@pytest.fixture
def rivera(institution, coordinator) -> Patient:
    """Whoever is here already."""
    with institution_scope(institution):
        return patients.add(
            record_number="N-1",
            family_name="Rivera",
            given_name="Ana",
            birth_date=datetime.date(1961, 4, 3),
            by=coordinator,
        )


def again(response, **answer):
    """The form as the page would send it back, with an answer."""
    return {**TYPED, "compared": value_of(response, "compared"), **answer}


def test_somebody_alike_is_shown_side_by_side_and_nothing_is_written(browser, at, rivera, scope):
    response = browser.post(at("case_new"), TYPED)

    words = text_of(response)
    assert response.status_code == 422
    assert "Somebody like this is here already." in words
    assert "The same date of birth, and a name that differs in one letter" in words
    assert "Family name Riviera Rivera" in words
    assert "Date of birth 3 Apr 1961 3 Apr 1961" in words
    assert "Choose whether this is somebody who is here already." in error_at(response, "patient")
    assert value_of(response, "family_name") == "Riviera"
    assert not Case.objects.exists()
    assert AuditEntry.objects.filter(action="patient.read", subject_id=rivera.pk).exists()


def test_the_same_person_gets_a_new_case_and_keeps_the_record(browser, at, rivera, scope):
    response = browser.post(at("case_new"), TYPED)
    response = browser.post(at("case_new"), again(response, patient=str(rivera.pk)))

    case = Case.objects.get()
    assert response["Location"] == at("case", case.pk)
    assert case.patient == rivera
    assert case.patient.family_name == "Rivera"
    assert (case.referral_text, case.referred_by) == (
        TYPED["referral_text"],
        TYPED["referred_by"],
    )
    assert case.referred_on == datetime.date(2025, 11, 3)


def test_another_person_is_entered_once_it_is_said(browser, at, rivera, scope):
    response = browser.post(at("case_new"), TYPED)
    response = browser.post(at("case_new"), again(response, patient="new"))

    assert response.status_code == 302
    assert sorted(patient.record_number for patient in Patient.objects.all()) == ["N-1", "N-2"]


def test_who_is_here_already_needs_no_record_number_typed(browser, at, rivera, scope):
    data = again(browser.post(at("case_new"), TYPED), patient=str(rivera.pk), record_number="")

    assert browser.post(at("case_new"), data).status_code == 302
    assert Case.objects.get().patient == rivera


def test_an_answer_about_others_than_those_who_are_here_is_asked_again(
    browser, at, rivera, scope, coordinator
):
    response = browser.post(at("case_new"), TYPED)
    born = datetime.date(1961, 4, 3)
    patients.add(
        record_number="N-9",
        family_name="Riviera",
        given_name="Ana",
        birth_date=born,
        by=coordinator,
    )
    response = browser.post(at("case_new"), again(response, patient="new"))

    assert response.status_code == 422
    assert "N-9" in text_of(response)
    assert not Case.objects.exists()
    assert browser.post(at("case_new"), again(response, patient="new")).status_code == 302


@pytest.mark.parametrize("answer", ["nobody", "01940000-0000-7000-8000-000000000000"])
def test_an_answer_that_names_nobody_is_asked_again(browser, at, scope, answer):
    response = browser.post(at("case_new"), {**TYPED, "patient": answer})

    assert response.status_code == 422
    assert not Patient.objects.exists()


def test_a_taken_record_number_is_a_choice_too(browser, at, rivera, scope):
    data = {"record_number": "n-1", "title": "Second tumor"}
    response = browser.post(at("case_new"), data)

    assert "A patient with this record number is here already." in text_of(response)
    assert 'value="new"' not in response.content.decode()
    shown = {**data, "compared": value_of(response, "compared")}
    response = browser.post(at("case_new"), {**shown, "patient": "new"})
    assert "A patient with this record number is here" in error_at(response, "record_number")

    assert browser.post(at("case_new"), {**shown, "patient": str(rivera.pk)}).status_code == 302
    assert Case.objects.get().patient == rivera


def test_a_patient_of_another_institution_is_not_here(
    browser, at, institution, other_institution, rivera
):
    person = add_member(other_institution, "COORDINATOR", email="s@south.example", name="Sue")
    with institution_scope(other_institution):
        elsewhere = patients.add(record_number="S-1", family_name="Elsewhere", by=person)
    data = {**TYPED, "record_number": "S-1", "family_name": "Elsewhere"}
    response = browser.post(at("case_new"), {**data, "patient": str(elsewhere.pk)})
    assert response.status_code == 422

    assert browser.post(at("case_new"), data).status_code == 302


def test_whoever_types_sees_it_at_once(browser, at, rivera, scope):
    response = browser.post(at("case_duplicates"), {"record_number": "N-1"})

    words = text_of(response)
    assert response.status_code == 200
    assert "<html" not in response.content.decode()
    assert "A patient with this record number is here already." in words
    assert "Choose whether" not in words
    assert "Rivera" in words
    assert AuditEntry.objects.filter(action="patient.read", subject_id=rivera.pk).exists()


def test_whoever_is_like_nobody_sees_nothing(browser, at, rivera):
    response = browser.post(at("case_duplicates"), {"record_number": "N-5", "birth_date": "soon"})

    assert text_of(response) == ""
