"""Two administrators for what a provider says about rights: one writes it, another one confirms it.

Who could write it alone could give themselves every role: by a line of the mapping, or by naming a
provider of their own that calls them whatever they like. So nothing that lets more people in, or
lets them do more, is in force before somebody else has seen it. A provider that is on goes on with
what holds meanwhile; one that is off stays off.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from urllib.parse import urljoin

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from tumorboard.accounts import own_roles, selectors
from tumorboard.accounts.models import User
from tumorboard.accounts.permissions import Permission
from tumorboard.accounts.sso_models import GroupRole, IdentityProvider
from tumorboard.audit.record import record
from tumorboard.outbox.mail import post
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import current_institution, current_institution_id

FIRST = "Another administrator has changed this provider: confirm that, or take it back, first."
OTHER = "Another administrator has to confirm what you have changed."
MEANWHILE = "It was changed meanwhile: look at it again."
NOTHING = "Nothing waits to be confirmed."


@dataclass(frozen=True)
class Terms:
    """What is changed about a provider; `mapping` holds pairs of a group and a role's name."""

    label: str = ""
    email_domains: list[str] = field(default_factory=list)
    groups_claim: str = ""
    factor_values: list[str] = field(default_factory=list)
    mapping: list[list[str]] = field(default_factory=list)
    sso_url: str = ""
    certificates: list[str] = field(default_factory=list)


def in_force(provider: IdentityProvider) -> Terms:
    """By what people come in now."""
    rows = GroupRole.objects.filter(provider=provider).order_by("group", "role")
    return Terms(
        label=provider.label,
        email_domains=provider.email_domains,
        groups_claim=provider.groups_claim,
        factor_values=provider.factor_values,
        mapping=[list(row) for row in rows.values_list("group", "role")],
        sso_url=provider.sso_url,
        certificates=provider.certificates,
    )


def latest(provider: IdentityProvider) -> Terms:
    """What was written last: what waits to be confirmed, else what is in force."""
    return Terms(**provider.proposal) if provider.proposal else in_force(provider)


def version_of(provider: IdentityProvider) -> str:
    """A mark of everything that who confirms has seen, with what the roles allow."""
    terms = latest(provider)
    allowed = {role: sorted(own_roles.permissions_of([role])) for _, role in terms.mapping}
    seen = [provider.issuer, provider.client_id, asdict(terms), allowed]
    return hashlib.sha256(json.dumps(seen, sort_keys=True).encode()).hexdigest()


def differences(provider: IdentityProvider) -> list[str]:
    """What waits to be confirmed, a sentence each; of a provider that is off, all of it."""
    before = in_force(provider) if provider.proposal else Terms()
    return list(_differences(before, latest(provider)))


def put(provider: IdentityProvider, terms: Terms, *, by: User) -> None:
    """Let other terms hold; where they widen anything, they wait for another administrator.

    Args:
        provider: locked by the caller.

    Raises:
        ValidationError: what somebody else changed waits to be confirmed.
    """
    if provider.unconfirmed_by_id not in (None, by.pk):
        raise ValidationError(FIRST)
    is_wider = _is_wider(in_force(provider), terms)
    provider.proposal = None
    if provider.is_on and is_wider:
        provider.proposal = asdict(terms)
        action = "provider.change.proposed"
    else:
        _apply(provider, terms)
        action = "provider.changed"
    if provider.is_on:
        provider.unconfirmed_by = by if is_wider else None
    elif is_wider:
        provider.unconfirmed_by = by
    provider.save()
    record(action=action, subject=provider, by=by)
    if is_wider:
        _tell(provider, by=by)


@transaction.atomic
def confirm(*, provider: IdentityProvider, version: str, by: User) -> IdentityProvider:
    """Let what another administrator wrote be in force.

    Args:
        version: of what the person has seen.

    Raises:
        ValidationError: nothing waits; the person wrote it themselves; it was changed meanwhile.
    """
    provider = _locked(provider)
    if provider.unconfirmed_by_id is None:
        raise ValidationError(NOTHING)
    if provider.unconfirmed_by_id == by.pk:
        raise ValidationError(OTHER)
    if version != version_of(provider):
        raise ValidationError(MEANWHILE)
    _apply(provider, latest(provider))
    provider.proposal = provider.unconfirmed_by = None
    provider.save()
    record(action="provider.change.confirmed", subject=provider, by=by)
    return provider


