"""Mail about tasks: to their owners before and when they are overdue, later to those who lead.

[INT] An owner is written to 3 days before a task is due and when it is overdue; the chairs and
coordinators of the board when it is still open 7 days later. A person gets at most one mail a
day. A mail gives counts and a link, nothing of a patient and nothing of what was asked for.
Of a restricted record nobody hears who is not on its list; where neither the owner nor anybody who
leads the board is, the list is told. What was sent is noted in the transaction that asks for the
mail, so a sweep that is killed or runs twice sends nothing twice. Days are those of the board's
time zone.
"""

import datetime
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Case, Count, Max, Q, When
from django.urls import reverse
from django.utils import timezone

from cases.models import Board, Task
from cases.models.task import PENDING
from cases.selectors.restrictions import lists
from cases.selectors.task_owners import leaders_of, with_access
from cases.services.due_events import AHEAD, ONE_DAY, note_due
from cases.services.relisting import ask_for_rediscussions, board_of
from cases.services.sweeps import in_each_institution
from tumorboard.accounts.models import User
from tumorboard.audit.models import AuditEntry
from tumorboard.audit.record import record
from tumorboard.outbox.mail import post
from tumorboard.tenancy.models import Institution

LATE = datetime.timedelta(days=7)
REMINDED = "task.reminded"

#: Levels of `Task.escalation`.
NOBODY, OWNER, LEADERS = range(3)
#: Why somebody is written to.
OWN, LATE_ONES, LEFT, UNSEEN = "own", "late", "left", "unseen"


@dataclass(frozen=True)
class _People:
    """Who leads which board, who has access, when each was last written to, and who is on the list
    of which restricted patient.
    """

    leaders: Mapping[UUID, Sequence[User]]
    there: Collection[UUID]
    mailed: Mapping[UUID, datetime.datetime]
    listed: Mapping[UUID, Sequence[User]]

    def sees(self, person: User, patient_id: UUID | None) -> bool:
        """Whether a patient's tasks are there for a person; None is one whom everybody sees."""
        if patient_id is None or patient_id not in self.listed:
            return True
        return person in self.listed[patient_id]

    def owner_of(self, task: Task, board: Board) -> list[tuple[User, str]]:
        """The owner; where they have left or do not see the task, the first in charge, if any."""
        is_there = task.owner_id in self.there
        if is_there and self.sees(task.owner, task.case.patient_id):
            return [(task.owner, OWN)]
        why = UNSEEN if is_there else LEFT
        return [(person, why) for person in self.in_charge(task, board)[:1]]

    def in_charge(self, task: Task, board: Board) -> list[User]:
        """Who leads the board and sees the task; where nobody does both, who is on its list."""
        patient_id = task.case.patient_id
        leaders = [each for each in self.leaders[board.pk] if self.sees(each, patient_id)]
        listed = [each for each in self.listed.get(patient_id, ()) if each.pk in self.there]
        return leaders or listed

    def wrote_today(self, person: User, zone: ZoneInfo) -> bool:
        """Whether they got a mail on the present day of `zone`."""
        last = self.mailed.get(person.pk)
        return last is not None and last.astimezone(zone).date() >= _today(zone)


def sweep() -> None:
    """List what is due to be discussed again, remind of tasks and write events of them.

    One institution at a time.
    """
    in_each_institution(note_due)
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
    listed = _listed()
    on_lists = {person.pk for group in listed.values() for person in group}
    people = _People(
        leaders,
        with_access({t.owner_id for t in tasks} | on_lists),
        _last_mails({t.owner_id for t in tasks} | on_lists, leaders),
        listed,
    )
    told: dict[User, set[str]] = defaultdict(set)
    for task in tasks:
        for person, why in _tell(task, people):
            told[person].add(why)
    link = urljoin(settings.SITE_URL, reverse("tasks", args=[institution.slug]))
    counts = _counts(told, people)
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
        .select_related("owner", "case", "decision__agenda_item__meeting__board")
        .order_by("id")
    )


