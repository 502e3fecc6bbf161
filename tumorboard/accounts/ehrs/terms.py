"""Two administrators for what an EHR says about people and patients, as for identity providers.

Who could write it alone could name an EHR of their own that calls them whomever they like, or let
another hospital's numbers pass for our record numbers (`sso.proposals` has the same for providers).
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from urllib.parse import urljoin

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from tumorboard.accounts import selectors
from tumorboard.accounts.ehr_models import Ehr, Proof
from tumorboard.accounts.models import User
from tumorboard.accounts.permissions import Permission
from tumorboard.accounts.sso.proposals import FIRST, MEANWHILE, NOTHING, OTHER, changed
from tumorboard.audit.record import record
from tumorboard.outbox.mail import post
from tumorboard.tenancy.scope import current_institution


@dataclass(frozen=True)
class Terms:
    """What can be changed about an EHR; each as its column."""

    label: str = ""
    proof: str = Proof.KEY.value
    identifier_systems: list[str] = field(default_factory=list)
    factor_values: list[str] = field(default_factory=list)
    frame_origins: list[str] = field(default_factory=list)
    stands_for_provider: bool = False


#: Whoever adds to one of these lets more in.
LISTS = ("identifier_systems", "factor_values", "frame_origins")


def in_force(ehr: Ehr) -> Terms:
    """By what people come in now."""
    return Terms(**{name: getattr(ehr, name) for name in Terms.__dataclass_fields__})


def latest(ehr: Ehr) -> Terms:
    """What was written last: what waits to be confirmed, else what is in force."""
    return Terms(**ehr.proposal) if ehr.proposal else in_force(ehr)


def version_of(ehr: Ehr) -> str:
    """A mark of everything that who confirms has seen."""
    seen = [ehr.fhir_base, ehr.issuer, ehr.client_id, asdict(latest(ehr))]
    return hashlib.sha256(json.dumps(seen, sort_keys=True).encode()).hexdigest()


def differences(ehr: Ehr) -> list[str]:
    """What waits to be confirmed, a sentence each; of an EHR that is off, all of it."""
    before = in_force(ehr) if ehr.proposal else Terms()
    return list(_differences(before, latest(ehr)))


def put(ehr: Ehr, terms: Terms, *, by: User) -> None:
    """Let other terms hold; where they widen anything, they wait for another administrator.

    Args:
        ehr: locked by the caller.

    Raises:
        ValidationError: what somebody else changed waits to be confirmed.
    """
    if ehr.unconfirmed_by_id not in (None, by.pk):
        raise ValidationError(FIRST.replace("provider", "EHR"))
    is_wider = _is_wider(in_force(ehr), terms)
    ehr.proposal = None
    if ehr.is_on and is_wider:
        ehr.proposal = asdict(terms)
    else:
        _apply(ehr, terms)
    if ehr.is_on or is_wider:
        ehr.unconfirmed_by = by if is_wider else None
    ehr.save()
    record(action="ehr.change.proposed" if ehr.proposal else "ehr.changed", subject=ehr, by=by)
    if is_wider:
        tell(ehr, by=by)


@transaction.atomic
def confirm(*, ehr: Ehr, version: str, by: User) -> Ehr:
    """Let what another administrator wrote be in force.

    Args:
        version: of what the person has seen.

    Raises:
        ValidationError: nothing waits; the person wrote it themselves; it was changed meanwhile.
    """
    ehr = locked(ehr)
    if ehr.unconfirmed_by_id is None:
        raise ValidationError(NOTHING)
    if ehr.unconfirmed_by_id == by.pk:
        raise ValidationError(OTHER)
    if version != version_of(ehr):
        raise ValidationError(MEANWHILE)
    _apply(ehr, latest(ehr))
    ehr.proposal = ehr.unconfirmed_by = None
    ehr.save()
    record(action="ehr.change.confirmed", subject=ehr, by=by)
    return ehr


@transaction.atomic
def take_back(*, ehr: Ehr, by: User) -> Ehr:
    """Let what holds go on, and forget what was to be changed.

    Raises:
        ValidationError: nothing was to be changed of what holds.
    """
    ehr = locked(ehr)
    if ehr.proposal is None:
        raise ValidationError(NOTHING)
    ehr.proposal = ehr.unconfirmed_by = None
    ehr.save()
    record(action="ehr.change.taken_back", subject=ehr, by=by)
    return ehr


def locked(ehr: Ehr) -> Ehr:
    """The same EHR, for nobody else to change before the end of the transaction."""
    found: Ehr = Ehr.objects.select_for_update().get(pk=ehr.pk)
    return found


def tell(ehr: Ehr, *, by: User) -> None:
    """Let the other administrators know that something waits for one of them."""
    institution = current_institution()
    path = reverse("ehr", args=[institution.slug, ehr.pk])
    context = {"by": by, "institution": institution, "url": urljoin(settings.SITE_URL, path)}
    others = selectors.everybody_with(Permission.PEOPLE_MANAGE).exclude(pk=by.pk)
    post(
        to=list(others.values_list("email", flat=True)),
        subject="An EHR at Tumorboard",
        body=render_to_string("people/ehr_mail.txt", context),
    )


def _is_wider(held: Terms, wanted: Terms) -> bool:
    """Whether somebody could come in, or as somebody, who could not before."""
    return (wanted.stands_for_provider and not held.stands_for_provider) or any(
        set(getattr(wanted, name)) - set(getattr(held, name)) for name in LISTS
    )


def _apply(ehr: Ehr, terms: Terms) -> None:
    for name, value in asdict(terms).items():
        setattr(ehr, name, value)


def _differences(before: Terms, after: Terms) -> Iterator[str]:
    if before.label != after.label:
        yield f"It is called “{after.label}”."
    if before.proof != after.proof:
        yield f"We prove who asks {Proof(after.proof).label}."
    if before.stands_for_provider != after.stands_for_provider:
        no = "" if after.stands_for_provider else "no more "
        yield f"Coming by it counts {no}as coming by an identity provider."
    for name, words in (
        ("identifier_systems", "Identifiers of {} are our record numbers"),
        ("factor_values", "“{}” counts as a second factor"),
        ("frame_origins", "Pages of {} may show the page that opens a window"),
    ):
        held, wanted = ([words.format(v) for v in getattr(t, name)] for t in (before, after))
        yield from changed(held, wanted)
