"""What one person holds in the current institution: read at every door, so in one plain query."""

from typing import NamedTuple

from tumorboard.accounts.models import Membership, User


class HeldRole(NamedTuple):
    """A role of a person, and whether an identity provider says so."""

    key: str
    is_from_provider: bool


def held_roles(user: User) -> list[HeldRole]:
    """The roles of `user` in the current institution; none for strangers and the deactivated."""
    held = Membership.objects.filter(user=user.pk, user__is_active=True)
    rows = held.values_list("role", "provider_id")
    return [HeldRole(key, is_from_provider=provider is not None) for key, provider in rows]
