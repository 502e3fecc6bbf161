"""What became of the cards that EHRs got by CDS Hooks: numbers, and the cards behind them.

No patient stands on a card, so none stands here. Of a card that was told about more than once, the
last word counts. Cards that were removed are counted by what was kept of them.
"""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import Case as When
from django.db.models import CharField, Count, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models import When as If
from django.db.models.functions import Coalesce
from django.utils import timezone

from cases.models import HookCard, HookFeedback, HookTally
from cases.models.conclusion import DeviationReason
from cases.models.hooks import HookOutcome
from guidance.editions import shelf

#: What a card is about, by its kind.
KINDS = {
    "next": "What comes next",
    "order": "Another study is recommended",
    "protocol": "The order differs from the guidance",
    "check": "A check of the guidance",
    "missing": "Not enough data",
    "conflict": "Contradiction",
    "not-covered": "Not covered",
    "no-study": "No study is recommended",
    "unmapped": "The code is not known",
}
HOOKS = {
    "patient-view": "Record opened",
    "order-select": "Order selected",
    "order-sign": "Order signed",
}
#: For cards of which nobody has told anything.
UNANSWERED = "none"
OUTCOMES = {**dict(HookOutcome.choices), UNANSWERED: "Nothing told"}
#: The end of our own code system of reasons, on whatever site.
OWN_REASONS = "/fhir/CodeSystem/deviation-reason"
COLUMNS = ("hook", "kind", "outcome", "reason_system", "reason")


class Reason(NamedTuple):
    """Why cards were overridden, and how many were."""

    system: str
    code: str
    words: str
    cards: int


@dataclass(frozen=True)
class Line:
    """Of one hook and kind: how many cards were shown, and what became of them."""

    hook: str
    kind: str
    accepted: int
    overridden: int
    unanswered: int
    #: The most frequent first.
    reasons: list[Reason] = field(default_factory=list)

    @property
    def shown(self) -> int:
        """All of them."""
        return self.accepted + self.overridden + self.unanswered

    @property
    def hook_words(self) -> str:
        """When they are shown."""
        return HOOKS.get(self.hook, self.hook)

    @property
    def kind_words(self) -> str:
        """What they are about."""
        return KINDS.get(self.kind, self.kind)


def lines(first: datetime.date, last: datetime.date) -> list[Line]:
    """The numbers of the days from `first` to `last`, both counted; in the order of the product."""
    cards: Counter[tuple[str, ...]] = Counter()
    for *key, number in _counted(cards_between(first, last)):
        cards[tuple(key)] += number
    tallies = HookTally.objects.filter(day__range=(first, last)).order_by()
    for *key, number in tallies.values_list(*COLUMNS).annotate(number=Sum("cards")):
        cards[tuple(key)] += number
    found: dict[tuple[str, str], list[tuple[Any, int]]] = defaultdict(list)
    for (hook, kind, *rest), number in cards.items():
        found[hook, kind].append((rest, number))
    return [_line(hook, kind, found[hook, kind]) for hook, kind in sorted(found, key=_rank)]


def cards_between(first: datetime.date, last: datetime.date) -> QuerySet[HookCard]:
    """The cards that are still there, newest first.

    Each has `outcome`, empty where nobody told anything, `reason_system` and `reason`.
    """
    return with_outcomes(
        HookCard.objects.filter(
            given_at__gte=midnight(first), given_at__lt=midnight(last + datetime.timedelta(days=1))
        )
    ).order_by("-given_at", "-id")


def with_outcomes(rows: QuerySet[HookCard]) -> QuerySet[HookCard]:
    """Cards with the last word on each."""
    told = HookFeedback.objects.filter(card=OuterRef("pk")).order_by("-happened_at", "-received_at")
    is_overridden = Q(outcome=HookOutcome.OVERRIDDEN)

    def last(name: str) -> Coalesce:
        return Coalesce(Subquery(told.values(name)[:1]), Value(""))

    def why(name: str) -> When:
        then = If(is_overridden, then=last(name))
        return When(then, default=Value(""), output_field=CharField())

    return (
        rows.annotate(outcome=last("outcome"))
        .annotate(reason_system=why("reason_system"), reason=why("reason"))
        .select_related("client")
    )


def narrowed(
    rows: QuerySet[Any], *, hook: str = "", kind: str = "", outcome: str = ""
) -> QuerySet[Any]:
    """Cards of one hook, kind or outcome; empty narrows nothing, and what is unknown finds none."""
    given = {"hook": hook, "kind": kind, "outcome": "" if outcome == UNANSWERED else outcome}
    wanted = {"hook": hook, "kind": kind, "outcome": outcome}
    return rows.filter(**{name: given[name] for name, typed in wanted.items() if typed})


def removed_between(first: datetime.date, last: datetime.date) -> int:
    """How many cards of these days are counted, but not there any more."""
    found = HookTally.objects.filter(day__range=(first, last)).aggregate(cards=Sum("cards"))
    return found["cards"] or 0


def reason_words(system: str, code: str) -> str:
    """A reason in words; its code where it is none of ours."""
    if not code:
        return "No reason given"
    if system.endswith(OWN_REASONS) and code in DeviationReason.values:
        return str(DeviationReason(code).label)
    return code


def study_words(code: str) -> str:
    """A study of the guidance by its code; the code where the newest edition has it no more."""
    known = shelf.adopted().ratings.procedures.get(code)
    return known.name if known else code


@dataclass(frozen=True)
class Shown:
    """A card in words."""

    card: HookCard
    hook: str
    kind: str
    ordered: str
    recommended: str
    outcome: str
    reason: str


def shown(card: Any) -> Shown:
    """A card of `with_outcomes` in words."""
    is_overridden = card.outcome == HookOutcome.OVERRIDDEN
    return Shown(
        card,
        hook=HOOKS.get(card.hook, card.hook),
        kind=KINDS.get(card.kind, card.kind),
        ordered=study_words(card.ordered),
        recommended=study_words(card.recommended),
        outcome=OUTCOMES[card.outcome or UNANSWERED],
        reason=reason_words(card.reason_system, card.reason) if is_overridden else "",
    )


def midnight(date: datetime.date) -> datetime.datetime:
    """When a day begins."""
    return timezone.make_aware(datetime.datetime.combine(date, datetime.time.min))


def _counted(rows: QuerySet[HookCard]) -> Iterable[tuple[Any, ...]]:
    plain = rows.select_related(None).order_by()
    return plain.values_list(*COLUMNS).annotate(number=Count("pk"))


def _line(hook: str, kind: str, found: list[tuple[Any, int]]) -> Line:
    outcomes: Counter[str] = Counter()
    reasons: Counter[tuple[str, str]] = Counter()
    for (outcome, system, code), number in found:
        outcomes[outcome] += number
        if outcome == HookOutcome.OVERRIDDEN:
            reasons[system, code] += number
    return Line(
        hook,
        kind,
        accepted=outcomes[HookOutcome.ACCEPTED],
        overridden=outcomes[HookOutcome.OVERRIDDEN],
        unanswered=outcomes[""],
        reasons=[
            Reason(system, code, reason_words(system, code), number)
            for (system, code), number in sorted(reasons.items(), key=lambda one: (-one[1], one[0]))
        ],
    )


def _rank(key: tuple[str, str]) -> tuple[Any, ...]:
    hook, kind = key
    hooks, kinds = list(HOOKS), list(KINDS)
    return (
        hooks.index(hook) if hook in HOOKS else len(hooks),
        kinds.index(kind) if kind in KINDS else len(kinds),
        key,
    )
