"""Who comes in by a provider, as which person, and with which roles from now on.

A person is known by provider and subject alone. A mail address is asked once, at the first sign-in,
and finds only somebody whom this institution knows already: else whoever runs a provider could take
over accounts of other institutions, and whoever holds an account of that address could wait in it
for the rights that the provider gives.
"""

from dataclasses import dataclass
from datetime import timedelta

import pghistory
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from tumorboard.accounts import notices, own_roles, sessions, sign_in_history
from tumorboard.accounts.models import Membership, User
from tumorboard.accounts.sso.faults import Fault
from tumorboard.accounts.sso.identity import Identity
from tumorboard.accounts.sso_models import GroupRole, IdentityProvider, ProviderLink
from tumorboard.audit.origin import give_reason
from tumorboard.audit.record import record
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope

#: [INT] How long what a provider gave outlasts the person's last sign-in by it.
AWAY = timedelta(days=90)
LONGEST_NAME = User._meta.get_field("name").max_length


@dataclass(frozen=True)
class Arrival:
    """Who came, and why they do not get in if they do not. Roles that were taken stay taken."""

    user: User | None
    fault: Fault | None = None


@transaction.atomic
def arrive(*, provider: IdentityProvider, identity: Identity) -> Arrival:
    """Find or make the person, and let their roles follow their groups.

    Where roles change, their sessions end at once. The caller signs them in.

    Args:
        identity: what the provider says, checked.
    """
    # One after the other: two first sign-ins of one person at once would make two people.
    provider = IdentityProvider.objects.select_for_update(no_key=True).get(pk=provider.pk)
    if not provider.is_on:
        # Switched off between the answer and here.
        return _refused(provider, Fault.NOT_BEGUN)
    wanted = roles_of(provider, identity)
    link = ProviderLink.objects.filter(provider=provider, subject=identity.subject).first()
    if not wanted:
        if link is not None:
            _follow(provider, link.user, wanted)
        return _refused(provider, Fault.NO_GROUP, link.user if link else None)
    if link is None:
        found = _first_arrival(provider, identity)
        if isinstance(found, Fault):
            return _refused(provider, found)
        link = found
    if not link.user.is_active:
        return _refused(provider, Fault.INACTIVE, link.user)
    _follow(provider, link.user, wanted)
    link.last_used_at = timezone.now()
    link.save(update_fields=["last_used_at"])
    record(action="person.signed_in_by_provider", subject=provider, by=link.user)
    return Arrival(link.user)


def sweep() -> None:
    """Take, in every institution, what a provider gave to people who have long not come by it.

    A provider does not tell when somebody leaves; their tokens for scripts would go on. Who comes
    again has the roles again.
    """
    for institution in Institution.objects.order_by("id"):
        with institution_scope(institution):
            since = timezone.now() - AWAY
            away = ProviderLink.objects.filter(last_used_at__lte=since)
            for link in away.select_related("user", "provider").order_by("pk"):
                _follow(link.provider, link.user, set())


def roles_of(provider: IdentityProvider, identity: Identity) -> set[str]:
    """The names of the roles that the person's groups have here."""
    mapped = GroupRole.objects.filter(provider=provider, group__in=identity.groups)
    return set(mapped.values_list("role", flat=True))


def labels_of(roles: set[str]) -> list[str]:
    """Roles as pages call them, in their order."""
    return [role.value.label for role in own_roles.roles_of(roles)]


def has_factor(provider: IdentityProvider, identity: Identity) -> bool:
    """Whether the provider says that it asked for a second factor that counts here.

    One that says nothing has asked for a password alone, as far as anybody knows (ASVS 6.8.4).
    """
    return bool(identity.strengths & set(provider.factor_values))


def linked_person(provider: IdentityProvider, identity: Identity) -> User | None:
    """Whom the provider means by the subject; None for somebody who never came."""
    links = ProviderLink.objects.filter(provider=provider, subject=identity.subject)
    link = links.select_related("user").first()
    return link.user if link else None


def _first_arrival(provider: IdentityProvider, identity: Identity) -> ProviderLink | Fault:
    email = identity.email.strip().lower()
    if email.rpartition("@")[2] not in provider.email_domains:
        return Fault.NO_ADDRESS
    user = User.objects.filter(email=email).first()
    if user is None:
        user = _new_person(email, identity.name)
        if user is None:
            return Fault.NO_ADDRESS
        words = "person.joined_by_provider"
    else:
        former = ProviderLink.objects.filter(user=user)
        if former.filter(subject__isnull=False).exists():
            return Fault.LINKED
        if not former.exists() and not Membership.objects.filter(user=user).exists():
            return Fault.TAKEN
        former.delete()
        words = "person.linked"
    link = ProviderLink.objects.create(provider=provider, subject=identity.subject, user=user)
    record(action=words, subject=link, by=user)
    kind = sign_in_history.Kind.LINKED
    sign_in_history.note(
        user=user,
        kind=kind,
        request=None,
        method=provider.label[:40],
        bound_to=provider.institution_id,
    )
    notices.tell(
        user,
        subject="sign-in with your institution",
        what="Your account can now be used with your institution's own sign-in.",
        request=None,
    )
    return link


def _new_person(email: str, name: str) -> User | None:
    """Somebody new, who has no password; None where the address is none."""
    shown = " ".join(name.split())[:LONGEST_NAME] or email.partition("@")[0]
    try:
        with transaction.atomic():
            return User.objects.create_user(email=email, name=shown)
    except (ValidationError, IntegrityError):
        return None


def _follow(provider: IdentityProvider, user: User, wanted: set[str]) -> None:
    """Give and take what the provider gives and takes; what people gave by hand stays as it is."""
    held = {membership.role: membership for membership in Membership.objects.filter(user=user)}
    given = {role for role, row in held.items() if row.provider_id == provider.pk}
    if given - wanted or wanted - held.keys():
        sessions.end_all(user)
    with pghistory.context(person=str(user.pk)):
        for role in sorted(given - wanted):
            record(action="person.role.taken_by_provider", subject=held[role], by=None)
            held[role].delete()
        for role in sorted(wanted - held.keys()):
            row = Membership.objects.create(user=user, role=role, provider=provider)
            record(action="person.role.given_by_provider", subject=row, by=None)


def _refused(provider: IdentityProvider, fault: Fault, user: User | None = None) -> Arrival:
    give_reason(fault.value)
    record(action="provider.sign_in.refused", subject=provider, by=user)
    return Arrival(user, fault)
