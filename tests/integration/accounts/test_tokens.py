"""Issuing and revoking tokens."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from tumorboard.accounts.models import ApiToken
from tumorboard.accounts.permissions import Permission
from tumorboard.accounts.secret import hash_of
from tumorboard.accounts.selectors import tokens_of
from tumorboard.accounts.tokens import READING, issue, permitted, revoke, revoke_all, used
from tumorboard.outbox.models import OutboxMessage
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def inside(institution):
    with institution_scope(institution):
        yield


def test_only_the_hash_of_the_secret_is_kept(inside, coordinator, actions):
    token, secret = issue(user=coordinator, label=" RIS export ", days=90, by=coordinator)
    assert secret.startswith("tb_")
    assert len(secret) == 46
    stored = ApiToken.objects.values().get()
    assert stored["secret_hash"] == hash_of(secret)
    assert secret not in str(stored)
    assert token.label == "RIS export"
    assert token.expires_at - token.created_at == datetime.timedelta(days=90)
    assert actions() == [("token.issued", coordinator)]


@pytest.mark.parametrize(
    ("field", "wrong"), [("label", " "), ("label", "x" * 81), ("days", 0), ("days", 366)]
)
def test_values_that_cannot_be_are_refused_by_field(inside, coordinator, field, wrong):
    with pytest.raises(ValidationError) as refusal:
        issue(**{"label": "script", "days": 30, field: wrong}, user=coordinator, by=coordinator)
    assert list(refusal.value.message_dict) == [field]
    assert not ApiToken.objects.exists()


def test_revoking_ends_it_once(inside, coordinator, actions):
    token, _ = issue(user=coordinator, label="script", days=30, by=coordinator)
    first = revoke(token=token, by=coordinator).revoked_at
    assert revoke(token=token, by=coordinator).revoked_at == first
    assert tokens_of(coordinator) == []
    assert [action for action, _ in actions()] == ["token.issued", "token.revoked"]


def test_all_of_one_person_and_of_nobody_else_are_revoked(inside, coordinator, chair):
    issue(user=coordinator, label="one", days=30, by=coordinator)
    issue(user=coordinator, label="two", days=30, by=coordinator)
    kept, _ = issue(user=chair, label="three", days=30, by=chair)
    revoke_all(user=coordinator, by=None)
    assert tokens_of(coordinator) == []
    assert tokens_of(chair) == [kept]


@pytest.mark.parametrize("is_read_only", [True, False])
def test_the_person_is_told_without_the_secret(inside, coordinator, is_read_only):
    """ASVS v5.0.0-6.3.7: a person learns of every token in their name."""
    _, secret = issue(
        user=coordinator, label="Rivera", days=9, is_read_only=is_read_only, by=coordinator
    )
    sent = OutboxMessage.objects.get().payload
    assert sent["to"] == coordinator.email
    assert "/i/north/tokens/" in sent["body"]
    assert ("can only read" in sent["body"]) == is_read_only
    assert secret not in str(sent)
    assert "Rivera" not in str(sent)


def test_a_token_that_only_reads_takes_nothing_else(inside, coordinator):
    """ASVS v5.0.0-8.2.1: a token may be worth less than its person, never more."""
    token, _ = issue(user=coordinator, label="s", days=9, is_read_only=True, by=coordinator)
    held = frozenset({Permission.CASE_READ, Permission.CASE_WRITE, Permission.TOKEN_USE})
    assert permitted(token, held) == {Permission.CASE_READ, Permission.TOKEN_USE}
    token.is_read_only = False
    assert permitted(token, held) == held
    assert not {right for right in READING if right.endswith((".write", ".manage", ".sign"))}


def test_its_use_is_noted_once_an_hour(inside, coordinator):
    token, secret = issue(user=coordinator, label="s", days=9, by=coordinator)
    used(secret)
    first = ApiToken.objects.get().last_used_at
    assert first is not None
    used(secret)
    assert ApiToken.objects.get().last_used_at == first
    long_ago = timezone.now() - datetime.timedelta(hours=1, seconds=1)
    ApiToken.objects.update(last_used_at=long_ago)
    assert used(secret) == token
    assert ApiToken.objects.get().last_used_at > first
    assert used("tb_guessed") is None
