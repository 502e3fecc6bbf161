"""EHRs that open Tumorboard, and whom they know as whom."""

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
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Ehr",
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
                ("label", models.CharField(max_length=60)),
                ("fhir_base", models.CharField(max_length=400)),
                ("issuer", models.CharField(max_length=400)),
                ("client_id", models.CharField(max_length=200)),
                (
                    "proof",
                    models.CharField(
                        choices=[
                            ("key", "with the installation's own key (private_key_jwt)"),
                            ("secret", "with a client secret that the operator keeps"),
                        ],
                        default="key",
                        max_length=8,
                    ),
                ),
                ("identifier_systems", models.JSONField(default=list)),
                ("factor_values", models.JSONField(default=list)),
                ("frame_origins", models.JSONField(default=list)),
                ("stands_for_provider", models.BooleanField(default=False)),
                ("is_on", models.BooleanField(default=False)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("proposal", models.JSONField(blank=True, null=True)),
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
                    "unconfirmed_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="EhrEvent",
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
                ("label", models.CharField(max_length=60)),
                ("fhir_base", models.CharField(max_length=400)),
                ("issuer", models.CharField(max_length=400)),
                ("client_id", models.CharField(max_length=200)),
                (
                    "proof",
                    models.CharField(
                        choices=[
                            ("key", "with the installation's own key (private_key_jwt)"),
                            ("secret", "with a client secret that the operator keeps"),
                        ],
                        default="key",
                        max_length=8,
                    ),
                ),
                ("identifier_systems", models.JSONField(default=list)),
                ("factor_values", models.JSONField(default=list)),
                ("frame_origins", models.JSONField(default=list)),
                ("stands_for_provider", models.BooleanField(default=False)),
                ("is_on", models.BooleanField(default=False)),
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
                        to="accounts.ehr",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="EhrLink",
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
                ("subject", models.CharField(max_length=255)),
                (
                    "linked_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("last_used_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "ehr",
                    tumorboard.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="links",
                        to="accounts.ehr",
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
        migrations.AddConstraint(
            model_name="ehr",
            constraint=models.UniqueConstraint(
                fields=("institution", "fhir_base"), name="ehr_address_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="ehr",
            constraint=models.CheckConstraint(
                condition=models.Q(("proof__in", ["key", "secret"])), name="ehr_proof_known_value"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="ehr",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "accounts_ehrevent" ("client_id", "factor_values", "fhir_base", "frame_origins", "id", "identifier_systems", "institution_id", "is_on", "issuer", "label", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proof", "stands_for_provider") VALUES (NEW."client_id", NEW."factor_values", NEW."fhir_base", NEW."frame_origins", NEW."id", NEW."identifier_systems", NEW."institution_id", NEW."is_on", NEW."issuer", NEW."label", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."proof", NEW."stands_for_provider"); RETURN NULL;',
                    hash="6af0784cd5762e155afa8b67236aa374cdd0b3f6",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_67498",
                    table="accounts_ehr",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="ehr",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."client_id" IS DISTINCT FROM (NEW."client_id") OR OLD."factor_values" IS DISTINCT FROM (NEW."factor_values") OR OLD."fhir_base" IS DISTINCT FROM (NEW."fhir_base") OR OLD."frame_origins" IS DISTINCT FROM (NEW."frame_origins") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."identifier_systems" IS DISTINCT FROM (NEW."identifier_systems") OR OLD."institution_id" IS DISTINCT FROM (NEW."institution_id") OR OLD."is_on" IS DISTINCT FROM (NEW."is_on") OR OLD."issuer" IS DISTINCT FROM (NEW."issuer") OR OLD."label" IS DISTINCT FROM (NEW."label") OR OLD."proof" IS DISTINCT FROM (NEW."proof") OR OLD."stands_for_provider" IS DISTINCT FROM (NEW."stands_for_provider"))',
                    func='INSERT INTO "accounts_ehrevent" ("client_id", "factor_values", "fhir_base", "frame_origins", "id", "identifier_systems", "institution_id", "is_on", "issuer", "label", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proof", "stands_for_provider") VALUES (NEW."client_id", NEW."factor_values", NEW."fhir_base", NEW."frame_origins", NEW."id", NEW."identifier_systems", NEW."institution_id", NEW."is_on", NEW."issuer", NEW."label", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."proof", NEW."stands_for_provider"); RETURN NULL;',
                    hash="71c3ded8d49c623cce604d6d06d6e07fe6959055",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_580ed",
                    table="accounts_ehr",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="ehr",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "accounts_ehrevent" ("client_id", "factor_values", "fhir_base", "frame_origins", "id", "identifier_systems", "institution_id", "is_on", "issuer", "label", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proof", "stands_for_provider") VALUES (OLD."client_id", OLD."factor_values", OLD."fhir_base", OLD."frame_origins", OLD."id", OLD."identifier_systems", OLD."institution_id", OLD."is_on", OLD."issuer", OLD."label", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."proof", OLD."stands_for_provider"); RETURN NULL;',
                    hash="5443ced9bd8bf6f01b0ae68d74d7e5949ca323fd",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_775b4",
                    table="accounts_ehr",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="ehrlink",
            constraint=models.UniqueConstraint(
                fields=("institution", "ehr", "subject"), name="ehr_link_subject_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="ehrlink",
            constraint=models.UniqueConstraint(
                fields=("institution", "ehr", "user"), name="ehr_link_person_once"
            ),
        ),
        ProtectTenantTables(tables=["ehr", "ehrlink"], history=["ehrevent"]),
    ]
