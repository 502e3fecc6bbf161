"""A message that was matched to one patient and is about another."""

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import InboxMessage, InboxProposal, LabResult
from cases.services import cases, erasures
from cases.services.errors import Refused
from cases.services.intake import choosing, deciding, sources
from tests.integration.intake import messages as of

pytestmark = pytest.mark.django_db


@pytest.fixture
def received(inside, known, case, send):
    """Sends a laboratory value of the patient of `case`; returns its row."""

    def take(text=None):
        assert send(text or of.laboratory()).status_code == 200
        with inside():
            return InboxMessage.objects.order_by("-received_at").first()

    return take


@pytest.fixture
def browser(coordinator):
    client = Client()
    client.force_login(coordinator)
    return client


def url(name, *args):
    return reverse(name, args=["north", *args])


def test_what_was_not_written_is_given_to_the_other_one(
    inside, received, case, other, browser, coordinator
):
    message = received()
    page = browser.get(url("inbox_message", message.pk)).content.decode()
    assert "It is about somebody else" in page

    answer = browser.post(url("inbox_patient", message.pk), {"record_number": "MRN-2"}, follow=True)

    assert "MRN-2" in answer.content.decode()
    with inside():
        message = InboxMessage.objects.get(pk=message.pk)
        assert (message.patient_id, message.case_id) == (other.patient_id, other.pk)
        rows = InboxProposal.objects.filter(message=message)
        assert {row.patient_id for row in rows} == {other.patient_id}
        deciding.accept_all(message=message, by=coordinator)
        assert {row.case_id for row in LabResult.objects.all()} == {other.pk}


def test_who_it_says_that_somebody_is_never_comes_into_the_other_record(
    inside, received, other, coordinator
):
    """The message describes the first patient to the letter."""
    with inside():
        other.patient.family_name = "Somebody"
        other.patient.save()
    message = received()
    with inside():
        choosing.choose(message=message, patient=other.patient, case=other, by=coordinator)
        message = InboxMessage.objects.get(pk=message.pk)
        assert InboxProposal.objects.get(kind="patient").state == "rejected"
        deciding.accept_all(message=message, by=coordinator)
        other.patient.refresh_from_db()
        assert other.patient.family_name == "Somebody"


def test_it_is_sealed_under_the_key_of_whom_it_was_given_to(
    inside, received, case, other, coordinator
):
    """It opens still, and the erasure of the first patient takes nothing of it away."""
    message = received()
    with inside():
        choosing.choose(message=message, patient=other.patient, case=other, by=coordinator)
        erasures.erase(
            patient=case.patient, record_number=of.NUMBER, reason="Asked for.", by=coordinator
        )
        kept = InboxMessage.objects.get(pk=message.pk)
        assert kept.content["raw"] == of.laboratory()
        assert deciding.accept_all(message=kept, by=coordinator) == {}


def test_what_was_written_by_a_rule_is_not_moved(
    inside, known, received, other, browser, coordinator
):
    with inside():
        source = sources.source_of(known)
        sources.change(source=source, authorities=[of.AUTHORITY], rules=["patient"], by=coordinator)
    message = received(of.laboratory().replace("Berg^Anna", "Berger^Anna"))
    with inside():
        assert InboxProposal.objects.get(kind="patient").by_rule
        assert not choosing.can_move(message)
        with pytest.raises(Refused, match="written into a record already"):
            choosing.choose(message=message, patient=other.patient, case=other, by=coordinator)
    page = browser.get(url("inbox_message", message.pk)).content.decode()
    assert "It is about somebody else" not in page


def test_what_a_message_before_it_wrote_is_not_moved(inside, received, case, other, coordinator):
    """The value that it repeats lies in the first record."""
    first = received()
    with inside():
        deciding.accept_all(message=first, by=coordinator)
    text = of.laboratory("L2", at="20261120111500").replace(
        "OBX|2|NM", "OBX|2|NM|2484-4^Insulin^LN||3|m[IU]/L^^UCUM|||||F|||20261119\rOBX|3|NM"
    )
    again = received(text)
    with inside():
        assert InboxProposal.objects.filter(
            message=again, kind="lab_result", state="accepted", written_id__isnull=False
        ).exists()
        InboxMessage.objects.filter(pk=again.pk).update(state="matched")
        again.refresh_from_db()
        with pytest.raises(Refused, match="written into a record already"):
            choosing.choose(message=again, patient=other.patient, case=other, by=coordinator)


def test_another_case_of_the_same_patient_is_no_other_patient(inside, received, case, coordinator):
    message = received()
    with inside():
        second = cases.open_case(patient=case.patient, title="Second", by=coordinator)
        choosing.choose(message=message, patient=case.patient, case=second, by=coordinator)
        assert InboxProposal.objects.get(kind="patient").state == "accepted"


def test_a_number_that_nobody_has_is_told_where_it_was_typed(received, browser):
    message = received()

    answer = browser.post(url("inbox_patient", message.pk), {"record_number": "MRN-9"})

    page = answer.content.decode()
    assert "No patient here has this record number." in page
    assert "<details open>" in page


def test_nothing_is_offered_for_acceptance_before_somebody_says_whom_it_is_about(
    inside, case, sender, send, browser, coordinator
):
    assert send(of.laboratory()).status_code == 200
    with inside():
        message = InboxMessage.objects.get()
        assert message.patient_id is None
        keys = dict(InboxProposal.objects.values_list("kind", "pk"))

    def offered():
        page = browser.get(url("inbox_message", message.pk)).content.decode()
        assert page.count(reverse("inbox_reject", args=["north", keys["lab_result"]])) == 1
        return [
            name
            for name, address in (
                ("all", url("inbox_accept_all", message.pk)),
                *((kind, url("inbox_accept", key)) for kind, key in sorted(keys.items())),
            )
            if address in page
        ]

    assert offered() == []
    with inside():
        choosing.choose(message=message, patient=case.patient, by=coordinator)
    assert offered() == ["all", "patient"]
    browser.post(url("inbox_case", message.pk), {"case": case.pk})
    assert offered() == ["all", "lab_result", "patient"]


def test_a_refused_message_asks_nobody_to_choose(inside, case, sender, send, browser):
    assert send(of.laboratory()).status_code == 200
    with inside():
        key = InboxMessage.objects.get().pk
    assert "Compare before you choose" in browser.get(url("inbox_message", key)).content.decode()
    browser.post(url("inbox_refuse", key))
    page = browser.get(url("inbox_message", key)).content.decode()

    assert "Nobody here was found for sure" in page
    assert "Compare before you choose" not in page
