"""The standards of care of a board, and whether one settles a case without discussion."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cases.models import AgendaItem, Assessment, Board, Case, Standard
from cases.models.case import BoardLevel, Preparation
from cases.selectors.annotated import AnnotatedAnswer
from cases.selectors.annotations import Annotations, annotations_of_each
from cases.selectors.completeness import (
    Completeness,
    completeness_of_each,
    completeness_on_list,
)
from cases.selectors.notices import Notice, notices_of_each
from guidance.editions import shelf
from guidance.engine.edition import Edition


@dataclass(frozen=True)
class Standing:
    """Whether `standard` settles a case; `against` says in words why not, empty where it does."""

    standard: Standard
    against: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.against


def standings(cases: Sequence[Case], board: Board) -> dict[UUID, Standing]:
    """The standard in use that is for the scenario and branch of each case, and whether it holds.

    By the case's id; a case that no standard is for is not in it. Reads the `assessment` of the
    cases; fetch it with them.
    """
    known = _in_use(board)
    pairs = [(case, found) for case in cases if (found := _for(case, known))]
    boards = {case.pk: board.pk for case, _ in pairs}
    return _judge(pairs, completeness_of_each([case for case, _ in pairs], boards=boards))


def standing_of_item(item: AgendaItem, standard: Standard) -> Standing:
    """Whether `standard` settles the case of `item` as it stands now, whatever it is for.

    Its minimum data set is judged with the question of the item, on the day of the meeting, as
    the list does it.
    """
    if item.case.assessment is None:
        return Standing(standard, ("The case has not been assessed.",))
    complete = {item.case_id: completeness_on_list([item])[item.pk]}
    return _judge([(item.case, standard)], complete)[item.case_id]


def standings_on_list(items: Sequence[AgendaItem]) -> dict[UUID, Standing]:
    """Which standard each item of one meeting's list is settled by, or could be, by its id.

    For an item on the protocol track its own standard, else the one in use for its case. The
    items' `case.assessment`, `standard` and `meeting.board` are read; fetch them with the items.
    """
    if not items:
        return {}
    known = _in_use(items[0].meeting.board)
    asked = {
        item: found
        for item in items
        if item.case.assessment and (found := item.standard or _for(item.case, known))
    }
    prepared = completeness_on_list(list(asked))
    complete = {item.case_id: prepared[item.pk] for item in asked}
    by_case = _judge([(item.case, found) for item, found in asked.items()], complete)
    return {item.pk: by_case[item.case_id] for item in asked}


def standards(board: Board) -> list[Standard]:
    """The standards of a board by name, those in use first."""
    rows = Standard.objects.filter(board=board).select_related("board", "entered_by")
    return list(rows.order_by("-is_active", "name"))


def _place(assessment: Assessment) -> tuple[str, str]:
    return assessment.scenario, assessment.branch


def _in_use(board: Board) -> dict[tuple[str, str], Standard]:
    """The standards in use by what they are for: one each, see `services.standards`."""
    return {(row.scenario, row.branch): row for row in standards(board) if row.is_active}


def _for(case: Case, known: Mapping[tuple[str, str], Standard]) -> Standard | None:
    return known.get(_place(case.assessment)) if case.assessment else None


def _judge(
    pairs: Sequence[tuple[Case, Standard]], complete: Mapping[UUID, Completeness]
) -> dict[UUID, Standing]:
    """Whether each standard settles its case, by the case's id."""
    if not pairs:
        return {}
    assessed = [(case, standard, case.assessment) for case, standard in pairs if case.assessment]
    annotations = annotations_of_each([(case, assessment) for case, _, assessment in assessed])
    notices = notices_of_each([case.pk for case, _, _ in assessed])
    return {
        case.pk: Standing(
            standard,
            tuple(
                _against(
                    assessment,
                    standard,
                    annotations=annotations[case.pk],
                    notices=notices[case.pk],
                    completeness=complete[case.pk],
                )
            ),
        )
        for case, standard, assessment in assessed
    }


