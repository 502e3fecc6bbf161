"""What a decision says unless somebody says otherwise, with the reason that stands beside it."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.utils import timezone

from cases.models import AgendaItem, Assessment, Treatment
from tumorboard.formats import day

#: Answers that say that something was treated, by fact.
TREATED: Mapping[str, tuple[Any, ...]] = MappingProxyType(
    {
        "definitive_treatment_done": (True,),
        "treated_for_current_disease": (True,),
        "prior_prrt": (True,),
        "resection_status": ("complete", "incomplete"),
        "current_management": ("active_treatment", "post_treatment"),
    }
)


@dataclass(frozen=True)
class Prospective:
    """Whether a case is discussed before its treatment; None where the record cannot say."""

    value: bool | None
    why: str


@dataclass(frozen=True)
class Presets:
    """What is set in a decision that nobody has written at yet.

    That stage and guidance were discussed is never among it: it is documented only by the person
    who ticks it, else the numbers of a board would confirm themselves.
    """

    prospective: Prospective


def presets_for(item: AgendaItem) -> Presets:
    """The presets for the decision on `item`; in one query."""
    return Presets(prospective=prospective_of(item))


def prospective_of(item: AgendaItem) -> Prospective:
    """Whether the record shows that this tumor was not treated before now.

    False where a treatment began since the referral. True only where somebody answered that none
    was given and nothing in the record says otherwise; an empty list of treatments shows nothing.

    [INT] Where no day of referral is recorded, the day on which the case was opened counts.
    """
    case = item.case
    since = case.referred_on or timezone.localdate(case.opened_at)
    event = "the referral" if case.referred_on else "the case was opened"
    treatments = Treatment.objects.filter(case=case).values_list("start", flat=True)
    today = timezone.localdate()
    starts: list[datetime.date | None] = list(treatments)
    known = [start for start in starts if start and start <= today]
    begun = [start for start in known if start >= since]
    if begun:
        return Prospective(
            value=False,
            why=f"A treatment began on {day(min(begun))}, after {event} ({day(since)}).",
        )
    if None in starts:
        return Prospective(None, "Of a treatment it is not known when it began.")
    if known:
        return Prospective(None, f"A treatment began on {day(min(known))}, before {event}.")
    return _as_answered(case.assessment)


def _as_answered(assessment: Assessment | None) -> Prospective:
    """What the answers say of treatments, where the record holds none that began."""
    facts = assessment.facts if assessment else {}
    if any(facts.get(name) in values for name, values in TREATED.items()):
        return Prospective(None, "The answers say that something was treated before.")
    # Of this fact any therapy directed at the tumor counts (fact 48).
    if facts.get("definitive_treatment_done") is False:
        return Prospective(value=True, why="The record says that no treatment was given.")
    return Prospective(None, "The record does not say whether a treatment was given.")
