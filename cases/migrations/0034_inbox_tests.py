"""Sources that only try the connection, and whom messages must be addressed to."""

import django.contrib.postgres.fields
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0033_subscriptions"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="intakesource",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="intakesource",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="intakesource",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="inboxmessage",
            name="is_test",
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.AddField(
            model_name="intakesource",
            name="is_test",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="intakesource",
            name="receivers",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=200),
                db_default=models.Value(
                    [],
                    output_field=django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(), size=None
                    ),
                ),
                default=list,
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="intakesourceevent",
            name="is_test",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="intakesourceevent",
            name="receivers",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=200),
                db_default=models.Value(
                    [],
                    output_field=django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(), size=None
                    ),
                ),
                default=list,
                size=None,
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="intakesource",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_intakesourceevent" ("authorities", "client_id", "id", "institution_id", "is_test", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "receivers", "rules", "saved_by_id") VALUES (NEW."authorities", NEW."client_id", NEW."id", NEW."institution_id", NEW."is_test", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."receivers", NEW."rules", NEW."saved_by_id"); RETURN NULL;',
                    hash="470557793a3577d45a8689b054d8f0b621a90e4c",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_ecae3",
                    table="cases_intakesource",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="intakesource",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."authorities" IS DISTINCT FROM (NEW."authorities") OR OLD."client_id" IS DISTINCT FROM (NEW."client_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."institution_id" IS DISTINCT FROM (NEW."institution_id") OR OLD."is_test" IS DISTINCT FROM (NEW."is_test") OR OLD."receivers" IS DISTINCT FROM (NEW."receivers") OR OLD."rules" IS DISTINCT FROM (NEW."rules") OR OLD."saved_by_id" IS DISTINCT FROM (NEW."saved_by_id"))',
                    func='INSERT INTO "cases_intakesourceevent" ("authorities", "client_id", "id", "institution_id", "is_test", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "receivers", "rules", "saved_by_id") VALUES (NEW."authorities", NEW."client_id", NEW."id", NEW."institution_id", NEW."is_test", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."receivers", NEW."rules", NEW."saved_by_id"); RETURN NULL;',
                    hash="3e6a5f667ece08de4fdfa8da1233b822c6a81b90",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_52bd3",
                    table="cases_intakesource",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="intakesource",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_intakesourceevent" ("authorities", "client_id", "id", "institution_id", "is_test", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "receivers", "rules", "saved_by_id") VALUES (OLD."authorities", OLD."client_id", OLD."id", OLD."institution_id", OLD."is_test", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."receivers", OLD."rules", OLD."saved_by_id"); RETURN NULL;',
                    hash="57ea7eb26264a6126fce4997424ea983b1f8003e",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_9c14e",
                    table="cases_intakesource",
                    when="AFTER",
                ),
            ),
        ),
    ]
