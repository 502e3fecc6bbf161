"""Restricting a patient's record to a named list of members, and lifting that.

The database does the hiding, by what `cases.selectors.sight` finds at every door.
"""

from collections.abc import Collection
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from cases.models import Case, ImportRow, Restriction, RestrictionMember
from cases.selectors.restrictions import may_change, offered_people
from cases.services.cases import lock
from cases.services.checks import said, text_fault
from cases.services.errors import Invalid, Refused
from cases.services.identity_traces import Traces
from tumorboard.accounts.models import User
from tumorboard.accounts.permissions import Permission
from tumorboard.accounts.selectors import everybody_with, holders
from tumorboard.audit.record import record
from tumorboard.outbox.mail import post
from tumorboard.tenancy.scope import current_institution, seeing_all

#: Rows of imports that are opened at a time.
CHUNK = 1_000
TWICE = "This record is restricted already. Change its list."
OUTSIDER = (
    "You are not on this list. Ask somebody who is, and who may restrict records, to change it."
)


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
        raise Refused(TWICE)
    restriction = _made(case, reason, by)
    _name(restriction, people)
    _hide_import_rows(case)
    record(action="case.restricted", subject=case, by=by)
    _tell(f"restricted a record to a list of {len(set(people))}", by=by)
    return restriction


@transaction.atomic
def change_list(*, case: Case, people: Collection[UUID], by: User) -> Restriction:
    """Let exactly `people` see a restricted record.

    Raises:
        Invalid: as `restrict`.
        Refused: it is not restricted any more, or `by` is not on its list and somebody is who can.
    """
    restriction = _locked(case)
    if errors := _faults(people):
        raise Invalid(errors)
    _refuse_outsider(restriction, by)
    _name(restriction, people)
    record(action="case.restriction.changed", subject=case, by=by)
    return restriction


@transaction.atomic
def lift(*, case: Case, by: User) -> Restriction:
    """Show a restricted record to everybody again; its list stays in the history.

    Raises:
        Refused: it is not restricted any more, or `by` is not on its list and somebody is who can.
    """
    restriction = _locked(case)
    _refuse_outsider(restriction, by)
    restriction.lifted_by, restriction.lifted_at = by, timezone.now()
    restriction.save(update_fields=["lifted_by", "lifted_at"])
    record(action="case.restriction.lifted", subject=case, by=by)
    _tell("showed a restricted record to everybody again", by=by)
    return restriction


@seeing_all()
def forget_person(person: User) -> None:
    """Take somebody who was taken out of the institution off every list, hidden ones too.

    Who comes back one day, to other work perhaps, would see what they were trusted with before.
    A list on which nobody is left who may change it waits for whoever breaks the glass.
    """
    RestrictionMember.objects.filter(person=person).delete()


def _tell(what: str, *, by: User) -> None:
    """Mail whoever watches over restricted records, since they cannot see this one themselves.

    Nothing of the patient, and not the reason, which may quote them.
    """
    others = everybody_with(Permission.BREAK_GLASS_REVIEW).exclude(pk=by.pk)
    post(
        to=[person.email for person in others.order_by("pk")],
        subject=f"A restriction was changed, {current_institution().name}",
        body=f"{by.name} {what}. The audit says which one to those who may see it.\n",
    )


def _made(case: Case, reason: str, by: User) -> Restriction:
    try:
        with transaction.atomic():
            return Restriction.objects.create(
                patient_id=case.patient_id, case=case, reason=reason, restricted_by=by
            )
    except IntegrityError as error:
        # Somebody restricted another case of the same patient since it was looked for.
        raise Refused(TWICE) from error


def _hide_import_rows(case: Case) -> None:
    """Rows of imports that name the patient and became no case are hidden as the case is."""
    traces = Traces.of(case.patient)
    rows = ImportRow.objects.filter(case=None).order_by("pk").iterator(chunk_size=CHUNK)
    named = [row.pk for row in rows if traces.number_in(row.cells) or traces.person_in(row.cells)]
    ImportRow.objects.filter(pk__in=named).update(case=case)


def _locked(case: Case) -> Restriction:
    restriction = _standing(lock(case))
    if restriction is None:
        message = "This record is not restricted any more."
        raise Refused(message)
    return restriction


def _refuse_outsider(restriction: Restriction, by: User) -> None:
    if not may_change(restriction, by):
        raise Refused(OUTSIDER)


def _standing(case: Case) -> Restriction | None:
    """The patient's restriction, locked: two cases of one patient may be open in two browsers."""
    rows = Restriction.objects.select_for_update()
    return rows.filter(patient=case.patient_id, lifted_at=None).first()


def _faults(people: Collection[UUID]) -> dict[str, list[str]]:
    wanted = set(people)
    if not wanted:
        return {"people": ["Choose who may see the record."]}
    if wanted - {person.pk for person in offered_people()}:
        return {"people": ["Choose active members who may read cases or answer for privacy."]}
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
