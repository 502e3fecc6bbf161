"""What EHRs tell of cards."""

import uuid

import pytest

from cases.models import HookCard, HookFeedback
from cases.services.errors import Invalid
from cases.services.hooks import Told
from cases.services.hooks import tell as tell_service
from tests.factories.clients import ec_key
from tests.factories.hooks import SELECT, Ehr, call, make_ehr
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db
AT = "2026-11-22T10:05:31Z"


@pytest.fixture
def card(ehr: Ehr, surveilled):
    [found] = ehr.cards(SELECT, call(record_number=surveilled.patient.record_number))
    return found


def tell(ehr: Ehr, *entries):
    return ehr.post(SELECT, {"feedback": list(entries)}, end="/feedback")


def entry(given_card, **other):
    given = {"card": given_card["uuid"], "outcome": "overridden", "outcomeTimestamp": AT, **other}
    return {name: value for name, value in given.items() if value is not None}


def kept(institution):
    with institution_scope(institution):
        return list(HookFeedback.objects.order_by("received_at"))


def test_an_accepted_suggestion_is_kept_once(ehr: Ehr, card, institution):
    chosen = card["suggestions"][0]["uuid"]
    said = entry(card, outcome="accepted", acceptedSuggestions=[{"id": chosen}])
    for _ in range(2):
        assert tell(ehr, said).status_code == 200
    [row] = kept(institution)
    assert (str(row.card_id), row.outcome) == (card["uuid"], "accepted")
    assert [str(one) for one in row.accepted] == [chosen]


def test_a_reason_is_kept_and_what_a_person_wrote_is_not(ehr: Ehr, card, institution):
    reason = card["overrideReasons"][0]
    said = entry(card, overrideReason={"reason": reason, "userComment": "Mrs. Rivera said no"})
    assert tell(ehr, said).status_code == 200
    [row] = kept(institution)
    assert (row.reason_system, row.reason) == (reason["system"], reason["code"])
    assert "Rivera" not in str(vars(row))


def test_a_card_may_be_overridden_without_a_reason(ehr: Ehr, card, institution):
    assert tell(ehr, entry(card)).status_code == 200
    assert kept(institution)[0].reason == ""


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"card": str(uuid.uuid4())}, "card"),
        ({"card": "x"}, "card"),
        ({"outcome": "ignored"}, "outcome"),
        ({"outcome": "accepted"}, "acceptedSuggestions"),
        (
            {"outcome": "accepted", "acceptedSuggestions": [{"id": str(uuid.uuid4())}]},
            "acceptedSuggestions",
        ),
        ({"outcomeTimestamp": "2026-11-22"}, "outcomeTimestamp"),
        ({"outcomeTimestamp": "2026-13-45T10:00:00Z"}, "outcomeTimestamp"),
        ({"outcomeTimestamp": None}, "outcomeTimestamp"),
        ({"overrideReason": {"reason": {"code": 7}}}, "overrideReason.reason"),
        ({"overrideReason": "x"}, "overrideReason"),
    ],
)
def test_what_cannot_be_is_refused_whole(ehr: Ehr, card, institution, change, field):
    answer = tell(ehr, entry(card), entry(card, **change))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == f"feedback[1].{field}"
    assert kept(institution) == []


@pytest.mark.parametrize("body", ['{"feedback": []}', '{"feedback": {}}', "[]", "7"])
def test_what_is_no_feedback_is_refused(ehr: Ehr, body):
    assert ehr.post(SELECT, body, end="/feedback").status_code == 422


def test_an_entry_that_is_none_is_refused_with_all_others(ehr: Ehr, card, institution):
    answer = tell(ehr, entry(card), "x")
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == ["feedback[1]"]
    assert kept(institution) == []


def test_cards_of_another_client_are_none(ehr: Ehr, card, institution, administrator):
    key = ec_key("second")
    make_ehr(institution, administrator, issuer="https://other.example/", key=key)
    other = Ehr(issuer="https://other.example/", key=key)
    assert tell(other, entry(card)).status_code == 422
    assert kept(institution) == []


def test_an_outcome_that_there_is_not_is_refused_below_every_face(card, institution, administrator):
    with institution_scope(institution):
        row = HookCard.objects.get()
        told = Told(row.pk, "ignored", row.given_at)
        with pytest.raises(Invalid, match="Give accepted or overridden"):
            tell_service(client=row.client, told=[told], by=administrator)
        assert not HookFeedback.objects.exists()
