"""EHRs that ask by CDS Hooks: checked more, let in from browsers, switched off; old cards counted."""

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import tumorboard.tenancy.models
import tumorboard.tenancy.scope
from tumorboard.tenancy.protection import ProtectTenantTables, application_role

#: Cards and feedback are still never changed, but removed when they are old.
CARDS = 'DELETE ON "cases_hookcard", "cases_hookfeedback"'
LET_GO = f'GRANT {CARDS} TO "{application_role()}"'
KEEP = f'REVOKE {CARDS} FROM "{application_role()}"'


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_client_key_sets"),
        ("cases", "0030_inbox"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="HookTally",
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
                ("day", models.DateField()),
                ("hook", models.CharField(max_length=40)),
                ("kind", models.CharField(max_length=20)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("accepted", "Accepted"), ("overridden", "Overridden")],
                        max_length=10,
                    ),
                ),
                ("reason_system", models.CharField(blank=True, max_length=400)),
                ("reason", models.CharField(blank=True, max_length=100)),
                ("cards", models.PositiveIntegerField()),
                (
                    "client",
                    tumorboard.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.apiclient",
                    ),
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
        pgtrigger.migrations.RemoveTrigger(
            model_name="hookclient",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="hookclient",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="hookclient",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="hookclient",
            name="called_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="hookclient",
            name="origins",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=200),
                blank=True,
                db_default=models.Value([]),
                default=list,
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="hookclient",
            name="refusal",
            field=models.CharField(blank=True, db_default="", default="", max_length=600),
        ),
        migrations.AddField(
            model_name="hookclient",
            name="refused_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="hookclient",
            name="subject",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AddField(
            model_name="hookclient",
            name="switched_off_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="hookclient",
            name="tenant",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AddField(
            model_name="hookclientevent",
            name="origins",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=200),
                blank=True,
                db_default=models.Value([]),
                default=list,
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="hookclientevent",
            name="subject",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AddField(
            model_name="hookclientevent",
            name="switched_off_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="hookclientevent",
            name="tenant",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="hookclient",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_hookclientevent" ("client_id", "fhir_server", "id", "institution_id", "issuer", "origins", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "registered_by_id", "subject", "switched_off_at", "tenant") VALUES (NEW."client_id", NEW."fhir_server", NEW."id", NEW."institution_id", NEW."issuer", NEW."origins", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."registered_by_id", NEW."subject", NEW."switched_off_at", NEW."tenant"); RETURN NULL;',
                    hash="dcbe6fde2d008929d0cc80b7c2b37875915ba2fc",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_9baf1",
                    table="cases_hookclient",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="hookclient",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."client_id" IS DISTINCT FROM (NEW."client_id") OR OLD."fhir_server" IS DISTINCT FROM (NEW."fhir_server") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."institution_id" IS DISTINCT FROM (NEW."institution_id") OR OLD."issuer" IS DISTINCT FROM (NEW."issuer") OR OLD."origins" IS DISTINCT FROM (NEW."origins") OR OLD."registered_by_id" IS DISTINCT FROM (NEW."registered_by_id") OR OLD."subject" IS DISTINCT FROM (NEW."subject") OR OLD."switched_off_at" IS DISTINCT FROM (NEW."switched_off_at") OR OLD."tenant" IS DISTINCT FROM (NEW."tenant"))',
                    func='INSERT INTO "cases_hookclientevent" ("client_id", "fhir_server", "id", "institution_id", "issuer", "origins", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "registered_by_id", "subject", "switched_off_at", "tenant") VALUES (NEW."client_id", NEW."fhir_server", NEW."id", NEW."institution_id", NEW."issuer", NEW."origins", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."registered_by_id", NEW."subject", NEW."switched_off_at", NEW."tenant"); RETURN NULL;',
                    hash="103215e622e0918053566385f44e094fea4cd524",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_c0e51",
                    table="cases_hookclient",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="hookclient",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_hookclientevent" ("client_id", "fhir_server", "id", "institution_id", "issuer", "origins", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "registered_by_id", "subject", "switched_off_at", "tenant") VALUES (OLD."client_id", OLD."fhir_server", OLD."id", OLD."institution_id", OLD."issuer", OLD."origins", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."registered_by_id", OLD."subject", OLD."switched_off_at", OLD."tenant"); RETURN NULL;',
                    hash="e1a600436f88a56697a319b080b88080c99cca0d",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_a1c6b",
                    table="cases_hookclient",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="hooktally",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__in", ["", "accepted", "overridden"])),
                name="hook_tally_known_outcome",
            ),
        ),
        migrations.AddConstraint(
            model_name="hooktally",
            constraint=models.UniqueConstraint(
                fields=(
                    "institution",
                    "day",
                    "client",
                    "hook",
                    "kind",
                    "outcome",
                    "reason_system",
                    "reason",
                ),
                name="hook_tally_once",
            ),
        ),
        ProtectTenantTables(append_only=["HookTally"]),
        migrations.RunSQL(LET_GO, KEEP),
    ]