@transaction.atomic
def take_back(*, provider: IdentityProvider, by: User) -> IdentityProvider:
    """Let what holds go on, and forget what was to be changed.

    Raises:
        ValidationError: nothing was to be changed of what holds.
    """
    provider = _locked(provider)
    if provider.proposal is None:
        raise ValidationError(NOTHING)
    provider.proposal = provider.unconfirmed_by = None
    provider.save()
    record(action="provider.change.taken_back", subject=provider, by=by)
    return provider


def _tell(provider: IdentityProvider, *, by: User) -> None:
    """Let the other administrators know that something waits for one of them."""
    institution = current_institution()
    path = reverse("identity_provider", args=[institution.slug, provider.pk])
    context = {"by": by, "institution": institution, "url": urljoin(settings.SITE_URL, path)}
    others = selectors.everybody_with(Permission.PEOPLE_MANAGE).exclude(pk=by.pk)
    post(
        to=list(others.values_list("email", flat=True)),
        subject="An identity provider at Tumorboard",
        body=render_to_string("people/provider_mail.txt", context),
    )


def _locked(provider: IdentityProvider) -> IdentityProvider:
    """Locked, after the institution: what a role allows must not change while it is confirmed."""
    Institution.objects.select_for_update(no_key=True).get(pk=current_institution_id())
    found: IdentityProvider = IdentityProvider.objects.select_for_update().get(pk=provider.pk)
    return found


def _is_wider(held: Terms, wanted: Terms) -> bool:
    """Whether somebody could come in, or do more, who could not before."""
    lists = ("email_domains", "factor_values", "certificates")
    return (
        held.groups_claim != wanted.groups_claim
        or held.sso_url != wanted.sso_url
        or any(set(getattr(wanted, name)) - set(getattr(held, name)) for name in lists)
        or any(line not in held.mapping for line in wanted.mapping)
    )


def _apply(provider: IdentityProvider, terms: Terms) -> None:
    if unknown := own_roles.unknown(role for _, role in terms.mapping):
        raise ValidationError({"mapping": f"There is no role {unknown[0]}."})
    for name, value in asdict(terms).items():
        if name != "mapping":
            setattr(provider, name, value)
    wanted = {(group, role) for group, role in terms.mapping}
    held = {(row.group, row.role): row for row in GroupRole.objects.filter(provider=provider)}
    for line in held.keys() - wanted:
        held[line].delete()
    for group, role in sorted(wanted - held.keys()):
        GroupRole.objects.create(provider=provider, group=group, role=role)


def _differences(before: Terms, after: Terms) -> Iterator[str]:
    if before.label != after.label:
        yield f"It is called “{after.label}”."
    if before.groups_claim != after.groups_claim:
        yield f"Groups stand in “{after.groups_claim}”."
    if before.sso_url != after.sso_url:
        yield f"People are sent to {after.sso_url}."
    roles = own_roles.roles_of({role for _, role in [*before.mapping, *after.mapping]})
    labels = {role.name: role.value.label for role in roles}
    groups = [
        [f"Group “{group}” has the role {labels.get(role, role)}" for group, role in terms.mapping]
        for terms in (before, after)
    ]
    yield from changed(*groups)
    yield from changed(
        [f"Mail addresses of {domain} are its" for domain in before.email_domains],
        [f"Mail addresses of {domain} are its" for domain in after.email_domains],
    )
    yield from changed(
        [f"“{value}” counts as a second factor" for value in before.factor_values],
        [f"“{value}” counts as a second factor" for value in after.factor_values],
    )
    yield from changed(
        [_certificate(text) for text in before.certificates],
        [_certificate(text) for text in after.certificates],
    )


def changed(before: Iterable[str], after: Iterable[str]) -> Iterator[str]:
    """What is there that was not, and what is no more, a sentence each."""
    held, wanted = list(before), list(after)
    yield from (f"{words}." for words in wanted if words not in held)
    yield from (f"No more: {words}." for words in held if words not in wanted)


def _certificate(text: str) -> str:
    digest = hashlib.sha256(base64.b64decode(text)).hexdigest().upper()
    pairs = ":".join(digest[at : at + 2] for at in range(0, len(digest), 2))
    return f"The certificate with the SHA-256 fingerprint {pairs} signs for it"
