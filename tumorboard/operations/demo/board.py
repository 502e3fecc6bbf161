"""The demo board: a coming meeting with cases on its list, one decision signed."""

import datetime
from collections.abc import Mapping

from django.utils import timezone

from cases.models import Case
from cases.services import agendas, boards, decisions
from cases.services.decision_drafts import save_draft
from tumorboard.accounts.models import User

LISTED = {
    "V03": "Treatment strategy with liver metastases at diagnosis?",
    "V22": "Recurrence in the liver: how to confirm it, and what then?",
    "V26": "Progression after SSA and TACE: PRRT?",
    "V28": "Atypical change in an ablated lesion: watch or act?",
}


def add_board(cases: Mapping[str, Case], *, coordinator: User, chair: User) -> None:
    """Add a board with a meeting next Tuesday; the first item of its list is decided."""
    board = boards.add(name="Pancreatic NET board", place="Room 2.14", by=coordinator)
    meeting = boards.plan_meeting(board=board, starts_at=_next_tuesday(), by=coordinator)
    items = [
        agendas.put_on(meeting=meeting, case=cases[name], question=question, by=coordinator)
        for name, question in LISTED.items()
    ]
    for name, specialty in (
        (chair.name, "Endocrinology"),
        ("Ray Madeup", "Radiology"),
        ("Nora Unreal", "Nuclear medicine"),
    ):
        boards.note_present(meeting=meeting, name=name, specialty=specialty, by=coordinator)
    draft = save_draft(
        item=items[0],
        rationale="Liver metastases on MRI; receptor status is needed before a choice is made.",
        recommendations=[
            decisions.Recommended("imaging", "PET_DOTATATE", "Before any systemic treatment"),
            decisions.Recommended("rediscussion", "", "With the result of the PET/CT"),
        ],
        by=coordinator,
    )
    decided = Case.objects.get(pk=cases["V03"].pk)
    assert decided.assessment_id is not None  # noqa: S101 - every written case is assessed
    decisions.sign(
        item=items[0],
        assessment_id=decided.assessment_id,
        draft_version=draft.version,
        signer_role="Board chair",
        by=chair,
    )


def _next_tuesday() -> datetime.datetime:
    now = timezone.localtime()
    days = (1 - now.weekday()) % 7 or 7
    return (now + datetime.timedelta(days=days)).replace(hour=14, minute=0, second=0, microsecond=0)
