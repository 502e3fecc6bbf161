"""Reading cases: the list, one case, one patient."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet

from cases.models import Case, Patient
from cases.models.patient import search_key

#: Greater than every letter that a search key holds, in the order of the C collation.
AFTER_EVERYTHING = "\U0010ffff"
#: The last page that is shown: nobody leafs further, and the database could not count there.
LAST_PAGE = 10_000


def search(*, text: str = "", readiness: str = "", scenario: str = "") -> QuerySet[Case]:
    """Cases by what is typed (start of a name or of a record number) and by filters.

    Newest change first; each has `edition_version`, the edition that it is assessed by. The
    search is a range on normalized columns: see `search_key`.
    """
    cases = Case.objects.select_related("patient").order_by("-changed_at", "id")
    cases = cases.annotate(edition_version=F("assessment__edition_version"))
    if "\x00" in text + readiness + scenario:
        return cases.none()  # No stored text holds it, and the database refuses to compare it.
    key = search_key(text)
    if key:
        end = key + AFTER_EVERYTHING
        cases = cases.filter(
            Q(patient__name_key__gte=key, patient__name_key__lt=end)
            | Q(patient__record_key__gte=key, patient__record_key__lt=end)
        )
    if readiness:
        cases = cases.filter(readiness=readiness)
    if scenario:
        cases = cases.filter(scenario=scenario)
    return cases


@dataclass(frozen=True)
class Page:
    """One page of a list, with whether there are others."""

    cases: list[Case]
    number: int
    has_next: bool

    @property
    def has_previous(self) -> bool:
        """Whether a page lies before this one."""
        return self.number > 1

    @property
    def previous(self) -> int:
        """The number of the page before this one."""
        return self.number - 1

    @property
    def next(self) -> int:
        """The number of the page after this one."""
        return self.number + 1


def page(cases: QuerySet[Case], *, number: int, size: int = 50) -> Page:
    """One page of `cases`, counted from 1, without counting them all."""
    number = min(max(number, 1), LAST_PAGE)
    start = (number - 1) * size
    found = list(cases[start : start + size + 1])
    return Page(cases=found[:size], number=number, has_next=len(found) > size)


def one(case_id: UUID) -> Case:
    """The case with its patient and current assessment.

    Raises:
        Case.DoesNotExist: there is none in the current institution.
    """
    return Case.objects.select_related("patient", "assessment").get(pk=case_id)


def patient_by_record_number(record_number: str) -> Patient | None:
    """The patient with this record number, in whatever case it is typed."""
    return Patient.objects.filter(record_key=search_key(record_number)).first()


def cases_of(patient: Patient) -> list[Any]:
    """The cases of a patient, newest first."""
    return list(Case.objects.filter(patient=patient).order_by("-opened_at"))
