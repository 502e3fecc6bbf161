"""Which EHRs ask by CDS Hooks, and how.

An EHR is an API client: its keys, its limit and that it can be ended for good are an API client's.
Here stands what CDS Hooks ask for beyond that. Whoever lets one in, or changes where data go, has
the other administrators told.
"""

import datetime
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from cases.models import HookClient
from cases.services.errors import Invalid, Refused
from tumorboard.accounts import clients
from tumorboard.accounts.client_models import ApiClient
from tumorboard.accounts.errors import ClientDisabled
from tumorboard.accounts.models import User
from tumorboard.accounts.permissions import Permission
from tumorboard.accounts.selectors import everybody_with
from tumorboard.accounts.sso.reach import Reach
from tumorboard.audit.record import record
from tumorboard.outbox.mail import post
from tumorboard.tenancy.scope import current_institution

LONGEST, LONGEST_CLAIM, LONGEST_REASON, MOST_ORIGINS = 400, 200, 600, 5
#: What a client needs to get cards, and to tell what became of them.
SCOPE = "system/GuidanceResponse.rs"
#: An origin as browsers write it; without TLS only on the machine itself.
ORIGIN = re.compile(
    r"\A(https://[a-z0-9]([a-z0-9.-]*[a-z0-9])?|http://(localhost|127\.0\.0\.1))(:[1-9]\d{0,4})?\Z"
)
#: When a call came is kept this coarsely: not every call must write.
CALLS_NOTED_EVERY = datetime.timedelta(minutes=1)


@dataclass(frozen=True)
class Ways:
    """How an EHR asks.

    Args:
        issuer: the `iss` of its JWTs.
        tenant: their `tenant`; empty: not looked at. An EHR in a cloud signs for all its hospitals
            with the same keys, and only this tells them apart.
        subject: their `sub`; empty: not looked at.
        fhir_server: the one server that is asked for what a prefetch lacks; a host that the
            operator allows. Empty: none is.
        origins: where pages come from whose scripts may read the answers.
    """

    issuer: str
    tenant: str = ""
    subject: str = ""
    fhir_server: str = ""
    origins: Sequence[str] = field(default_factory=tuple)

    @classmethod
    def of(cls, row: HookClient) -> "Ways":
        """As they are."""
        return cls(row.issuer, row.tenant, row.subject, row.fhir_server, tuple(row.origins))


@transaction.atomic
def enroll(
    *,
    label: str,
    ways: Ways,
    requests_per_minute: int,
    by: User,
    jwks: str = "",
    jwks_uri: str = "",
) -> HookClient:
    """Let a further EHR ask: a new API client, which may do nothing else.

    Args:
        label, requests_per_minute, jwks, jwks_uri: as for `clients.register`.

    Raises:
        Invalid: by field, what cannot be.
    """
    faults = _faults(_tidy(ways), client=None)
    if not jwks and not jwks_uri:
        faults["jwks"] = ["Give its public keys, or their address."]
    elif jwks and jwks_uri:
        faults["jwks_uri"] = ["Give the keys or their address, not both."]
    if faults:
        raise Invalid(faults)
    try:
        client = clients.register(
            label=label,
            granted=[SCOPE],
            requests_per_minute=requests_per_minute,
            by=by,
            jwks=jwks,
            jwks_uri=jwks_uri,
        )
    except ValidationError as error:
        raise Invalid(error.message_dict) from None
    return register(client=client, ways=ways, by=by)


@transaction.atomic
def register(*, client: ApiClient, ways: Ways, by: User) -> HookClient:
    """Let a client ask, or change how; of the current institution.

    Raises:
        Invalid: by field, what cannot be.
        Refused: the client is disabled.
    """
    client = ApiClient.objects.select_for_update().get(pk=client.pk)
    if client.disabled_at is not None:
        message = "This client is disabled. Register it anew."
        raise Refused(message)
    ways = _tidy(ways)
    if faults := _faults(ways, client=client):
        raise Invalid(faults)
    row = HookClient.objects.filter(client=client).first() or HookClient(client=client)
    if row.issuer and Ways.of(row) == ways:
        return row
    is_known = bool(row.issuer)
    for name, value in asdict(ways).items():
        setattr(row, name, list(value) if name == "origins" else value)
    row.registered_by = by
    row.save()
    record(action="hook.client.registered", subject=client, by=by)
    if is_known:
        _tell("changed how an EHR asks for guidance", row, by=by)
    return row


@transaction.atomic
def replace_keys(*, row: HookClient, jwks: str, by: User) -> HookClient:
    """Let an EHR sign with exactly these public keys; to change over, give old and new at first.

    Args:
        jwks: a JWK Set, as JSON.

    Raises:
        Invalid: keys that cannot be; or its keys are at its own address.
        Refused: the client is disabled.
    """
    try:
        clients.replace_keys(client=row.client, jwks=jwks, by=by)
    except ValidationError as error:
        raise Invalid(error.message_dict) from None
    except ClientDisabled as error:
        raise Refused(str(error)) from None
    return row


