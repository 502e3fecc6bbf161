"""Reading people, invitations and tokens."""

import itertools
import operator
import uuid
from collections.abc import Iterable
from typing import NamedTuple

from django.contrib.sessions.models import Session
from django.db.models import F, QuerySet
from django.utils import timezone

from tumorboard.accounts.client_models import ApiClient
from tumorboard.accounts.models import ApiToken, Invitation, Membership, User
from tumorboard.accounts.own_role import PREFIX
from tumorboard.accounts.own_roles import AnyRole, keys_granting, roles_of
from tumorboard.accounts.permissions import Permission
from tumorboard.accounts.secret import hash_of
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope, person_scope


class Member(NamedTuple):
    """A person of the current institution, with all their roles, the built-in ones first."""

    user: User
    roles: list[AnyRole]


class Workplace(NamedTuple):
    """An institution in which a person has roles."""

    institution: Institution
    roles: list[AnyRole]

    @property
    def permissions(self) -> frozenset[Permission]:
        """What the person may do there."""
        return frozenset().union(*(role.value.permissions for role in self.roles))


def workplaces_of(user: User) -> list[Workplace]:
    """Where a person has roles, by the institution's name; to be asked outside any scope."""
    with person_scope(user.pk):
        memberships = list(
            Membership.objects.filter(user=user)
            .select_related("institution")
            .order_by("institution__name")
        )
    return [
        Workplace(institution, _roles_at(institution, group))
        for institution, group in itertools.groupby(memberships, operator.attrgetter("institution"))
    ]


def members() -> list[Member]:
    """Everybody of the current institution by name, in one query."""
    return _members(Membership.objects.all())


def member(user_id: uuid.UUID) -> Member | None:
    """One person of the current institution; None for anybody else."""
    return next(iter(_members(Membership.objects.filter(user_id=user_id))), None)


def holders(permission: Permission, *, among: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Who of `among`, by id, holds `permission` in the current institution; no deactivated one."""
    held = Membership.objects.filter(
        user__in=list(among), user__is_active=True, role__in=keys_granting(permission)
    )
    return set(held.values_list("user_id", flat=True))


def everybody_with(permission: Permission) -> QuerySet[User]:
    """Everybody in the current institution who holds `permission`; no deactivated one."""
    held = Membership.objects.filter(role__in=keys_granting(permission))
    return User.objects.filter(pk__in=held.values("user"), is_active=True)


def signed_in(session_keys: Iterable[str]) -> set[str]:
    """Which of these sessions are neither signed out nor too old."""
    there = Session.objects.filter(session_key__in=list(session_keys))
    valid = there.filter(expire_date__gt=timezone.now())
    return set(valid.values_list("session_key", flat=True))


def open_invitations() -> list[Invitation]:
    """Invitations of the current institution that can still be accepted, newest first.

    Each has `role_label`, its role in words.
    """
    waiting = Invitation.objects.filter(accepted_at=None, expires_at__gt=timezone.now())
    found = list(waiting.order_by("-created_at"))
    labels = {role.name: role.value.label for role in roles_of(each.role for each in found)}
    for invitation in found:
        invitation.role_label = labels.get(invitation.role, "")  # type: ignore[attr-defined]
    return found


def invitation_with(secret: str) -> Invitation | None:
    """The invitation of the current institution that a link's secret belongs to."""
    return Invitation.objects.filter(secret_hash=hash_of(secret)).first()


def tokens_of(user: User) -> list[ApiToken]:
    """A person's tokens in the current institution that are not revoked, newest first."""
    return list(ApiToken.objects.filter(user=user, revoked_at=None).order_by("-created_at"))


def tokens_of_everybody() -> list[ApiToken]:
    """All tokens in the current institution that are neither revoked nor over, by person."""
    living = ApiToken.objects.filter(revoked_at=None, expires_at__gt=timezone.now())
    return list(living.select_related("user").order_by("user__name", "user_id", "-created_at"))


def clients() -> list[ApiClient]:
    """The API clients of the current institution: those in use first, then by name."""
    rows = ApiClient.objects.select_related("registered_by")
    return list(rows.order_by(F("disabled_at").asc(nulls_first=True), "label", "id"))


def _members(memberships: QuerySet[Membership]) -> list[Member]:
    rows = list(memberships.select_related("user").order_by("user__name", "user_id"))
    # Each role is looked up once, however many hold it.
    known = roles_of(row.role for row in rows)
    return [
        Member(user, _among(known, group))
        for user, group in itertools.groupby(rows, operator.attrgetter("user"))
    ]


def _among(known: Iterable[AnyRole], memberships: Iterable[Membership]) -> list[AnyRole]:
    held = {membership.role for membership in memberships}
    return [role for role in known if role.name in held]


def _roles_at(institution: Institution, memberships: Iterable[Membership]) -> list[AnyRole]:
    """The roles in one of several institutions; what is its own is read there."""
    held = {membership.role for membership in memberships}
    if not any(key.startswith(PREFIX) for key in held):
        return roles_of(held)
    with institution_scope(institution):
        return roles_of(held)