def _listed() -> dict[UUID, list[User]]:
    """Who is on the list of each restricted patient, in one order for all."""
    found = lists()
    ids = {person for people in found.values() for person in people}
    people = list(User.objects.filter(pk__in=ids).order_by("name", "pk")) if ids else []
    return {patient: [each for each in people if each.pk in on] for patient, on in found.items()}


def _last_mails(
    owners: Collection[UUID], leaders: Mapping[UUID, Sequence[User]]
) -> dict[UUID, datetime.datetime]:
    people = set(owners) | {person.pk for group in leaders.values() for person in group}
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
    owner, in_charge = people.owner_of(task, board), people.in_charge(task, board)
    level, recipients = task.escalation, []
    if today > task.due_on + LATE and in_charge:
        leaders = people.leaders[board.pk]
        late = [(each, LATE_ONES if each in leaders else UNSEEN) for each in in_charge]
        level, recipients = LEADERS, late
        if task.escalation == NOBODY:
            recipients += owner
    elif today > task.due_on and task.escalation == NOBODY:
        level, recipients = OWNER, owner
    elif task.due_on - AHEAD <= today <= task.due_on and task.reminded_at is None:
        recipients = owner
    if not recipients or any(people.wrote_today(person, zone) for person, _ in recipients):
        return []
    task.escalation, task.reminded_at = level, timezone.now()
    task.save(update_fields=["escalation", "reminded_at"])
    return recipients


def _today(zone: ZoneInfo) -> datetime.date:
    return timezone.now().astimezone(zone).date()


def _counts(told: Mapping[User, object], people: _People) -> Mapping[UUID, Mapping[str, int]]:
    """By person: how many of their tasks are due soon and overdue, and how many are late on the
    boards that they lead, of those that they see; in two queries.
    """
    today = timezone.localdate()
    soon = Q(due_on__gte=today, due_on__lte=today + AHEAD)
    pending = Task.objects.filter(state__in=PENDING, due_on__lte=today + AHEAD)
    # A row for each owner, or board, of what everybody sees, and one for each restricted patient.
    patient = Case(When(case__patient__in=list(people.listed), then="case__patient"), default=None)
    own = (
        pending.filter(owner__in=list(told))
        .values("owner_id", restricted=patient)
        .annotate(soon=Count("pk", filter=soon), overdue=Count("pk", filter=Q(due_on__lt=today)))
    )
    late = (
        pending.filter(
            due_on__lt=today - LATE, decision__agenda_item__meeting__board__in=list(people.leaders)
        )
        .values("decision__agenda_item__meeting__board", restricted=patient)
        .annotate(late=Count("pk"))
    )
    counts: dict[UUID, Counter[str]] = {person.pk: Counter() for person in told}
    by_id = {person.pk: person for person in told}
    for row in own:
        if people.sees(by_id[row["owner_id"]], row["restricted"]):
            counts[row["owner_id"]].update(soon=row["soon"], overdue=row["overdue"])
    for on_board in late:
        for person in people.leaders[on_board["decision__agenda_item__meeting__board"]]:
            if person in told and people.sees(person, on_board["restricted"]):
                counts[person.pk].update(late=on_board["late"])
    return counts


def _body(counts: Mapping[str, int], why: Collection[str], link: str) -> str:
    own = [(counts["overdue"], "overdue"), (counts["soon"], f"due within {AHEAD.days} days")]
    lines = [f"{_of(number, 'of your tasks')} {what}." for number, what in own if number]
    if LATE_ONES in why:
        late = _of(counts["late"], "of the tasks of boards that you lead")
        lines.append(f"{late} overdue by more than {LATE.days} days.")
    if LEFT in why:
        lines.append("Tasks of people who have left need another owner.")
    if UNSEEN in why:
        lines.append("Tasks of restricted records need an owner who is on their list.")
    return "\n".join([*lines, "", link, ""])


def _of(number: int, whose: str) -> str:
    return f"{number} {whose} {'is' if number == 1 else 'are'}"
