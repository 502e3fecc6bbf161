"""Patients who may be the one that somebody is about to enter again."""

import datetime
from enum import StrEnum
from typing import NamedTuple

from cases.models import Case, Patient, PatientToken
from cases.models.patient_token import birth_date_token, names_token, record_token
from cases.models.search_key import search_key

#: How many candidates are read at most: a day has few birthdays, a name without one may have many.
MOST_READ = 200
#: How many are shown at most.
MOST_SHOWN = 5


class Likeness(StrEnum):
    """Why two patients may be one, the surest first."""

    RECORD_NUMBER = "the same record number"
    SAME = "the same name and date of birth"
    SWAPPED = "the same date of birth, with family and given name exchanged"
    ONE_LETTER = "the same date of birth, and a name that differs in one letter"
    DAY_AND_MONTH = "the same name, with day and month of birth exchanged"
    HALF_A_NAME = "the same date of birth and family name; one given name is not known"
    NO_BIRTH_DATE = "the same name; a date of birth is not known"


#: Likenesses that rest on the name alone, so that chance may explain them.
BY_NAME_ALONE = frozenset({Likeness.NO_BIRTH_DATE})


class Candidate(NamedTuple):
    """A patient who may be the same, why, and the patient's cases, newest first."""

    patient: Patient
    likeness: Likeness
    cases: list[Case]

    @property
    def is_likely(self) -> bool:
        """Whether more than the name agrees."""
        return self.likeness not in BY_NAME_ALONE


def candidates(
    *,
    record_number: str = "",
    family_name: str = "",
    given_name: str = "",
    birth_date: datetime.date | None = None,
) -> list[Candidate]:
    """Patients of the institution who may be the person described, the likeliest first.

    Names are compared without accents, case and space. Without a family or given name only the
    record number is looked for. Two queries, however many patients there are.
    """
    names = Names.of(family_name, given_name)
    wanted = []
    if search_key(record_number):
        wanted.append(record_token(record_number))
    if names.is_known:
        wanted.append(names_token(family_name, given_name))
        if birth_date is not None:
            wanted.append(birth_date_token(birth_date))
    if not wanted:
        return []
    tokens = PatientToken.objects.filter(token__in=wanted)
    alike = Patient.objects.filter(pk__in=tokens.values("patient"))
    rows = alike.order_by("created_at", "id")[:MOST_READ]
    found = [
        (likeness, patient)
        for patient in rows
        if (likeness := _likeness(patient, search_key(record_number), names, birth_date))
    ]
    order = list(Likeness)
    found = sorted(found, key=lambda pair: order.index(pair[0]))[:MOST_SHOWN]
    cases = _cases_of([patient for _, patient in found])
    return [Candidate(patient, why, cases.get(patient.pk, [])) for why, patient in found]


class Names(NamedTuple):
    """A family and a given name as they are compared."""

    family: str
    given: str

    @classmethod
    def of(cls, family_name: str, given_name: str) -> "Names":
        """The names without accents, case and needless space."""
        return cls(search_key(family_name), search_key(given_name))

    @property
    def is_known(self) -> bool:
        """Whether there is anything to compare."""
        return bool(self.family or self.given)

    @property
    def key(self) -> str:
        """Both as one."""
        return search_key(f"{self.family} {self.given}")

    @property
    def swapped(self) -> "Names":
        """Family and given name exchanged."""
        return Names(self.given, self.family)


def _likeness(
    patient: Patient, record_key: str, names: Names, birth_date: datetime.date | None
) -> Likeness | None:
    if record_key and search_key(patient.record_number) == record_key:
        return Likeness.RECORD_NUMBER
    theirs = Names.of(patient.family_name, patient.given_name)
    is_same, is_swapped = theirs.key == names.key, theirs == names.swapped
    if birth_date is None or patient.birth_date is None:
        return Likeness.NO_BIRTH_DATE if is_same or is_swapped else None
    if patient.birth_date == birth_date:
        return _on_same_birthday(theirs, names, is_same=is_same, is_swapped=is_swapped)
    exchanged = (patient.birth_date.year, patient.birth_date.day, patient.birth_date.month)
    if (is_same or is_swapped) and exchanged == (birth_date.year, birth_date.month, birth_date.day):
        return Likeness.DAY_AND_MONTH
    return None


def _on_same_birthday(
    theirs: Names, names: Names, *, is_same: bool, is_swapped: bool
) -> Likeness | None:
    if is_same:
        return Likeness.SAME
    if is_swapped:
        return Likeness.SWAPPED
    if names.family and theirs.family == names.family and not (theirs.given and names.given):
        return Likeness.HALF_A_NAME
    is_near = theirs.is_known and differs_in_one_letter(theirs.key, names.key)
    return Likeness.ONE_LETTER if is_near else None


def differs_in_one_letter(one: str, other: str) -> bool:
    """Whether one letter more, less, other, or exchanged with its neighbor makes them the same."""
    short, long = sorted((one, other), key=len)
    if short == long or len(long) - len(short) > 1:
        return False
    start = next((i for i, letter in enumerate(short) if letter != long[i]), len(short))
    if len(short) < len(long):
        return short[start:] == long[start + 1 :]
    if short[start + 1 :] == long[start + 1 :]:
        return True
    pair = short[start : start + 2]
    return pair[::-1] == long[start : start + 2] and short[start + 2 :] == long[start + 2 :]


def _cases_of(patients: list[Patient]) -> dict[object, list[Case]]:
    cases: dict[object, list[Case]] = {}
    for case in Case.objects.filter(patient__in=patients).order_by("-opened_at", "id"):
        cases.setdefault(case.patient_id, []).append(case)
    return cases
