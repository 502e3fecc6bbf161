"""Who writes, what they may, and how their server is addressed."""

from dataclasses import dataclass

from cases.fhir.outcome import Forbidden
from tumorboard.accounts.models import User
from tumorboard.accounts.permissions import Permission
from tumorboard.accounts.rights import Rights
from tumorboard.accounts.scopes import Grants


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
        return Rights(self.permissions, self.grants).may(resource_type, letter)

    def check(self, resource_type: str, letter: str) -> None:
        """Refuse what neither roles nor scopes allow.

        Raises:
            Forbidden: the type or the letter is not theirs.
        """
        if not self.may(resource_type, letter):
            words = {"c": "adding", "u": "changing", "d": "taking back", "r": "reading"}
            message = f"Your roles or scopes do not allow {words.get(letter, 'searching')} of this."
            raise Forbidden(message, resource_type)
