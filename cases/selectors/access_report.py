"""Who saw or changed one patient's data, told so that the patient understands it."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate

from cases.models import Patient
from cases.selectors.audit import whose
from tumorboard.accounts.models import Membership, User
from tumorboard.accounts.own_roles import roles_of
from tumorboard.audit.kinds import Via
from tumorboard.audit.models import AuditEntry
from tumorboard.audit.words import words_of

SYSTEM = "The system"
#: What stands in place of a role.
BY_ITSELF = "works by itself, for example when a result was entered"
GONE = "no longer at the institution"
ON_A_LIST = "on a list with others"


class AccessLine(NamedTuple):
    """What one person did on one day; `why` is empty where no reason was asked for."""

    day: datetime.date
    what: str
    times: int
    via: str
    why: str


@dataclass(frozen=True)
class Access:
    """One person with all that they did, the latest day first."""

    name: str
    role: str
    lines: tuple[AccessLine, ...]

    @property
    def last(self) -> datetime.date:
        """The last day on which they did something."""
        return self.lines[0].day


class _Deed(NamedTuple):
    day: datetime.date
    action: str
    via: str
    why: str
    is_list: bool


def accesses(
    patient: Patient, *, since: datetime.datetime, until: datetime.datetime
) -> list[Access]:
    """Everybody who saw or changed the data of `patient`, who came last first.

    In a constant number of queries, which count in the database.

    Args:
        since: the first moment that counts.
        until: the first moment that counts no more.
    """
    ids = whose(patient).ids
    rows = AuditEntry.objects.filter(at__gte=since, at__lt=until)
    direct = rows.filter(patient_id=patient.pk)
    lists = rows.filter(shown__isnull=False, shown__overlap=ids)
    # One after the other: together they would be a filter that no index serves under the policy.
    deeds: dict[UUID | None, Counter[_Deed]] = defaultdict(Counter)
    _count(deeds, direct, is_list=False)
    _count(deeds, lists, is_list=True)
    people = _people(key for key in deeds if key is not None)
    found = [
        _access(people.get(person, (SYSTEM, BY_ITSELF)), done) for person, done in deeds.items()
    ]
    return sorted(found, key=lambda access: (access.last, access.name), reverse=True)


def _count(
    deeds: Mapping[UUID | None, Counter[_Deed]], rows: QuerySet[AuditEntry], *, is_list: bool
) -> None:
    by_day = (
        rows.annotate(day=TruncDate("at"))
        .values("person_id", "day", "action", "via", "reason")
        .annotate(times=Count("pk"))
    )
    for row in by_day:
        deed = _Deed(row["day"], row["action"], row["via"], row["reason"], is_list)
        deeds[row["person_id"]][deed] += row["times"]


def _access(person: tuple[str, str], done: Counter[_Deed]) -> Access:
    lines = [
        AccessLine(
            day=deed.day,
            what=_words(deed),
            times=times,
            via=str(Via(deed.via).label) if deed.via else "",
            why=deed.why,
        )
        for deed, times in done.items()
    ]
    lines.sort(key=lambda line: (-line.day.toordinal(), line.what))
    return Access(*person, tuple(lines))


def _words(deed: _Deed) -> str:
    words = words_of(deed.action)
    return f"{words} ({ON_A_LIST})" if deed.is_list else words


def _people(ids: Iterable[UUID]) -> dict[UUID | None, tuple[str, str]]:
    """Names and present roles."""
    wanted = set(ids)
    held: dict[UUID, list[Any]] = defaultdict(list)
    memberships = list(Membership.objects.filter(user__in=wanted).order_by("role"))
    labels = {role.name: role.value.label for role in roles_of(each.role for each in memberships)}
    for membership in memberships:
        held[membership.user_id].append(labels[membership.role])
    return {
        person.pk: (person.name, ", ".join(held[person.pk]) or GONE)
        for person in User.objects.filter(pk__in=wanted)
    }
