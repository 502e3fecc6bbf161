"""FHIR resources of many patients on their way out."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import tumorboard.tenancy.models
import tumorboard.tenancy.scope
import tumorboard.vault.fields
from tumorboard.tenancy.protection import ProtectTenantTables


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0031_hook_clients"),
        ("tenancy", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BulkExport",
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
                ("request", models.CharField(max_length=2000)),
                (
                    "asked",
                    tumorboard.vault.fields.SealedJSONField(
                        db_column="sealed_asked",
                        default=dict,
                        empty=dict,
                        holder="",
                        purpose="bulk_export.asked",
                    ),
                ),
                ("transaction_time", models.DateTimeField()),
                (
                    "permissions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), default=list, size=None
                    ),
                ),
                ("scopes", models.CharField(blank=True, default="", max_length=1000)),
                ("place", models.JSONField(default=dict)),
                ("done_count", models.PositiveIntegerField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[("running", "Running"), ("done", "Done"), ("stopped", "Stopped")],
                        default="running",
                        max_length=10,
                    ),
                ),
                ("job", models.UUIDField(blank=True, editable=False, null=True)),
                (
                    "requested_at",
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
                    "requested_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["institution", "expires_at"], name="bulk_export_by_end")
                ],
            },
        ),
        migrations.CreateModel(
            name="BulkExportPart",
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
                ("number", models.PositiveIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("output", "Output"), ("deleted", "Deleted"), ("error", "Error")],
                        default="output",
                        max_length=10,
                    ),
                ),
                ("resource_type", models.CharField(max_length=40)),
                (
                    "types",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                ("count", models.PositiveIntegerField()),
                (
                    "subjects",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), default=list, size=None
                    ),
                ),
                (
                    "content",
                    tumorboard.vault.fields.SealedJSONField(
                        db_column="sealed_content",
                        default=str,
                        empty=str,
                        holder="",
                        purpose="bulk_export_part.content",
                    ),
                ),
                (
                    "export",
                    tumorboard.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="cases.bulkexport",
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
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("institution", "export", "number"), name="bulk_export_part_once"
                    )
                ],
            },
        ),
        ProtectTenantTables(tables=["BulkExport", "BulkExportPart"]),
    ]
