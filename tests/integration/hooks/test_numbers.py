"""What became of cards: numbers, the cards behind them, pages, and what is kept of old ones."""

import datetime
import html
import uuid

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from cases.models import HookCard, HookFeedback, HookTally
from cases.models.conclusion import DeviationReason
from cases.selectors import hook_numbers
from cases.services import hook_retention
from tests.factories.hooks import SELECT, call, make_ehr
from tests.factories.people import add_member
from tumorboard.audit.models import AuditEntry
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

ADDRESS = "/i/north/numbers/ehr-cards/"
OWN = "https://board.example.org/fhir/CodeSystem/deviation-reason"


@pytest.fixture
def ehr_client(institution, administrator):
    return make_ehr(institution, administrator)


@pytest.fixture
def today() -> datetime.date:
    return timezone.localdate()


def card(client, *, days_ago=0, hook="order-select", kind="order", told=()):
    """A card, with feedback as (outcome, reason system, reason), the oldest first."""
    given = timezone.now() - datetime.timedelta(days=days_ago)
    row = HookCard.objects.create(
        client=client,
        hook=hook,
        kind=kind,
        indicator="info",
        edition="2026.1",
        scenario="SC-03",
        ordered="PET_FDG",
        recommended="CT_AP_W",
        given_at=given,
    )
    for place, (outcome, system, reason) in enumerate(told):
        HookFeedback.objects.create(
            card=row,
            outcome=outcome,
            reason_system=system,
            reason=reason,
            happened_at=given + datetime.timedelta(minutes=place),
        )
    return row


ACCEPTED = ("accepted", "", "")


def overridden(reason="", system=OWN):
    return ("overridden", system if reason else "", reason)


def test_cards_are_counted_by_hook_and_kind(scope, ehr_client, today):
    card(ehr_client, told=[ACCEPTED])
    card(ehr_client, told=[overridden("patient_wish")])
    card(ehr_client, told=[overridden("patient_wish")])
    card(ehr_client, told=[overridden("x-17", "urn:ehr")])
    card(ehr_client, told=[overridden()])
    card(ehr_client)
    card(ehr_client, hook="order-sign", kind="missing")
    card(ehr_client, hook="strange", kind="strange")
    select, sign, strange = hook_numbers.lines(today, today)
    assert (select.hook_words, select.kind_words) == (
        "Order selected",
        "Another study is recommended",
    )
    assert (select.shown, select.accepted, select.overridden, select.unanswered) == (6, 1, 4, 1)
    assert [(reason.words, reason.cards) for reason in select.reasons] == [
        (str(DeviationReason.PATIENT_WISH.label), 2),
        ("No reason given", 1),
        ("x-17", 1),
    ]
    assert (sign.kind_words, sign.shown, sign.reasons) == ("Not enough data", 1, [])
    assert (strange.hook_words, strange.kind_words) == ("strange", "strange")


def test_the_last_word_on_a_card_counts(scope, ehr_client, today):
    card(ehr_client, told=[overridden("patient_wish"), ACCEPTED])
    card(ehr_client, told=[ACCEPTED, overridden("availability")])
    [line] = hook_numbers.lines(today, today)
    assert (line.accepted, line.overridden, line.shown) == (1, 1, 2)
    assert [reason.code for reason in line.reasons] == ["availability"]


def test_only_the_days_that_were_asked_for_are_counted(scope, ehr_client, today):
    for days_ago in (0, 1, 2):
        card(ehr_client, days_ago=days_ago)
    yesterday = today - datetime.timedelta(days=1)
    assert [line.shown for line in hook_numbers.lines(yesterday, yesterday)] == [1]
    assert [line.shown for line in hook_numbers.lines(yesterday, today)] == [2]
    assert hook_numbers.lines(today + datetime.timedelta(days=1), today) == []


def test_cards_are_narrowed(scope, ehr_client, today):
    accepted = card(ehr_client, told=[ACCEPTED])
    silent = card(ehr_client, hook="order-sign")
    rows = hook_numbers.cards_between(today, today)
    assert list(hook_numbers.narrowed(rows)) == [silent, accepted]
    assert list(hook_numbers.narrowed(rows, outcome="accepted")) == [accepted]
    assert list(hook_numbers.narrowed(rows, outcome="none")) == [silent]
    assert list(hook_numbers.narrowed(rows, hook="order-sign")) == [silent]
    assert list(hook_numbers.narrowed(rows, kind="check")) == []
    shown = hook_numbers.shown(hook_numbers.narrowed(rows, outcome="accepted").get())
    assert (shown.ordered, shown.outcome, shown.reason) == ("FDG PET/CT", "Accepted", "")
    assert hook_numbers.study_words("GONE") == "GONE"


