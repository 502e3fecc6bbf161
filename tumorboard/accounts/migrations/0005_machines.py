"""API clients with their tokens, what personal tokens may do, and counts of requests."""

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
        ("accounts", "0004_sign_in"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="RateCount",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("began_at", models.DateTimeField()),
                ("count", models.PositiveIntegerField()),
            ],
        ),
        migrations.AddField(
            model_name="apitoken",
            name="is_read_only",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="apitoken",
            name="last_used_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name="ApiClient",
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
                ("label", models.CharField(max_length=80)),
                ("keys", models.JSONField(default=list)),
                ("scopes", models.CharField(max_length=1000)),
                ("requests_per_minute", models.PositiveIntegerField(default=600)),
                (
                    "registered_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
                ("disabled_at", models.DateTimeField(blank=True, null=True)),
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
                (
                    "user",
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
            name="AccessToken",
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
                ("secret_hash", models.CharField(max_length=64)),
                ("scopes", models.CharField(max_length=1000)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("expires_at", models.DateTimeField()),
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
                    "client",
                    tumorboard.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.apiclient",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ApiClientEvent",
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
                ("label", models.CharField(max_length=80)),
                ("keys", models.JSONField(default=list)),
                ("scopes", models.CharField(max_length=1000)),
                ("requests_per_minute", models.PositiveIntegerField(default=600)),
                ("disabled_at", models.DateTimeField(blank=True, null=True)),
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
                        to="accounts.apiclient",
                    ),
                ),
                (
                    "user",
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
            name="SpentAssertion",
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
                ("jti_hash", models.CharField(max_length=64)),
                ("expires_at", models.DateTimeField()),
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
        migrations.AddConstraint(
            model_name="apiclient",
            constraint=models.CheckConstraint(
                condition=models.Q(("requests_per_minute__range", (10, 6000))),
                name="api_client_rate",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="apiclient",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "accounts_apiclientevent" ("disabled_at", "id", "institution_id", "keys", "label", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "requests_per_minute", "scopes", "user_id") VALUES (NEW."disabled_at", NEW."id", NEW."institution_id", NEW."keys", NEW."label", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."requests_per_minute", NEW."scopes", NEW."user_id"); RETURN NULL;',
                    hash="a450b7642ea228798c8a5521308ec892df56cc5c",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_f7d28",
                    table="accounts_apiclient",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="apiclient",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."disabled_at" IS DISTINCT FROM (NEW."disabled_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."institution_id" IS DISTINCT FROM (NEW."institution_id") OR OLD."keys" IS DISTINCT FROM (NEW."keys") OR OLD."label" IS DISTINCT FROM (NEW."label") OR OLD."requests_per_minute" IS DISTINCT FROM (NEW."requests_per_minute") OR OLD."scopes" IS DISTINCT FROM (NEW."scopes") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id"))',
                    func='INSERT INTO "accounts_apiclientevent" ("disabled_at", "id", "institution_id", "keys", "label", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "requests_per_minute", "scopes", "user_id") VALUES (NEW."disabled_at", NEW."id", NEW."institution_id", NEW."keys", NEW."label", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."requests_per_minute", NEW."scopes", NEW."user_id"); RETURN NULL;',
                    hash="137eb72108f769a8b00b00218adf986e584f329f",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_7a817",
                    table="accounts_apiclient",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="apiclient",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "accounts_apiclientevent" ("disabled_at", "id", "institution_id", "keys", "label", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "requests_per_minute", "scopes", "user_id") VALUES (OLD."disabled_at", OLD."id", OLD."institution_id", OLD."keys", OLD."label", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."requests_per_minute", OLD."scopes", OLD."user_id"); RETURN NULL;',
                    hash="9978ce66a0a64e0489a8fee507c0c45fca141904",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_92961",
                    table="accounts_apiclient",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="accesstoken",
            constraint=models.UniqueConstraint(
                fields=("institution", "secret_hash"), name="access_token_secret_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="spentassertion",
            constraint=models.UniqueConstraint(
                fields=("institution", "client", "jti_hash"), name="spent_assertion_once"
            ),
        ),
        ProtectTenantTables(
            tables=["apiclient", "accesstoken", "spentassertion"], history=["apiclientevent"]
        ),
    ]
