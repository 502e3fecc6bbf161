"""What a message superseded, when it turns out to be about somebody else."""

from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import InboxMessage, InboxProposal, LabResult
from cases.readings.reading import Read
from cases.services import cases, erasures, patients
from cases.services.intake import choosing, deciding, hl7v2
from tests.integration.intake import messages as of
from tumorboard.audit.models import AuditEntry

pytestmark = pytest.mark.django_db

EARLY, LATE, LATEST = "20261120090000", "20261120110000", "20261120120000"
#: A second value, of the day before, of which nobody else speaks.
BEFORE = "OBX|9|NM|9811-1^Chromogranin A^LN||150|ng/mL^^UCUM|||||F|||20261118\r"


@pytest.fixture
def received(inside, known, case, send):
    """Sends a message, of the patient of `case` unless it names another number; its id."""

    def take(text, number=of.NUMBER):
        assert send(text.replace(of.NUMBER, number)).status_code == 200
        with inside():
            return InboxMessage.objects.order_by("-received_at", "-pk").first().pk

    return take


@pytest.fixture
def move(inside, other, coordinator):
    """Says that a message is about the other one."""

    def give(key):
        with inside():
            choosing.choose(
                message=InboxMessage.objects.get(pk=key),
                patient=other.patient,
                case=other,
                by=coordinator,
            )

    return give


@pytest.fixture
def state(inside):
    """What became of one reading of a message, and of the message."""

    def read(key, kind="lab_result"):
        with inside():
            row = InboxProposal.objects.select_related("message").filter(message=key, kind=kind)
            found = row.order_by("number").first()
            return found.state, found.message.state

    return read


@pytest.fixture
def page(coordinator):
    """What stands on a message's page."""
    browser = Client()
    browser.force_login(coordinator)
    return lambda key: browser.get(url(key)).content.decode()


def url(key):
    return reverse("inbox_message", args=["north", key])


def test_what_it_superseded_is_open_again_and_what_it_supersedes_now_is_not(
    inside, received, other, move, state, page, coordinator
):
    first = received(of.laboratory("A", value="200", at=EARLY))
    theirs = received(of.laboratory("B", value="30", at=EARLY), "MRN-2")
    wrong = received(of.laboratory("N", value="210", at=LATE))
    assert state(first) == ("superseded", "done")
    assert state(theirs) == ("open", "matched")
    assert "Superseded</span>" in page(wrong)

    move(wrong)

    assert state(first) == ("open", "matched")
    assert state(theirs) == ("superseded", "done")
    assert state(wrong) == ("open", "matched")
    with inside():
        reopened = InboxMessage.objects.get(pk=first)
        assert (reopened.handled_by, reopened.handled_at) == (None, None)
        (entry,) = AuditEntry.objects.filter(action="inbox.reopened")
        assert (entry.subject_id, entry.person_id) == (first, coordinator.pk)
        assert deciding.accept_all(message=reopened, by=coordinator) == {}
        assert [row.value for row in LabResult.objects.all()] == [200]


def test_the_pages_say_what_happened(received, other, move, page):
    first = received(of.laboratory("A", value="200", at=EARLY))
    theirs = received(of.laboratory("B", value="30", at=EARLY), "MRN-2")
    wrong = received(of.laboratory("N", value="210", at=LATE))
    assert "is open again" not in page(wrong).replace("is open again then", "")
    assert f'href="{url(wrong)}"' in page(first)

    move(wrong)

    moved = page(wrong)
    assert "What it had superseded is open again." in moved
    assert "1 proposal of other messages can be decided again" in moved
    assert f'href="{url(first)}#proposal-' in moved
    assert f'href="{url(theirs)}#proposal-' in moved
    assert moved.index("Open again</strong>") != moved.index("Superseded</span>")
    assert "turned out to be about somebody else" in page(first)
    assert f'href="{url(wrong)}"' in page(first)
    assert "says the same thing anew" in page(theirs)


def test_what_came_late_is_open_as_if_the_other_had_never_come(received, other, move, state):
    """The newest of those that were late goes before the others, as always."""
    wrong = received(of.laboratory("N", value="210", at=LATEST))
    newer = received(of.laboratory("B", value="200", at=LATE))
    older = received(of.laboratory("A", value="190", at=EARLY))
    assert state(newer) == state(older) == ("superseded", "matched")

    move(wrong)

    assert state(newer) == ("open", "matched")
    assert state(older) == ("superseded", "matched")
    # It is by the other one now: were that moved too, it would open.
    move(newer)
    assert state(older) == ("open", "matched")


