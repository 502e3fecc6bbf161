"""Boards, meetings and decisions, made through the services as a person would make them."""

import itertools
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.utils import timezone

from cases.models import AgendaItem, Board, Case, Decision, DecisionDraft, Meeting
from cases.models.conclusion import Concordance, DeviationReason, Recommended
from cases.selectors.concordance import standing_on
from cases.services import agendas, attendances, boards, decisions, meetings
from cases.services.assessments import assessed_once
from cases.services.decision_drafts import Concluded, save_draft
from tests.factories.cases import STAGING, make_case, make_study
from tumorboard.accounts.models import User

_numbers = itertools.count(1)
DEVIATES = str(Concordance.DEVIATES)

#: One recommendation of each kind.
EVERY_KIND = (
    Recommended("imaging", "PET_DOTATATE"),
    Recommended("treatment", "OPT-PRRT", "after the receptor study"),
    Recommended("referral", text="Nuclear medicine"),
    Recommended("rediscussion", text="In three months"),
    Recommended("other", text="Tell the family doctor"),
)


def make_board(*, by: User, name: str = "", place: str = "Room 1") -> Board:
    """A standing board; to be called inside a scope."""
    return boards.add(name=name or f"NET board {next(_numbers)}", place=place, by=by)


def make_meeting(*, by: User, board: Board | None = None, in_days: int = 7) -> Meeting:
    """A coming meeting."""
    starts_at = timezone.now() + timedelta(days=in_days, minutes=next(_numbers))
    return meetings.plan(board=board or make_board(by=by), starts_at=starts_at, by=by)


def bring_near(meeting: Meeting) -> Meeting:
    """The same meeting on its day: it begins in an hour."""
    meeting.starts_at = meeting.cutoff_at = timezone.now() + timedelta(hours=1)
    meeting.save(update_fields=["starts_at", "cutoff_at"])
    return meeting


def make_asking_case(*, by: User, **given: Any) -> Case:
    """A case that the guidance sends to the board: staging found distant disease."""
    with assessed_once():
        case = make_case(by=by, **{**STAGING, "ki67_percent": 8}, **given)
        make_study(case=case, by=by, outcome="positive")
    case.refresh_from_db()
    return case


def make_item(
    *, by: User, meeting: Meeting | None = None, case: Case | None = None, question: str = "PRRT?"
) -> AgendaItem:
    """A case on the list of a meeting."""
    return agendas.put_on(
        meeting=meeting or make_meeting(by=by),
        case=case or make_asking_case(by=by),
        question=question,
        by=by,
    )


def draft(
    item: AgendaItem,
    *,
    by: User,
    rationale: str = "Receptor-positive disease.",
    recommendations: Sequence[Recommended] = EVERY_KIND,
) -> DecisionDraft:
    """A complete draft, with somebody present, as the guidance says or with why it is not so."""
    if not item.meeting.attendances.exists():
        attendances.note_present(meeting=item.meeting, name="Nina Nuclear", specialty="NM", by=by)
    item.case.refresh_from_db()
    concordance = standing_on(item.case.assessment, recommendations).concordance or DEVIATES
    reason = DeviationReason.PATIENT_WISH if concordance == DEVIATES else ""
    return save_draft(
        item=item,
        rationale=rationale,
        recommendations=recommendations,
        conclusion=Concluded(concordance=concordance, deviation_reason=str(reason)),
        by=by,
    )


#: Why a signer accepts what is lacking.
ACCEPTED = {
    "quorum": "They were asked before.",
    "gap": "Known from the referral.",
    "early": "Agreed by telephone.",
}


def sign(item: AgendaItem, *, by: User, accepted: Mapping[str, str] | None = ACCEPTED) -> Decision:
    """The signed decision on `item`, drafted where it was not yet."""
    written = item.drafts.first() or draft(item, by=by)
    item.case.refresh_from_db()
    return decisions.sign(
        item=item,
        assessment_id=item.case.assessment_id,
        draft_version=written.version,
        signer_role="Board chair",
        accepted=accepted,
        by=by,
    )
