"""The roles of an institution, built-in and its own: reading, making, changing, retiring.

Rights are read with every request, so a permission that is taken out of a role is gone with the
next one. Nobody widens their own rights: see docs/decisions/0022-restricted-cases-and-roles.md.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from tumorboard.accounts.errors import OwnRights, RoleHeld, RoleMapped
from tumorboard.accounts.models import Invitation, Membership, User
from tumorboard.accounts.own_role import PREFIX, OwnRole
from tumorboard.accounts.permissions import Permission
from tumorboard.accounts.role_names import name_fault, name_key
from tumorboard.accounts.roles import Role, RoleDescription
from tumorboard.accounts.roles import permissions_of as built_in_permissions_of
from tumorboard.accounts.sso_models import GroupRole
from tumorboard.audit.record import record
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import current_institution_id


@dataclass(frozen=True)
class InstitutionRole:
    """An own role as it is read beside the built-in ones: `name` is what memberships hold."""

    name: str
    value: RoleDescription


AnyRole = Role | InstitutionRole


def living() -> list[OwnRole]:
    """The current institution's own roles that are not retired, by name."""
    return list(OwnRole.objects.filter(retired_at=None).order_by("name_key"))


def one(role_id: UUID) -> OwnRole | None:
    """One of them."""
    return OwnRole.objects.filter(retired_at=None, pk=role_id).first()


def every_role() -> list[AnyRole]:
    """All that can be given: the built-in ones in their order, then the own ones by name."""
    return [*Role, *map(_read, living())]


def roles_of(keys: Iterable[str]) -> list[AnyRole]:
    """The roles behind what memberships hold, in the order of `every_role`."""
    held = set(keys)
    own = _own(held)
    return [*(role for role in Role if role.name in held), *map(_read, own)]


def permissions_of(keys: Iterable[str]) -> frozenset[Permission]:
    """What the holder of these roles may do, all together."""
    held = set(keys)
    built_in = built_in_permissions_of(key for key in held if not key.startswith(PREFIX))
    return built_in.union(*(role.granted for role in _own(held)))


def keys_granting(permission: Permission) -> list[str]:
    """What memberships hold that allows `permission`."""
    own = OwnRole.objects.filter(retired_at=None, permissions__contains=[permission.value])
    built_in = [role.name for role in Role if permission in role.value.permissions]
    return [*built_in, *(role.key for role in own)]


def unknown(keys: Iterable[str]) -> list[str]:
    """Which of these can be given to nobody, in order."""
    asked = set(keys) - set(Role.__members__)
    return sorted(asked - {role.key for role in _own(asked)})


@transaction.atomic
def make(*, name: str, description: str, permissions: Collection[str], by: User | None) -> OwnRole:
    """Make an own role; nobody holds it yet.

    Raises:
        ValidationError: name, description or permissions cannot be.
    """
    # Else two of one name, made at once, would be told apart by the database alone.
    _one_at_a_time()
    role = OwnRole()
    _write(role, name=name, description=description, permissions=permissions)
    record(action="role.made", subject=role, by=by)
    return role


@transaction.atomic
def change(
    *,
    role: OwnRole,
    name: str,
    description: str,
    permissions: Collection[str],
    by: User | None,
) -> OwnRole:
    """Change an own role for everybody who holds it, from their next request on.

    Raises:
        ValidationError: as `make`.
        OwnRights: the person would widen a role that they hold or are invited to.
        RoleMapped: a provider's group stands for it, in which the person may be.
    """
    # Giving it and widening it must not pass each other.
    _one_at_a_time()
    role = OwnRole.objects.select_for_update().get(pk=role.pk)
    if role.retired_at is not None:
        raise ValidationError({"name": ["This role was retired meanwhile."]})
    is_wider = bool(set(permissions) - set(role.permissions))
    if by is not None and is_wider and _can_have(by, role):
        raise OwnRights
    if by is not None and is_wider and GroupRole.objects.filter(role=role.key).exists():
        raise RoleMapped
    _write(role, name=name, description=description, permissions=permissions)
    record(action="role.changed", subject=role, by=by)
    return role


@transaction.atomic
def retire(*, role: OwnRole, by: User | None) -> OwnRole:
    """Let an own role be given no more.

    Raises:
        RoleHeld: somebody holds it or is invited with it, or a provider's group stands for it.
    """
    _one_at_a_time()
    role = OwnRole.objects.select_for_update().get(pk=role.pk)
    invited = _invitations(role)
    mapped = GroupRole.objects.filter(role=role.key)
    if Membership.objects.filter(role=role.key).exists() or invited.exists() or mapped.exists():
        raise RoleHeld
    role.retired_at = timezone.now()
    role.save(update_fields=["retired_at"])
    record(action="role.retired", subject=role, by=by)
    return role


def _can_have(person: User, role: OwnRole) -> bool:
    """Whether a person holds a role, or need only accept an invitation to it."""
    held = Membership.objects.filter(user=person, role=role.key)
    return held.exists() or _invitations(role).filter(email=person.email).exists()


def _invitations(role: OwnRole) -> QuerySet[Invitation]:
    """Those with this role that can still be accepted."""
    waiting = Invitation.objects.filter(accepted_at=None, expires_at__gt=timezone.now())
    return waiting.filter(role=role.key)


def _write(role: OwnRole, *, name: str, description: str, permissions: Collection[str]) -> None:
    role.name, role.description = " ".join(name.split()), " ".join(description.split())
    role.name_key = name_key(role.name)
    role.permissions = sorted(set(permissions))
    errors: dict[str, list[str]] = {}
    if set(role.permissions) - {each.value for each in Permission}:
        errors["permissions"] = ["Choose among the permissions that there are."]
    if fault := name_fault(role.name):
        errors["name"] = [fault]
    if role.name_key in {name_key(each.value.label) for each in Role}:
        errors["name"] = ["A built-in role has this name."]
    same = OwnRole.objects.filter(name_key=role.name_key, retired_at=None).exclude(pk=role.pk)
    if same.exists():
        errors["name"] = ["Another role has this name."]
    if errors:
        raise ValidationError(errors)
    role.clean_fields(exclude={"institution", "name_key"})
    role.save()


def _one_at_a_time() -> None:
    """As `memberships` does: rights change one after the other."""
    Institution.objects.select_for_update(no_key=True).get(pk=current_institution_id())


def _own(keys: Iterable[str]) -> list[OwnRole]:
    """The living own roles among these; no query where there is none among them."""
    ids = [UUID(key.removeprefix(PREFIX)) for key in keys if _is_own(key)]
    if not ids:
        return []
    return list(OwnRole.objects.filter(pk__in=ids, retired_at=None).order_by("name_key"))


def _is_own(key: str) -> bool:
    if not key.startswith(PREFIX):
        return False
    try:
        UUID(key.removeprefix(PREFIX))
    except ValueError:
        return False
    return True


def _read(role: OwnRole) -> InstitutionRole:
    return InstitutionRole(role.key, RoleDescription(role.name, role.description, role.granted))
