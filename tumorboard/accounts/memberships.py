"""What people may do in an institution, and that they leave it."""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import transaction

from tumorboard.accounts import leaving, own_roles, sessions, tokens
from tumorboard.accounts.errors import LastAdministrator, NoRole, NotMember, OwnRights
from tumorboard.accounts.models import Membership, User
from tumorboard.accounts.roles import Role
from tumorboard.audit.record import record
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import current_institution_id


@transaction.atomic
def set_roles(
    *, user: User, roles: Collection[str], by: User | None, session_key: str | None = None
) -> list[Membership]:
    """Give a member of the current institution exactly these roles.

    Where that changes anything, their sessions end at once.

    Args:
        roles: names of `Role`, or keys of the institution's own ones.
        session_key: of the session that asks; it goes on where people change their own roles.

    Returns:
        The person's memberships from now on.

    Raises:
        ValidationError: a role that does not exist.
        NoRole: no role at all.
        NotMember: the person is not in the institution.
        LastAdministrator: no active administrator would be left.
        OwnRights: people would give themselves a role that they do not have.
    """
    wanted = set(roles)
    if not wanted:
        raise NoRole
    _one_at_a_time()
    if unknown := own_roles.unknown(wanted):
        raise ValidationError({"roles": [f"There is no role {name}." for name in unknown]})
    held = _held(user)
    _keep_an_administrator(user, held.keys() - wanted)
    if by == user and wanted - held.keys():
        raise OwnRights
    if held.keys() != wanted:
        sessions.end_all(user, but=session_key)
    for role in sorted(held.keys() - wanted):
        _take(held.pop(role), by=by)
    for role in sorted(wanted - held.keys()):
        held[role] = Membership.objects.create(user=user, role=role)
        record(action="person.role.given", subject=held[role], by=by)
    return [held[role] for role in sorted(held)]


@transaction.atomic
def remove(*, user: User, by: User | None, session_key: str | None = None) -> None:
    """Take a person out of the current institution: all roles, tokens and sessions, not the person.

    What else names them as somebody who may see something forgets them (`leaving`): who comes
    back one day begins anew.

    Args:
        session_key: of the session that asks; it goes on where people remove themselves.

    Raises:
        NotMember: the person is not in the institution.
        LastAdministrator: no active administrator would be left.
    """
    _one_at_a_time()
    held = _held(user)
    _keep_an_administrator(user, held.keys())
    for role in sorted(held):
        _take(held[role], by=by)
    # Else they would work again if the person comes back.
    tokens.revoke_all(user=user, by=by)
    leaving.forget(user)
    sessions.end_all(user, but=session_key)
    record(action="person.removed", subject=user, by=by)


def _one_at_a_time() -> None:
    """Let one change of people happen at a time, or two administrators could remove each other.

    NO KEY: rows that refer to the institution are still written meanwhile.
    """
    Institution.objects.select_for_update(no_key=True).get(pk=current_institution_id())


def _held(user: User) -> dict[str, Membership]:
    held = {membership.role: membership for membership in Membership.objects.filter(user=user)}
    if not held:
        raise NotMember
    return held


def _keep_an_administrator(user: User, leaving: Collection[str]) -> None:
    administrator = Role.ADMINISTRATOR.name
    others = Membership.objects.filter(role=administrator, user__is_active=True).exclude(user=user)
    if administrator in leaving and not others.exists():
        raise LastAdministrator


def _take(membership: Membership, *, by: User | None) -> None:
    record(action="person.role.taken", subject=membership, by=by)
    membership.delete()
