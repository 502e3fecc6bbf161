"""Studies that a person chose for a task, and why a match was taken back."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0013_decision_beside"),
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
            name="is_linked_by_hand",
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.AddField(
            model_name="task",
            name="unlinked_because",
            field=models.CharField(
                blank=True,
                choices=[
                    ("another_study", "It was done for another question"),
                    ("incomplete", "It does not answer what was asked for"),
                    ("mistake", "It was chosen or entered by mistake"),
                    ("other", "Other"),
                ],
                db_default="",
                default="",
                max_length=20,
                verbose_name="why it is not what was asked for",
            ),
        ),
        migrations.AddField(
            model_name="task",
            name="unlinked_text",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=500, verbose_name="in words"
            ),
        ),
        migrations.AddField(
            model_name="taskevent",
            name="is_linked_by_hand",
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.AddField(
            model_name="taskevent",
            name="unlinked_because",
            field=models.CharField(
                blank=True,
                choices=[
                    ("another_study", "It was done for another question"),
                    ("incomplete", "It does not answer what was asked for"),
                    ("mistake", "It was chosen or entered by mistake"),
                    ("other", "Other"),
                ],
                db_default="",
                default="",
                max_length=20,
                verbose_name="why it is not what was asked for",
            ),
        ),
        migrations.AddField(
            model_name="taskevent",
            name="unlinked_text",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=500, verbose_name="in words"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="task",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_taskevent" ("case_id", "closed_at", "code", "decision_id", "done_on", "due_on", "escalation", "follows_record", "id", "institution_id", "is_alternative", "is_linked_by_hand", "kind", "made_at", "not_done_reason", "not_done_text", "ordered_on", "owner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recommendation_id", "reminded_at", "result_id", "resulted_on", "said", "state", "study_id", "text", "treatment_id", "unlinked_because", "unlinked_text", "version") VALUES (NEW."case_id", NEW."closed_at", NEW."code", NEW."decision_id", NEW."done_on", NEW."due_on", NEW."escalation", NEW."follows_record", NEW."id", NEW."institution_id", NEW."is_alternative", NEW."is_linked_by_hand", NEW."kind", NEW."made_at", NEW."not_done_reason", NEW."not_done_text", NEW."ordered_on", NEW."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."recommendation_id", NEW."reminded_at", NEW."result_id", NEW."resulted_on", NEW."said", NEW."state", NEW."study_id", NEW."text", NEW."treatment_id", NEW."unlinked_because", NEW."unlinked_text", NEW."version"); RETURN NULL;',
                    hash="59b2a6bb0e6346b361388002cfec274683553251",
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
                    func='INSERT INTO "cases_taskevent" ("case_id", "closed_at", "code", "decision_id", "done_on", "due_on", "escalation", "follows_record", "id", "institution_id", "is_alternative", "is_linked_by_hand", "kind", "made_at", "not_done_reason", "not_done_text", "ordered_on", "owner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recommendation_id", "reminded_at", "result_id", "resulted_on", "said", "state", "study_id", "text", "treatment_id", "unlinked_because", "unlinked_text", "version") VALUES (NEW."case_id", NEW."closed_at", NEW."code", NEW."decision_id", NEW."done_on", NEW."due_on", NEW."escalation", NEW."follows_record", NEW."id", NEW."institution_id", NEW."is_alternative", NEW."is_linked_by_hand", NEW."kind", NEW."made_at", NEW."not_done_reason", NEW."not_done_text", NEW."ordered_on", NEW."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."recommendation_id", NEW."reminded_at", NEW."result_id", NEW."resulted_on", NEW."said", NEW."state", NEW."study_id", NEW."text", NEW."treatment_id", NEW."unlinked_because", NEW."unlinked_text", NEW."version"); RETURN NULL;',
                    hash="42de5bcf9b2e023847238a0f2f6c04757fce0c46",
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
                    func='INSERT INTO "cases_taskevent" ("case_id", "closed_at", "code", "decision_id", "done_on", "due_on", "escalation", "follows_record", "id", "institution_id", "is_alternative", "is_linked_by_hand", "kind", "made_at", "not_done_reason", "not_done_text", "ordered_on", "owner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recommendation_id", "reminded_at", "result_id", "resulted_on", "said", "state", "study_id", "text", "treatment_id", "unlinked_because", "unlinked_text", "version") VALUES (OLD."case_id", OLD."closed_at", OLD."code", OLD."decision_id", OLD."done_on", OLD."due_on", OLD."escalation", OLD."follows_record", OLD."id", OLD."institution_id", OLD."is_alternative", OLD."is_linked_by_hand", OLD."kind", OLD."made_at", OLD."not_done_reason", OLD."not_done_text", OLD."ordered_on", OLD."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."recommendation_id", OLD."reminded_at", OLD."result_id", OLD."resulted_on", OLD."said", OLD."state", OLD."study_id", OLD."text", OLD."treatment_id", OLD."unlinked_because", OLD."unlinked_text", OLD."version"); RETURN NULL;',
                    hash="bc01e4c7d90c87e1c6a76ff0c901edd6a295ed5f",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_b7669",
                    table="cases_task",
                    when="AFTER",
                ),
            ),
        ),
    ]
