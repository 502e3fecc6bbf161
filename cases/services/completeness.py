"""Keeping what lists read of the completeness of cases in step with the record."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from cases.models import Assessment, Case, DataSetItem, Gap, GapAcceptance, GapRequest
from cases.selectors.completeness import (
    Completeness,
    ItemState,
    State,
    completeness_of,
    completeness_of_new,
    judge,
)
from cases.selectors.completeness_record import CaseRecord, records_of
from cases.selectors.data_set import DataSet, data_set
from tumorboard.audit.record import record
from tumorboard.outbox.queue import enqueue

#: Asks for `refresh_next`.
TOPIC = "cases.completeness"
#: Cases in one transaction: few enough that nobody waits for their locks.
CHUNK = 50
#: What `refresh` sets.
PREPARATION = ("preparation", "preparation_until")
#: What of a gap may change.
GAP = ("asked_of", "begins_on", "is_stale", "is_accepted", "asked_on")


@transaction.atomic(savepoint=False)
def refresh(*, case: Case, read: CaseRecord | None = None) -> Completeness:
    """Judge `case` anew and keep what lists and the worklist read. The case is locked, or new.

    What became current is asked for and accepted no longer, and what a person accepted is accepted
    no longer once something else is missing under the same name: old evidence instead of none, or
    evidence of another age.

    Args:
        read: the record of the case, where it was just read.
    """
    today = timezone.localdate()
    read = read or records_of([case])[case.pk]
    found, kept = judge(read, data_set(), on=today), read.gaps
    if _end(case, found, kept):
        found = completeness_of(case, on=today)
    _keep_gaps(case, found, kept)
    before = [getattr(case, name) for name in PREPARATION]
    set_preparation(case=case, found=found)
    if before != [getattr(case, name) for name in PREPARATION]:
        case.save(update_fields=PREPARATION)
    return found


def refresh_new(*, case: Case, assessment: Assessment, asking: DataSet) -> list[Gap]:
    """The same for a case that was just opened with nothing but answers.

    Saves nothing and asks for nothing, for imports of many cases.

    Returns:
        What it lacks, to be inserted.
    """
    found = completeness_of_new(case, assessment, asking=asking, on=timezone.localdate())
    set_preparation(case=case, found=found)
    return list(_gaps(case, found))


def set_preparation(*, case: Case, found: Completeness) -> None:
    """Set what lists read on `case`. Saves nothing."""
    case.preparation = found.preparation
    case.preparation_until = found.preparation_until


def refresh_next(payload: dict[str, Any]) -> None:
    """Judge the next cases after the one that `payload` names, then ask for the rest.

    Args:
        payload: {"after": id of the last case that was done, or nothing at the start}, or
            {"cases": ids of the only ones to judge}.
    """
    cases = Case.objects.order_by("id")
    if "cases" in payload:
        cases = cases.filter(id__in=payload["cases"])
    if payload.get("after"):
        cases = cases.filter(id__gt=UUID(payload["after"]))
    done = list(cases.values_list("id", flat=True)[:CHUNK])
    for case_id in done:
        refresh(case=Case.objects.select_for_update().get(pk=case_id))
    if len(done) == CHUNK:
        enqueue(TOPIC, {**payload, "after": str(done[-1])})


def listed_anew(*, case_ids: Iterable[UUID]) -> None:
    """Have cases judged anew that came onto the list of a board or off it.

    Only where a board has choices of its own does that change anything.
    """
    if DataSetItem.objects.filter(board__isnull=False).exists():
        enqueue(TOPIC, {"cases": [str(case_id) for case_id in case_ids]})


def _end(case: Case, found: Completeness, kept: Mapping[str, Gap]) -> bool:
    """End requests and acceptances of what is there now or is another gap; history keeps them.

    Returns:
        Whether an open gap is accepted no longer.
    """
    there = [item for item in found.items if item.state is State.CURRENT]
    other = [item for item in found.gaps if item.acceptance and _is_other(case, item, kept)]
    requests = [item.request.pk for item in there if item.request]
    acceptances = [item.acceptance.pk for item in [*there, *other] if item.acceptance]
    GapRequest.objects.filter(pk__in=requests).delete()
    GapAcceptance.objects.filter(pk__in=acceptances).delete()
    if requests or acceptances:
        record(action="case.gap.ended", subject=case, by=None)
    return bool(other)


def _is_other(case: Case, item: ItemState, kept: Mapping[str, Gap]) -> bool:
    """Whether the gap is not the one that stood when the case was last judged."""
    before, now = kept.get(item.code), _gap(case, item)
    if before is None or now is None:
        return True
    return (before.is_stale, before.begins_on) != (now.is_stale, now.begins_on)


def _keep_gaps(case: Case, found: Completeness, kept: Mapping[str, Gap]) -> None:
    """Bring the rows of the worklist in step."""
    wanted = {gap.item: gap for gap in _gaps(case, found)}
    gone = [gap.pk for item, gap in kept.items() if item not in wanted]
    Gap.objects.filter(pk__in=gone).delete()
    changed = []
    for item, gap in wanted.items():
        if item in kept:
            gap.pk = kept[item].pk
            if _differs(gap, kept[item]):
                changed.append(gap)
    Gap.objects.bulk_create(gap for item, gap in wanted.items() if item not in kept)
    Gap.objects.bulk_update(changed, GAP)


def _differs(one: Gap, other: Gap) -> bool:
    return any(getattr(one, name) != getattr(other, name) for name in GAP)


def _gaps(case: Case, found: Completeness) -> Iterable[Gap]:
    return (gap for item in found.items if (gap := _gap(case, item)))


def _gap(case: Case, item: ItemState) -> Gap | None:
    """What the worklist keeps of an item; None where it is there for good."""
    begins_on = item.since or item.stale_from
    if begins_on is None:
        return None
    request = item.request if item.is_gap else None
    return Gap(
        case=case,
        item=item.code,
        asked_of=item.asked.asked_of,
        begins_on=begins_on,
        is_stale=item.state is not State.MISSING,
        is_accepted=item.is_gap and not item.is_open,
        asked_on=request.asked_on if request else None,
    )
