"""What carried a task out: treatments too, and what a person said of it."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import tumorboard.tenancy.models
import tumorboard.tenancy.protection


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0011_board"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="task",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="task",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="task",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="task",
            name="follows_record",
            field=models.BooleanField(db_default=True, default=True, editable=False),
        ),
        migrations.AddField(
            model_name="task",
            name="said",
            field=models.CharField(
                blank=True,
                choices=[
                    ("open", "Open"),
                    ("ordered", "Ordered"),
                    ("done", "Done"),
                    ("resulted", "Result is there"),
                    ("not_done", "Not done"),
                    ("replaced", "Replaced"),
                ],
                db_default="",
                default="",
                editable=False,
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="task",
            name="treatment",
            field=tumorboard.tenancy.models.TenantForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="cases.treatment",
            ),
        ),
        migrations.AddField(
            model_name="taskevent",
            name="follows_record",
            field=models.BooleanField(db_default=True, default=True, editable=False),
        ),
        migrations.AddField(
            model_name="taskevent",
            name="said",
            field=models.CharField(
                blank=True,
                choices=[
                    ("open", "Open"),
                    ("ordered", "Ordered"),
                    ("done", "Done"),
                    ("resulted", "Result is there"),
                    ("not_done", "Not done"),
                    ("replaced", "Replaced"),
                ],
                db_default="",
                default="",
                editable=False,
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="taskevent",
            name="treatment",
            field=tumorboard.tenancy.models.TenantForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="cases.treatment",
            ),
        ),
        migrations.AlterField(
            model_name="task",
            name="state",
            field=models.CharField(
                choices=[
                    ("open", "Open"),
                    ("ordered", "Ordered"),
                    ("done", "Done"),
                    ("resulted", "Result is there"),
                    ("not_done", "Not done"),
                    ("replaced", "Replaced"),
                ],
                default="open",
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="taskevent",
            name="state",
            field=models.CharField(
                choices=[
                    ("open", "Open"),
                    ("ordered", "Ordered"),
                    ("done", "Done"),
                    ("resulted", "Result is there"),
                    ("not_done", "Not done"),
                    ("replaced", "Replaced"),
                ],
                default="open",
                max_length=20,
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="task",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_taskevent" ("case_id", "closed_at", "code", "decision_id", "done_on", "due_on", "escalation", "follows_record", "id", "institution_id", "is_alternative", "kind", "made_at", "not_done_reason", "not_done_text", "ordered_on", "owner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recommendation_id", "reminded_at", "result_id", "resulted_on", "said", "state", "study_id", "text", "treatment_id", "version") VALUES (NEW."case_id", NEW."closed_at", NEW."code", NEW."decision_id", NEW."done_on", NEW."due_on", NEW."escalation", NEW."follows_record", NEW."id", NEW."institution_id", NEW."is_alternative", NEW."kind", NEW."made_at", NEW."not_done_reason", NEW."not_done_text", NEW."ordered_on", NEW."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."recommendation_id", NEW."reminded_at", NEW."result_id", NEW."resulted_on", NEW."said", NEW."state", NEW."study_id", NEW."text", NEW."treatment_id", NEW."version"); RETURN NULL;',
                    hash="a56625f16b7e5f2965ac5e9d648b461c772132e3",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_62e7a",
                    table="cases_task",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="task",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "cases_taskevent" ("case_id", "closed_at", "code", "decision_id", "done_on", "due_on", "escalation", "follows_record", "id", "institution_id", "is_alternative", "kind", "made_at", "not_done_reason", "not_done_text", "ordered_on", "owner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recommendation_id", "reminded_at", "result_id", "resulted_on", "said", "state", "study_id", "text", "treatment_id", "version") VALUES (NEW."case_id", NEW."closed_at", NEW."code", NEW."decision_id", NEW."done_on", NEW."due_on", NEW."escalation", NEW."follows_record", NEW."id", NEW."institution_id", NEW."is_alternative", NEW."kind", NEW."made_at", NEW."not_done_reason", NEW."not_done_text", NEW."ordered_on", NEW."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."recommendation_id", NEW."reminded_at", NEW."result_id", NEW."resulted_on", NEW."said", NEW."state", NEW."study_id", NEW."text", NEW."treatment_id", NEW."version"); RETURN NULL;',
                    hash="acf9d412008fb70bf84d59d3c4bdce07dc7c7ba8",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_e050d",
                    table="cases_task",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="task",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_taskevent" ("case_id", "closed_at", "code", "decision_id", "done_on", "due_on", "escalation", "follows_record", "id", "institution_id", "is_alternative", "kind", "made_at", "not_done_reason", "not_done_text", "ordered_on", "owner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recommendation_id", "reminded_at", "result_id", "resulted_on", "said", "state", "study_id", "text", "treatment_id", "version") VALUES (OLD."case_id", OLD."closed_at", OLD."code", OLD."decision_id", OLD."done_on", OLD."due_on", OLD."escalation", OLD."follows_record", OLD."id", OLD."institution_id", OLD."is_alternative", OLD."kind", OLD."made_at", OLD."not_done_reason", OLD."not_done_text", OLD."ordered_on", OLD."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."recommendation_id", OLD."reminded_at", OLD."result_id", OLD."resulted_on", OLD."said", OLD."state", OLD."study_id", OLD."text", OLD."treatment_id", OLD."version"); RETURN NULL;',
                    hash="b581f93311d541683aed3fdda0019d26abf4e628",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_b7669",
                    table="cases_task",
                    when="AFTER",
                ),
            ),
        ),
        tumorboard.tenancy.protection.ComposeForeignKey(model_name="task", field_name="treatment"),
    ]
