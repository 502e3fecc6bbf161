"""Indexes for searching the audit, made while it is written to."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

INDEXES = [
    models.Index(fields=["institution", "person", "-at"], name="audit_by_person"),
    models.Index(fields=["institution", "kind", "-at"], name="audit_by_kind"),
    models.Index(fields=["institution", "action", "-at"], name="audit_by_action"),
    models.Index(
        fields=["institution", "patient_id", "-at"],
        name="audit_by_patient",
        condition=models.Q(("patient_id__isnull", False)),
    ),
    models.Index(
        fields=["institution", "address", "-at"],
        name="audit_by_address",
        condition=models.Q(("address", ""), _negated=True),
    ),
    models.Index(
        fields=["institution", "-at"],
        name="audit_lists_by_time",
        condition=models.Q(("shown__isnull", False)),
    ),
]


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("audit", "0002_whom_and_whence")]

    operations = [AddIndexConcurrently("auditentry", index) for index in INDEXES]
