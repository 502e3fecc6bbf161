"""Events reach a real receiver: signed, in order, again after failures, never elsewhere."""

import base64
import datetime
import hashlib
import hmac
import threading
import time
from uuid import uuid4

import pytest
from django.core import mail
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from cases.models import Case, Event, WebhookDelivery, WebhookEndpoint
from cases.models.event import SUBJECTS, EventKind
from cases.models.webhook import Fault
from cases.services import agendas, postponements
from cases.services.errors import Invalid, Refused
from cases.services.webhooks import deliveries, endpoints, sweeps, transport
from cases.services.webhooks.faults import SendError
from cases.services.webhooks.messages import ROUTES, body_of
from tests.factories.boards import make_item, make_meeting
from tests.factories.cases import make_case
from tests.factories.people import add_member
from tests.factories.restrictions import restricted
from tests.integration.webhooks.work import later, states, tell, work
from tests.receivers import receiving, status
from tumorboard.audit.models import AuditEntry
from tumorboard.outbox.models import OutboxMessage, OutboxSignal
from tumorboard.outbox.queue import deliver
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def endpoint(receiver, institution, administrator):
    """An endpoint that wants everything."""
    return tell(receiver, institution, administrator)[0]


@pytest.fixture
def listed(institution, coordinator):
    """Puts a case on lists so many times: as many events in its stream."""

    def put(times=1, case=None):
        with institution_scope(institution):
            case = case or make_case(by=coordinator)
            for _ in range(times):
                item = agendas.put_on(
                    meeting=make_meeting(by=coordinator), case=case, by=coordinator
                )
                agendas.take_off(item=item, by=coordinator)
            return case

    return put


