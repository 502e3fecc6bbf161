"""What the tests of people share."""

import pytest

from tests.factories.people import add_member
from tumorboard.accounts.models import User
from tumorboard.audit.models import AuditEntry
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope


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