@transaction.atomic
def switch_off(*, row: HookClient, by: User) -> HookClient:
    """Answer this EHR no more, until it is switched on.

    Raises:
        Refused: it is off already.
    """
    row = HookClient.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if row.switched_off_at is not None:
        message = "This EHR is switched off already."
        raise Refused(message)
    row.switched_off_at = timezone.now()
    row.save(update_fields=["switched_off_at"])
    record(action="hook.client.switched_off", subject=row.client, by=by)
    return row


@transaction.atomic
def switch_on(*, row: HookClient, by: User) -> HookClient:
    """Answer this EHR again.

    Raises:
        Refused: it is on already, or its client is disabled for good.
    """
    row = HookClient.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if row.client.disabled_at is not None:
        message = "This client is disabled. Register it anew."
        raise Refused(message)
    if row.switched_off_at is None:
        message = "This EHR is switched on already."
        raise Refused(message)
    row.switched_off_at = None
    row.save(update_fields=["switched_off_at"])
    record(action="hook.client.switched_on", subject=row.client, by=by)
    _tell("switched on an EHR that asks for guidance", row, by=by)
    return row


def note_call(*, row: HookClient) -> None:
    """Keep when an EHR called last, to the minute."""
    now = timezone.now()
    if row.called_at is None or row.called_at < now - CALLS_NOTED_EVERY:
        HookClient.objects.filter(pk=row.pk).update(called_at=now)


def note_refusal(*, row: HookClient, reason: str) -> None:
    """Keep why a call was refused that an EHR had signed, so that its administrator can see it."""
    now = timezone.now()
    said = reason[:LONGEST_REASON]
    is_noted = row.refused_at is not None and row.refused_at >= now - CALLS_NOTED_EVERY
    if not is_noted or row.refusal != said:
        HookClient.objects.filter(pk=row.pk).update(refused_at=now, refusal=said)


def discovery_address(slug: str) -> str:
    """What an EHR is told: the address of discovery, below which the services are."""
    return urljoin(settings.SITE_URL, reverse("hooks_plain", args=[slug]))


def _tidy(ways: Ways) -> Ways:
    return Ways(
        issuer=ways.issuer.strip(),
        tenant=ways.tenant.strip(),
        subject=ways.subject.strip(),
        fhir_server=ways.fhir_server.strip().rstrip("/"),
        origins=tuple(dict.fromkeys(each.strip().rstrip("/").lower() for each in ways.origins)),
    )


def _faults(ways: Ways, *, client: ApiClient | None) -> dict[str, list[str]]:
    """What cannot be, by field."""
    faults: dict[str, list[str]] = {}
    if not (ways.issuer and _is_plain(ways.issuer, LONGEST)):
        faults["issuer"] = [f"Give the iss of its JWTs, of at most {LONGEST} letters."]
    elif HookClient.objects.filter(issuer=ways.issuer).exclude(client=client).exists():
        faults["issuer"] = ["Another client has this issuer."]
    for name in ("tenant", "subject"):
        if not _is_plain(getattr(ways, name), LONGEST_CLAIM):
            faults[name] = [f"Give at most {LONGEST_CLAIM} letters of ASCII."]
    if ways.fhir_server:
        if len(ways.fhir_server) > LONGEST or urlsplit(ways.fhir_server).query:
            faults["fhir_server"] = ["Give the address of a FHIR server."]
        elif not Reach.of(current_institution().slug).allows(ways.fhir_server):
            faults["fhir_server"] = ["The operator has not allowed this host."]
    if len(ways.origins) > MOST_ORIGINS:
        faults["origins"] = [f"Give at most {MOST_ORIGINS}."]
    elif not all(ORIGIN.match(each) for each in ways.origins):
        faults["origins"] = [
            "Give each as the browser does: https://, the host, and a port if there is one."
        ]
    return faults


def _is_plain(text: str, longest: int) -> bool:
    return len(text) <= longest and text.isascii() and (not text or text.isprintable())


def _tell(what: str, row: HookClient, *, by: User) -> None:
    institution = current_institution()
    path = reverse("hook_client", args=[institution.slug, row.pk])
    context: dict[str, Any] = {
        "by": by,
        "what": what,
        "institution": institution,
        "url": urljoin(settings.SITE_URL, path),
    }
    others = everybody_with(Permission.CLIENT_MANAGE).exclude(pk=by.pk)
    post(
        to=list(others.values_list("email", flat=True)),
        subject="An EHR at Tumorboard",
        body=render_to_string("clients/mail.txt", context),
    )
