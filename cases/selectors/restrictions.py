"""Reading who may see a restricted record."""

from uuid import UUID

from cases.models import Case, Restriction, RestrictionMember
from tumorboard.accounts.models import User
from tumorboard.accounts.permissions import Permission
from tumorboard.accounts.selectors import everybody_with


def restriction_of(case: Case) -> Restriction | None:
    """The restriction of the patient of `case`, while it stands."""
    rows = Restriction.objects.select_related("restricted_by")
    return rows.filter(patient=case.patient_id, lifted_at=None).first()


def listed_people(restriction: Restriction) -> list[UUID]:
    """The ids of who is on the list."""
    rows = RestrictionMember.objects.filter(restriction=restriction)
    return list(rows.values_list("person_id", flat=True))


def offered_people() -> list[User]:
    """Who may be put on a list: everybody who reads cases, by name."""
    return list(everybody_with(Permission.CASE_READ).order_by("name", "pk"))