def test_what_somebody_refused_meanwhile_stays_refused(
    inside, received, other, move, state, coordinator
):
    wrong = received(of.laboratory("N", value="210", at=LATE))
    late = received(of.laboratory("A", value="190", at=EARLY))
    with inside():
        deciding.refuse(message=InboxMessage.objects.get(pk=late), by=coordinator)

    move(wrong)

    assert state(late) == ("superseded", "refused")
    with inside():
        assert not AuditEntry.objects.filter(action="inbox.reopened").exists()


def test_what_yet_another_one_says_anew_stays_superseded(
    inside, received, other, move, state, page
):
    first = received(of.laboratory("A", value="200", at=EARLY))
    wrong = received(of.laboratory("N", value="210", at=LATE) + BEFORE)
    newest = received(of.laboratory("M", value="220", at=LATEST))
    assert state(wrong) == ("superseded", "matched")

    move(wrong)

    assert state(first) == ("superseded", "done")
    assert f'href="{url(newest)}"' in page(first)
    # What the newest says is of the first patient, and nothing of the one whom it is about.
    assert state(wrong) == ("open", "matched")
    assert state(newest) == ("open", "matched")


def test_what_was_superseded_is_so_again_where_the_right_record_has_something_newer(
    received, other, move, state, page
):
    theirs = received(of.laboratory("M", value="220", at=LATEST), "MRN-2")
    received(of.laboratory("N2", value="230", at=LATEST))
    wrong = received(of.laboratory("N", value="210", at=LATE) + BEFORE)
    assert state(wrong) == ("superseded", "matched")

    move(wrong)

    assert state(wrong) == ("superseded", "matched")
    assert state(theirs) == ("open", "matched")
    assert f'href="{url(theirs)}"' in page(wrong)


def test_who_somebody_is_asks_nobody_where_the_record_says_it_by_now(
    inside, received, case, other, move, state, coordinator
):
    wrong = received(of.message("ADT^A08", of.pid(family="Lund"), control_id="N", at=LATE))
    late = received(of.message("ADT^A08", of.pid(family="Berger"), control_id="A", at=EARLY))
    assert state(late, "patient") == ("superseded", "matched")
    with inside():
        patients.change(patient=case.patient, family_name="Berger", by=coordinator)

    move(wrong)

    assert state(late, "patient") == ("accepted", "matched")
    with inside():
        assert not AuditEntry.objects.filter(action="inbox.reopened").exists()


def test_what_a_message_says_no_more_stays_closed(
    inside, received, other, move, state, monkeypatch, coordinator
):
    first = received(of.laboratory("A", value="200", at=EARLY))
    wrong = received(of.laboratory("N", value="210", at=LATE))
    again = hl7v2.again
    monkeypatch.setattr(hl7v2, "again", lambda raw: replace(again(raw), read=Read()))
    with inside():
        choosing.read_again(message=InboxMessage.objects.get(pk=first), by=coordinator)

    move(wrong)

    assert state(first) == ("superseded", "done")


def test_the_other_case_of_the_same_patient_opens_nothing(
    inside, received, case, state, coordinator
):
    first = received(of.laboratory("A", value="200", at=EARLY))
    newer = received(of.laboratory("N", value="210", at=LATE))
    with inside():
        second = cases.open_case(patient=case.patient, title="Second", by=coordinator)
        choosing.choose(
            message=InboxMessage.objects.get(pk=newer),
            patient=case.patient,
            case=second,
            by=coordinator,
        )

    assert state(first) == ("superseded", "done")


def test_it_is_open_also_after_the_message_was_erased_with_its_patient(
    inside, received, other, move, state, page, coordinator
):
    first = received(of.laboratory("A", value="200", at=EARLY))
    wrong = received(of.laboratory("N", value="210", at=LATE))
    move(wrong)
    with inside():
        erasures.erase(
            patient=other.patient, record_number="MRN-2", reason="Asked for.", by=coordinator
        )

    assert state(first) == ("open", "matched")
    assert "turned out to be about somebody else" in page(first)
    assert url(wrong) not in page(first)
