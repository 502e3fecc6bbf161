"""Notifications reach a real receiver: each of the seven topics, in order, again, or given up."""

import datetime

import pytest
from django.utils import timezone
from fhir.resources.R4B.bundle import Bundle

from cases.fhir.subscriptions import guide
from cases.models import Case, Decision, Task, WebhookDelivery, WebhookEndpoint
from cases.models.event import EventKind
from cases.selectors.agendas import agenda
from cases.selectors.publications import frozen
from cases.selectors.topics import TOPICS, address_of
from cases.services import agendas, due_events, publications, tasks
from cases.services.webhooks import deliveries, sweeps
from tests.factories.boards import make_item, make_meeting
from tests.factories.cases import make_case
from tests.factories.tasks import REFERRAL, ago, amended, decided, tasks_of
from tests.integration.subscriptions.conftest import asked, told
from tests.integration.webhooks.work import later, work
from tests.receivers import status
from tumorboard.outbox.models import OutboxMessage
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


def list_case(by, case=None):
    """A case comes onto a list."""
    case = case or make_case(by=by)
    item = agendas.put_on(meeting=make_meeting(by=by), case=case, by=by)
    agendas.take_off(item=item, by=by)
    return item


def publish(by):
    meeting = make_meeting(by=by)
    make_item(by=by, meeting=meeting, case=make_case(by=by))
    publications.publish(meeting=meeting, lines=frozen(agenda(meeting)), pdf=b"%PDF", by=by)
    return f"List/{meeting.pk}", {f"Appointment/{meeting.pk}"}


def listed(by):
    item = list_case(by)
    return f"List/{item.meeting_id}", {
        f"Condition/{item.case_id}",
        f"Appointment/{item.meeting_id}",
    }


def of_decision(decision):
    return f"ClinicalImpression/{decision.pk}", {
        f"CarePlan/{decision.pk}",
        f"Condition/{decision.case_id}",
    }


def signed(by):
    return of_decision(decided(REFERRAL, by=by))


def amend(by):
    return of_decision(amended(decided(REFERRAL, by=by), [REFERRAL], by=by))


def of_task(task):
    return f"Task/{task.pk}", {f"ServiceRequest/{task.pk}", f"Condition/{task.case_id}"}


def come_due(days):
    def happen(by):
        (task,) = tasks_of(decided(REFERRAL, by=by))
        Task.objects.filter(pk=task.pk).update(due_on=ago(-days))
        due_events.note_due(None)
        return of_task(task)

    return happen


def done(by):
    (task,) = tasks_of(decided(REFERRAL, by=by))
    tasks.complete(task=task, on=timezone.localdate(), by=by)
    return of_task(task)


HAPPENING = {
    EventKind.CASE_LISTED: listed,
    EventKind.AGENDA_PUBLISHED: publish,
    EventKind.DECISION_SIGNED: signed,
    EventKind.DECISION_AMENDED: amend,
    EventKind.RECOMMENDATION_DUE: come_due(2),
    EventKind.RECOMMENDATION_DONE: done,
    EventKind.RECOMMENDATION_OVERDUE: come_due(-2),
}


@pytest.mark.parametrize("kind", EventKind)
def test_each_topic_tells_what_it_is_about(kind, follower, institution, chair):
    made = follower.follow(kind)
    assert made["status"] == "active"
    with institution_scope(institution):
        focus, context = HAPPENING[kind](chair)
    work(institution)
    (got,) = follower.receiver.got
    said = told(got)
    Bundle.model_validate(got.said)
    assert said["subscription"]["reference"].endswith(f"/fhir/north/Subscription/{made['id']}")
    assert (said["status"], said["type"]) == ("active", "event-notification")
    assert said["topic"] == address_of(kind)
    assert said["events-since-subscription-start"] == "1"
    (event,) = said["events"]
    assert event["event-number"] == "1"
    assert event["focus"] == focus
    assert set(event["context"]) == context
    assert focus.startswith(TOPICS[kind].focus)
    # Ids alone: every entry says where to read, and none is there.
    entries = got.said["entry"]
    assert {each["fullUrl"].partition("/fhir/north/")[2] for each in entries[1:]} == {
        focus,
        *context,
    }
    assert not any("resource" in each for each in entries[1:])
    assert got.headers["authorization"] == "Bearer swordfish"
    # And each can be read there.
    for each in entries[1:]:
        assert follower.program.get(each["fullUrl"]).status_code == 200


def test_the_handshake_comes_first_and_what_happened_before_it_is_not_lost(
    follower, institution, coordinator
):
    made = follower.post(_asked(follower)).json()
    assert made["status"] == "requested"
    with institution_scope(institution):
        list_case(coordinator)
    work(institution)
    first, second = follower.receiver.got
    assert (told(first)["type"], told(first)["status"]) == ("handshake", "requested")
    assert told(first)["events-since-subscription-start"] in ("0", "1")
    assert told(first)["events"] == []
    assert told(second)["type"] == "event-notification"
    assert follower.read(made["id"])["status"] == "active"


