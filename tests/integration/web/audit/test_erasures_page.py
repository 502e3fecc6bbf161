"""The pages of erasures: who may, what is asked for, and what they show."""

import pytest

from cases.models import Erasure, Patient, Retention
from tests.factories.cases import make_case
from tests.factories.people import PASSWORD
from tests.integration.web.cases.reading import text_of
from tumorboard.audit.models import AuditEntry
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(institution, coordinator):
    with institution_scope(institution):
        return make_case(by=coordinator)


def answer(case, **given):
    with_all = {
        "record_number": case.patient.record_number,
        "reason": "The patient asked for it.",
        "password": PASSWORD,
    }
    return {**with_all, **given}


def test_a_patient_is_found_and_erased(desk, url, case, institution):
    """ASVS v5.0.0-7.5.3: who signed in proves it again before what is most sensitive."""
    with institution_scope(institution):
        number = case.patient.record_number
        found = desk.post(url("erasures"), {"record_number": number})
    assert found.url == url("patient_erase", case.patient_id)
    assert number in text_of(desk.get(found.url))
    with institution_scope(institution):
        data = answer(case)
    done = desk.post(found.url, data)
    assert done.url == url("erasures")
    page = text_of(desk.get(done.url))
    assert "The patient asked for it." in page
    assert number not in page
    with institution_scope(institution):
        assert Patient.objects.get().is_erased
        assert Erasure.objects.get().by.name == "Pia Privacy"
        assert AuditEntry.objects.filter(action="patient.erased").exists()
    assert desk.get(found.url).url == url("erasures")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"password": "wrong"}, "This is not your password. Nothing was erased."),
        ({"record_number": "other"}, "This is not the record number of the patient."),
        ({"reason": ""}, "Say why the patient is erased."),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_erased(desk, url, case, institution, given, words):
    with institution_scope(institution):
        data = answer(case, **given)
    response = desk.post(url("patient_erase", case.patient_id), data)
    assert response.status_code == 422
    assert words in text_of(response)
    with institution_scope(institution):
        assert not Patient.objects.get().is_erased


def test_nobody_is_found_by_another_number(desk, url, case):
    response = desk.post(url("erasures"), {"record_number": "nobody"})
    assert response.status_code == 422
    assert "No patient has this record number." in text_of(response)


def test_how_long_patients_are_kept_is_chosen(desk, url, case, institution):
    assert "nobody is listed" in text_of(desk.get(url("erasures")))
    assert desk.post(url("retention"), {"years": "30"}).url == url("erasures")
    assert desk.post(url("retention"), {"years": "0"}).status_code == 422
    assert "Nobody is due." in text_of(desk.get(url("erasures")))
    with institution_scope(institution):
        assert Retention.objects.get().years == 30


def test_only_the_privacy_officer_may(browser, url, case):
    assert browser.get(url("erasures")).status_code == 403
    assert browser.get(url("patient_erase", case.patient_id)).status_code == 403
