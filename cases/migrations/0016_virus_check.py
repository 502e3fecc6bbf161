"""What the virus scanner said of a study's file; the checks of new rows begin at once."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0015_history_of_a_case"),
        ("tenancy", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="studyfile",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="studyfile",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="studyfile",
            name="delete_delete",
        ),
        migrations.RemoveConstraint(
            model_name="studyfile",
            name="study_file_state_known_value",
        ),
        migrations.AddField(
            model_name="studyfile",
            name="virus",
            field=models.CharField(db_default="", default="", editable=False, max_length=100),
        ),
        migrations.AddField(
            model_name="studyfile",
            name="virus_check",
            field=models.CharField(
                choices=[
                    ("not_checked", "Not checked for viruses"),
                    ("waiting", "Waits for the virus check"),
                    ("clean", "No virus found"),
                    ("infected", "Holds a virus"),
                ],
                db_default="not_checked",
                default="not_checked",
                editable=False,
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="studyfile",
            name="virus_checked_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="studyfileevent",
            name="virus",
            field=models.CharField(db_default="", default="", editable=False, max_length=100),
        ),
        migrations.AddField(
            model_name="studyfileevent",
            name="virus_check",
            field=models.CharField(
                choices=[
                    ("not_checked", "Not checked for viruses"),
                    ("waiting", "Waits for the virus check"),
                    ("clean", "No virus found"),
                    ("infected", "Holds a virus"),
                ],
                db_default="not_checked",
                default="not_checked",
                editable=False,
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="studyfileevent",
            name="virus_checked_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AlterField(
            model_name="studyfile",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "In quarantine: waits for the virus check"),
                    ("infected", "Refused: holds a virus"),
                    ("held", "Held: whose it is must be confirmed"),
                    ("stored", "Stored"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="studyfileevent",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "In quarantine: waits for the virus check"),
                    ("infected", "Refused: holds a virus"),
                    ("held", "Held: whose it is must be confirmed"),
                    ("stored", "Stored"),
                ],
                max_length=10,
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="studyfile",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_studyfileevent" ("case_id", "confirmed_at", "confirmed_by_id", "findings", "id", "institution_id", "kind", "mismatches", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sha256", "size", "state", "study_id", "uploaded_at", "uploaded_by_id", "virus", "virus_check", "virus_checked_at") VALUES (NEW."case_id", NEW."confirmed_at", NEW."confirmed_by_id", NEW."findings", NEW."id", NEW."institution_id", NEW."kind", NEW."mismatches", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."sha256", NEW."size", NEW."state", NEW."study_id", NEW."uploaded_at", NEW."uploaded_by_id", NEW."virus", NEW."virus_check", NEW."virus_checked_at"); RETURN NULL;',
                    hash="8f6e40ceddcc0dedb31363bfc51a9c443d16bb5d",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_3419f",
                    table="cases_studyfile",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="studyfile",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "cases_studyfileevent" ("case_id", "confirmed_at", "confirmed_by_id", "findings", "id", "institution_id", "kind", "mismatches", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sha256", "size", "state", "study_id", "uploaded_at", "uploaded_by_id", "virus", "virus_check", "virus_checked_at") VALUES (NEW."case_id", NEW."confirmed_at", NEW."confirmed_by_id", NEW."findings", NEW."id", NEW."institution_id", NEW."kind", NEW."mismatches", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."sha256", NEW."size", NEW."state", NEW."study_id", NEW."uploaded_at", NEW."uploaded_by_id", NEW."virus", NEW."virus_check", NEW."virus_checked_at"); RETURN NULL;',
                    hash="7d0301d700d2f11bd321b9ae98d06489efc24dbb",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_19edf",
                    table="cases_studyfile",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="studyfile",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_studyfileevent" ("case_id", "confirmed_at", "confirmed_by_id", "findings", "id", "institution_id", "kind", "mismatches", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sha256", "size", "state", "study_id", "uploaded_at", "uploaded_by_id", "virus", "virus_check", "virus_checked_at") VALUES (OLD."case_id", OLD."confirmed_at", OLD."confirmed_by_id", OLD."findings", OLD."id", OLD."institution_id", OLD."kind", OLD."mismatches", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."sha256", OLD."size", OLD."state", OLD."study_id", OLD."uploaded_at", OLD."uploaded_by_id", OLD."virus", OLD."virus_check", OLD."virus_checked_at"); RETURN NULL;',
                    hash="676df853ad123e3ed9a16ab41c7bb22c93a6f56f",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_1f73d",
                    table="cases_studyfile",
                    when="AFTER",
                ),
            ),
        ),
        AddConstraintNotValid(
            model_name="studyfile",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["waiting", "infected", "held", "stored"])),
                name="study_file_state_known",
            ),
        ),
        AddConstraintNotValid(
            model_name="studyfile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("virus_check__in", ["not_checked", "waiting", "clean", "infected"])
                ),
                name="study_file_virus_check_known",
            ),
        ),
        AddConstraintNotValid(
            model_name="studyfile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["held", "stored"]), _negated=True),
                    ("virus_check__in", ["not_checked", "clean"]),
                    _connector="OR",
                ),
                name="study_file_usable_only_if_checked",
            ),
        ),
    ]