def _asked(follower, **given):
    return asked(follower.receiver.address, **given)


def test_a_handshake_that_fails_is_tried_again_and_then_an_error(follower, institution):
    follower.receiver.next = [status(500)] * 3
    made = follower.post(_asked(follower)).json()
    work(institution)
    assert follower.read(made["id"])["status"] == "requested"
    for _ in range(3):
        later(institution)
        work(institution)
    assert follower.read(made["id"])["status"] == "active"
    follower.receiver.answer = status(500)
    other = follower.post(_asked(follower)).json()
    for _ in range(5):
        later(institution)
        work(institution)
    read = follower.read(other["id"])
    assert (read["status"], read["error"]) == ("error", "The answer is no success")
    follower.receiver.answer = status(204)
    again = follower.put(read, status="requested")
    assert again.json()["status"] == "requested"
    work(institution)
    assert follower.read(other["id"])["status"] == "active"


def test_empty_says_nothing_of_what_it_is_about(follower, institution, chair):
    follower.follow(EventKind.DECISION_SIGNED, content="empty")
    with institution_scope(institution):
        decision = decided(REFERRAL, by=chair)
    work(institution)
    (got,) = follower.receiver.got
    said = told(got)
    assert len(got.said["entry"]) == 1
    assert "topic" not in said
    assert said["events"] == [
        {
            "context": [],
            "event-number": "1",
            "timestamp": said["events"][0]["timestamp"],
        }
    ]
    assert str(decision.pk).encode() not in got.body
    assert str(decision.case_id).encode() not in got.body


def test_events_of_a_case_come_in_order_and_each_once(follower, institution, coordinator):
    follower.follow()
    with institution_scope(institution):
        case = make_case(by=coordinator)
        for _ in range(3):
            list_case(coordinator, case)
    follower.receiver.next = [status(500)]
    work(institution)
    # The first one failed: those behind it wait.
    assert [told(got)["events"][0]["event-number"] for got in follower.receiver.got] == ["1"]
    first_id = follower.receiver.got[0].said["id"]
    later(institution)
    work(institution)
    assert [told(got)["events"][0]["event-number"] for got in follower.receiver.got] == [
        "1",
        "1",
        "2",
        "3",
    ]
    assert follower.receiver.got[1].said["id"] == first_id
    assert {got.said["id"] for got in follower.receiver.got[2:]}.isdisjoint({first_id})
    assert follower.deliveries() == [("case.listed", "delivered", n) for n in (1, 2, 3)]


def test_a_destination_that_fails_for_good_ends_in_an_error(follower, institution, coordinator):
    made = follower.follow()
    follower.receiver.answer = status(500)
    with institution_scope(institution):
        list_case(coordinator)
        past = timezone.now() - datetime.timedelta(hours=23)
        WebhookEndpoint.objects.update(failing_since=past)
        WebhookDelivery.objects.filter(event__isnull=False).update(
            attempts=deliveries.MOST_ATTEMPTS - 1
        )
    work(institution)
    assert follower.deliveries() == [("case.listed", "dead", 1)]
    read = follower.read(made["id"])
    assert (read["status"], read["error"]) == ("error", "The answer is no success")
    said = follower.program.get(f"Subscription/{made['id']}/$status").json()
    assert '"error"' in str(said).replace("'", '"')
    # What happens meanwhile is counted and kept, and goes out once it is asked for again.
    with institution_scope(institution):
        list_case(coordinator)
    work(institution)
    assert follower.row().events == 2
    follower.receiver.answer = status(204)
    follower.receiver.got.clear()
    assert follower.put(read, status="requested").status_code == 200
    work(institution)
    types = [told(got)["type"] for got in follower.receiver.got]
    assert types == ["handshake", "event-notification"]
    assert told(follower.receiver.got[1])["events"][0]["event-number"] == "2"


def test_a_destination_that_says_it_is_gone_is_an_error_at_once(follower, institution, coordinator):
    made = follower.follow()
    follower.receiver.answer = status(410)
    with institution_scope(institution):
        list_case(coordinator)
    work(institution)
    assert follower.read(made["id"])["status"] == "error"


def test_what_was_given_up_is_sent_anew_with_its_number(
    follower, institution, coordinator, administrator
):
    follower.follow()
    follower.receiver.answer = status(500)
    with institution_scope(institution):
        list_case(coordinator)
        WebhookDelivery.objects.filter(event__isnull=False).update(
            attempts=deliveries.MOST_ATTEMPTS - 1
        )
    work(institution)
    assert follower.deliveries() == [("case.listed", "dead", 1)]
    follower.receiver.answer = status(204)
    with institution_scope(institution):
        deliveries.replay_all(endpoint=follower.row().endpoint, by=administrator)
    work(institution)
    assert follower.deliveries() == [("case.listed", "delivered", 1)]
    assert told(follower.receiver.got[-1])["events"][0]["event-number"] == "1"


