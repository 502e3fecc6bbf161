"""What the tests of people share."""

import pytest
from allauth.mfa.totp.internal import auth
from django.db import transaction

from tests.factories.people import add_member
from tests.integration.accounts.factors import COUNTER
from tumorboard.accounts.models import User
from tumorboard.audit.models import AuditEntry
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope


@pytest.fixture(autouse=True)
def _apps_and_server_agree_on_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A code that is made must not run out before it is read."""
    monkeypatch.setattr(auth, "yield_hotp_counters_from_time", lambda: iter([COUNTER]))


@pytest.fixture
def commits_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits for the commit happens within the request, as without a test's transaction."""
    monkeypatch.setattr(transaction, "on_commit", lambda act, **_: act())


@pytest.fixture
def stranger(other_institution: Institution) -> User:
    """A coordinator of the other institution."""
    return add_member(other_institution, "COORDINATOR", email="sam@south.example", name="Sam South")


@pytest.fixture
def actions(institution: Institution):
    """Reads what the audit of the institution says, oldest first: action and person."""

    def read() -> list[tuple[str, User | None]]:
        with institution_scope(institution):
            entries = AuditEntry.objects.select_related("person").order_by("at", "id")
            return [(entry.action, entry.person) for entry in entries]

    return read
