"""Writing the audit: the one way in."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Model

from tumorboard.audit.belonging import case_and_patient
from tumorboard.audit.models import AuditEntry
from tumorboard.audit.origin import current_origin
from tumorboard.audit.words import kind_of


def record(
    *,
    action: str,
    subject: Model,
    by: Any,
    criteria: Iterable[str] = (),
    found: int | None = None,
    shown: Iterable[UUID] | None = None,
) -> None:
    """Note that `by` did `action` to `subject`, in the caller's transaction.

    By which way and from where, the door has said; which case and patient it is about, the
    subject says.

    Args:
        action: dotted name of what happened, noun first: `case.created`. Its words stand in
            `tumorboard.audit.words`.
        subject: the tenant row it happened to; only its kind and id are kept, no content.
        by: the person, or None where the system acted by itself.
        criteria: of a search or list, by what was asked (`text`, `scenario`), never for what.
        found: of a search or list, how many were found.
        shown: of a search or list, the ids of the cases or patients that were shown.
    """
    entry = entry_of(action=action, subject=subject, by=by)
    entry.criteria = " ".join(criteria)[:200]
    entry.found = found
    entry.shown = None if shown is None else list(shown)
    entry.save(force_insert=True)


def record_once(*, action: str, subject: Model, by: Any) -> None:
    """Note that a row was read, unless an entry of the same request names it already.

    For what many pages share: the page that a form belongs to may have said so more exactly.
    """
    if subject.pk not in current_origin().noted:
        record(action=action, subject=subject, by=by)


def record_each(*, action: str, subjects: Iterable[Model], by: Any) -> None:
    """Note the same of many rows, in one statement."""
    AuditEntry.objects.bulk_create(
        [entry_of(action=action, subject=subject, by=by) for subject in subjects]
    )


def entry_of(*, action: str, subject: Model, by: Any) -> AuditEntry:
    """The entry, not written: for who writes many rows at once."""
    origin = current_origin()
    case, patient = case_and_patient(subject)
    origin.noted.update(key for key in (subject.pk, case, patient) if isinstance(key, UUID))
    return AuditEntry(
        action=action,
        kind=kind_of(action),
        subject_type=str(subject._meta.model_name),
        subject_id=subject.pk,
        person=by,
        case_id=case,
        patient_id=patient,
        via=origin.via,
        address=origin.address,
        reason=origin.reason[:500],
    )