def test_filters_narrow_by_patient_and_by_board(follower, institution, coordinator):
    with institution_scope(institution):
        wanted, other = make_case(by=coordinator), make_case(by=coordinator)
        meeting = make_meeting(by=coordinator)
    follower.follow(filters=[f"patient=Patient/{wanted.patient_id}"])
    follower.follow(filters=[f"List?board=CareTeam/{meeting.board_id}"])
    with institution_scope(institution):
        for case in (wanted, other):
            list_case(coordinator, case)
        agendas.put_on(meeting=meeting, case=other, by=coordinator)
    work(institution)
    about = [
        next(each for each in told(got)["events"][0]["context"] if each.startswith("Condition"))
        for got in follower.receiver.got
    ]
    assert sorted(about) == sorted([f"Condition/{wanted.pk}", f"Condition/{other.pk}"])
    by_board = next(
        got
        for got in follower.receiver.got
        if told(got)["events"][0]["focus"] == f"List/{meeting.pk}"
    )
    assert f"Condition/{other.pk}" in told(by_board)["events"][0]["context"]


def test_switched_off_it_is_told_nothing_and_counts_nothing(follower, institution, coordinator):
    made = follower.follow()
    with institution_scope(institution):
        list_case(coordinator)
    off = follower.put(made, status="off").json()
    assert off["status"] == "off"
    with institution_scope(institution):
        list_case(coordinator)
    work(institution)
    assert follower.receiver.got == []
    assert [state for _, state, _ in follower.deliveries()] == ["withheld"]
    assert follower.row().events == 0
    assert follower.put(off, status="requested").status_code == 200
    with institution_scope(institution):
        list_case(coordinator)
    work(institution)
    assert [told(got)["type"] for got in follower.receiver.got] == [
        "handshake",
        "event-notification",
    ]


def test_a_removed_one_is_told_nothing_and_is_not_there(follower, institution, coordinator):
    made = follower.follow()
    with institution_scope(institution):
        list_case(coordinator)
    assert follower.program.ask("DELETE", f"Subscription/{made['id']}").status_code == 204
    with institution_scope(institution):
        list_case(coordinator)
    work(institution)
    assert follower.receiver.got == []
    for path in ("", "/$status", "/$events"):
        assert follower.program.get(f"Subscription/{made['id']}{path}").status_code == 404
    row = follower.row()
    with institution_scope(institution):
        assert row.endpoint.secrets == {}


def test_the_sweep_ends_what_is_over_and_shows_that_it_lives(follower, institution, coordinator):
    end = (timezone.now() + datetime.timedelta(hours=2)).isoformat()
    beat = {"url": guide.HEARTBEAT, "valueUnsignedInt": 600}
    made = follower.follow(end=end, channel={"extension": [beat]})
    sweeps.sweep()
    work(institution)
    assert follower.receiver.got == []
    hour_ago = timezone.now() - datetime.timedelta(hours=1)
    with institution_scope(institution):
        WebhookDelivery.objects.update(made_at=hour_ago, ended_at=hour_ago)
    sweeps.sweep()
    work(institution)
    (got,) = follower.receiver.got
    assert (told(got)["type"], told(got)["events"]) == ("heartbeat", [])
    row = follower.row()
    with institution_scope(institution):
        type(row).objects.update(ends_at=timezone.now())
        list_case(coordinator)
    sweeps.sweep()
    work(institution)
    assert follower.read(made["id"])["status"] == "off"
    assert len(follower.receiver.got) == 1


def test_a_sweep_asks_again_for_what_was_left_lying(follower, institution, coordinator):
    follower.follow()
    with institution_scope(institution):
        list_case(coordinator)
        OutboxMessage.objects.filter(state="waiting", topic="webhooks.deliver").delete()
        past = timezone.now() - datetime.timedelta(minutes=6)
        WebhookDelivery.objects.filter(state="waiting").update(due_at=past)
    sweeps.sweep()
    work(institution)
    assert [told(got)["type"] for got in follower.receiver.got] == ["event-notification"]


def test_what_is_about_something_that_is_there_no_more_is_withheld(
    follower, institution, chair, monkeypatch
):
    follower.follow(EventKind.DECISION_SIGNED)
    with institution_scope(institution):
        decision = decided(REFERRAL, by=chair)
        assert Decision.objects.filter(pk=decision.pk).exists()
        assert Case.objects.filter(pk=decision.case_id).exists()
    monkeypatch.setattr("cases.fhir.subscriptions.notifying.named", lambda *_: [])
    work(institution)
    assert follower.receiver.got == []
    assert follower.deliveries() == [("decision.signed", "withheld", 1)]
