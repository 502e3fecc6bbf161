"""FHIR resources as they came in, kept beside what was written from them."""

import django.db.models.deletion
import django.utils.timezone
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import tumorboard.tenancy.models
import tumorboard.tenancy.scope
import tumorboard.vault.fields
from tumorboard.tenancy.protection import ProtectTenantTables


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0027_export_file"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="FhirDocument",
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
                ("resource_type", models.CharField(max_length=40)),
                ("resource_id", models.CharField(max_length=64)),
                ("stands_alone", models.BooleanField(default=False)),
                (
                    "about_patient",
                    tumorboard.vault.fields.SealedJSONField(
                        default=None,
                        empty=dict,
                        holder="patient",
                        null=True,
                        purpose="fhir_document.about_patient",
                    ),
                ),
                (
                    "about_nobody",
                    tumorboard.vault.fields.SealedJSONField(
                        default=None,
                        empty=dict,
                        holder="",
                        null=True,
                        purpose="fhir_document.about_nobody",
                    ),
                ),
                (
                    "received_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "case",
                    tumorboard.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.case",
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
                    "patient",
                    tumorboard.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.patient",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FhirDocumentEvent",
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
                ("resource_type", models.CharField(max_length=40)),
                ("resource_id", models.CharField(max_length=64)),
                ("stands_alone", models.BooleanField(default=False)),
                (
                    "about_patient",
                    tumorboard.vault.fields.SealedJSONField(
                        default=None,
                        empty=dict,
                        holder="patient",
                        null=True,
                        purpose="fhir_document.about_patient",
                    ),
                ),
                (
                    "received_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "case",
                    tumorboard.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="cases.case",
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
                    "patient",
                    tumorboard.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="cases.patient",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="cases.fhirdocument",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="FhirIdentifier",
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
                ("token", models.BinaryField(max_length=16)),
                (
                    "document",
                    tumorboard.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="identifiers",
                        to="cases.fhirdocument",
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
                    "patient",
                    tumorboard.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.patient",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="fhirdocument",
            constraint=models.UniqueConstraint(
                fields=("institution", "resource_type", "resource_id"), name="fhir_document_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="fhirdocument",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("about_nobody__isnull", True), ("patient__isnull", False)),
                    models.Q(
                        ("about_patient__isnull", True),
                        ("case__isnull", True),
                        ("patient__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="fhir_document_sealed_for_its_patient",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="fhirdocument",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_fhirdocumentevent" ("about_patient", "case_id", "id", "institution_id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "received_at", "resource_id", "resource_type", "stands_alone") VALUES (NEW."about_patient", NEW."case_id", NEW."id", NEW."institution_id", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."received_at", NEW."resource_id", NEW."resource_type", NEW."stands_alone"); RETURN NULL;',
                    hash="ac698dcb6ea10f97e1f10ede431611975e31215d",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_f8e0d",
                    table="cases_fhirdocument",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="fhirdocument",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."about_patient" IS DISTINCT FROM (NEW."about_patient") OR OLD."case_id" IS DISTINCT FROM (NEW."case_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."institution_id" IS DISTINCT FROM (NEW."institution_id") OR OLD."patient_id" IS DISTINCT FROM (NEW."patient_id") OR OLD."received_at" IS DISTINCT FROM (NEW."received_at") OR OLD."resource_id" IS DISTINCT FROM (NEW."resource_id") OR OLD."resource_type" IS DISTINCT FROM (NEW."resource_type") OR OLD."stands_alone" IS DISTINCT FROM (NEW."stands_alone"))',
                    func='INSERT INTO "cases_fhirdocumentevent" ("about_patient", "case_id", "id", "institution_id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "received_at", "resource_id", "resource_type", "stands_alone") VALUES (NEW."about_patient", NEW."case_id", NEW."id", NEW."institution_id", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."received_at", NEW."resource_id", NEW."resource_type", NEW."stands_alone"); RETURN NULL;',
                    hash="3fc5bdcac1f510a199eed784ffebc7bf7497b3f4",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_96877",
                    table="cases_fhirdocument",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="fhirdocument",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_fhirdocumentevent" ("about_patient", "case_id", "id", "institution_id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "received_at", "resource_id", "resource_type", "stands_alone") VALUES (OLD."about_patient", OLD."case_id", OLD."id", OLD."institution_id", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."received_at", OLD."resource_id", OLD."resource_type", OLD."stands_alone"); RETURN NULL;',
                    hash="4b6b53bfdb8ef9cf6e4c3b3fb6a6f0bade800178",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_19a07",
                    table="cases_fhirdocument",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="fhiridentifier",
            constraint=models.UniqueConstraint(
                fields=("institution", "token", "document"), name="fhir_identifier_once"
            ),
        ),
        ProtectTenantTables(
            tables=["FhirDocument", "FhirIdentifier"], history=["FhirDocumentEvent"]
        ),
    ]
