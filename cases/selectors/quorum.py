"""Which specialties a case needs in the room, and whether they are there or to be expected.

Before the day the board's members are counted, from its beginning on those noted as present: no
question of PRRT goes before a board without nuclear medicine unnoticed.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone

from cases.models import (
    AgendaItem,
    Assessment,
    Attendance,
    BoardMember,
    DraftRecommendation,
    Meeting,
)
from cases.models.specialty import Specialty

#: Whom the guidance invites (`invitees` of its branches), as specialties of a board.
INVITEES: Mapping[str, Specialty] = {
    "medical oncology": Specialty.MEDICAL_ONCOLOGY,
    "surgery": Specialty.SURGERY,
    "interventional radiology": Specialty.INTERVENTIONAL_RADIOLOGY,
    "nuclear medicine": Specialty.NUCLEAR_MEDICINE,
}

PRRT = "OPT-PRRT"
#: PRRT by its name, its drug, its nuclide or its ligand.
PRRT_WORD = re.compile(
    r"\b(PRRT|Lutathera|Lutetium|(177|¹⁷⁷)[ -]?Lu|Lu[ -]?177|DOTATATE[ -]therapy"
    r"|peptide[ -]receptor)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Quorum:
    """What is needed, and what of it is missing.

    `is_counted`: whether those noted as present are counted; else whom the board may expect.
    """

    needed: tuple[Specialty, ...]
    missing: tuple[Specialty, ...]
    is_counted: bool

    @property
    def words(self) -> str:
        """Who is missing, in one sentence; empty where nobody is."""
        if not self.missing:
            return ""
        names = either([inside_sentence(specialty) for specialty in self.missing])
        if self.is_counted:
            return f"Nobody from {names} is noted as present."
        return f"Nobody on the board from {names}."


def needed_specialties(item: AgendaItem) -> list[Specialty]:
    """What the board and the case need, in the order of `Specialty`.

    The item's `meeting__board` and `case__assessment` are read; fetch them with the item.
    """
    return needed_of_each([item])[item.pk]


def missing_specialties(item: AgendaItem) -> list[Specialty]:
    """Those of `needed_specialties` from which nobody is noted as present."""
    return missing_of_each([item])[item.pk]


def needed_of_each(items: Sequence[AgendaItem]) -> dict[UUID, list[Specialty]]:
    """What each item needs, by the item's id, in one query."""
    about_prrt = with_prrt_in_play(items)
    return {item.pk: _in_order(_needed(item, item.pk in about_prrt)) for item in items}


def with_prrt_in_play(items: Sequence[AgendaItem]) -> set[UUID]:
    """The ids of the items on which the guidance, the question or the draft names PRRT; one query.

    The items' `case__assessment` is read; fetch it with the items.
    """
    drafted = set(
        DraftRecommendation.objects.filter(draft__agenda_item__in=items, code=PRRT).values_list(
            "draft__agenda_item_id", flat=True
        )
    )
    return {
        item.pk
        for item in items
        if item.pk in drafted or is_about_prrt(item.question, item.case.assessment)
    }


def is_about_prrt(question: str, assessment: Assessment | None) -> bool:
    """Whether the question or the guidance names PRRT."""
    actions = _branch(assessment).get("actions", ())
    return bool(PRRT_WORD.search(question)) or any(action["code"] == PRRT for action in actions)


def missing_of_each(items: Sequence[AgendaItem]) -> dict[UUID, list[Specialty]]:
    """From which of them nobody is noted as present, by the item's id, in two queries."""
    present = _present_at({item.meeting_id for item in items})
    return {
        item.pk: _absent(needed, present[item.meeting_id])
        for item, needed in zip(items, needed_of_each(items).values(), strict=True)
    }


def quorum_of_each(meeting: Meeting, items: Sequence[AgendaItem]) -> dict[UUID, Quorum]:
    """Who is missing for each item of one meeting, by the item's id, in three queries."""
    there = _there(meeting)
    return {
        item_id: _quorum(meeting, needed, there)
        for item_id, needed in needed_of_each(items).items()
    }


def quorum_of(meeting: Meeting) -> Quorum:
    """Who is missing of those without whom the board has no quorum, whatever the case."""
    needed = _in_order(meeting.board.required_specialties)
    return _quorum(meeting, needed, _there(meeting))


def is_counted(meeting: Meeting) -> bool:
    """Whether the meeting has begun, so that those present count and not those expected."""
    return meeting.began_at is not None or meeting.starts_at <= timezone.now()


def inside_sentence(specialty: Specialty) -> str:
    """The label of a specialty where it does not begin the sentence."""
    return specialty.label[0].lower() + specialty.label[1:]


def _branch(assessment: Assessment | None) -> Mapping[str, Any]:
    """What follows the result of a case, empty where nothing does."""
    return (assessment.answer["branch_detail"] if assessment else None) or {}


def _needed(item: AgendaItem, is_prrt_in_play: bool) -> set[str]:
    needed = {*item.meeting.board.required_specialties, *item.also_needed}
    needed |= {
        INVITEES[word]
        for word in _branch(item.case.assessment).get("invitees", ())
        if word in INVITEES
    }
    if is_prrt_in_play:
        needed.add(Specialty.NUCLEAR_MEDICINE)
    return needed


def _quorum(meeting: Meeting, needed: Sequence[Specialty], there: Collection[str]) -> Quorum:
    return Quorum(tuple(needed), tuple(_absent(needed, there)), is_counted(meeting))


def _there(meeting: Meeting) -> set[str]:
    """The specialties that are noted as present, before the meeting also those of the members."""
    present = _present_at([meeting.pk])[meeting.pk]
    if is_counted(meeting):
        return present
    members = BoardMember.objects.filter(board_id=meeting.board_id)
    return {*present, *members.values_list("specialty", flat=True)}


def _present_at(meeting_ids: Iterable[UUID]) -> dict[UUID, set[str]]:
    present: dict[UUID, set[str]] = defaultdict(set)
    noted = Attendance.objects.filter(meeting__in=meeting_ids)
    for meeting_id, code in noted.values_list("meeting_id", "specialty_code"):
        present[meeting_id].add(code)
    return present


def _absent(needed: Iterable[Specialty], there: Collection[str]) -> list[Specialty]:
    return [specialty for specialty in needed if specialty not in there]


def _in_order(codes: Collection[str]) -> list[Specialty]:
    return [specialty for specialty in Specialty if specialty in codes]


def either(names: Sequence[str]) -> str:
    """One or more names as alternatives inside a sentence."""
    *first, last = names
    return f"{', '.join(first)} or {last}" if first else last
