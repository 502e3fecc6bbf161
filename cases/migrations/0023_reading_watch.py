"""From how many patients an hour an institution is told who read them."""

import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import tumorboard.tenancy.models
import tumorboard.tenancy.scope
from tumorboard.tenancy.protection import ProtectTenantTables


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0022_sealed_only"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReadingWatch",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tumorboard.tenancy.models.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "patients_an_hour",
                    models.PositiveSmallIntegerField(default=60, verbose_name="patients an hour"),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        db_index=False,
                        default=tumorboard.tenancy.scope.current_institution_id,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.institution",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReadingWatchEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                (
                    "id",
                    models.UUIDField(
                        default=tumorboard.tenancy.models.new_id, editable=False, serialize=False
                    ),
                ),
                (
                    "patients_an_hour",
                    models.PositiveSmallIntegerField(default=60, verbose_name="patients an hour"),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        default=tumorboard.tenancy.scope.current_institution_id,
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenancy.institution",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="cases.readingwatch",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddConstraint(
            model_name="readingwatch",
            constraint=models.UniqueConstraint(fields=("institution",), name="reading_watch_once"),
        ),
        migrations.AddConstraint(
            model_name="readingwatch",
            constraint=models.CheckConstraint(
                condition=models.Q(("patients_an_hour__range", (10, 1000))),
                name="reading_watch_within_bounds",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="readingwatch",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_readingwatchevent" ("id", "institution_id", "patients_an_hour", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."institution_id", NEW."patients_an_hour", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id"); RETURN NULL;',
                    hash="2773819b0ca5582c52265cbffa713d2bfbbf925f",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_463e8",
                    table="cases_readingwatch",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="readingwatch",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "cases_readingwatchevent" ("id", "institution_id", "patients_an_hour", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."institution_id", NEW."patients_an_hour", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id"); RETURN NULL;',
                    hash="012eef0f9b34719fcf91f399bff00f073a5a2319",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_dad17",
                    table="cases_readingwatch",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="readingwatch",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_readingwatchevent" ("id", "institution_id", "patients_an_hour", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."id", OLD."institution_id", OLD."patients_an_hour", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id"); RETURN NULL;',
                    hash="0737892fb1023b71415892b6b4b04919dbc0dac6",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_90c3b",
                    table="cases_readingwatch",
                    when="AFTER",
                ),
            ),
        ),
        ProtectTenantTables(["ReadingWatch"], history=["ReadingWatchEvent"]),
    ]
