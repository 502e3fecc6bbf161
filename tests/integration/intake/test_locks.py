"""Many messages about the same people at once, while people work on the inbox."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from cases.intake import mllp
from cases.models import Case, InboxMessage, InboxProposal, IntakeSource, LabResult, UnmappedCode
from cases.models.inbox_proposal import ProposalState
from cases.services import erasures
from cases.services.errors import Refused
from cases.services.intake import choosing, deciding, sources
from tests.integration.intake import messages as of
from tests.integration.intake.conftest import open_for
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

THREADS, OTHER, NOBODY = 16, "MRN-9", "MRN-77"


def laboratory(number, control_id, *, value, codes):
    """A value, and two codes that nobody knows, in either order."""
    return of.message(
        "ORU^R01",
        of.pid(number),
        "OBR|1|P1|F1|CGA^Panel^L|||20261119",
        f"OBX|1|NM|9811-1^Chromogranin A^LN||{value}|ng/mL^^UCUM|<100||||F|||20261119",
        *(f"OBX|{n}|NM|{code}^?^LAB||3|U/L|||||F" for n, code in enumerate(codes, start=2)),
        control_id=control_id,
        at=f"202611201{int(value) % 10}1500",
    )


def merge(prior, surviving, control_id, minute):
    return of.message(
        "ADT^A40",
        of.pid(surviving),
        f"MRG|{prior}^^^{of.AUTHORITY}^MR",
        control_id=control_id,
        at=f"2026112010{minute:02}00",
    )


def mixed(rounds):
    """Messages about two patients who are here and one who is not."""
    for n in range(rounds):
        yield of.message(
            "ADT^A08", of.pid(family=f"Lund{n}"), control_id=f"A{n}", at=f"2026112010{n:02}00"
        )
        yield laboratory(of.NUMBER, f"L{n}", value=f"{n + 1}", codes=("X1", "X2"))
        yield laboratory(OTHER, f"M{n}", value=f"{n + 1}", codes=("X2", "X1"))
        yield merge(of.NUMBER, OTHER, f"P{n}", n)
        yield merge(OTHER, of.NUMBER, f"Q{n}", n)
        yield laboratory(NOBODY, f"N{n}", value=f"{n + 1}", codes=("X2", "X1"))


def at_once(work, jobs):
    """What each job answered, all begun together on connections of their own."""
    jobs = list(jobs)
    start = threading.Barrier(THREADS)

    def one(share):
        start.wait(60)
        try:
            return [work(job) for job in share]
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        return [
            each
            for part in pool.map(one, [jobs[n::THREADS] for n in range(THREADS)])
            for each in part
        ]


@pytest.fixture
def both(institution, known, case, coordinator):
    """Two patients who are here, and a source that is trusted."""
    with institution_scope(institution):
        open_for(OTHER, by=coordinator)
        sources.change(
            source=IntakeSource.objects.get(),
            authorities=[of.AUTHORITY],
            rules=["patient", "lab_result"],
            by=coordinator,
        )
    return known


def test_nothing_waits_for_ever_is_doubled_or_lost(institution, both):
    sent = [text.encode() for text in mixed(8)]

    def send(raw):
        return mllp.answer(raw, slug="north", client_id=both.pk)

    first = at_once(send, sent)
    again = at_once(send, sent)

    assert all(b"MSA|AA" in each for each in first), [a for a in first if b"MSA|AA" not in a][:1]
    assert sorted(again) == sorted(first)
    with institution_scope(institution):
        assert InboxMessage.objects.count() == len(sent)
        for message in InboxMessage.objects.all():
            rows = InboxProposal.objects.filter(message=message)
            assert rows.count() == len(message.content["readings"])
        # Of values that say otherwise of the same one was taken over at most once each.
        values = list(LabResult.objects.values_list("case_id", "value"))
        assert len(values) == len(set(values))
        counted = dict(UnmappedCode.objects.values_list("code", "times"))
        assert counted["X1"] == counted["X2"] == 24


def test_people_decide_while_messages_come(institution, both, case, coordinator):
    waiting = [laboratory(NOBODY, f"W{n}", value=f"{n + 1}", codes=("X1",)) for n in range(8)]
    for text in waiting:
        mllp.answer(text.encode(), slug="north", client_id=both.pk)
    with institution_scope(institution):
        keys = list(InboxMessage.objects.values_list("pk", flat=True))
        cases = list(Case.objects.order_by("pk"))
    jobs = []
    for n, key in enumerate(keys):
        jobs.append(("message", laboratory(NOBODY, f"V{n}", value=f"{n + 1}", codes=("X1",))))
        jobs.append(("choose", (key, cases[n % 2].pk)))
        jobs.append(("choose", (key, cases[(n + 1) % 2].pk)))
        jobs.append(("accept", key))

    def work(job):
        kind, said = job
        if kind == "message":
            return mllp.answer(said.encode(), slug="north", client_id=both.pk)
        try:
            with institution_scope(institution):
                if kind == "accept":
                    message = InboxMessage.objects.get(pk=said)
                    deciding.accept_all(message=message, by=coordinator)
                else:
                    message = InboxMessage.objects.get(pk=said[0])
                    chosen = Case.objects.select_related("patient").get(pk=said[1])
                    choosing.choose(
                        message=message, patient=chosen.patient, case=chosen, by=coordinator
                    )
        except Refused:
            return b"refused"
        return b"MSA|AA"

    answers = at_once(work, jobs)

    assert {b"MSA|AA" in each or each == b"refused" for each in answers} == {True}
    with institution_scope(institution):
        assert InboxMessage.objects.count() == 16
        # What a proposal says is with the patient and the case of its message.
        for row in InboxProposal.objects.select_related("message"):
            assert (row.patient_id, row.case_id) == (row.message.patient_id, row.message.case_id)
        accepted = InboxProposal.objects.filter(
            kind="lab_result", state=ProposalState.ACCEPTED, message__handled_by=coordinator
        )
        assert accepted.filter(written_id=None).count() == 0


def test_a_patient_is_erased_while_messages_come(institution, both, case, coordinator):
    jobs = [("message", raw) for raw in mixed(4)]
    jobs.insert(THREADS, ("erase", ""))

    def work(job):
        kind, said = job
        if kind == "message":
            return mllp.answer(said.encode(), slug="north", client_id=both.pk)
        with institution_scope(institution):
            patient = Case.objects.select_related("patient").get(pk=case.pk).patient
            erasures.erase(
                patient=patient, record_number=of.NUMBER, reason="Asked for.", by=coordinator
            )
        return b"MSA|AA"

    assert all(b"MSA|AA" in each for each in at_once(work, jobs))
    with institution_scope(institution):
        assert not InboxMessage.objects.filter(patient=case.patient_id).exists()
