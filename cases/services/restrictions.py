"""Restricting a patient's record to a named list of members, and lifting that.

The database does the hiding, by what `cases.selectors.sight` finds at every door.
"""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from cases.models import Case, Restriction, RestrictionMember
from cases.services.cases import lock
from cases.services.checks import said, text_fault
from cases.services.errors import Invalid, Refused
from tumorboard.accounts.models import User
from tumorboard.accounts.permissions import Permission
from tumorboard.accounts.selectors import holders
from tumorboard.audit.record import record


@transaction.atomic
def restrict(*, case: Case, people: Collection[UUID], reason: str, by: User) -> Restriction:
    """Hide the patient of `case`, with every case, from everybody but `people`.

    Args:
        people: ids of members; the list holds for people and for the users of API clients.

    Raises:
        Invalid: no reason, or somebody on the list is no active member who reads cases, or nobody
            on it could change or lift it again.
        Refused: the patient is restricted already.
    """
    case = lock(case)
    reason = said(reason)
    errors = _faults(people)
    most = Restriction._meta.get_field("reason").max_length or 0
    fault = text_fault(reason, most=most) or ("" if reason else "Say why it is restricted.")
    if fault:
        errors["reason"] = [fault]
    if errors:
        raise Invalid(errors)
    if _standing(case) is not None:
        message = "This record is restricted already. Change its list."
        raise Refused(message)
    restriction = Restriction.objects.create(
        patient_id=case.patient_id, case=case, reason=reason, restricted_by=by
    )
    _name(restriction, people)
    record(action="case.restricted", subject=case, by=by)
    return restriction


@transaction.atomic
def change_list(*, case: Case, people: Collection[UUID], by: User) -> Restriction:
    """Let exactly `people` see a restricted record.

    Raises:
        Invalid: as `restrict`.
        Refused: it is not restricted any more.
    """
    restriction = _locked(case)
    if errors := _faults(people):
        raise Invalid(errors)
    _name(restriction, people)
    record(action="case.restriction.changed", subject=case, by=by)
    return restriction


@transaction.atomic
def lift(*, case: Case, by: User) -> Restriction:
    """Show a restricted record to everybody again; its list stays in the history.

    Raises:
        Refused: it is not restricted any more.
    """
    restriction = _locked(case)
    restriction.lifted_by, restriction.lifted_at = by, timezone.now()
    restriction.save(update_fields=["lifted_by", "lifted_at"])
    record(action="case.restriction.lifted", subject=case, by=by)
    return restriction


def _locked(case: Case) -> Restriction:
    restriction = _standing(lock(case))
    if restriction is None:
        message = "This record is not restricted any more."
        raise Refused(message)
    return restriction


def _standing(case: Case) -> Restriction | None:
    """The patient's restriction, locked: two cases of one patient may be open in two browsers."""
    rows = Restriction.objects.select_for_update()
    return rows.filter(patient=case.patient_id, lifted_at=None).first()


def _faults(people: Collection[UUID]) -> dict[str, list[str]]:
    wanted = set(people)
    if not wanted:
        return {"people": ["Choose who may see the record."]}
    if wanted - holders(Permission.CASE_READ, among=wanted):
        return {"people": ["Choose active members who may read cases."]}
    if not holders(Permission.CASE_RESTRICT, among=wanted):
        reason = "Choose at least one who may restrict records, or nobody could change the list."
        return {"people": [reason]}
    return {}


def _name(restriction: Restriction, people: Collection[UUID]) -> None:
    wanted = set(people)
    listed = RestrictionMember.objects.filter(restriction=restriction)
    listed.exclude(person__in=wanted).delete()
    for person_id in sorted(wanted - set(listed.values_list("person_id", flat=True))):
        RestrictionMember.objects.create(
            restriction=restriction, patient_id=restriction.patient_id, person_id=person_id
        )
