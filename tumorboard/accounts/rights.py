"""What somebody may do who is not here to ask: by their roles, or by a client's scopes."""

from typing import NamedTuple

from tumorboard.accounts.access import permissions_in_scope
from tumorboard.accounts.client_models import ApiClient
from tumorboard.accounts.models import User
from tumorboard.accounts.permissions import Permission
from tumorboard.accounts.scopes import RESOURCES, Grants, granted_by, permissions_of


class Rights(NamedTuple):
    """Permissions, and what a client's scopes grant; None for a person, whose roles say all."""

    permissions: frozenset[Permission]
    grants: Grants | None

    def may(self, resource_type: str, letter: str) -> bool:
        """Whether roles and scopes allow one letter of a kind of resource."""
        known = RESOURCES.get(resource_type)
        needed = known.permissions.get(letter) if known else None
        is_granted = self.grants is None or (resource_type, letter) in self.grants
        return needed in self.permissions and is_granted


def rights_of(user: User) -> Rights:
    """What a person or an API client may do in the current institution now."""
    client = ApiClient.objects.filter(user=user).first()
    if client is None:
        return Rights(permissions_in_scope(user), None)
    grants = frozenset() if client.disabled_at else granted_by(client.scopes)
    return Rights(permissions_of(grants), grants)
