"""FHIR Subscriptions, and the number that an event has in one."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import tumorboard.tenancy.models
import tumorboard.tenancy.scope
from tumorboard.tenancy.protection import ProtectTenantTables


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0032_bulk_export"),
        ("tenancy", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="webhookdelivery",
            name="number",
            field=models.PositiveIntegerField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="webhookendpoint",
            name="is_subscription",
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.AlterField(
            model_name="webhookdelivery",
            name="kind",
            field=models.CharField(
                choices=[
                    ("case.listed", "A case was put on a list"),
                    ("agenda.published", "An agenda was published"),
                    ("decision.signed", "A decision was signed"),
                    ("decision.amended", "A signed decision was amended"),
                    ("recommendation.due", "A recommendation is due within days"),
                    ("recommendation.done", "A recommendation was carried out"),
                    ("recommendation.overdue", "A recommendation is overdue"),
                    ("webhook.test", "A test of the endpoint"),
                    ("subscription.handshake", "The handshake of a subscription"),
                    ("subscription.heartbeat", "A sign that a subscription lives"),
                ],
                max_length=40,
            ),
        ),
        migrations.CreateModel(
            name="Subscription",
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
                    "content",
                    models.CharField(
                        choices=[
                            ("empty", "That something happened"),
                            ("id-only", "Ids"),
                            ("full-resource", "Whole resources"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "phase",
                    models.CharField(
                        choices=[
                            ("requested", "Asked for"),
                            ("running", "Running"),
                            ("off", "Switched off"),
                        ],
                        default="requested",
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(max_length=500)),
                ("contact", models.JSONField(default=list)),
                ("ends_at", models.DateTimeField(null=True)),
                ("heartbeat_seconds", models.PositiveIntegerField(null=True)),
                ("timeout_seconds", models.PositiveIntegerField(null=True)),
                ("max_count", models.PositiveIntegerField(null=True)),
                ("events", models.PositiveIntegerField(default=0)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "changed_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "made_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "board",
                    tumorboard.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.board",
                    ),
                ),
                (
                    "endpoint",
                    tumorboard.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="subscriptions",
                        to="cases.webhookendpoint",
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
                    "owner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
            options={
                "indexes": [
                    models.Index(fields=["institution", "owner"], name="subscription_by_owner")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("institution", "endpoint"), name="subscription_endpoint_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("content__in", ["empty", "id-only", "full-resource"])),
                        name="subscription_content_known_value",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("phase__in", ["requested", "running", "off"])),
                        name="subscription_phase_known_value",
                    ),
                ],
            },
        ),
        ProtectTenantTables(tables=["Subscription"]),
    ]
