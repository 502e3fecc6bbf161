"""What can be changed about an identity provider, and how it comes to hold.

Who could write it alone could give themselves every role by a line of the mapping: see
`two_administrators`.
"""

import base64
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from django.core.exceptions import ValidationError

from tumorboard.accounts import own_roles
from tumorboard.accounts.sso_models import GroupRole, IdentityProvider
from tumorboard.accounts.two_administrators import Actions, TwoAdministrators, changed
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import current_institution_id


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


class ProviderTerms(TwoAdministrators[IdentityProvider, Terms]):
    """How the terms of an identity provider come to hold."""

    terms = Terms
    noun = "provider"
    actions = Actions(
        changed="provider.changed",
        proposed="provider.change.proposed",
        confirmed="provider.change.confirmed",
        taken_back="provider.change.taken_back",
    )
    route = "identity_provider"
    mail_subject = "An identity provider at Tumorboard"
    mail_template = "people/provider_mail.txt"

    def in_force(self, row: IdentityProvider) -> Terms:
        """By what people come in now."""
        rows = GroupRole.objects.filter(provider=row).order_by("group", "role")
        return Terms(
            label=row.label,
            email_domains=row.email_domains,
            groups_claim=row.groups_claim,
            factor_values=row.factor_values,
            mapping=[list(line) for line in rows.values_list("group", "role")],
            sso_url=row.sso_url,
            certificates=row.certificates,
        )

    def locked(self, row: IdentityProvider) -> IdentityProvider:
        """Locked, after the institution: what a role allows must not change meanwhile."""
        Institution.objects.select_for_update(no_key=True).get(pk=current_institution_id())
        found: IdentityProvider = IdentityProvider.objects.select_for_update().get(pk=row.pk)
        return found

    def is_wider(self, held: Terms, wanted: Terms) -> bool:
        """Whether somebody could come in, or do more, who could not before."""
        lists = ("email_domains", "factor_values", "certificates")
        return (
            held.groups_claim != wanted.groups_claim
            or held.sso_url != wanted.sso_url
            or any(set(getattr(wanted, name)) - set(getattr(held, name)) for name in lists)
            or any(line not in held.mapping for line in wanted.mapping)
        )

    def apply(self, row: IdentityProvider, terms: Terms) -> None:
        """Write terms into the row and its mapping.

        Raises:
            ValidationError: a role that is not there (any more).
        """
        if unknown := own_roles.unknown(role for _, role in terms.mapping):
            raise ValidationError({"mapping": f"There is no role {unknown[0]}."})
        for name, value in asdict(terms).items():
            if name != "mapping":
                setattr(row, name, value)
        wanted = {(group, role) for group, role in terms.mapping}
        held = {(line.group, line.role): line for line in GroupRole.objects.filter(provider=row)}
        for line in held.keys() - wanted:
            held[line].delete()
        for group, role in sorted(wanted - held.keys()):
            GroupRole.objects.create(provider=row, group=group, role=role)

    def seen_beside(self, row: IdentityProvider) -> list[Any]:
        """Which provider it is, and what the roles allow that it gives."""
        roles = [role for _, role in self.latest(row).mapping]
        allowed = {role: sorted(own_roles.permissions_of([role])) for role in roles}
        return [row.issuer, row.client_id, allowed]

    def sentences(self, before: Terms, after: Terms) -> Iterator[str]:
        """What differs."""
        if before.label != after.label:
            yield f"It is called “{after.label}”."
        if before.groups_claim != after.groups_claim:
            yield f"Groups stand in “{after.groups_claim}”."
        if before.sso_url != after.sso_url:
            yield f"People are sent to {after.sso_url}."
        roles = own_roles.roles_of({role for _, role in [*before.mapping, *after.mapping]})
        labels = {role.name: role.value.label for role in roles}
        words: tuple[Callable[[Terms], list[str]], ...] = (
            lambda t: [f"Group “{g}” has the role {labels.get(r, r)}" for g, r in t.mapping],
            lambda t: [f"Mail addresses of {domain} are its" for domain in t.email_domains],
            lambda t: [f"“{value}” counts as a second factor" for value in t.factor_values],
            lambda t: [_certificate(text) for text in t.certificates],
        )
        for said_of in words:
            yield from changed(said_of(before), said_of(after))


PROVIDER_TERMS = ProviderTerms()


def _certificate(text: str) -> str:
    digest = hashlib.sha256(base64.b64decode(text)).hexdigest().upper()
    pairs = ":".join(digest[at : at + 2] for at in range(0, len(digest), 2))
    return f"The certificate with the SHA-256 fingerprint {pairs} signs for it"
