"""The reasons for which a case asks for the board, as they follow from its record.

Nothing is read or written here but when a case began to ask; nothing of a reason depends on the
day but where a question was first seen.
"""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils import timezone

from cases.models import Assessment, Candidacy, Case, Decision, ProtocolAudit, Task
from cases.models.agenda_item import ListingReason
from cases.models.case import BoardLevel, Readiness
from cases.models.conclusion import NoRecommendation, Outcome, RecommendationKind
from cases.models.task import PENDING, NotDone, TaskState
from cases.selectors.agendas import ASKING
from cases.selectors.follow_up_limit import limit_of
from cases.selectors.imaging import Imaging
from cases.services.candidacy_weights import (
    GUIDANCE,
    OVERDUE,
    QUIET,
    QUIET_RESULT,
    REDISCUSSION,
    REDISCUSSION_LEAD_DAYS,
    REFERRAL,
    RESULT,
)
from cases.services.task_alternatives import CARRIED_OUT
from tumorboard.formats import day

LONGEST = Candidacy._meta.get_field("detail").max_length or 0
ONE_DAY = datetime.timedelta(days=1)
LEAD = datetime.timedelta(days=REDISCUSSION_LEAD_DAYS)
#: What leaves a patient without what the board wanted, where it is not carried out.
OWED = (RecommendationKind.IMAGING, RecommendationKind.TREATMENT, RecommendationKind.REFERRAL)
#: Why nothing is left for the board where it was not carried out.
SETTLED_OTHERWISE = (NotDone.DIED, NotDone.ELSEWHERE)


@dataclass(frozen=True)
class Story:
    """What the reasons of one case are read from.

    `tasks` are ordered by the day they are due. `audit` found that the newest decision, taken by
    protocol, should have been discussed. `kept` are the rows that stand, by reason.
    """

    case: Case
    assessment: Assessment
    decision: Decision | None
    imaging: Imaging
    tasks: Sequence[Task]
    audit: ProtocolAudit | None
    kept: Mapping[str, Candidacy]
    today: datetime.date

    @property
    def is_settled(self) -> bool:
        """Whether the board decided on what the case says now."""
        return self.case.readiness == Readiness.SIGNED

    @property
    def pending(self) -> list[Task]:
        """The tasks that somebody still has to see to, the next one first."""
        return [task for task in self.tasks if task.state in PENDING]


def reasons_of(story: Story) -> Iterator[Candidacy]:
    """One row for each reason, not saved; one that begins in the future is among them."""
    yield from _guidance(story)
    yield from _result(story)
    yield from _overdue(story)
    yield from _rediscussion(story)
    yield from _referral(story)


def _guidance(story: Story) -> Iterator[Candidacy]:
    """The guidance sends the case to a board, and none has decided on what it says now."""
    level = story.assessment.board_level
    if level not in ASKING or story.is_settled:
        return
    reasons = story.assessment.answer["board_reasons"]
    named = "; ".join(f"{reason['text']} ({reason['code']})" for reason in reasons)
    words = f"{BoardLevel(level).label}: {named}" if named else BoardLevel(level).label
    since = timezone.localtime(_asking_since(story)).date()
    yield _row(story, ListingReason.GUIDANCE, GUIDANCE[level], words, since)


def _asking_since(story: Story) -> datetime.datetime:
    """When it was first assessed as asking, since it last did not ask and was last decided."""
    asking = Assessment.objects.filter(case=story.case, board_level__in=ASKING)
    quiet = Assessment.objects.filter(
        case=OuterRef("case"), made_at__gt=OuterRef("made_at"), board_level=BoardLevel.NO
    )
    asking = asking.exclude(Exists(quiet))
    if story.decision is not None:
        asking = asking.filter(made_at__gt=story.decision.signed_at)
    first = asking.order_by("made_at").values_list("made_at", flat=True).first()
    return first or story.assessment.made_at


def _result(story: Story) -> Iterator[Candidacy]:
    """A result that no board has decided on; of several that of the newest study."""
    if story.is_settled:
        return
    seen = story.decision.assessment.made_at if story.decision else None
    results = story.imaging.results
    new = [
        (study, results[study.pk])
        for study in story.imaging.newest_first
        if study.pk in results and (seen is None or results[study.pk].entered_at > seen)
    ]
    if not new:
        return
    study, result = new[0]
    words = (
        f"{result.get_outcome_display()}, {study.get_modality_display()} "
        f"of {day(study.performed_on)}"
    )
    weight = RESULT[result.outcome]
    if result.outcome in QUIET and story.assessment.board_level not in ASKING:
        weight = QUIET_RESULT
        words = f"{words}; the guidance gives no reason for the board"
    since = timezone.localtime(result.entered_at).date()
    yield _row(story, ListingReason.RESULT, weight, words, since)


def _overdue(story: Story) -> Iterator[Candidacy]:
    """What is overdue or will be first: the window of the result in play, or a task."""
    found = [*_window(story), *_tasks(story)]
    if found:
        begins_on, words = min(found)
        yield _row(story, ListingReason.OVERDUE, OVERDUE, words, begins_on)


