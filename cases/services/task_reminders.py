"""Mail about tasks: to their owners before and when they are overdue, later to those who lead.

[INT] An owner is written to 3 days before a task is due and when it is overdue; the chairs and
coordinators of the board when it is still open 7 days later. A person gets at most one mail a
day. A mail gives counts and a link, nothing of a patient and nothing of what was asked for.
What was sent is noted in the transaction that asks for the mail, so a sweep that is killed or
runs twice sends nothing twice. Days are those of the board's time zone.
"""

import datetime
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Max, Q
from django.urls import reverse
from django.utils import timezone

from cases.models import Board, Task
from cases.models.task import PENDING
from cases.selectors.task_owners import leaders_of, with_access
from cases.services.relisting import ask_for_rediscussions, board_of
from cases.services.sweeps import in_each_institution
from tumorboard.accounts.models import User
from tumorboard.audit.models import AuditEntry
from tumorboard.audit.record import record
from tumorboard.outbox.mail import post
from tumorboard.tenancy.models import Institution

AHEAD = datetime.timedelta(days=3)
LATE = datetime.timedelta(days=7)
REMINDED = "task.reminded"
#: The widest that a local day lies from that of the installation.
ONE_DAY = datetime.timedelta(days=1)

#: Levels of `Task.escalation`.
NOBODY, OWNER, LEADERS = range(3)
#: Why somebody is written to.
OWN, LATE_ONES, LEFT = "own", "late", "left"


@dataclass(frozen=True)
class _People:
    """Who leads which board, who has access, and when each was last written to."""

    leaders: Mapping[UUID, Sequence[User]]
    there: Collection[UUID]
    mailed: Mapping[UUID, datetime.datetime]

    def owner_of(self, task: Task, board: Board) -> list[User]:
        """The owner; where they have left, the first who leads the board; else nobody."""
        return [task.owner] if task.owner_id in self.there else list(self.leaders[board.pk][:1])

    def wrote_today(self, person: User, zone: ZoneInfo) -> bool:
        """Whether they got a mail on the present day of `zone`."""
        last = self.mailed.get(person.pk)
        return last is not None and last.astimezone(zone).date() >= _today(zone)


def sweep() -> None:
    """List what is due to be discussed again and remind of tasks, one institution at a time."""
    in_each_institution(_look_after)


def _look_after(institution: Institution) -> None:
    ask_for_rediscussions()
    remind(institution=institution)


def remind(*, institution: Institution) -> None:
    """Ask for the mails about tasks that are due by now in the current institution."""
    tasks = _waiting()
    if not tasks:
        return
    leaders = leaders_of({board_of(task.decision).pk for task in tasks})
    people = _People(leaders, with_access(t.owner_id for t in tasks), _last_mails(tasks, leaders))
    told: dict[User, set[str]] = defaultdict(set)
    for task in tasks:
        for person, why in _tell(task, people):
            told[person].add(why)
    link = urljoin(settings.SITE_URL, reverse("tasks", args=[institution.slug]))
    counts = _counts(told, leaders)
    for person in sorted(told, key=lambda each: each.email):
        body = _body(counts[person.pk], told[person], link)
        post(to=[person.email], subject=f"Tasks of the tumor board, {institution.name}", body=body)
        record(action=REMINDED, subject=person, by=None)


def _waiting() -> list[Task]:
    """The tasks of which somebody may have to be told by now, locked."""
    today = timezone.localdate()
    told = Q(escalation=LEADERS) | Q(escalation=OWNER, due_on__gt=today - LATE)
    reminded = Q(escalation=NOBODY, reminded_at__isnull=False, due_on__gt=today + ONE_DAY)
    return list(
        Task.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(state__in=PENDING, due_on__lte=today + AHEAD + ONE_DAY)
        .exclude(told)
        .exclude(reminded)
        .select_related("owner", "decision__agenda_item__meeting__board")
        .order_by("id")
    )


