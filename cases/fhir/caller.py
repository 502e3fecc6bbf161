"""Who writes, what they may, and how their server is addressed."""

from dataclasses import dataclass

from cases.fhir.outcome import Forbidden
from tumorboard.accounts.models import User
from tumorboard.accounts.permissions import Permission
from tumorboard.accounts.scopes import RESOURCES, Grants


@dataclass(frozen=True)
class Caller:
    """A person or an API client at one institution's FHIR server."""

    person: User
    #: The server's address, without a slash at the end.
    base: str
    permissions: frozenset[Permission]
    #: What a client's scopes grant; None for a person, whose roles say all.
    grants: Grants | None

    def may(self, resource_type: str, letter: str) -> bool:
        """Whether roles and scopes allow it."""
        known = RESOURCES.get(resource_type)
        needed = known.permissions.get(letter) if known else None
        is_granted = self.grants is None or (resource_type, letter) in self.grants
        return needed in self.permissions and is_granted

    def check(self, resource_type: str, letter: str) -> None:
        """Refuse what neither roles nor scopes allow.

        Raises:
            Forbidden: the type or the letter is not theirs.
        """
        if not self.may(resource_type, letter):
            words = {"c": "adding", "u": "changing", "d": "taking back", "r": "reading"}
            message = f"Your roles or scopes do not allow {words.get(letter, 'searching')} of this."
            raise Forbidden(message, resource_type)
