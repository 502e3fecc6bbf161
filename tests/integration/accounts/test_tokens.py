"""Issuing and revoking tokens."""

import datetime

import pytest
from django.core.exceptions import ValidationError

from tumorboard.accounts.models import ApiToken
from tumorboard.accounts.secret import hash_of
from tumorboard.accounts.selectors import tokens_of
from tumorboard.accounts.tokens import issue, revoke, revoke_all
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
