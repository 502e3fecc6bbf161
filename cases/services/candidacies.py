"""Keeping in step why each case asks for the board."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from cases.models import Assessment, Candidacy, Case, Decision, ProtocolAudit, Task
from cases.models.protocol_audit import Verdict
from cases.selectors.imaging import NO_IMAGING, Imaging, imaging_of
from cases.services.candidacy_reasons import Story, reasons_of
from tumorboard.outbox.queue import enqueue

#: Asks for `refresh_next`.
TOPIC = "cases.candidacies"
#: Cases in one transaction: few enough that nobody waits for their locks.
CHUNK = 50
#: What of a row may change.
KEPT = ("weight", "detail", "begins_on")


def refresh(*, case: Case) -> None:
    """Bring the reasons for which `case` asks for the board in step with its record.

    The case is locked, or new, and assessed. Nothing of a row depends on the day but `begins_on`,
    so days that pass need no job.
    """
    keep(case=case, imaging=imaging_of(case), decision=last_decision(case))


def last_decision(case: Case) -> Decision | None:
    """The newest decision on `case`, with the assessment that it pins."""
    signed = Decision.objects.filter(case=case).select_related("assessment")
    return signed.order_by("-signed_at").first()


@transaction.atomic(savepoint=False)
def keep(*, case: Case, imaging: Imaging, decision: Decision | None) -> None:
    """`refresh`, for who has just read the imaging of the case and the newest decision on it."""
    assessment = case.assessment
    if assessment is None:
        return
    kept = {row.reason: row for row in Candidacy.objects.filter(case=case)}
    story = _story(case, assessment, kept, imaging, decision)
    wanted = {row.reason: row for row in reasons_of(story)}
    gone = [row.pk for reason, row in kept.items() if reason not in wanted]
    if gone:
        Candidacy.objects.filter(pk__in=gone).delete()
    changed = []
    for reason, row in wanted.items():
        if reason in kept:
            row.pk = kept[reason].pk
            if _differs(row, kept[reason]):
                changed.append(row)
    Candidacy.objects.bulk_create(row for reason, row in wanted.items() if reason not in kept)
    Candidacy.objects.bulk_update(changed, KEPT)


def candidacies_of_new(*, case: Case, assessment: Assessment) -> list[Candidacy]:
    """The reasons of a case that was just opened with nothing but answers.

    Saves nothing and asks for nothing, for imports of many cases.
    """
    story = Story(
        case=case,
        assessment=assessment,
        decision=None,
        imaging=NO_IMAGING,
        tasks=(),
        audit=None,
        kept={},
        today=timezone.localdate(),
    )
    return list(reasons_of(story))


def refresh_next(payload: dict[str, Any]) -> None:
    """Bring the next cases after the one that `payload` names in step, then ask for the rest.

    Args:
        payload: {"after": id of the last case that was done, or nothing at the start}.
    """
    cases = Case.objects.order_by("id")
    if payload.get("after"):
        cases = cases.filter(id__gt=UUID(payload["after"]))
    done = list(cases.values_list("id", flat=True)[:CHUNK])
    for case_id in done:
        refresh(case=Case.objects.select_for_update().get(pk=case_id))
    if len(done) == CHUNK:
        enqueue(TOPIC, {"after": str(done[-1])})


def _story(
    case: Case,
    assessment: Assessment,
    kept: Mapping[str, Candidacy],
    imaging: Imaging,
    decision: Decision | None,
) -> Story:
    tasks: Sequence[Task] = ()
    audit = None
    if decision is not None:
        asked = Task.objects.filter(case=case).select_related("recommendation")
        tasks = list(asked.order_by("due_on", "id"))
        audit = ProtocolAudit.objects.filter(decision=decision, verdict=Verdict.DISCUSS).first()
    return Story(
        case=case,
        assessment=assessment,
        decision=decision,
        imaging=imaging,
        tasks=tasks,
        audit=audit,
        kept=kept,
        today=timezone.localdate(),
    )


def _differs(one: Candidacy, other: Candidacy) -> bool:
    return any(getattr(one, name) != getattr(other, name) for name in KEPT)
