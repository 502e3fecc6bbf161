"""Rows of boards that are in no database, as `rows()` of the sources would bring them."""

import datetime
from typing import Any
from uuid import UUID, uuid4

from cases.models import (
    AgendaItem,
    Assessment,
    Board,
    BoardMember,
    Case,
    Decision,
    Meeting,
    Participant,
    Recommendation,
    Task,
)
from tumorboard.accounts.models import User

AT = datetime.datetime(2026, 11, 20, 14, 30, tzinfo=datetime.UTC)
LATER = AT + datetime.timedelta(days=2)
INSTITUTION = uuid4()
CHRIS = User(name="Chris Chair", email="chris@north.example")


def of(model: Any, **values: Any) -> Any:
    """A row of the institution."""
    return model(institution_id=INSTITUTION, **values)


def fetched(row: Any, **rows: list[Any]) -> Any:
    """`row` with what belongs to it at hand."""
    row._prefetched_objects_cache = rows
    return row


CASE = of(Case, patient_id=uuid4(), title="NET of the tail")
BOARD = fetched(
    of(Board, name="NET board"),
    members=[of(BoardMember, person=CHRIS, duty="chair", specialty="surgery")],
)


def meeting(**values: Any) -> Meeting:
    """A sitting of an hour and a half."""
    return of(Meeting, board=BOARD, starts_at=AT, place="Room 1", minutes=90, **values)


def item(**values: Any) -> AgendaItem:
    """The case on a list."""
    given = {"question": "PRRT?", "position": 1, "listed_by": CHRIS, "listed_at": AT}
    return of(AgendaItem, case=CASE, **{**given, **values})


def assessment(**values: Any) -> Assessment:
    """What the guidance said."""
    given = {
        "made_at": AT,
        "edition_version": "2025.1",
        "edition_hash": "0" * 64,
        "scenario": "SC-05",
        "branch": "B-05-POS",
        "board_level": "yes",
        "answer": {"missing": ["ki67_percent"], "actions": ["OPT-PRRT"], "top": "PET_DOTATATE"},
    }
    return of(Assessment, case=CASE, **{**given, **values})


def decision(*, previous: UUID | None = None, amended_at: Any = None, **values: Any) -> Decision:
    """A signed decision with what belongs to it."""
    given = {
        "agenda_item": item(meeting=meeting()),
        "assessment": assessment(),
        "version": 1,
        "board": BOARD,
        "board_name": "NET board",
        "meeting_starts_at": AT,
        "question": "PRRT?",
        "rationale": "Receptor-positive disease.",
        "concordance": "concordant",
        "confidence": "high",
        "signed_by": CHRIS,
        "signer_name": "Chris Chair",
        "signer_role": "Board chair",
        "signed_at": AT,
        "meaning": "I sign this as the decision of the board.",
        "content_hash": "a" * 64,
        "chain_hash": "b" * 64,
        "previous_hash": "0" * 64,
        "chain_position": 7,
    }
    row = of(Decision, case=CASE, **{**given, **values})
    row.previous, row.amended_at = previous, amended_at
    dissenter = of(Participant, name="Nina Nuclear", dissent="Wait three months.")
    return fetched(row, participants=[dissenter], tasks=[])


def task(*, of_decision: Decision | None = None, asked: Any = None, **values: Any) -> Task:
    """What follows from a recommendation of a decision."""
    signed = of_decision or decision()
    given = {
        "kind": "imaging",
        "code": "PET_DOTATATE",
        "text": "SSTR PET/CT",
        "owner": CHRIS,
        "due_on": AT.date(),
        "state": "open",
        "made_at": AT,
    }
    recommendation = of(Recommendation, decision=signed, position=1, **(asked or {}))
    return of(
        Task, case=CASE, decision=signed, recommendation=recommendation, **{**given, **values}
    )
