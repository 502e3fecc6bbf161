"""What happens at the same time, twice, or against the rules, below the FHIR server."""

import uuid

import pytest

from cases.models import Subscription, WebhookDelivery
from cases.models.event import EventKind
from cases.models.subscription import Content, Phase
from cases.selectors import subscriptions as selectors
from cases.services.errors import Invalid, Refused
from cases.services.subscriptions import writing
from cases.services.subscriptions.writing import Wish
from cases.services.webhooks import deliveries
from tests.integration.subscriptions.test_notifications import list_case
from tests.integration.webhooks.work import work
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


def wish(**given) -> Wish:
    values = {
        "kind": EventKind.CASE_LISTED,
        "address": "https://ehr.example/fhir",
        "content": Content.ID_ONLY,
        "reason": "To follow",
        "filters": {},
        **given,
    }
    return Wish(**values)


def test_two_handshakes_make_it_active_once(follower, institution, coordinator):
    made = follower.follow()
    off = follower.put(made, status="off").json()
    asked = follower.put(off, status="requested").json()
    follower.put(asked, status="active")
    work(institution)
    assert follower.read(made["id"])["status"] == "active"
    assert len(follower.receiver.got) == 2
    with institution_scope(institution):
        list_case(coordinator)
    work(institution)
    assert len(follower.receiver.got) == 3


def test_what_has_no_number_yet_is_not_sent(follower, institution, coordinator, monkeypatch):
    follower.follow()
    with institution_scope(institution):
        list_case(coordinator)
    monkeypatch.setattr(deliveries, "number_new", lambda _: set())
    work(institution)
    assert follower.receiver.got == []
    assert follower.deliveries() == [("case.listed", "waiting", None)]


def test_what_came_while_it_was_switched_off_gets_no_number(follower, institution, coordinator):
    follower.follow()
    with institution_scope(institution):
        list_case(coordinator)
        Subscription.objects.update(phase=Phase.OFF)
    work(institution)
    assert follower.deliveries() == [("case.listed", "withheld", None)]


def test_what_was_removed_stays_so(follower, institution):
    follower.follow()
    row = follower.row()
    with institution_scope(institution):
        writing.remove(subscription=row, by=row.owner)
        with pytest.raises(Refused, match="removed"):
            writing.remove(subscription=row, by=row.owner)
        with pytest.raises(Refused, match="removed"):
            writing.switch_off(subscription=row, by=None)


def test_the_system_itself_has_none(follower, institution):
    follower.follow()
    with institution_scope(institution):
        assert list(selectors.visible()) == []


def test_a_topic_is_narrowed_by_its_own_filters_alone(institution, administrator):
    kind = EventKind.AGENDA_PUBLISHED
    with institution_scope(institution):
        with pytest.raises(Invalid, match="board") as error:
            writing.add(wish=wish(kind=kind, filters={"patient": uuid.uuid4()}), by=administrator)
        assert list(error.value.errors) == [writing.CRITERIA]


def test_what_cannot_be_stored_is_refused(institution, administrator):
    with institution_scope(institution):
        with pytest.raises(Invalid) as error:
            writing.add(wish=wish(reason="a\x00b"), by=administrator)
        assert list(error.value.errors) == [writing.REASON]
        assert not WebhookDelivery.objects.exists()
