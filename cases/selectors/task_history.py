"""What happened to one task, as the audit holds it."""

import datetime
from dataclasses import dataclass

from cases.models import Task
from tumorboard.audit.models import AuditEntry

#: How many entries a reader is shown at most, the newest [INT].
MOST = 50
#: What happened in words, by the action of the audit.
WORDS = {
    "task.made": "Made from the signed decision",
    "task.ordered": "Noted as ordered",
    "task.done": "Noted as done",
    "task.resulted": "Result noted",
    "task.not_done": "Noted as not done",
    "task.reopened": "Opened again",
    "task.reassigned": "Owner or day changed",
    "task.linked": "Study chosen by hand",
    "task.unlinked": "Match taken back",
    "task.followed_record": "Brought to what the record says",
    "task.replaced": "Replaced by an amended decision",
    "task.listed": "Case listed again",
}


@dataclass(frozen=True)
class Happened:
    """One thing that was done to a task; `who` is empty where the system did it by itself."""

    at: datetime.datetime
    words: str
    who: str


def history_of(task: Task) -> list[Happened]:
    """What happened to a task, newest first; one query."""
    entries = (
        AuditEntry.objects.filter(subject_id=task.pk, action__in=WORDS)
        .select_related("person")
        .order_by("-at", "-id")
    )
    return [
        Happened(entry.at, WORDS[entry.action], entry.person.name if entry.person else "")
        for entry in entries[:MOST]
    ]
