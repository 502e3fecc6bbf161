"""The inbox as those who work on it see it."""

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Case, InboxMessage, InboxProposal, IntakeSource, LabResult, Patient, Result
from cases.services import code_maps
from tests.factories.people import add_member
from tests.integration.intake import messages as of
from tests.integration.intake.conftest import open_for
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(coordinator):
    client = Client()
    client.force_login(coordinator)
    return client


@pytest.fixture
def received(institution, send):
    """Sends a message and returns its row."""

    def take(body):
        assert send(body).status_code == 200
        with institution_scope(institution):
            return InboxMessage.objects.latest("received_at")

    return take


def url(name, *args):
    return reverse(name, args=["north", *args])


def state_of(institution, message):
    with institution_scope(institution):
        return InboxMessage.objects.get(pk=message.pk).state


def test_the_list_shows_what_waits_and_finds_by_record_number(browser, known, case, received):
    message = received(of.laboratory())

    page = browser.get(url("inbox")).content.decode()
    assert "Berg, Anna" in page
    assert url("inbox_message", message.pk) in page
    found = browser.post(url("inbox"), {"record_number": of.NUMBER, "state": ""})
    assert url("inbox_message", message.pk) in found.content.decode()
    none = browser.post(url("inbox"), {"record_number": "nobody", "state": ""})
    assert "No message fits." in none.content.decode()


def test_a_message_stands_beside_the_record_and_is_taken_over(
    browser, institution, known, case, received
):
    message = received(of.laboratory())

    page = browser.get(url("inbox_message", message.pk)).content.decode()
    assert "Chromogranin A" in page
    assert "210" in page
    shown = page.partition("The original")[0]
    for code in ("chromogranin_a", "Comparator", "Lower limit"):
        assert code not in shown
    assert "not in the record" in page
    assert "OBX|1|NM|9811-1" in page
    with institution_scope(institution):
        unmapped = code_maps.UnmappedCode.objects.get(code="XYZ")
    assert url("code_unmapped", unmapped.pk) in page

    browser.post(url("inbox_accept_all", message.pk))

    with institution_scope(institution):
        assert LabResult.objects.count() == 1
    assert state_of(institution, message) == "done"


def test_what_is_left_out_stays_out(browser, institution, known, case, received):
    message = received(of.message("ADT^A08", of.pid(family="Lund")))
    with institution_scope(institution):
        proposal = InboxProposal.objects.get()

    browser.post(url("inbox_reject", proposal.pk))
    again = browser.post(url("inbox_accept", proposal.pk), follow=True)

    assert "This was decided already." in again.content.decode()
    with institution_scope(institution):
        assert Patient.objects.get().family_name == "Berg"
    assert state_of(institution, message) == "done"


def test_a_refused_message_is_kept_and_closed(browser, institution, known, case, received):
    message = received(of.laboratory())

    browser.post(url("inbox_refuse", message.pk))
    again = browser.post(url("inbox_accept_all", message.pk), follow=True)

    assert "was dealt with already" in again.content.decode()
    assert state_of(institution, message) == "refused"


def test_a_person_says_whom_it_is_about(browser, institution, sender, case, received):
    message = received(of.laboratory())

    wrong = browser.post(url("inbox_patient", message.pk), {"record_number": "nobody"})
    assert wrong.status_code == 422
    assert "No patient here has this record number." in wrong.content.decode()
    browser.post(url("inbox_patient", message.pk), {"record_number": of.NUMBER})

    with institution_scope(institution):
        row = InboxMessage.objects.get(pk=message.pk)
        assert (row.case_id, row.state) == (case.pk, "matched")
        assert "MRN-4711" in row.content["raw"]
        assert not row.loose


def test_somebody_new_is_added_from_a_message(browser, institution, known, received):
    message = received(of.laboratory())

    browser.post(
        url("inbox_new_patient", message.pk), {"record_number": of.NUMBER, "title": "pNET"}
    )

    with institution_scope(institution):
        patient = Patient.objects.get()
        assert (patient.family_name, patient.sex) == ("Berg", "female")
        assert Case.objects.get().title == "pNET"
    assert state_of(institution, message) == "matched"


def test_one_of_several_cases_is_chosen_or_a_new_one_opened(
    browser, institution, known, case, coordinator, received
):
    from cases.services import cases

    with institution_scope(institution):
        second = cases.open_case(patient=case.patient, title="Second", by=coordinator)
        other = open_for("MRN-9", by=coordinator)
    message = received(of.laboratory())
    assert message.case_id is None

    refused = browser.post(url("inbox_case", message.pk), {"case": other.pk})
    assert refused.status_code == 422
    browser.post(url("inbox_case", message.pk), {"case": second.pk})
    with institution_scope(institution):
        assert InboxMessage.objects.get(pk=message.pk).case_id == second.pk
    browser.post(url("inbox_new_case", message.pk), {"title": "Third"})
    with institution_scope(institution):
        assert InboxMessage.objects.get(pk=message.pk).case.title == "Third"


def test_what_a_study_showed_is_said_by_a_person(browser, institution, known, case, received):
    message = received(of.radiology())
    page = browser.get(url("inbox_message", message.pk)).content.decode()
    assert "What the study showed" in page
    with institution_scope(institution):
        study, result = InboxProposal.objects.order_by("number").exclude(kind="patient")
    browser.post(url("inbox_accept", study.pk))
    browser.post(url("inbox_accept", result.pk), {"outcome": "positive"})

    with institution_scope(institution):
        row = Result.objects.get()
        assert (row.outcome, row.summary) == ("positive", "Metastases of the liver.")


def test_a_mapped_code_is_read_when_the_message_is_read_again(
    browser, institution, known, case, coordinator, received
):
    message = received(of.laboratory())
    with institution_scope(institution):
        code_maps.add(
            by=coordinator,
            is_confirmed=True,
            system="LAB",
            code="XYZ",
            concept="analyte/alp",
        )

    browser.post(url("inbox_read_again", message.pk))

    with institution_scope(institution):
        assert InboxProposal.objects.filter(kind="lab_result", state="open").count() == 2


def test_a_system_is_told_apart_by_whose_numbers_it_sends(browser, institution, sender, received):
    received(of.laboratory())
    with institution_scope(institution):
        source = IntakeSource.objects.get()
    assert "Laboratory" in browser.get(url("inbox_sources")).content.decode()

    refused = browser.post(
        url("inbox_source", source.pk), {"authorities": "", "rules": ["lab_result"]}
    )
    assert refused.status_code == 422
    browser.post(url("inbox_source", source.pk), {"authorities": "NORTH\nurn:oid:1.2", "rules": []})

    with institution_scope(institution):
        assert IntakeSource.objects.get().authorities == ["NORTH", "urn:oid:1.2"]


def test_only_who_works_on_the_inbox_sees_it(institution, known, case, received):
    """ASVS v5.0.0-8.2.1: functions are for those with the permission."""
    message = received(of.laboratory())
    client = Client()
    client.force_login(
        add_member(institution, "CLINICIAN", email="cli@north.example", name="Cli Nician")
    )
    assert client.get(url("inbox")).status_code == 403
    assert client.get(url("inbox_message", message.pk)).status_code == 403