def _last_mails(
    tasks: Sequence[Task], leaders: Mapping[UUID, Sequence[User]]
) -> dict[UUID, datetime.datetime]:
    people = {task.owner_id for task in tasks}
    people |= {person.pk for group in leaders.values() for person in group}
    mails = AuditEntry.objects.filter(
        action=REMINDED, subject_id__in=people, at__gte=timezone.now() - 2 * ONE_DAY
    )
    last = mails.values("subject_id").annotate(last=Max("at"))
    return {row["subject_id"]: row["last"] for row in last if row["subject_id"]}


def _tell(task: Task, people: _People) -> list[tuple[User, str]]:
    """Who is to be told of a task now, and why; notes in the task that they were.

    Nobody while one of them was written to today: tomorrow is another day.
    """
    board = board_of(task.decision)
    zone = ZoneInfo(board.time_zone)
    today = _today(zone)
    owner, leaders = people.owner_of(task, board), list(people.leaders[board.pk])
    why = OWN if task.owner_id in people.there else LEFT
    level, recipients = task.escalation, []
    if today > task.due_on + LATE and leaders:
        level, recipients = LEADERS, [(person, LATE_ONES) for person in leaders]
        if task.escalation == NOBODY:
            recipients += [(person, why) for person in owner]
    elif today > task.due_on and task.escalation == NOBODY:
        level, recipients = OWNER, [(person, why) for person in owner]
    elif task.due_on - AHEAD <= today <= task.due_on and task.reminded_at is None:
        recipients = [(person, why) for person in owner]
    if not recipients or any(people.wrote_today(person, zone) for person, _ in recipients):
        return []
    task.escalation, task.reminded_at = level, timezone.now()
    task.save(update_fields=["escalation", "reminded_at"])
    return recipients


def _today(zone: ZoneInfo) -> datetime.date:
    return timezone.now().astimezone(zone).date()


def _counts(
    told: Mapping[User, object], leaders: Mapping[UUID, Sequence[User]]
) -> dict[UUID, dict[str, int]]:
    """By person: how many of their tasks are due soon and overdue, and how many are late on the
    boards that they lead; in two queries.
    """
    today = timezone.localdate()
    soon = Q(due_on__gte=today, due_on__lte=today + AHEAD)
    pending = Task.objects.filter(state__in=PENDING, due_on__lte=today + AHEAD)
    own = (
        pending.filter(owner__in=list(told))
        .values("owner_id")
        .annotate(soon=Count("pk", filter=soon), overdue=Count("pk", filter=Q(due_on__lt=today)))
    )
    late = dict(
        pending.filter(
            due_on__lt=today - LATE, decision__agenda_item__meeting__board__in=list(leaders)
        )
        .values_list("decision__agenda_item__meeting__board")
        .annotate(number=Count("pk"))
        .values_list("decision__agenda_item__meeting__board", "number")
    )
    counts = {person.pk: {"soon": 0, "overdue": 0, "late": 0} for person in told}
    for row in own:
        counts[row["owner_id"]].update(soon=row["soon"], overdue=row["overdue"])
    for board, group in leaders.items():
        for person in group:
            if person.pk in counts:
                counts[person.pk]["late"] += late.get(board, 0)
    return counts


def _body(counts: Mapping[str, int], why: Collection[str], link: str) -> str:
    own = [(counts["overdue"], "overdue"), (counts["soon"], f"due within {AHEAD.days} days")]
    lines = [f"{_of(number, 'of your tasks')} {what}." for number, what in own if number]
    if LATE_ONES in why:
        late = _of(counts["late"], "of the tasks of boards that you lead")
        lines.append(f"{late} overdue by more than {LATE.days} days.")
    if LEFT in why:
        lines.append("Tasks of people who have left need another owner.")
    return "\n".join([*lines, "", link, ""])


def _of(number: int, whose: str) -> str:
    return f"{number} {whose} {'is' if number == 1 else 'are'}"