def signed(got, secret) -> str:
    """The signature, computed apart from ours as the specification says."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    head = f"{got.headers['webhook-id']}.{got.headers['webhook-timestamp']}."
    digest = hmac.new(key, head.encode() + got.body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def one(institution) -> WebhookDelivery:
    with institution_scope(institution):
        return WebhookDelivery.objects.select_related("endpoint").get()


def make_older(institution, **ages) -> None:
    with institution_scope(institution):
        WebhookEndpoint.objects.update(
            **{name: timezone.now() - datetime.timedelta(hours=h) for name, h in ages.items()}
        )


def test_an_event_arrives_signed_and_says_ids_only(
    receiver, institution, administrator, coordinator
):
    """ASVS v5.0.0-4.1.5 and HIPAA 164.312(e)(2)(i): what was changed on the way is known."""
    _, secret = tell(receiver, institution, administrator)
    with institution_scope(institution):
        case = make_case(by=coordinator, family_name="Quetzalcoatl")
        item = make_item(by=coordinator, case=case)
        event = Event.objects.get()
    assert receiver.got == []
    work(institution)
    (got,) = receiver.got
    assert got.path == "/events"
    assert got.headers["content-type"] == "application/json"
    assert got.headers["webhook-signature"] == signed(got, secret)
    assert abs(int(got.headers["webhook-timestamp"]) - time.time()) < 60
    assert got.headers["webhook-id"] == str(event.pk)
    assert got.said == {
        "id": str(event.pk),
        "type": "case.listed",
        "occurred_at": event.occurred_at.isoformat(),
        "institution": "north",
        "subject": {
            "agenda_item": str(item.pk),
            "case": str(case.pk),
            "meeting": str(item.meeting_id),
        },
        "resource": f"http://localhost:8000/api/v1/i/north/agenda-items/{item.pk}/",
        "sequence": 1,
    }
    assert b"Quetzalcoatl" not in got.body
    delivery = one(institution)
    assert (delivery.state, delivery.status_code, delivery.attempts) == ("delivered", 204, 1)


def test_tampering_breaks_the_signature(receiver, institution, administrator, listed):
    """ASVS v5.0.0-4.1.5: body, time and id are signed together."""
    _, secret = tell(receiver, institution, administrator)
    listed()
    work(institution)
    (got,) = receiver.got
    right = got.headers["webhook-signature"]
    for name, value in (("webhook-id", "x"), ("webhook-timestamp", "1")):
        changed = type(got)(got.path, {**got.headers, name: value}, got.body)
        assert signed(changed, secret) != right
    changed = type(got)(got.path, got.headers, got.body.replace(b"listed", b"signed"))
    assert signed(changed, secret) != right
    assert signed(got, "whsec_" + base64.b64encode(b"x" * 32).decode()) != right


def test_only_the_kinds_that_were_chosen(receiver, institution, administrator, listed):
    tell(receiver, institution, administrator, kinds=["decision.signed"])
    listed()
    work(institution)
    assert receiver.got == []
    assert states(institution) == []


def test_a_failure_is_tried_again_later_and_longer(receiver, institution, endpoint, listed):
    receiver.next = [status(500), status(404)]
    listed()
    waits = []
    for _ in range(2):
        before = timezone.now()
        work(institution)
        delivery = one(institution)
        assert (delivery.state, delivery.fault) == ("waiting", "refused")
        assert OutboxSignal.objects.get().due_at >= delivery.due_at
        waits.append(delivery.due_at - before)
        later(institution)
    assert delivery.status_code == 404
    assert datetime.timedelta(seconds=19) < waits[0] < datetime.timedelta(seconds=34)
    assert waits[1] > datetime.timedelta(seconds=39)
    work(institution)
    assert states(institution) == [(1, "delivered")]
    assert len({got.headers["webhook-id"] for got in receiver.got}) == 1
    with institution_scope(institution):
        assert WebhookEndpoint.objects.get().failing_since is None


def test_all_attempts_together_take_about_a_day():
    waits = [deliveries._wait_after(n) for n in range(1, deliveries.MOST_ATTEMPTS)]
    assert waits == sorted(waits)
    total = sum(waits, datetime.timedelta())
    assert datetime.timedelta(hours=22) < total < datetime.timedelta(hours=28)
    assert len({deliveries._wait_after(1) for _ in range(9)}) > 1


def test_the_next_event_of_a_case_waits_for_the_former(receiver, institution, endpoint, listed):
    receiver.next = [status(500), status(204), status(503)]
    listed(3)
    work(institution)
    assert receiver.sequences == [1]
    assert states(institution) == [(1, "waiting"), (2, "waiting"), (3, "waiting")]
    later(institution)
    work(institution)
    assert receiver.sequences == [1, 1, 2]
    later(institution)
    work(institution)
    assert receiver.sequences == [1, 1, 2, 2, 3]
    assert states(institution) == [(n, "delivered") for n in (1, 2, 3)]


def test_another_case_does_not_wait(receiver, institution, endpoint, listed):
    receiver.next = [status(500)]
    listed()
    work(institution)
    case = listed()
    work(institution)
    assert receiver.got[-1].said["subject"]["case"] == str(case.pk)
    assert sorted(state for _, state in states(institution)) == ["delivered", "waiting"]


def test_after_a_day_it_is_given_up_and_the_next_one_goes(receiver, institution, endpoint, listed):
    receiver.answer = status(500)
    listed(2)
    for _ in range(deliveries.MOST_ATTEMPTS - 1):
        work(institution)
        later(institution)
    receiver.next = [status(500)]
    receiver.answer = status(204)
    work(institution)
    assert receiver.sequences == [1] * deliveries.MOST_ATTEMPTS + [2]
    assert states(institution) == [(1, "dead"), (2, "delivered")]


def give_up(institution, receiver, listed, *, times=1):
    """So many events of one case that were given up."""
    receiver.answer = status(500)
    case = listed(times)
    with institution_scope(institution):
        WebhookDelivery.objects.update(attempts=deliveries.MOST_ATTEMPTS - 1)
    work(institution)
    receiver.answer = status(204)
    receiver.got.clear()
    return case


def test_what_was_given_up_is_replayed(receiver, institution, endpoint, listed, administrator):
    give_up(institution, receiver, listed, times=2)
    assert states(institution) == [(1, "dead"), (2, "dead")]
    with institution_scope(institution):
        first = WebhookDelivery.objects.get(sequence=1)
        deliveries.replay(delivery=first, by=administrator)
    work(institution)
    assert receiver.sequences == [1]
    assert receiver.got[0].headers["webhook-id"] == str(first.event_id)
    with institution_scope(institution):
        with pytest.raises(Refused, match="was not given up"):
            deliveries.replay(delivery=first, by=administrator)
        assert deliveries.replay_all(endpoint=endpoint, by=administrator) == 1
    work(institution)
    assert receiver.sequences == [1, 2]
    assert states(institution) == [(1, "delivered"), (2, "delivered")]


def test_nothing_is_replayed_to_what_was_removed(
    receiver, institution, endpoint, listed, administrator
):
    give_up(institution, receiver, listed)
    with institution_scope(institution):
        endpoints.remove(endpoint=endpoint, by=administrator)
        with pytest.raises(Refused, match="was removed"):
            deliveries.replay(delivery=WebhookDelivery.objects.get(), by=administrator)
        with pytest.raises(Refused, match="was removed"):
            endpoints.rotate(endpoint=endpoint, by=administrator)


def test_an_endpoint_that_fails_for_long_is_paused_and_its_managers_are_told(
    receiver, institution, endpoint, listed, administrator, coordinator
):
    """A mail says it, with nothing of a patient."""
    with institution_scope(institution):
        OutboxMessage.objects.filter(topic="mail").delete()
    receiver.answer = status(500)
    listed(2)
    with institution_scope(institution):
        WebhookDelivery.objects.update(attempts=deliveries.MOST_ATTEMPTS - 1)
    make_older(institution, failing_since=23)
    work(institution)
    assert states(institution) == [(1, "dead"), (2, "waiting")]
    with institution_scope(institution):
        assert WebhookEndpoint.objects.get().state == "paused"
        (message,) = OutboxMessage.objects.filter(topic="mail")
        assert AuditEntry.objects.filter(action="webhook.paused", person=None).exists()
    assert message.payload["to"] == administrator.email
    assert f"/i/north/settings/webhooks/{endpoint.pk}/" in message.payload["body"]
    deliver(str(message.pk))
    assert len(mail.outbox) == 1
    receiver.answer = status(204)
    listed()
    later(institution)
    work(institution)
    assert receiver.sequences == [1]
    with institution_scope(institution):
        endpoints.resume(endpoint=endpoint, by=administrator)
    work(institution)
    assert sorted(receiver.sequences) == [1, 1, 2]
    assert dict(states(institution))[2] == "delivered"


def test_an_endpoint_that_is_gone_is_paused_at_once(receiver, institution, endpoint, listed):
    receiver.answer = status(410)
    listed(2)
    work(institution)
    assert receiver.sequences == [1]
    delivery = WebhookDelivery
    with institution_scope(institution):
        assert WebhookEndpoint.objects.get().state == "paused"
        assert delivery.objects.get(sequence=1).fault == "gone"
    assert states(institution) == [(1, "dead"), (2, "waiting")]


def test_a_redirect_is_not_followed(receiver, institution, endpoint, listed):
    """ASVS v5.0.0-15.3.2: the server follows no redirect of others."""
    with receiving() as elsewhere:
        receiver.next = [status(307, Location=elsewhere.address)]
        listed()
        work(institution)
        assert elsewhere.got == []
    assert (one(institution).fault, one(institution).status_code) == ("redirected", 307)


def test_a_receiver_that_hangs_is_waited_for_only_so_long(
    receiver, institution, endpoint, listed, monkeypatch
):
    """ASVS v5.0.0-15.2.2: a slow system holds up nobody; its other events wait a while."""
    monkeypatch.setattr(transport, "LONGEST", 0.3)
    go_on = threading.Event()
    receiver.answer = lambda to: go_on.wait(30) and None
    listed()
    listed()
    work(institution)
    go_on.set()
    assert len(receiver.got) == 1
    with institution_scope(institution):
        tried = WebhookDelivery.objects.get(attempts=1)
        other = WebhookDelivery.objects.get(attempts=0)
        assert tried.fault == "too_slow"
        assert other.due_at > timezone.now()
        assert WebhookEndpoint.objects.get().rests_until > timezone.now()
    receiver.answer = status(204)
    later(institution)
    work(institution)
    assert [state for _, state in states(institution)] == ["delivered"] * 2


def test_another_institution_hears_of_nothing(
    receiver, institution, other_institution, endpoint, listed, settings
):
    """ASVS v5.0.0-8.4.1, HIPAA 164.312(a)(1): events stay within their institution."""
    settings.WEBHOOK_NETWORKS += ",south=127.0.0.0/8"
    settings.WEBHOOK_PLAIN_HOSTS += ",south=127.0.0.1"
    sam = add_member(other_institution, "ADMINISTRATOR", email="sam@south.example", name="Sam")
    with receiving() as theirs:
        foreign, _ = tell(theirs, other_institution, sam)
        case = listed()
        work(institution)
        work(other_institution)
        assert theirs.got == []
        with institution_scope(other_institution):
            deliveries.deliver_next({"endpoint": str(endpoint.pk), "stream": str(case.pk)})
            deliveries.deliver_next({"endpoint": str(foreign.pk), "stream": str(case.pk)})
        assert theirs.got == []
    assert len(receiver.got) == 1
    assert states(other_institution) == []


def test_a_restricted_case_is_told_to_nobody(receiver, institution, endpoint, coordinator, chair):
    """ASVS v5.0.0-8.2.2: an endpoint stands on no list."""
    with institution_scope(institution):
        case = make_case(by=coordinator)
        restricted(case, chair, by=coordinator)
        make_item(by=chair, case=case)
    work(institution)
    assert receiver.got == []
    assert states(institution) == []


def test_what_is_restricted_before_it_is_sent_is_withheld(
    receiver, institution, endpoint, listed, coordinator, chair
):
    """ASVS v5.0.0-8.2.2, ASVS v5.0.0-8.3.2: a change of who may see holds at once."""
    case = listed()
    with institution_scope(institution):
        restricted(case, chair, by=coordinator)
    work(institution)
    assert receiver.got == []
    assert states(institution) == [(1, "withheld")]


def test_an_endpoint_that_two_people_let_is_told_of_restricted_cases(
    receiver, institution, endpoint, listed, coordinator, chair, administrator
):
    """ASVS v5.0.0-2.3.5: one asks, another one grants; another address begins anew."""
    officer = add_member(institution, "PRIVACY_OFFICER", email="pia@north.example", name="Pia")
    address = endpoint.address
    with institution_scope(institution):
        with pytest.raises(Refused, match="not asked for"):
            endpoints.grant_restricted(endpoint=endpoint, address=address, by=officer)
        endpoints.ask_for_restricted(endpoint=endpoint, by=administrator)
        with pytest.raises(Refused, match="asked for already"):
            endpoints.ask_for_restricted(endpoint=endpoint, by=administrator)
        with pytest.raises(Refused, match="Somebody else"):
            endpoints.grant_restricted(endpoint=endpoint, address=address, by=administrator)
        with pytest.raises(Refused, match="not asked for"):
            endpoints.grant_restricted(endpoint=endpoint, address="http://x/", by=officer)
        endpoints.grant_restricted(endpoint=endpoint, address=address, by=officer)
        with pytest.raises(Refused, match="granted already"):
            endpoints.grant_restricted(endpoint=endpoint, address=address, by=officer)
        case = make_case(by=coordinator)
        restricted(case, chair, by=coordinator)
    listed(case=case)
    work(institution)
    assert len(receiver.got) == 1
    with institution_scope(institution):
        changed = endpoints.change(
            endpoint=endpoint,
            label="EHR",
            address=address + "/2",
            kinds=["case.listed"],
            by=administrator,
        )
    assert not changed.sees_restricted
    listed(case=case)
    work(institution)
    assert len(receiver.got) == 1


def test_two_secrets_sign_for_a_day(receiver, institution, administrator, listed):
    """ASVS v5.0.0-13.3.4: secrets can be changed without a gap, and end."""
    endpoint, former = tell(receiver, institution, administrator)
    with institution_scope(institution):
        current = endpoints.rotate(endpoint=endpoint, by=administrator)
    listed()
    work(institution)
    (got,) = receiver.got
    assert got.headers["webhook-signature"].split(" ") == [
        signed(got, current),
        signed(got, former),
    ]
    make_older(institution, former_until=1)
    listed()
    work(institution)
    assert receiver.got[1].headers["webhook-signature"] == signed(receiver.got[1], current)
    sweeps.sweep()
    with institution_scope(institution):
        kept = WebhookEndpoint.objects.get()
        assert kept.secrets == {"current": current}
        assert kept.former_until is None


def test_a_test_goes_once_and_holds_up_nothing(
    receiver, institution, endpoint, listed, administrator
):
    receiver.answer = status(500)
    with institution_scope(institution):
        endpoints.pause(endpoint=endpoint, by=administrator)
        sent = endpoints.send_test(endpoint=endpoint, by=administrator)
    work(institution)
    (got,) = receiver.got
    assert (got.said["type"], got.said["id"], got.said["subject"]) == (
        "webhook.test",
        str(sent.pk),
        {},
    )
    assert one(institution).state == "dead"
    with institution_scope(institution):
        assert WebhookEndpoint.objects.get().failing_since is None
        assert deliveries.replay_all(endpoint=endpoint, by=administrator) == 0
        endpoints.send_test(endpoint=endpoint, by=administrator)
    receiver.answer = status(204)
    work(institution)
    assert [state for _, state in states(institution)] == ["dead", "delivered"]


def test_a_worker_that_is_killed_sends_the_same_again(
    receiver, institution, endpoint, listed, monkeypatch
):
    """The outbox takes it up again, with the same id; the receiver knows it."""
    listed()

    class Killed(BaseException):
        """What no handler catches."""

    real = deliveries._end

    def killed(*_):
        raise Killed

    monkeypatch.setattr(deliveries, "_end", killed)
    with pytest.raises(Killed):
        work(institution)
    monkeypatch.setattr(deliveries, "_end", real)
    assert states(institution) == [(1, "waiting")]
    later(institution)
    work(institution)
    assert states(institution) == [(1, "delivered")]
    assert len({got.headers["webhook-id"] for got in receiver.got}) == 1
    assert len(receiver.got) == 2


def test_the_sweep_takes_up_what_was_left_lying(receiver, institution, endpoint, listed):
    listed(2)
    with institution_scope(institution):
        OutboxMessage.objects.all().delete()
        WebhookDelivery.objects.update(due_at=timezone.now() - datetime.timedelta(minutes=9))
    OutboxSignal.objects.all().delete()
    sweeps.sweep()
    assert OutboxSignal.objects.count() == 1
    work(institution)
    assert receiver.sequences == [1, 2]


def test_the_sweep_forgets_what_is_old(receiver, institution, endpoint, listed, administrator):
    """HIPAA 164.312(c)(1) asks for the events, not for what became of each telling."""
    listed(4)
    with institution_scope(institution):
        now = timezone.now()
        given = {
            1: {"state": "delivered", "ended_at": now - datetime.timedelta(days=31)},
            2: {"state": "dead", "ended_at": now - datetime.timedelta(days=31)},
            3: {"state": "dead", "ended_at": now - datetime.timedelta(days=91)},
            4: {"made_at": now - datetime.timedelta(days=31)},
        }
        for sequence, values in given.items():
            WebhookDelivery.objects.filter(sequence=sequence).update(**values)
    sweeps.sweep()
    assert states(institution) == [(2, "dead"), (4, "dead")]
    with institution_scope(institution):
        assert Event.objects.count() == 4


def test_what_waits_for_an_endpoint_that_was_removed_is_withheld(
    receiver, institution, endpoint, listed, administrator
):
    listed(2)
    with institution_scope(institution):
        endpoints.remove(endpoint=endpoint, by=administrator)
        assert WebhookEndpoint.objects.get().secrets == {}
    work(institution)
    assert receiver.got == []
    assert states(institution) == [(1, "withheld"), (2, "withheld")]
    listed()
    assert len(states(institution)) == 2


def test_an_agenda_is_its_meeting_and_has_its_own_stream(
    receiver, institution, endpoint, coordinator
):
    with institution_scope(institution):
        meeting = make_meeting(by=coordinator)
        event = Event.objects.create(
            kind="agenda.published",
            meeting=meeting,
            subject_id=meeting.pk,
            stream=meeting.pk,
            sequence=1,
        )
        event.refresh_from_db()
        deliveries.plan(event)
        body = body_of(WebhookDelivery.objects.select_related("event").get())
    assert f'"subject":{{"publication":"{meeting.pk}","meeting":"{meeting.pk}"}}' in body.decode()
    assert f'/api/v1/i/north/meetings/{meeting.pk}/"' in body.decode()


def test_every_kind_of_event_has_an_address_in_the_api():
    assert {SUBJECTS[kind] for kind in EventKind} == set(ROUTES)
    for route in ROUTES.values():
        assert reverse(route, args=["north", uuid4()])


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_two_workers_send_a_case_in_order_and_once_and_other_cases_beside(
    receiver, institution, endpoint, listed
):
    """ASVS v5.0.0-2.3.4: of two workers at one stream one sends; another stream goes meanwhile."""
    inside, go_on = threading.Event(), threading.Event()

    def slow(to):
        inside.set()
        assert go_on.wait(30)
        status(204)(to)

    receiver.next = [slow]
    case = listed(2)
    other = listed()

    def send(which):
        try:
            with institution_scope(institution):
                deliveries.deliver_next({"endpoint": str(endpoint.pk), "stream": str(which.pk)})
        finally:
            connection.close()

    first = threading.Thread(target=send, args=[case])
    first.start()
    assert inside.wait(30)
    for which in (case, other):
        second = threading.Thread(target=send, args=[which])
        second.start()
        second.join(30)
        assert not second.is_alive()
    assert [got.said["subject"]["case"] for got in receiver.got] == [str(case.pk), str(other.pk)]
    go_on.set()
    first.join(30)
    later(institution)
    work(institution)
    of_case = [
        g.said["sequence"] for g in receiver.got if g.said["subject"]["case"] == str(case.pk)
    ]
    assert of_case == [1, 2]
    with institution_scope(institution):
        assert Case.objects.count() == 2
        assert not WebhookDelivery.objects.exclude(state="delivered").exists()


def test_a_postponed_case_is_told_too(receiver, institution, endpoint, coordinator):
    with institution_scope(institution):
        item = make_item(by=coordinator, case=make_case(by=coordinator))
        to = make_meeting(by=coordinator, in_days=9)
        postponements.postpone(item=item, cause="patient", to=to, by=coordinator)
    work(institution)
    assert [got.said["subject"]["meeting"] for got in receiver.got][1] == str(to.pk)


def test_who_pauses_while_it_is_sent_is_the_one_who_paused(
    institution, endpoint, listed, administrator, monkeypatch
):
    """ASVS v5.0.0-2.3.4: it is paused once, and nobody is mailed of what they did themselves."""
    listed()
    with institution_scope(institution):
        OutboxMessage.objects.filter(topic="mail").delete()

    def paused_meanwhile(*_, **__):
        endpoints.pause(endpoint=endpoint, by=administrator)
        raise SendError(Fault.GONE, 410)

    monkeypatch.setattr(transport, "post", paused_meanwhile)
    work(institution)
    assert states(institution) == [(1, "dead")]
    with institution_scope(institution):
        assert not OutboxMessage.objects.filter(topic="mail").exists()
        paused = AuditEntry.objects.filter(action="webhook.paused")
        assert [entry.person_id for entry in paused] == [administrator.pk]


def test_what_was_asked_for_is_withdrawn(institution, endpoint, administrator):
    """ASVS v5.0.0-2.3.5."""
    with institution_scope(institution):
        endpoints.ask_for_restricted(endpoint=endpoint, by=administrator)
        endpoints.withdraw_restricted(endpoint=endpoint, by=administrator)
        assert WebhookEndpoint.objects.get().restricted_asked_by_id is None
        with pytest.raises(Invalid) as error:
            endpoints.change(
                endpoint=endpoint, label=" ", address="ftp://x/", kinds=[], by=administrator
            )
    assert set(error.value.errors) == {"label", "address", "kinds"}
