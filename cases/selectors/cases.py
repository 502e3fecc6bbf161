"""Reading cases: the list, one case, one patient."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet

from cases.models import Case, Patient, PatientToken
from cases.models.patient_token import SHORTEST, record_token, record_word, word_token
from cases.models.search_key import search_key

#: The last page that is shown: nobody leafs further, and the database could not count there.
LAST_PAGE = 10_000


def search(*, text: str = "", readiness: str = "", scenario: str = "") -> QuerySet[Case]:
    """Cases by what is typed and by filters; nobody where `too_short` has something to say.

    Each word is the first three to six letters of a name, or a whole name; or all of it is the
    record number, or its first three to six letters. Newest change first; each has
    `edition_version`, the edition that it is assessed by.
    """
    cases = Case.objects.select_related("patient").order_by("-changed_at", "id")
    cases = cases.annotate(edition_version=F("assessment__edition_version"))
    if "\x00" in readiness + scenario:
        return cases.none()  # No stored text holds it, and the database refuses to compare it.
    if too_short(text):
        return cases.none()
    words = sorted(set(search_key(text).split()), key=len, reverse=True)
    if words:
        cases = cases.filter(patient__in=_meant(text, words))
    if readiness:
        cases = cases.filter(readiness=readiness)
    if scenario:
        cases = cases.filter(scenario=scenario)
    return cases


def too_short(text: str) -> str:
    """Why `text` cannot be searched for; empty where it can."""
    if all(len(word) >= SHORTEST for word in search_key(text).split()):
        return ""
    return f"Type at least {SHORTEST} letters of each word."


def _meant(text: str, words: list[str]) -> QuerySet[Any]:
    """The ids of the patients whom `words` find, which `text` has, the longest first."""
    tokens = PatientToken.objects.values("patient")
    if len(words) > 1:
        # A record number with a space in it, said whole.
        numbered = tokens.filter(token__in=[record_token(text), word_token(record_word(text))])
        if numbered.exists():
            return numbered
    found = tokens.filter(token=word_token(words[0]))
    for word in words[1:]:
        found = found.filter(patient__in=tokens.filter(token=word_token(word)))
    return found


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


def page(cases: QuerySet[Case] | Sequence[Case], *, number: int, size: int = 50) -> Page:
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
    return Patient.objects.filter(record_blind=record_token(record_number)).first()


def cases_of(patient: Patient) -> list[Any]:
    """The cases of a patient, newest first."""
    return list(Case.objects.filter(patient=patient).order_by("-opened_at"))
