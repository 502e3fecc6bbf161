"""Systems that ask by CDS Hooks, the cards that they got, and what became of these."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import tumorboard.tenancy.models
import tumorboard.tenancy.scope
from tumorboard.tenancy.protection import ProtectTenantTables


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_client_key_sets"),
        ("cases", "0028_fhir_documents"),
        ("tenancy", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HookCard",
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
                ("hook", models.CharField(max_length=40)),
                ("kind", models.CharField(max_length=20)),
                ("indicator", models.CharField(max_length=10)),
                ("edition", models.CharField(max_length=40)),
                ("scenario", models.CharField(max_length=60)),
                ("ordered", models.CharField(blank=True, max_length=30)),
                ("recommended", models.CharField(blank=True, max_length=30)),
                (
                    "suggestions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), default=list, size=None
                    ),
                ),
                (
                    "given_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
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
        migrations.CreateModel(
            name="HookClient",
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
                ("issuer", models.CharField(max_length=400)),
                ("fhir_server", models.CharField(blank=True, max_length=400)),
                (
                    "registered_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
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
                (
                    "registered_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="HookClientEvent",
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
                ("issuer", models.CharField(max_length=400)),
                ("fhir_server", models.CharField(blank=True, max_length=400)),
                (
                    "client",
                    tumorboard.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.apiclient",
                    ),
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
                        to="cases.hookclient",
                    ),
                ),
                (
                    "registered_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="HookFeedback",
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
                    "outcome",
                    models.CharField(
                        choices=[("accepted", "Accepted"), ("overridden", "Overridden")],
                        max_length=10,
                    ),
                ),
                (
                    "accepted",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), default=list, size=None
                    ),
                ),
                ("reason_system", models.CharField(blank=True, max_length=400)),
                ("reason", models.CharField(blank=True, max_length=100)),
                ("happened_at", models.DateTimeField()),
                (
                    "received_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "card",
                    tumorboard.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="feedback",
                        to="cases.hookcard",
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
        migrations.AddIndex(
            model_name="hookcard",
            index=models.Index(fields=["institution", "-given_at"], name="hook_card_by_time"),
        ),
        migrations.AddConstraint(
            model_name="hookclient",
            constraint=models.UniqueConstraint(
                fields=("institution", "client"), name="hook_client_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="hookclient",
            constraint=models.UniqueConstraint(
                fields=("institution", "issuer"), name="hook_issuer_once"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="hookclient",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_hookclientevent" ("client_id", "fhir_server", "id", "institution_id", "issuer", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "registered_by_id") VALUES (NEW."client_id", NEW."fhir_server", NEW."id", NEW."institution_id", NEW."issuer", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."registered_by_id"); RETURN NULL;',
                    hash="859ccd8403df572ddf8976694042e826d418d64a",
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
                    condition='WHEN (OLD."client_id" IS DISTINCT FROM (NEW."client_id") OR OLD."fhir_server" IS DISTINCT FROM (NEW."fhir_server") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."institution_id" IS DISTINCT FROM (NEW."institution_id") OR OLD."issuer" IS DISTINCT FROM (NEW."issuer") OR OLD."registered_by_id" IS DISTINCT FROM (NEW."registered_by_id"))',
                    func='INSERT INTO "cases_hookclientevent" ("client_id", "fhir_server", "id", "institution_id", "issuer", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "registered_by_id") VALUES (NEW."client_id", NEW."fhir_server", NEW."id", NEW."institution_id", NEW."issuer", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."registered_by_id"); RETURN NULL;',
                    hash="885277d18b1709fdcf1ce965887b14caa114804e",
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
                    func='INSERT INTO "cases_hookclientevent" ("client_id", "fhir_server", "id", "institution_id", "issuer", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "registered_by_id") VALUES (OLD."client_id", OLD."fhir_server", OLD."id", OLD."institution_id", OLD."issuer", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."registered_by_id"); RETURN NULL;',
                    hash="f08c07894c75eb346cd4355a0956ff21376181d8",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_a1c6b",
                    table="cases_hookclient",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="hookfeedback",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__in", ["accepted", "overridden"])),
                name="hook_feedback_known_outcome",
            ),
        ),
        migrations.AddConstraint(
            model_name="hookfeedback",
            constraint=models.UniqueConstraint(
                fields=("institution", "card", "outcome", "happened_at"), name="hook_feedback_once"
            ),
        ),
        ProtectTenantTables(
            tables=["HookClient"],
            append_only=["HookCard", "HookFeedback"],
            history=["HookClientEvent"],
        ),
    ]
