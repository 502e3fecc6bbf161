"""What an institution says about its identity providers."""

import dataclasses
import uuid
from collections.abc import Iterable
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import validate_domain_name
from django.db import transaction

from tumorboard.accounts import own_roles, sessions
from tumorboard.accounts.models import Membership, SignInPolicy, User
from tumorboard.accounts.roles import Role
from tumorboard.accounts.sso import metadata
from tumorboard.accounts.sso.proposals import PROVIDER_TERMS
from tumorboard.accounts.sso_models import (
    GroupRole,
    IdentityProvider,
    ProtocolKind,
    ProviderLink,
)
from tumorboard.audit.record import record
from tumorboard.tenancy.scope import current_institution_id

MOST_GROUPS = 200


class Mapped(NamedTuple):
    """One line of the mapping: whoever is in the group has the role."""

    group: str
    role: str


@transaction.atomic
def add_oidc(*, label: str, issuer: str, client_id: str, by: User) -> IdentityProvider:
    """A provider that speaks OpenID Connect; it is off until somebody has tried it.

    Raises:
        ValidationError: a field that cannot be; the same issuer and client twice.
    """
    return _add(
        IdentityProvider(kind=ProtocolKind.OIDC, label=label, issuer=issuer, client_id=client_id),
        by=by,
    )


@transaction.atomic
def add_saml(*, label: str, metadata_xml: str, by: User) -> IdentityProvider:
    """A provider that speaks SAML, as its metadata describe it; it is off until tried.

    Raises:
        ValidationError: metadata that cannot be taken; the same provider twice.
    """
    read = metadata.parse(metadata_xml)
    provider = IdentityProvider(
        kind=ProtocolKind.SAML,
        label=label,
        issuer=read.entity_id,
        sso_url=read.sso_url,
        certificates=read.certificates,
    )
    return _add(provider, by=by)


@transaction.atomic
def renew_metadata(*, provider: IdentityProvider, metadata_xml: str, by: User) -> IdentityProvider:
    """Take new certificates and addresses of the same SAML provider, once another confirms them.

    Raises:
        ValidationError: metadata that cannot be taken, or of another provider.
    """
    provider = _locked(provider)
    read = metadata.parse(metadata_xml)
    if provider.kind != ProtocolKind.SAML or read.entity_id != provider.issuer:
        message = "These are the metadata of another provider: its entityID differs. Add it anew."
        raise ValidationError(message)
    terms = dataclasses.replace(
        PROVIDER_TERMS.latest(provider), sso_url=read.sso_url, certificates=read.certificates
    )
    PROVIDER_TERMS.put(provider, terms, by=by)
    return provider


@transaction.atomic
def change(
    *,
    provider: IdentityProvider,
    label: str,
    email_domains: Iterable[str],
    groups_claim: str,
    factor_values: Iterable[str],
    mapping: Iterable[Mapped],
    by: User,
) -> IdentityProvider:
    """Change whom a provider speaks of, and what its groups mean; in force at each next sign-in.

    What widens it waits for another administrator first (`two_administrators`).

    Args:
        factor_values: what it says when it asked for a second factor; none: it never counts.

    Raises:
        ValidationError: a domain, role or text that cannot be.
    """
    provider = _locked(provider)
    _check_texts(label=label, groups_claim=groups_claim)
    terms = dataclasses.replace(
        PROVIDER_TERMS.latest(provider),
        label=label,
        email_domains=_domains(email_domains),
        groups_claim=groups_claim,
        factor_values=sorted(set(factor_values)),
        mapping=_mapping(set(mapping)),
    )
    PROVIDER_TERMS.put(provider, terms, by=by)
    return provider


@transaction.atomic
def switch_on(*, provider: IdentityProvider, by: User) -> IdentityProvider:
    """Offer a provider at sign-in.

    Raises:
        ValidationError: nobody could come in by it as it is, or only one administrator has seen it.
    """
    provider = _locked(provider)
    if not GroupRole.objects.filter(provider=provider).exists():
        raise ValidationError("Say first which group has which role: without it, nobody gets in.")
    if not provider.email_domains:
        raise ValidationError("Say first for which mail addresses this provider speaks.")
    if provider.unconfirmed_by_id is not None:
        raise ValidationError("Another administrator has to confirm first how it is set up.")
    provider.is_on = True
    provider.save(update_fields=["is_on"])
    record(action="provider.switched_on", subject=provider, by=by)
    return provider