def test_old_cards_go_and_their_numbers_stay(institution, ehr_client, today):
    with institution_scope(institution):
        old = [card(ehr_client, days_ago=401, told=[overridden("patient_wish")]) for _ in range(2)]
        card(ehr_client, days_ago=402, told=[ACCEPTED])
        kept = card(ehr_client, days_ago=399, told=[ACCEPTED])
        first = today - datetime.timedelta(days=500)
        before = hook_numbers.lines(first, today)
    hook_retention.sweep()
    with institution_scope(institution):
        assert list(HookCard.objects.all()) == [kept]
        assert HookFeedback.objects.count() == 1
        assert hook_numbers.lines(first, today) == before
        assert hook_numbers.removed_between(first, today) == 3
        assert hook_numbers.removed_between(today, today) == 0
        assert sum(HookTally.objects.values_list("cards", flat=True)) == 3
        assert AuditEntry.objects.filter(action="hook.cards.removed").count() == 1
        assert old
    # The next one has nothing to do.
    hook_retention.sweep()
    with institution_scope(institution):
        assert hook_numbers.lines(first, today) == before
        assert AuditEntry.objects.filter(action="hook.cards.removed").count() == 1


def test_what_was_left_lying_takes_several_sweeps(institution, ehr_client, today):
    with institution_scope(institution):
        for days_ago in (700, 650, 500):
            card(ehr_client, days_ago=days_ago)
    for left in (2, 1, 0):
        hook_retention.sweep()
        with institution_scope(institution):
            assert HookCard.objects.count() == left
    with institution_scope(institution):
        assert hook_numbers.removed_between(today - datetime.timedelta(days=800), today) == 3


def test_cards_are_never_changed(scope, ehr_client):
    card(ehr_client, told=[ACCEPTED])
    for rows in (HookCard.objects.all(), HookFeedback.objects.all()):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(institution_id=uuid.uuid4())


@pytest.fixture
def browser(client, institution):
    chair = add_member(institution, "BOARD_CHAIR", email="chair@north.example", name="Cleo Chair")
    client.force_login(chair)
    return client


def text(response) -> str:
    return html.unescape(response.content.decode())


def test_the_pages_show_numbers_and_the_cards_behind_them(browser, institution, surveilled, ehr):
    [given] = ehr.cards(SELECT, call(record_number=surveilled.patient.record_number))
    at = timezone.now().isoformat()
    reason = {"reason": given["overrideReasons"][0], "userComment": "Mrs. Rivera"}
    told = {"card": given["uuid"], "outcome": "overridden", "outcomeTimestamp": at}
    ehr.post(SELECT, {"feedback": [{**told, "overrideReason": reason}]}, end="/feedback")
    page = text(browser.get(ADDRESS))
    assert "Another study is recommended" in page
    assert given["overrideReasons"][0]["display"] + ": 1" in page
    cards = text(browser.get(f"{ADDRESS}list/?hook=order-select&kind=order"))
    assert "FDG PET/CT" in cards
    assert "CT abdomen and pelvis with IV contrast" in cards
    assert "Overridden" in cards
    for shown in (page, cards):
        assert surveilled.patient.record_number not in shown
        assert str(surveilled.pk) not in shown
        assert "Rivera" not in shown
    days = {"first": str(timezone.localdate()), "last": str(timezone.localdate())}
    chosen = browser.post(f"{ADDRESS}list/", {**days, "outcome": "accepted"})
    assert chosen.status_code == 302
    assert chosen["Location"].endswith("&outcome=accepted")
    assert "No such card" in text(browser.get(chosen["Location"]))
    with institution_scope(institution):
        assert AuditEntry.objects.filter(action="hook_cards.read").count() == 3


def test_days_are_typed_and_judged(browser):
    assert "No card was shown" in text(browser.get(ADDRESS))
    answer = browser.post(ADDRESS, {"first": "1 Nov 2026", "last": "2 Nov 2026"})
    assert answer.url == f"{ADDRESS}?first=2026-11-01&last=2026-11-02"
    assert "1 Nov 2026 to 2 Nov 2026" in text(browser.get(answer.url))
    for page in (ADDRESS, f"{ADDRESS}list/"):
        assert browser.get(f"{page}?first=2026-11-02&last=2026-11-01").status_code == 422
    assert browser.get(f"{ADDRESS}list/?kind=nothing").status_code == 422


def test_many_cards_come_in_pages(browser, institution, ehr_client):
    with institution_scope(institution):
        for _ in range(51):
            card(ehr_client)
        card(ehr_client, days_ago=401)
    hook_retention.sweep()
    first = text(browser.get(f"{ADDRESS}list/?hook=order-select&first=2020-01-01"))
    assert "51 cards" in first
    assert "page=2" in first
    assert "1 card of these days is older than 400 days" in first
    second = text(browser.get(f"{ADDRESS}list/?page=2"))
    assert "page=1" in second
    assert second.count("FDG PET/CT") == 1


def test_numbers_are_for_those_with_the_right(client, institution, other_institution):
    clerk = add_member(institution, "CLINICIAN", email="c@north.example", name="Cem")
    client.force_login(clerk)
    assert client.get(ADDRESS).status_code == 403
    assert client.get(f"{ADDRESS}list/").status_code == 403


def test_another_institutions_cards_are_not_counted(browser, other_institution):
    """ASVS v5.0.0-8.4.1."""
    theirs = add_member(other_institution, "ADMINISTRATOR", email="x@south.example", name="X")
    client = make_ehr(other_institution, theirs)
    with institution_scope(other_institution):
        card(client)
    assert "No card was shown" in text(browser.get(ADDRESS))
    assert "No such card" in text(browser.get(f"{ADDRESS}list/"))
