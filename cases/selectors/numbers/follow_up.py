"""What became of the recommendations."""

from collections import Counter

from django.db.models import F, Q
from django.utils import timezone

from cases.models import Decision, Task
from cases.models.task import PENDING, NotDone, TaskState
from cases.selectors.numbers.figures import Count, Figure, Section, Share, Spread, parts_of
from cases.selectors.numbers.period import Period

CARRIED_OUT = (TaskState.DONE, TaskState.RESULTED)


def follow_up(period: Period) -> Section:
    """Numbers on the tasks that came of the decisions of these meetings."""
    tasks = Task.objects.filter(decision__agenda_item__meeting__in=period.meetings.order_by())
    owed = list(
        tasks.filter(
            Q(state__in=(*CARRIED_OUT, TaskState.NOT_DONE))
            | Q(state__in=PENDING, due_on__lt=timezone.localdate())
        ).values_list("state", "not_done_reason")
    )
    dropped = Counter(reason for state, reason in owed if state == TaskState.NOT_DONE)
    silent = sum(state in PENDING for state, _ in owed)
    missed = sum(dropped.values()) + silent
    return Section(
        "What became of it",
        (
            Figure(
                "carried_out",
                "Recommendations carried out",
                Share(sum(state in CARRIED_OUT for state, _ in owed), len(owed)),
                "Tasks that are done or have their result, of those that are closed or past due; "
                "what an amendment or a chosen alternative replaced is not counted.",
            ),
            Figure(
                "not_done",
                "Not done, by reason",
                Count(sum(dropped.values())),
                "Tasks closed as not done, by their coded reason.",
                parts_of(dropped, dict(NotDone.choices)),
            ),
            Figure(
                "reason_known",
                "Deviations with a documented reason",
                Share(sum(dropped.values()), missed),
                "Tasks closed with a reason, of those and the ones past due about which nobody "
                "has said anything.",
            ),
            Figure(
                "decision_to_action",
                "From decision to action",
                Spread.of(_days_to_action(period), "days"),
                "Days from the first signature on a case in a meeting to the day on which what "
                "it recommends was done.",
            ),
        ),
    )


def _days_to_action(period: Period) -> list[float]:
    signed = dict(
        Decision.objects.filter(
            agenda_item__meeting__in=period.meetings.order_by(), version=1
        ).values_list("agenda_item_id", "signed_at")
    )
    done = Task.objects.filter(
        decision__agenda_item__in=list(signed), done_on__isnull=False, state__in=CARRIED_OUT
    ).values_list(F("decision__agenda_item_id"), "done_on")
    days = [(done_on - timezone.localdate(signed[item])).days for item, done_on in done]
    return [float(number) for number in days if number >= 0]
