"""Asking for what is missing, and accepting by name that the board decides without it.

Both end by themselves once the item is there (`cases.services.completeness`). They change nothing
of what is known, so the case keeps its version.
"""

import datetime

from django.db import transaction

from cases.models import Case, GapAcceptance, GapRequest
from cases.selectors.completeness import ItemState, completeness_of
from cases.services.cases import lock
from cases.services.checks import GUIDANCE_YEARS, check, date_errors, said
from cases.services.completeness import refresh
from cases.services.errors import Refused
from tumorboard.accounts.models import User
from tumorboard.audit.record import record


@transaction.atomic
def ask(
    *, case: Case, item: str, asked_of: str, asked_on: datetime.date, note: str = "", by: User
) -> GapRequest:
    """Note that somebody was asked for an item; asking again replaces whom and when.

    Args:
        item: code of the minimum data set.
        asked_of: by name or role.

    Raises:
        Invalid: a field cannot be accepted.
        Refused: the item is there, or is not asked for.
    """
    case = lock(case)
    _gap(case, item)
    request = GapRequest.objects.filter(case=case, item=item).first() or GapRequest(
        case=case, item=item
    )
    request.asked_of, request.asked_on, request.note = asked_of.strip(), asked_on, note.strip()
    request.entered_by = by
    check(request, also=date_errors(years=GUIDANCE_YEARS, asked_on=asked_on))
    request.save()
    record(action="case.gap.asked", subject=case, by=by)
    refresh(case=case)
    return request


@transaction.atomic
def withdraw_request(*, request: GapRequest, by: User) -> None:
    """Take back that somebody was asked; history keeps it."""
    case = lock(request.case)
    GapRequest.objects.filter(pk=request.pk).delete()
    record(action="case.gap.request_withdrawn", subject=case, by=by)
    refresh(case=case)


@transaction.atomic
def accept(*, case: Case, item: str, reason: str, by: User) -> GapAcceptance:
    """Accept by name that the board decides without an item.

    Raises:
        Invalid: the reason is missing or cannot be kept.
        Refused: the item is there, is not asked for, or somebody accepted the gap already.
    """
    case = lock(case)
    # What is accepted is the gap as it stands now: an acceptance ends when it becomes another.
    refresh(case=case)
    gap = _gap(case, item)
    if gap.acceptance:
        message = f"{gap.acceptance.entered_by.name} accepted this gap already."
        raise Refused(message)
    acceptance = GapAcceptance(case=case, item=item, reason=said(reason), entered_by=by)
    check(acceptance)
    acceptance.save()
    record(action="case.gap.accepted", subject=case, by=by)
    refresh(case=case)
    return acceptance


@transaction.atomic
def withdraw_acceptance(*, acceptance: GapAcceptance, by: User) -> None:
    """Take an acceptance back; history keeps it."""
    case = lock(acceptance.case)
    GapAcceptance.objects.filter(pk=acceptance.pk).delete()
    record(action="case.gap.acceptance_withdrawn", subject=case, by=by)
    refresh(case=case)


def _gap(case: Case, item: str) -> ItemState:
    found = completeness_of(case).item(item)
    if found is None:
        message = "This is not asked for in this case."
        raise Refused(message)
    if not found.is_gap:
        message = "This is there by now, or does not apply. Look at the case again."
        raise Refused(message)
    return found
