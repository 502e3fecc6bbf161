"""The demo board: who sits on it, a meeting held this morning, and the list of the next one."""

import datetime
from collections.abc import Mapping, Sequence

from django.utils import timezone

from cases.models import AgendaItem, Board, Case, Discussion, Meeting
from cases.models.board import Rhythm
from cases.models.board_member import Duty
from cases.models.conclusion import Concordance, Confidence, Intent, Recommended
from cases.models.specialty import Specialty
from cases.services import agendas, attendances, board_members, boards, decisions, meetings
from cases.services.decision_drafts import Concluded, save_draft
from tumorboard.accounts.models import User

TUESDAY = 1
#: What the held meeting decided, and what the next one is asked.
DECIDED = {"V03": "Treatment strategy with liver metastases at diagnosis?"}
LISTED = {
    "V22": "Recurrence in the liver: how to confirm it, and what then?",
    "V26": "Progression after SSA and TACE: PRRT?",
    "V28": "Atypical change in an ablated lesion: watch or act?",
}
#: Why the chair signs although something is lacking: a vignette has no whole minimum data set.
ACCEPTED = {
    "quorum": "Surgery gave its opinion by telephone before the meeting.",
    "gap": "A worked example: it says only what it is about.",
    "early": "A worked example: its meeting is always one that is coming.",
}


def add_board(cases: Mapping[str, Case], users: Sequence[User]) -> None:
    """Add a board with its members, a meeting of this morning and the next one's list.

    Args:
        users: coordinator, clinician, radiologist, pathologist, board chair, in this order.
    """
    coordinator, clinician, radiologist, pathologist, chair = users
    board = boards.add(
        name="Pancreatic NET board",
        place="Room 2.14",
        rhythm=Rhythm.WEEKLY,
        first_on=_next_tuesday().date(),
        begins_at=datetime.time(14),
        required_specialties=[Specialty.RADIOLOGY, Specialty.SURGERY],
        by=coordinator,
    )
    for person, duty, specialty in (
        (coordinator, Duty.COORDINATOR, ""),
        (chair, Duty.CHAIR, Specialty.ENDOCRINOLOGY),
        (clinician, Duty.MEMBER, Specialty.MEDICAL_ONCOLOGY),
        (radiologist, Duty.MEMBER, Specialty.RADIOLOGY),
        (pathologist, Duty.MEMBER, Specialty.PATHOLOGY),
    ):
        board_members.add(
            board=board, person=person, duty=duty, specialty=specialty, by=coordinator
        )
    _hold(board, cases, coordinator=coordinator, chair=chair, radiologist=radiologist)
    coming = meetings.plan(board=board, starts_at=_next_tuesday(), by=coordinator)
    for name, question in LISTED.items():
        agendas.put_on(meeting=coming, case=cases[name], question=question, by=coordinator)


def _hold(
    board: Board,
    cases: Mapping[str, Case],
    *,
    coordinator: User,
    chair: User,
    radiologist: User,
) -> None:
    """Hold a meeting: planned for soon, noted as begun an hour ago, and decided."""
    now = timezone.now()
    soon = now + datetime.timedelta(minutes=5)
    meeting = meetings.plan(board=board, starts_at=soon, by=coordinator)
    items = [
        agendas.put_on(meeting=meeting, case=cases[name], question=question, by=coordinator)
        for name, question in DECIDED.items()
    ]
    for person in (chair, radiologist):
        attendances.note_present(meeting=meeting, name=person.name, person=person, by=coordinator)
    attendances.note_present(
        meeting=meeting,
        name="Nora Unreal",
        specialty_code=Specialty.NUCLEAR_MEDICINE,
        by=coordinator,
    )
    began_at = now - datetime.timedelta(hours=1)
    ended_at = began_at + datetime.timedelta(minutes=4)
    # Services let nobody plan a meeting in the past, and they are right. Before anything is
    # signed: the record keeps when the board met.
    held = Meeting.objects.filter(pk=meeting.pk)
    held.update(starts_at=began_at, cutoff_at=None, began_at=began_at)
    for item in items:
        _decide(item, coordinator=coordinator, chair=chair)
        Discussion.objects.create(
            meeting=meeting, item=item, began_at=began_at, ended_at=ended_at, shown_by=chair
        )
    held.update(ended_at=ended_at)


def _decide(item: AgendaItem, *, coordinator: User, chair: User) -> None:
    today = timezone.localdate()
    draft = save_draft(
        item=item,
        rationale="Liver metastases on MRI; receptor status is needed before a choice is made.",
        recommendations=[
            Recommended(
                "imaging",
                "PET_DOTATATE",
                "Before any systemic treatment",
                intent=Intent.DIAGNOSIS,
                due_on=today + datetime.timedelta(days=14),
            ),
            Recommended(
                "rediscussion",
                text="With the result of the PET/CT",
                due_on=today + datetime.timedelta(days=42),
            ),
        ],
        conclusion=Concluded(
            concordance=Concordance.CONCORDANT,
            confidence=Confidence.HIGH,
            stage_discussed=True,
            guideline_discussed=True,
            is_prospective=True,
        ),
        by=coordinator,
    )
    decided = Case.objects.get(pk=item.case_id)
    assert decided.assessment_id is not None  # noqa: S101 - every written case is assessed
    decisions.sign(
        item=item,
        assessment_id=decided.assessment_id,
        draft_version=draft.version,
        signer_role="Board chair",
        accepted=ACCEPTED,
        by=chair,
    )


def _next_tuesday() -> datetime.datetime:
    now = timezone.localtime()
    days = (TUESDAY - now.weekday()) % 7 or 7
    return (now + datetime.timedelta(days=days)).replace(hour=14, minute=0, second=0, microsecond=0)
