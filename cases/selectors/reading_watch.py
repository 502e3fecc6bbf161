"""Who read conspicuously many patients' records, from the rows of the audit alone.

Counted are different patients: of whom a record was opened, printed or exported, or who came out
in a list that a system asked for. Lists on pages show little of many, so ten times as many of them
are conspicuous. What a meeting shows to everybody in it counts for nobody.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple
from uuid import UUID

from cases.models import Case, ReadingWatch
from cases.models.reading_watch import USUAL
from tumorboard.audit.kinds import Kind, Via
from tumorboard.audit.models import AuditEntry

WINDOW = datetime.timedelta(hours=1)
#: How many times as many patients on lists are conspicuous.
ON_LISTS = 10
READING = (Kind.READ, Kind.PRINT, Kind.EXPORT)
#: What everybody in a meeting is shown.
OF_MEETINGS = ("agenda.read", "agenda.printed", "agenda_item.read", "meeting.followed")
NOTICED = "reading.noticed"
#: How many are shown on the page of the audit, and of how long.
SHOWN, SHOWN_FOR = 10, datetime.timedelta(days=30)


class Reader(NamedTuple):
    """Somebody, and of how many different patients they read, or were shown on lists."""

    person_id: UUID
    patients: int
    is_by_lists: bool


def patients_an_hour() -> int:
    """From how many patients an hour on the institution wants to know."""
    chosen = ReadingWatch.objects.values_list("patients_an_hour", flat=True).first()
    return USUAL if chosen is None else chosen


def conspicuous(*, now: datetime.datetime) -> list[Reader]:
    """Whoever read more than that within the last hour; in a constant number of queries."""
    most = patients_an_hour()
    rows = AuditEntry.objects.filter(at__gt=now - WINDOW, at__lte=now, person__isnull=False)
    rows = rows.exclude(action__in=OF_MEETINGS).exclude(via=Via.JOB)
    opened: dict[UUID, set[UUID]] = defaultdict(set)
    listed: dict[UUID, set[UUID]] = defaultdict(set)
    direct = rows.filter(kind__in=READING, patient_id__isnull=False)
    pairs: Any = direct.values_list("person_id", "patient_id").distinct()
    for person, patient in pairs:
        opened[person].add(patient)
    lists: Any = rows.filter(shown__isnull=False)
    lists = list(lists.values_list("person_id", "via", "kind", "shown"))
    patient_of = _patients(key for *_, shown in lists for key in shown)
    for person, via, kind, shown in lists:
        is_whole = via == Via.API or kind in (Kind.PRINT, Kind.EXPORT)
        (opened if is_whole else listed)[person] |= {patient_of.get(key, key) for key in shown}
    found = [Reader(who, len(whom), False) for who, whom in opened.items() if len(whom) > most]
    known = {reader.person_id for reader in found}
    found += [
        Reader(who, len(whom), True)
        for who, whom in listed.items()
        if len(whom) > most * ON_LISTS and who not in known
    ]
    return sorted(found)


def noticed(*, now: datetime.datetime) -> list[AuditEntry]:
    """The last notices, newest first; each has `patients`."""
    entries = AuditEntry.objects.filter(action=NOTICED, at__gt=now - SHOWN_FOR)
    return list(entries.select_related("person").order_by("-at", "-id")[:SHOWN])


def _patients(ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """The patients of those ids that are cases'."""
    return dict(Case.objects.filter(pk__in=set(ids)).values_list("pk", "patient_id"))
