"""A person's tokens, in the browser."""

import html
import re
import uuid

import pytest

from tumorboard.accounts import tokens
from tumorboard.accounts.models import ApiToken
from tumorboard.accounts.secret import hash_of
from tumorboard.tenancy.scope import institution_scope

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.integration.accounts.urls")]

ADDRESS = "/i/north/tokens/"


def text(response) -> str:
    return html.unescape(response.content.decode())


def issue(institution, user) -> tuple[ApiToken, str]:
    with institution_scope(institution):
        return tokens.issue(user=user, label="RIS export", days=90, by=user)


def test_a_token_is_shown_once_and_works(client, coordinator, institution):
    client.force_login(coordinator)
    assert "You have no tokens." in text(client.get(ADDRESS))
    shown = text(client.post(ADDRESS, {"label": "RIS export", "days": "30", "is_read_only": "all"}))
    secret = re.search(r"<code>(tb_[\w-]+)</code>", shown).group(1)
    with institution_scope(institution):
        assert ApiToken.objects.get().secret_hash == hash_of(secret)
    again = text(client.get(ADDRESS))
    assert "RIS export" in again
    assert secret not in again
    answer = client.get("/api/north/x/", headers={"authorization": f"Bearer {secret}"})
    assert answer.json()["person"] == coordinator.email


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"label": ""}, "This field is required."),
        ({"label": "x" * 81}, "at most 80 characters"),
        ({"days": "5000"}, "Select a valid choice"),
        ({"is_read_only": ""}, "Choose what it may do."),
    ],
)
def test_a_token_that_cannot_be_keeps_what_was_typed(
    client, coordinator, institution, wrong, reason
):
    client.force_login(coordinator)
    typed = {"label": "typed before", "days": "365", "is_read_only": "read", **wrong}
    response = client.post(ADDRESS, typed)
    assert response.status_code == 422
    assert reason in text(response)
    assert f'value="{typed["label"]}"' in text(response) or not typed["label"]
    with institution_scope(institution):
        assert not ApiToken.objects.exists()


def test_revoking(client, coordinator, institution):
    token, secret = issue(institution, coordinator)
    client.force_login(coordinator)
    response = client.post(f"{ADDRESS}{token.pk}/revoke/", follow=True)
    assert "The token “RIS export” is revoked." in text(response)
    assert "You have no tokens." in text(response)
    answer = client.get("/api/north/x/", headers={"authorization": f"Bearer {secret}"})
    assert answer.status_code == 401


def test_somebody_elses_token_is_not_found(client, coordinator, chair, institution):
    token, _ = issue(institution, chair)
    client.force_login(coordinator)
    assert "RIS export" not in text(client.get(ADDRESS))
    assert client.post(f"{ADDRESS}{token.pk}/revoke/").status_code == 404
    assert client.post(f"{ADDRESS}{uuid.uuid4()}/revoke/").status_code == 404
    with institution_scope(institution):
        assert ApiToken.objects.get(pk=token.pk).revoked_at is None


def test_who_may_use_no_token_has_no_page(client, administrator, stranger):
    client.force_login(administrator)
    assert client.get(ADDRESS).status_code == 403
    client.force_login(stranger)
    assert client.get(ADDRESS).status_code == 404


def test_a_token_that_only_reads_cannot_write(client, coordinator, institution):
    """ASVS v5.0.0-8.2.1: what a token was issued for is all that it opens."""
    client.force_login(coordinator)
    shown = text(client.post(ADDRESS, {"label": "reader", "days": "30", "is_read_only": "read"}))
    secret = re.search(r"<code>(tb_[\w-]+)</code>", shown).group(1)
    headers = {"authorization": f"Bearer {secret}"}
    assert client.get("/api/north/x/", headers=headers).status_code == 200
    assert client.post("/api/north/x/", headers=headers).status_code == 403
    again = text(client.get(ADDRESS))
    assert "only read" in again
    assert "never" not in again