def _against(
    assessment: Assessment,
    standard: Standard,
    *,
    annotations: Annotations,
    notices: Sequence[Notice],
    completeness: Completeness,
) -> Iterator[str]:
    answer = assessment.answer
    if not standard.is_active:
        yield "This standard is no longer in use."
    if _place(assessment) != (standard.scenario, standard.branch):
        edition = shelf.edition(assessment.edition_version)
        wanted = place_words(standard.scenario, standard.branch, edition)
        now = place_words(assessment.scenario, assessment.branch, edition)
        yield f"It is for {wanted}; the case stands at {now}."
    if answer["provisional"]:
        yield "The scenario of the case is provisional."
    if answer["missing"]:
        yield f"Facts are missing: {_labels(answer)}"
    if answer["conflicts"]:
        yield "The facts contradict each other."
    for check in AnnotatedAnswer(answer, annotations).blocking:
        yield f"Nobody has acknowledged the critical check: {check.text}"
    if notices:
        yield "Something in the record speaks against the result."
    if completeness.preparation != Preparation.READY:
        lacking = ", ".join(item.name for item in completeness.gaps)
        yield f"The minimum data set is not complete: {lacking}."
    yield from _for_the_board(assessment, standard)


def _for_the_board(assessment: Assessment, standard: Standard) -> Iterator[str]:
    """Why the guidance wants the case before the board beyond what the standard is for.

    A branch may carry a reason itself, such as progression; who wrote the standard knew of that
    one, of no other.
    """
    answer = assessment.answer
    branch, reasons = answer["branch_detail"], answer["board_reasons"]
    own = branch["escalation"] if branch and branch["id"] == standard.branch else None
    others = [reason for reason in reasons if reason["code"] != own]
    if others:
        named = " ".join(reason["text"] for reason in others)
        yield f"The guidance has a reason for the board that the standard is not for: {named}"
    elif assessment.board_level == BoardLevel.YES and not reasons:
        yield "The guidance sends the case to the board."


def place_words(scenario: str, branch: str, edition: Edition) -> str:
    """A scenario and branch in words; the codes where `edition` does not have them."""
    known = edition.catalogue.scenarios.get(scenario)
    name = known.name if known else scenario
    if not branch:
        return f"{name}, before any result"
    found = edition.branches.branches.get(branch)
    # Inside a sentence the words of the branch are no sentence of their own.
    return f"{name}: {found.trigger.rstrip('.') if found else branch}"


def _labels(answer: Mapping[str, Any]) -> str:
    asked = {question["fact"]: question["question"] for question in answer["questions"]}
    return " ".join(asked.get(name, name) for name in answer["missing"])


def offers(case_ids: Sequence[UUID]) -> dict[UUID, list[Standing]]:
    """The standards in use of all boards that are for each case, and whether they hold.

    By the case's id, those that hold first. One query where none is for any; else as many for
    each board that has one as `standings` takes.
    """
    found: dict[UUID, list[Standing]] = {case_id: [] for case_id in case_ids}
    matching = Standard.objects.filter(is_active=True).select_related("board").order_by("name")
    known: dict[UUID, Board] = {}
    places: dict[tuple[str, str], set[UUID]] = {}
    for row in matching:
        known[row.board_id] = row.board
        places.setdefault((row.scenario, row.branch), set()).add(row.board_id)
    if not known:
        return found
    rows = Case.objects.filter(pk__in=case_ids, assessment__scenario__in={s for s, _ in places})
    cases = [
        case
        for case in rows.select_related("patient", "assessment")
        if case.assessment and _place(case.assessment) in places
    ]
    for board_id, board in known.items():
        of_board = [
            case
            for case in cases
            if case.assessment and board_id in places[_place(case.assessment)]
        ]
        for case_id, standing in standings(of_board, board).items():
            found[case_id].append(standing)
    for standing_list in found.values():
        standing_list.sort(key=lambda standing: not standing.holds)
    return found
