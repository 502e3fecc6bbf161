"""Writing the audit."""

from typing import Any

from django.db.models import Model

from tumorboard.audit.models import AuditEntry


def record(*, action: str, subject: Model, by: Any) -> AuditEntry:
    """Note that `by` did `action` to `subject`, in the caller's transaction.

    Args:
        action: dotted name of what happened, noun first: `case.created`.
        subject: the tenant row it happened to; only its kind and id are kept, no content.
        by: the person, or None where the system acted by itself.
    """
    return AuditEntry.objects.create(
        action=action, subject_type=str(subject._meta.model_name), subject_id=subject.pk, person=by
    )
