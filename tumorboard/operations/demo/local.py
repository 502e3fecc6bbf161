"""What the demo hospital says beside the guidance, and a check that somebody acknowledged."""

import datetime
from collections.abc import Mapping

from django.utils import timezone

from cases.models import Case
from cases.models.acknowledgment import AcknowledgmentReason
from cases.services import acknowledgments
from guidance.editions import local_notes, local_studies
from tumorboard.accounts.models import User

AGREED = "Agreed by the pancreatic NET board"


def add_local_policy(*, by: User) -> None:
    """Mark a study as not available, and add a note and an interval."""
    review_on = timezone.localdate() + datetime.timedelta(days=180)
    local_studies.mark_unavailable(
        procedure="CT_CAP_W",
        reason="The scanner is being replaced",
        review_on=review_on,
        by=by,
    )
    local_notes.add(
        subject="scenario:SC-01:",
        text="Order through the NET coordinator, extension 4711.",
        low_months=None,
        high_months=None,
        reason=AGREED,
        review_on=review_on,
        by=by,
    )
    local_notes.add(
        subject="branch::B-03-NEG",
        text="Counted from the day of the last study.",
        low_months=6,
        high_months=6,
        reason=AGREED,
        review_on=review_on,
        by=by,
    )


def acknowledge_a_check(cases: Mapping[str, Case], *, by: User) -> None:
    """Accept the study of V30 by name, so that its interval counts."""
    case = Case.objects.get(pk=cases["V30"].pk)
    assert case.assessment_id is not None  # noqa: S101 - every written case is assessed
    acknowledgments.acknowledge(
        case=case,
        code="W-GENERIC-PROTOCOL",
        assessment_id=case.assessment_id,
        reason=AcknowledgmentReason.ACCEPTED,
        text="Read again with the radiologist: the arterial phase is there.",
        by=by,
    )
