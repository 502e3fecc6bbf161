"""What the guidance says of a case, as recommendations that a board may take over.

Nothing is proposed that the guidance does not say, and nothing that it says is chosen for the
board: the options of a branch stand beside the proposal until somebody picks one, and where no
rule names exactly one day, no day is set.
"""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from cases.models import AgendaItem, BoardMember
from cases.models.board_member import Duty
from cases.models.conclusion import RecommendationKind, Recommended
from cases.selectors.branch_actions import Part, intent_of_study, parts_of, reading_of
from cases.selectors.concordance import is_covered, removed_because
from cases.selectors.due_dates import Follows, follows_of
from cases.selectors.follow_up import Window, window_to_keep
from cases.selectors.guidance_words import NO_OUTCOME
from cases.selectors.recommended import Codes, codes_in
from guidance.editions import shelf
from guidance.editions.branch_actions import Reading
from tumorboard.formats import day

#: Words beside a study's code that are longer stay where the guidance is shown.
LONGEST_ORDER = 500
#: What the engine calls an action that the source only lists, for the board to weigh (5.4).
OPTION = "option"
#: Between the rule of a window and which of its ends is meant.
BETWEEN = ":"


@dataclass(frozen=True)
class Proposed(Recommended):
    """One recommendation that the guidance proposes."""

    #: Whether it is due when the interval of the branch ends.
    is_by_interval: bool = False


@dataclass(frozen=True)
class End:
    """One end of a window that a person may choose; `value` names it in the form."""

    value: str
    words: str
    on: datetime.date


@dataclass(frozen=True)
class Proposal:
    """What may be taken over, and what the board has to know beside it.

    `options` are what the source lists for the board to weigh: none is a recommendation until
    somebody picks it. `window` is the interval by which days are set. Where it is None and there
    are `windows`, a person chooses an end of one of them, or none. `remarks` say why something is
    not proposed.
    """

    rows: tuple[Proposed, ...] = ()
    options: tuple[Proposed, ...] = ()
    windows: tuple[Window, ...] = ()
    window: Window | None = None
    remarks: tuple[str, ...] = ()

    @property
    def to_choose(self) -> list[End]:
        """Both ends of the windows that name days, of which none is chosen yet."""
        if self.window or not any(row.is_by_interval for row in self.rows):
            return []
        return [end for window in self.windows for end in _ends(window)]

    def taken(self, *, today: datetime.date, chosen: str = "") -> list[Proposed]:
        """The recommendations with their days, without the options.

        [INT] Where the day has passed, it is today.

        Args:
            chosen: the `End.value` that a person chose; what is no end of these chooses none.
        """
        on = next((end.on for end in self.to_choose if end.value == chosen), None)
        if self.window:
            on = self.window.exact_on
        due_on = max(on, today) if on else None
        return [replace(r, due_on=due_on) if r.is_by_interval else r for r in self.rows]

    def picked(self, code: str) -> list[Proposed]:
        """The option `code` as a recommendation; nothing where it is none of these."""
        return [option for option in self.options if option.code == code]


def _ends(window: Window) -> Iterator[End]:
    first, last = window.first_on, window.last_on
    if first is None:
        return
    if first == last:
        yield End(window.rule, f"{window.name}: {day(first)}", first)
        return
    yield End(f"{window.rule}{BETWEEN}first", f"{window.name}, earliest: {day(first)}", first)
    if last is not None:
        yield End(f"{window.rule}{BETWEEN}last", f"{window.name}, latest: {day(last)}", last)


def proposal_for(item: AgendaItem) -> Proposal:
    """What the current assessment of the case on `item` proposes; nothing without one."""
    case = item.case
    assessment = case.assessment
    if assessment is None:
        return Proposal()
    proposal = proposal_from(
        assessment.answer,
        assessment.facts,
        codes=codes_in(shelf.edition(assessment.edition_version)),
        follows=follows_of(case, assessment),
    )
    owner_id = coordinator_of(item)
    return replace(
        proposal,
        rows=tuple(replace(row, owner_id=owner_id) for row in proposal.rows),
        options=tuple(replace(option, owner_id=owner_id) for option in proposal.options),
    )


def coordinator_of(item: AgendaItem) -> UUID | None:
    """Who sees to what the board of `item` asks for, where nobody else is named."""
    return (
        BoardMember.objects.filter(board__meetings=item.meeting_id, duty=Duty.COORDINATOR)
        .order_by("added_at", "id")
        .values_list("person_id", flat=True)
        .first()
    )


def proposal_from(
    answer: Mapping[str, Any],
    facts: Mapping[str, Any],
    *,
    codes: Codes,
    follows: Follows,
) -> Proposal:
    """What `answer` proposes of a case with `facts`.

    While no result is in play, the study that is recommended; once one is, what its branch asks
    for. An option of the branch, even a single one, is the board's to pick (specification 5.4).

    Args:
        codes: what a recommendation may name in the edition of the answer.
        follows: the study that gave the result, and the windows counted from it.
    """
    if not is_covered(answer):
        return Proposal()
    if facts.get("study_outcome") in NO_OUTCOME:
        return _study(answer)
    rows: list[Proposed] = []
    options: list[Proposed] = []
    remarks: list[str] = []
    for group in _groups(answer):
        first: int | None = None
        for action, reading, part in _parts(group, codes):
            if why := removed_because(answer, part.code):
                name = codes[RecommendationKind.IMAGING][part.code]
                remarks.append(f"{name} is not proposed. {why}")
                continue
            asked = Proposed(
                kind=reading.kind,
                code=part.code,
                text=part.text,
                intent=reading.intent,
                is_by_interval=reading.by_interval,
            )
            if action["kind"] == OPTION:
                options.append(asked)
                continue
            rows.append(replace(asked, alternative_to=first))
            first = first or len(rows)
    proposal = Proposal(tuple(rows), tuple(options))
    windows = follows.windows
    if windows and not follows.is_accepted:
        remarks.append("No day is set: the study has to be accepted first, see the checks.")
        return replace(proposal, remarks=tuple(remarks))
    kept = window_to_keep(windows)
    if kept is None:
        remarks += [f"No day is set: {w.rule} is {w.months}." for w in windows if w.missing]
    return replace(proposal, windows=windows, window=kept, remarks=tuple(remarks))


def _study(answer: Mapping[str, Any]) -> Proposal:
    """The study at the top of the ranking, with what to write on its order."""
    if answer["top"] is None:
        return Proposal()
    order = answer["order_text"]
    words = str(order["text"]) if order else ""
    row = Proposed(
        kind=str(RecommendationKind.IMAGING),
        code=answer["top"],
        text=words if len(words) <= LONGEST_ORDER else "",
        intent=intent_of_study(answer["scenario"]),
    )
    return Proposal((row,))


def _groups(answer: Mapping[str, Any]) -> list[list[Mapping[str, Any]]]:
    """The actions of the branch in order, those that are alternatives to each other together."""
    branch = answer["branch_detail"]
    grouped: dict[str, list[Mapping[str, Any]]] = {}
    for place, action in enumerate(branch["actions"] if branch else ()):
        grouped.setdefault(action["group"] or str(place), []).append(action)
    return list(grouped.values())


def _parts(
    actions: Sequence[Mapping[str, Any]], codes: Codes
) -> Iterator[tuple[Mapping[str, Any], Reading, Part]]:
    for action in actions:
        reading = reading_of(action["code"])
        if reading.is_asked:
            for part in parts_of(action, codes):
                yield action, reading, part