@transaction.atomic
def switch_off(
    *, provider: IdentityProvider, by: User, session_key: str | None = None
) -> IdentityProvider:
    """Offer a provider no more; sessions that began there end at once, but the one that asks.

    Raises:
        ValidationError: people must come through a provider, and this is the only one.
    """
    provider = _locked(provider)
    others = IdentityProvider.objects.filter(is_on=True).exclude(pk=provider.pk)
    if SignInPolicy.objects.filter(requires_provider=True).exists() and not others.exists():
        raise ValidationError("People must come through this provider: allow passwords first.")
    provider.is_on = False
    provider.save(update_fields=["is_on"])
    for link in ProviderLink.objects.filter(provider=provider).select_related("user"):
        sessions.end_all(link.user, but=session_key)
    record(action="provider.switched_off", subject=provider, by=by)
    return provider


@transaction.atomic
def unlink(*, provider: IdentityProvider, user_id: uuid.UUID, by: User) -> User:
    """Forget who somebody is at the provider, and take the roles that it gave; their sessions end.

    As when the provider has made a new account for them: the next sign-in is their first again.

    Raises:
        ProviderLink.DoesNotExist: they are not linked.
    """
    links = ProviderLink.objects.select_related("user").filter(subject__isnull=False)
    link = links.get(provider=provider, user_id=user_id)
    user = link.user
    record(action="person.unlinked", subject=link, by=by)
    link.subject = None
    link.save(update_fields=["subject"])
    for membership in Membership.objects.filter(user=user, provider=provider):
        record(action="person.role.taken", subject=membership, by=by)
        membership.delete()
    sessions.end_all(user)
    return user


@transaction.atomic
def require(*, is_required: bool, emergency_administrator: User | None, by: User) -> SignInPolicy:
    """Say whether members come through a provider only, and who helps when it fails.

    Raises:
        ValidationError: no provider is on; nobody is named, or nobody who could help.
    """
    if is_required and not IdentityProvider.objects.filter(is_on=True).exists():
        raise ValidationError({"is_required": "Switch a provider on first."})
    if is_required and emergency_administrator is None:
        message = "Name one administrator who can still come in when the provider fails."
        raise ValidationError({"emergency_administrator": message})
    if emergency_administrator is not None:
        _check_helper(emergency_administrator)
    policy = SignInPolicy.objects.select_for_update().first() or SignInPolicy()
    policy.requires_provider = is_required
    policy.emergency_administrator = emergency_administrator
    policy.save()
    record(action="sign_in_policy.provider_required", subject=policy, by=by)
    return policy


def helpers() -> list[User]:
    """Administrators by hand with a password of their own: who could be named for emergencies."""
    held = Membership.objects.filter(
        role=Role.ADMINISTRATOR.name, provider=None, user__is_active=True
    )
    people = User.objects.filter(pk__in=held.values("user")).order_by("name", "pk")
    return [user for user in people if user.has_usable_password()]


def _check_helper(user: User) -> None:
    if user not in helpers():
        message = "Name an administrator who was made one by hand and has a password."
        raise ValidationError({"emergency_administrator": message})


def _add(provider: IdentityProvider, *, by: User) -> IdentityProvider:
    provider.clean_fields(exclude={"institution", "certificates", "email_domains", "factor_values"})
    same = IdentityProvider.objects.filter(issuer=provider.issuer, client_id=provider.client_id)
    if same.exists():
        raise ValidationError("This provider is there already.")
    provider.institution_id = current_institution_id()
    provider.unconfirmed_by = by
    provider.save()
    record(action="provider.added", subject=provider, by=by)
    return provider


def _locked(provider: IdentityProvider) -> IdentityProvider:
    found: IdentityProvider = IdentityProvider.objects.select_for_update().get(pk=provider.pk)
    return found


def _domains(given: Iterable[str]) -> list[str]:
    domains = sorted({domain.strip().lower().removeprefix("@") for domain in given})
    for domain in domains:
        try:
            validate_domain_name(domain)
        except ValidationError:
            message = f"“{domain}” is no domain of mail addresses."
            raise ValidationError({"email_domains": message}) from None
    return domains


def _check_texts(**texts: str) -> None:
    wrong = {}
    for name, value in texts.items():
        try:
            IdentityProvider._meta.get_field(name).clean(value, None)
        except ValidationError as error:
            wrong[name] = error
    if wrong:
        raise ValidationError(wrong)


def _mapping(wanted: set[Mapped]) -> list[list[str]]:
    """The lines in their order, once each can be."""
    if unknown := own_roles.unknown(line.role for line in wanted):
        raise ValidationError({"mapping": f"There is no role {unknown[0]}."})
    if len(wanted) > MOST_GROUPS:
        raise ValidationError({"mapping": f"At most {MOST_GROUPS} lines."})
    group = GroupRole._meta.get_field("group")
    for line in wanted:
        group.clean(line.group, None)
    return [list(line) for line in sorted(wanted)]
