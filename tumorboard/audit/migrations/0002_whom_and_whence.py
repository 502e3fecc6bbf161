"""Whom an entry is about, and by which way and from where it came.

New columns are empty where there are rows already; those rows learn what they themselves tell.
"""

from typing import Any

import django.contrib.postgres.fields
from django.db import migrations, models

from tumorboard.tenancy.scope import INSTITUTION_SETTING

#: What the last word of an action told about its kind before there was a column for it.
KINDS = """
    UPDATE audit_auditentry SET
        kind = CASE
            WHEN action IN ('queue.read', 'gaps.read', 'tasks.read', 'protocol_audits.read')
                THEN 'search'
            WHEN action = 'task.listed' THEN 'change'
            WHEN action ~ '\\.(listed|searched)$' THEN 'search'
            WHEN action ~ '\\.(read|viewed|followed)$' THEN 'read'
            WHEN action ~ '\\.printed$' THEN 'print'
            WHEN action ~ '\\.(exported|downloaded)$' THEN 'export'
            ELSE 'change'
        END,
        case_id = CASE WHEN subject_type = 'case' THEN subject_id END,
        patient_id = CASE WHEN subject_type = 'patient' THEN subject_id END
    WHERE kind = ''
"""
#: Where there are entries, there are cases.
PATIENTS = """
    UPDATE audit_auditentry entry SET patient_id = c.patient_id
    FROM cases_case c WHERE c.institution_id = entry.institution_id AND c.id = entry.case_id
"""


def tell(apps: Any, schema_editor: Any) -> None:
    """Institution by institution: the policy binds the owner too."""
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM tenancy_institution")
        institutions = cursor.fetchall()
        if not institutions:
            return
        cursor.execute("SELECT to_regclass('cases_case') IS NOT NULL")
        has_cases = cursor.fetchone()[0]
        for (institution,) in institutions:
            cursor.execute(
                "SELECT set_config(%s, %s, true)", [INSTITUTION_SETTING, str(institution)]
            )
            cursor.execute(KINDS)
            if has_cases:
                cursor.execute(PATIENTS)
        cursor.execute("SELECT set_config(%s, '', true)", [INSTITUTION_SETTING])


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.AddField(
            "auditentry",
            "kind",
            models.CharField(
                choices=[
                    ("read", "Read"),
                    ("search", "Searched or listed"),
                    ("print", "Printed"),
                    ("export", "Exported or downloaded"),
                    ("change", "Changed"),
                ],
                db_default="",
                default="",
                max_length=10,
            ),
        ),
        migrations.AddField("auditentry", "patient_id", models.UUIDField(null=True)),
        migrations.AddField("auditentry", "case_id", models.UUIDField(null=True)),
        migrations.AddField(
            "auditentry",
            "via",
            models.CharField(
                choices=[
                    ("page", "Page"),
                    ("api", "API"),
                    ("feed", "Calendar feed"),
                    ("job", "Background job"),
                    ("command", "Command on the server"),
                ],
                db_default="",
                default="",
                max_length=10,
            ),
        ),
        migrations.AddField(
            "auditentry", "address", models.CharField(db_default="", default="", max_length=45)
        ),
        migrations.AddField(
            "auditentry", "reason", models.CharField(db_default="", default="", max_length=500)
        ),
        migrations.AddField(
            "auditentry", "criteria", models.CharField(db_default="", default="", max_length=200)
        ),
        migrations.AddField("auditentry", "found", models.PositiveIntegerField(null=True)),
        migrations.AddField(
            "auditentry",
            "shown",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.UUIDField(), null=True, size=None
            ),
        ),
        migrations.RunPython(tell, migrations.RunPython.noop),
    ]
