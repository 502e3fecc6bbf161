"""The cards that EHRs got by CDS Hooks, and what they say became of these."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from cases.models import HookCard, HookFeedback
from cases.models.hooks import HookOutcome
from cases.services.errors import Invalid
from tumorboard.accounts.client_models import ApiClient
from tumorboard.accounts.models import User
from tumorboard.audit.record import record


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
