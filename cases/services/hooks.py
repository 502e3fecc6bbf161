"""EHRs that ask by CDS Hooks, the cards that they got, and what they say became of these."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction

from cases.models import HookCard, HookClient, HookFeedback
from cases.models.hooks import HookOutcome
from cases.services.errors import Invalid
from tumorboard.accounts.client_models import ApiClient
from tumorboard.accounts.models import User
from tumorboard.accounts.sso.reach import Reach
from tumorboard.audit.record import record

LONGEST = 400


@dataclass(frozen=True)
class Told:
    """What became of one card, as an EHR tells it."""

    card: UUID
    outcome: str
    happened_at: datetime.datetime
    accepted: Sequence[UUID] = ()
    reason_system: str = ""
    reason: str = ""


@transaction.atomic
def register(*, client: ApiClient, issuer: str, fhir_server: str = "", by: User) -> HookClient:
    """Let a client ask by CDS Hooks, or change how; of the current institution.

    Args:
        issuer: the `iss` of its JWTs.
        fhir_server: the one server that is asked for what a prefetch lacks; a host that the
            operator allows.

    Raises:
        Invalid: by field, what cannot be.
    """
    issuer, fhir_server = issuer.strip(), fhir_server.strip().rstrip("/")
    faults: dict[str, list[str]] = {}
    if not (0 < len(issuer) <= LONGEST and issuer.isascii() and issuer.isprintable()):
        faults["issuer"] = [f"Give the iss of its JWTs, of at most {LONGEST} letters."]
    elif HookClient.objects.filter(issuer=issuer).exclude(client=client).exists():
        faults["issuer"] = ["Another client has this issuer."]
    if fhir_server:
        institution = client.institution
        is_plain = not urlsplit(fhir_server).query
        if len(fhir_server) > LONGEST or not is_plain:
            faults["fhir_server"] = ["Give the address of a FHIR server."]
        elif not Reach.of(institution.slug).allows(fhir_server):
            faults["fhir_server"] = ["The operator has not allowed this host."]
    if faults:
        raise Invalid(faults)
    ApiClient.objects.select_for_update().get(pk=client.pk)
    row = HookClient.objects.filter(client=client).first() or HookClient(client=client)
    row.issuer, row.fhir_server, row.registered_by = issuer, fhir_server, by
    row.save()
    record(action="hook.client.registered", subject=client, by=by)
    return row


@transaction.atomic
def keep_cards(cards: Iterable[HookCard]) -> None:
    """Keep which cards were given; whom they were about the audit says."""
    HookCard.objects.bulk_create(list(cards))


@transaction.atomic
def tell(*, client: ApiClient, told: Sequence[Told], by: User) -> None:
    """Keep what became of cards; what was told before is not kept twice.

    Raises:
        Invalid: a card is none that the client got, or a suggestion none of its card's.
    """
    cards = HookCard.objects.filter(client=client).in_bulk([one.card for one in told])
    faults: dict[str, list[str]] = {}
    for place, one in enumerate(told):
        card = cards.get(one.card)
        if card is None:
            faults[f"feedback[{place}].card"] = ["You were given no such card."]
        elif not set(one.accepted) <= set(card.suggestions):
            faults[f"feedback[{place}].acceptedSuggestions"] = ["The card had no such suggestion."]
        elif one.outcome not in HookOutcome.values:
            faults[f"feedback[{place}].outcome"] = ["Give accepted or overridden."]
    if faults:
        raise Invalid(faults)
    HookFeedback.objects.bulk_create(
        [
            HookFeedback(
                card=cards[one.card],
                outcome=one.outcome,
                accepted=list(one.accepted),
                reason_system=one.reason_system,
                reason=one.reason,
                happened_at=one.happened_at,
            )
            for one in told
        ],
        ignore_conflicts=True,
    )
    record(action="hook.feedback.given", subject=client, by=by)
