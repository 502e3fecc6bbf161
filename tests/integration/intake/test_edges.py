"""What is rare: somebody is erased meanwhile, an original can be read no more, a time is none."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import InboxMessage, InboxProposal, Result, Study
from cases.selectors import inbox
from cases.selectors.inbox_contents import readings_of
from cases.services import erasures
from cases.services.errors import Invalid, Refused
from cases.services.intake import bundles, choosing, deciding, hl7v2, receiving
from tests.integration.intake import messages as of
from tests.integration.intake.conftest import open_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def gone(inside, coordinator):
    """A patient who was erased."""
    with inside():
        patient = open_for("MRN-2", by=coordinator).patient
        erasures.erase(patient=patient, record_number="MRN-2", reason="Asked for.", by=coordinator)
        return patient


def test_nobody_is_matched_who_was_erased_while_the_message_came(
    inside, known, case, send, coordinator, monkeypatch
):
    match = receiving.match

    def slow(readings, source):
        found = match(readings, source)
        erasures.erase(
            patient=case.patient, record_number=of.NUMBER, reason="Asked for.", by=coordinator
        )
        return found

    monkeypatch.setattr(receiving, "match", slow)

    assert send(of.laboratory()).status_code == 200
    with inside():
        message = InboxMessage.objects.get()
        assert (message.patient_id, message.state) == (None, "needs_person")


def test_a_message_that_came_twice_at_once_is_kept_once(inside, known, case, monkeypatch):
    """The second is looked for before the first is there, and finds it when it is to be kept."""
    raw = of.laboratory().encode()
    match = receiving.match
    first = []

    def meanwhile(readings, source):
        monkeypatch.setattr(receiving, "match", match)
        first.append(receiving.receive(client=known, incoming=incoming))
        return match(readings, source)

    monkeypatch.setattr(receiving, "match", meanwhile)
    with inside():
        incoming = hl7v2.incoming(raw, hl7v2.parsed(raw))
        second = receiving.receive(client=known, incoming=incoming)

        assert second.is_replay
        assert second.message == first[0].message
        assert InboxMessage.objects.count() == 1
        assert InboxProposal.objects.count() == 2


def test_no_message_is_given_to_somebody_who_was_erased(inside, known, send, gone, coordinator):
    assert send(of.laboratory()).status_code == 200
    with inside():
        message = InboxMessage.objects.get()
        with pytest.raises(Refused, match="erased"):
            choosing.choose(message=message, patient=gone, by=coordinator)


def test_no_message_is_given_to_a_case_of_somebody_else(inside, known, case, send, coordinator):
    assert send(of.laboratory()).status_code == 200
    with inside():
        other = open_for("MRN-2", by=coordinator)
        message = InboxMessage.objects.get()
        with pytest.raises(Invalid) as caught:
            choosing.choose(message=message, patient=case.patient, case=other, by=coordinator)
        assert caught.value.errors == {"case": [choosing.NOT_THEIRS]}
        message.refresh_from_db()
        assert message.case_id == case.pk


def test_an_original_that_can_be_read_no_more_is_told_and_stays(
    inside, known, case, send, coordinator, monkeypatch
):
    assert send(of.bundle(), door="fhir").status_code == 202
    monkeypatch.setattr(bundles, "MOST_ENTRIES", 0)
    browser = Client()
    browser.force_login(coordinator)
    with inside():
        key = InboxMessage.objects.get().pk
        before = InboxProposal.objects.count()

    again = reverse("inbox_read_again", args=["north", key])
    page = browser.post(again, follow=True).content.decode()

    assert "more than 0 entries" in page
    with inside():
        assert InboxProposal.objects.count() == before
        assert InboxMessage.objects.get().content["raw"] == of.bundle()


@pytest.mark.parametrize("named", ["", "||||||8859/1"])
def test_a_message_is_read_again_in_the_letters_in_which_it_came(
    inside, known, case, send, coordinator, named
):
    """It is kept as UTF-8, whatever it came in."""
    text = of.message("ADT^A08", of.pid(family="Bärg")).replace("|2.5.1\r", f"|2.5.1{named}\r")
    raw = text.encode("latin-1" if named else "utf-8")
    assert send(raw).status_code == 200
    with inside():
        message = choosing.read_again(message=InboxMessage.objects.get(), by=coordinator)
        assert message.content["raw"] == text
        (reading,) = readings_of(message.content)
        assert reading.values["family_name"] == "Bärg"
        assert InboxProposal.objects.get().state == "open"


@pytest.mark.parametrize("at", ["20261340101500", "2026112", ""])
def test_a_message_whose_time_is_none_counts_from_when_it_came(inside, known, case, send, at):
    assert send(of.laboratory(at=at)).status_code == 200
    with inside():
        message = InboxMessage.objects.get()
        assert message.said_at == message.received_at


@pytest.mark.parametrize("at", ["2026-02-30T10:00:00Z", "0001-01-01T00:00:00Z"])
def test_a_bundle_whose_time_is_none_is_refused_with_its_place(inside, known, case, send, at):
    bundle = {**json.loads(of.bundle()), "timestamp": at}

    answer = send(json.dumps(bundle), door="fhir")

    assert answer.status_code == 422
    assert answer.json()["issue"][0]["expression"] == ["Bundle.timestamp"]
    with inside():
        assert not InboxMessage.objects.exists()


def test_a_leap_second_is_a_time(inside, known, case, send):
    bundle = {**json.loads(of.bundle()), "timestamp": "2016-12-31T23:59:60Z"}

    assert send(json.dumps(bundle), door="fhir").status_code == 202
    with inside():
        assert InboxMessage.objects.get().said_at.isoformat() == "2016-12-31T23:59:59+00:00"


@pytest.mark.parametrize("without", ["fullUrl", "id"])
def test_a_patient_may_be_referred_to_in_any_way_that_fhir_has(inside, known, case, send, without):
    bundle = json.loads(of.bundle())
    bundle["entry"][0].pop(without, None)
    patient = bundle["entry"][0]["resource"]
    patient.pop(without, None)
    names = {"fullUrl": "Patient/p1", "id": bundle["entry"][0].get("fullUrl")}
    bundle["entry"][1]["resource"]["subject"] = {"reference": names[without]}

    assert send(json.dumps(bundle), door="fhir").status_code == 202
    with inside():
        message = InboxMessage.objects.get()
        assert message.patient_id == case.patient_id
        assert InboxProposal.objects.filter(message=message, kind="lab_result").exists()


def test_a_report_without_a_number_belongs_to_the_study_that_came_with_it(
    inside, known, case, send, coordinator
):
    text = of.radiology().replace("ACC-9", "").replace("|P2|F2|", "|||")
    assert send(text).status_code == 200
    with inside():
        rows = {row.kind: row for row in InboxProposal.objects.all()}
        for kind, more in (("study", {}), ("result", {"outcome": "progression"})):
            deciding.accept(proposal=rows[kind], by=coordinator, more=more)
        assert Result.objects.get().study == Study.objects.get()
        assert Study.objects.get().report.startswith("Two lesions")


def test_half_a_letter_is_nobodys_number(inside, case):
    with inside():
        assert inbox.patient_by_number("\ud83d") is None
        assert inbox.patient_by_number(of.NUMBER) == case.patient
