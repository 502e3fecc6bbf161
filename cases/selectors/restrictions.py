"""Reading who may see a restricted record."""

from collections import defaultdict
from uuid import UUID

from cases.models import Case, Restriction, RestrictionMember
from tumorboard.accounts.models import User
from tumorboard.accounts.permissions import Permission
from tumorboard.accounts.selectors import everybody_with, holders

#: Any of these makes it sensible to stand on a list.
OFFERED = (Permission.CASE_READ, Permission.DISCLOSURE_READ, Permission.PATIENT_ERASE)


def restriction_of(case: Case) -> Restriction | None:
    """The restriction of the patient of `case`, while it stands."""
    rows = Restriction.objects.select_related("restricted_by")
    return rows.filter(patient=case.patient_id, lifted_at=None).first()


def listed_people(restriction: Restriction) -> list[UUID]:
    """The ids of who is on the list."""
    rows = RestrictionMember.objects.filter(restriction=restriction)
    return list(rows.values_list("person_id", flat=True))


def lists() -> dict[UUID, frozenset[UUID]]:
    """Who is on the list of each patient whose record is restricted, by the patient's id.

    For the system, which must know of a restricted record whom it may tell of it.
    """
    found: dict[UUID, set[UUID]] = defaultdict(set)
    standing = Restriction.objects.filter(lifted_at=None)
    for patient_id, person_id in standing.values_list("patient_id", "members__person_id"):
        found[patient_id].add(person_id)
    # Everybody on it may have left.
    return {patient_id: frozenset(people - {None}) for patient_id, people in found.items()}


def may_change(restriction: Restriction, person: User) -> bool:
    """Whether a person may change or lift a restriction, who holds the right to restrict.

    Whoever is on its list; somebody else, who has opened the record with a reason, only where
    nobody on the list can: an opening lets one see for an hour, not say who sees from then on.
    """
    listed = listed_people(restriction)
    return person.pk in listed or not holders(Permission.CASE_RESTRICT, among=listed)


def offered_people() -> list[User]:
    """Who may be put on a list, by name.

    Everybody who reads cases; and who tells patients who saw their data, or erases them: they read
    no case by it, but could do neither for a patient who is hidden from them.
    """
    may = [everybody_with(permission) for permission in OFFERED]
    return list(may[0].union(*may[1:]).order_by("name", "id"))