def _window(story: Story) -> Iterator[tuple[datetime.date, str]]:
    """From when the next study is overdue. A newer one, even if only ordered, is in play itself."""
    study, limit = story.imaging.current, limit_of(story.assessment)
    if study is None or study.performed_on is None or limit is None:
        return
    last = limit.ends_on(study.performed_on)
    begins_on = last + ONE_DAY
    decision = story.decision
    if decision is not None and timezone.localtime(decision.signed_at).date() >= begins_on:
        return  # The board decided in the knowledge that it was late.
    chosen = "the policy chosen" if limit.is_chosen else "the latest of the rules shown"
    words = f"No imaging since {day(study.performed_on)}; due by {day(last)}"
    yield begins_on, f"{words} ({limit.rule}, {limit.words}; {chosen})"


def _tasks(story: Story) -> Iterator[tuple[datetime.date, str]]:
    """From when pending tasks are overdue; a re-discussion is a reason of its own."""
    for task in story.pending:
        if task.kind != RecommendationKind.REDISCUSSION:
            kind = RecommendationKind(task.kind).label
            yield task.due_on + ONE_DAY, f"{kind} was due on {day(task.due_on)}: {task.text}"


def _rediscussion(story: Story) -> Iterator[Candidacy]:
    """An audit found that the board should see the case, or the board itself has to see it again.

    The board asked to, gave no recommendation, or recommended what was not carried out.
    """
    audit = story.audit
    if audit is not None and audit.reviewed_at is not None:
        words = "The audit found that it should have been discussed"
        since = timezone.localtime(audit.reviewed_at).date()
        yield _row(story, ListingReason.REDISCUSSION, REDISCUSSION, words, since)
        return
    if story.decision is None:
        return
    found = [
        *_undecided(story.decision),
        *_not_carried_out(story, story.decision),
        *_asked_again(story, story.decision),
    ]
    if found:
        begins_on, words = min(found)
        yield _row(story, ListingReason.REDISCUSSION, REDISCUSSION, words, begins_on)


def _undecided(decision: Decision) -> Iterator[tuple[datetime.date, str]]:
    """The board gave no recommendation, so nobody has a task; another board's question is not."""
    reason = decision.no_recommendation_reason
    if decision.outcome != Outcome.NONE or reason == NoRecommendation.NOT_FOR_THIS_BOARD:
        return
    why = _in_sentence(decision.get_no_recommendation_reason_display())
    words = f"The board gave no recommendation: {_with(why, decision.no_recommendation_text)}"
    yield timezone.localtime(decision.signed_at).date(), words


def _not_carried_out(story: Story, decision: Decision) -> Iterator[tuple[datetime.date, str]]:
    """What the newest decision asked for, or was closed since, will not be done; nor instead."""
    instead = {_choice(task) for task in story.tasks if task.state in CARRIED_OUT}
    for task in story.tasks:
        if (
            task.state == TaskState.NOT_DONE
            and task.kind in OWED
            and task.not_done_reason not in SETTLED_OTHERWISE
            and task.closed_at is not None
            and (task.decision_id == decision.pk or task.closed_at > decision.signed_at)
            and _choice(task) not in instead
        ):
            why = _in_sentence(task.get_not_done_reason_display())
            words = f"A recommendation was not carried out: {_with(why, task.not_done_text)}"
            yield timezone.localtime(task.closed_at).date(), words


def _asked_again(story: Story, decision: Decision) -> Iterator[tuple[datetime.date, str]]:
    """The board asked to see the case again by a day, or with the imaging that it asked for."""
    asked = [
        task
        for task in story.pending
        if task.decision_id == decision.pk and task.kind == RecommendationKind.REDISCUSSION
    ]
    if not asked:
        return
    begins_on, words = asked[0].due_on - LEAD, f"Asked for {day(asked[0].due_on)}: {asked[0].text}"
    arrived = _arrived_on(story, decision)
    if arrived is not None and arrived < begins_on:
        begins_on, words = arrived, f"{words}; the imaging asked for has a result"
    yield begins_on, words


def _choice(task: Task) -> tuple[UUID, int]:
    """What a recommendation and its alternatives have in common, and no other has."""
    asked = task.recommendation
    return task.decision_id, asked.alternative_to or asked.position


def _in_sentence(label: str) -> str:
    return label[:1].lower() + label[1:]


def _with(why: str, text: str) -> str:
    return f"{why} ({text})" if text else why


def _arrived_on(story: Story, decision: Decision) -> datetime.date | None:
    """When the first imaging that the newest decision asked for had its result."""
    return min(
        (
            task.resulted_on
            for task in story.tasks
            if task.resulted_on
            and task.kind == RecommendationKind.IMAGING
            and task.decision_id == decision.pk
        ),
        default=None,
    )


def _referral(story: Story) -> Iterator[Candidacy]:
    """Somebody asked for the board, and it has never decided."""
    case = story.case
    if story.decision is not None:
        return
    if case.referred_on is not None:
        words = f"Referred on {day(case.referred_on)}"
        yield _row(story, ListingReason.REFERRAL, REFERRAL, words, case.referred_on)
    elif case.board_question:
        # A question has no date of its own: it waits since it was first seen here.
        before = story.kept.get(ListingReason.REFERRAL)
        since = before.begins_on if before else story.today
        words = "A question for the board was written"
        yield _row(story, ListingReason.REFERRAL, REFERRAL, words, since)


def _row(
    story: Story, reason: ListingReason, weight: int, words: str, begins_on: datetime.date
) -> Candidacy:
    detail = words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"
    return Candidacy(
        case=story.case, reason=reason, weight=weight, detail=detail, begins_on=begins_on
    )
