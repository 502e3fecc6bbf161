"""Events for other systems, the endpoints that are told of them, and what became of that."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import tumorboard.tenancy.models
import tumorboard.tenancy.scope
import tumorboard.vault.fields
from tumorboard.tenancy.protection import ProtectTenantTables


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0025_idempotency_key"),
        ("tenancy", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Event",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("case.listed", "A case was put on a list"),
                            ("agenda.published", "An agenda was published"),
                            ("decision.signed", "A decision was signed"),
                            ("decision.amended", "A signed decision was amended"),
                            ("recommendation.due", "A recommendation is due within days"),
                            ("recommendation.done", "A recommendation was carried out"),
                            ("recommendation.overdue", "A recommendation is overdue"),
                        ],
                        max_length=40,
                    ),
                ),
                ("subject_id", models.UUIDField()),
                ("due_on", models.DateField(null=True)),
                ("stream", models.UUIDField()),
                ("sequence", models.PositiveIntegerField()),
                (
                    "occurred_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
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
                    "meeting",
                    tumorboard.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.meeting",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="WebhookEndpoint",
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
                ("label", models.CharField(max_length=80, verbose_name="name")),
                ("address", models.CharField(max_length=500, verbose_name="address")),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("case.listed", "A case was put on a list"),
                                ("agenda.published", "An agenda was published"),
                                ("decision.signed", "A decision was signed"),
                                ("decision.amended", "A signed decision was amended"),
                                ("recommendation.due", "A recommendation is due within days"),
                                ("recommendation.done", "A recommendation was carried out"),
                                ("recommendation.overdue", "A recommendation is overdue"),
                            ],
                            max_length=40,
                        ),
                        size=None,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("active", "Active"),
                            ("paused", "Paused"),
                            ("removed", "Removed"),
                        ],
                        default="active",
                        max_length=10,
                    ),
                ),
                (
                    "secrets",
                    tumorboard.vault.fields.SealedJSONField(
                        default=dict,
                        editable=False,
                        empty=dict,
                        holder="",
                        purpose="webhook.secrets",
                    ),
                ),
                ("former_until", models.DateTimeField(editable=False, null=True)),
                ("failing_since", models.DateTimeField(editable=False, null=True)),
                ("rests_until", models.DateTimeField(editable=False, null=True)),
                (
                    "made_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
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
                    "restricted_asked_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "restricted_granted_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "saved_by",
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
            name="WebhookDelivery",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("case.listed", "A case was put on a list"),
                            ("agenda.published", "An agenda was published"),
                            ("decision.signed", "A decision was signed"),
                            ("decision.amended", "A signed decision was amended"),
                            ("recommendation.due", "A recommendation is due within days"),
                            ("recommendation.done", "A recommendation was carried out"),
                            ("recommendation.overdue", "A recommendation is overdue"),
                            ("webhook.test", "A test of the endpoint"),
                        ],
                        max_length=40,
                    ),
                ),
                ("stream", models.UUIDField()),
                ("sequence", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("delivered", "Delivered"),
                            ("dead", "Given up"),
                            ("withheld", "Withheld"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField()),
                ("tried_at", models.DateTimeField(null=True)),
                ("status_code", models.PositiveSmallIntegerField(null=True)),
                (
                    "fault",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("not_allowed", "The address lies where the server may not ask"),
                            ("no_host", "The host is not known"),
                            ("unreachable", "The host does not answer"),
                            ("too_slow", "No answer in time"),
                            ("untrusted", "The certificate is not trusted"),
                            ("redirected", "The answer leads elsewhere"),
                            ("refused", "The answer is no success"),
                            ("gone", "The endpoint says that it is gone"),
                            ("not_http", "The answer is no HTTP"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "made_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("ended_at", models.DateTimeField(null=True)),
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
                    "event",
                    tumorboard.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="cases.event",
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
                    "endpoint",
                    tumorboard.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="cases.webhookendpoint",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="WebhookEndpointEvent",
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
                ("label", models.CharField(max_length=80, verbose_name="name")),
                ("address", models.CharField(max_length=500, verbose_name="address")),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("case.listed", "A case was put on a list"),
                                ("agenda.published", "An agenda was published"),
                                ("decision.signed", "A decision was signed"),
                                ("decision.amended", "A signed decision was amended"),
                                ("recommendation.due", "A recommendation is due within days"),
                                ("recommendation.done", "A recommendation was carried out"),
                                ("recommendation.overdue", "A recommendation is overdue"),
                            ],
                            max_length=40,
                        ),
                        size=None,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("active", "Active"),
                            ("paused", "Paused"),
                            ("removed", "Removed"),
                        ],
                        default="active",
                        max_length=10,
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
                        to="cases.webhookendpoint",
                    ),
                ),
                (
                    "restricted_asked_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "restricted_granted_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "saved_by",
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
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["institution", "occurred_at", "id"], name="event_by_time"),
        ),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.UniqueConstraint(
                fields=("institution", "stream", "sequence"), name="event_sequence_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind__in", ("recommendation.due", "recommendation.overdue"))),
                fields=("institution", "kind", "subject_id", "due_on"),
                name="event_due_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "case.listed",
                            "agenda.published",
                            "decision.signed",
                            "decision.amended",
                            "recommendation.due",
                            "recommendation.done",
                            "recommendation.overdue",
                        ],
                    )
                ),
                name="event_kind_known_value",
            ),
        ),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("case__isnull", False), ("meeting__isnull", False), _connector="OR"
                ),
                name="event_belongs_somewhere",
            ),
        ),
        migrations.AddConstraint(
            model_name="webhookendpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["active", "paused", "removed"])),
                name="webhook_endpoint_state_known_value",
            ),
        ),
        migrations.AddConstraint(
            model_name="webhookendpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("restricted_granted_by", None),
                    models.Q(
                        ("restricted_asked_by__isnull", False),
                        models.Q(
                            ("restricted_granted_by", models.F("restricted_asked_by")),
                            _negated=True,
                        ),
                    ),
                    _connector="OR",
                ),
                name="webhook_endpoint_restricted_by_two",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="webhookendpoint",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_webhookendpointevent" ("address", "id", "institution_id", "kinds", "label", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "restricted_asked_by_id", "restricted_granted_by_id", "saved_by_id", "state") VALUES (NEW."address", NEW."id", NEW."institution_id", NEW."kinds", NEW."label", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."restricted_asked_by_id", NEW."restricted_granted_by_id", NEW."saved_by_id", NEW."state"); RETURN NULL;',
                    hash="7f95c5738d70a4a59c1054d69a64a6c49d5fda00",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_1f3d9",
                    table="cases_webhookendpoint",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="webhookendpoint",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."address" IS DISTINCT FROM (NEW."address") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."institution_id" IS DISTINCT FROM (NEW."institution_id") OR OLD."kinds" IS DISTINCT FROM (NEW."kinds") OR OLD."label" IS DISTINCT FROM (NEW."label") OR OLD."restricted_asked_by_id" IS DISTINCT FROM (NEW."restricted_asked_by_id") OR OLD."restricted_granted_by_id" IS DISTINCT FROM (NEW."restricted_granted_by_id") OR OLD."saved_by_id" IS DISTINCT FROM (NEW."saved_by_id") OR OLD."state" IS DISTINCT FROM (NEW."state"))',
                    func='INSERT INTO "cases_webhookendpointevent" ("address", "id", "institution_id", "kinds", "label", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "restricted_asked_by_id", "restricted_granted_by_id", "saved_by_id", "state") VALUES (NEW."address", NEW."id", NEW."institution_id", NEW."kinds", NEW."label", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."restricted_asked_by_id", NEW."restricted_granted_by_id", NEW."saved_by_id", NEW."state"); RETURN NULL;',
                    hash="b17019795d396cc067262b015816edf6143d02e8",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_6b6fc",
                    table="cases_webhookendpoint",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="webhookendpoint",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_webhookendpointevent" ("address", "id", "institution_id", "kinds", "label", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "restricted_asked_by_id", "restricted_granted_by_id", "saved_by_id", "state") VALUES (OLD."address", OLD."id", OLD."institution_id", OLD."kinds", OLD."label", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."restricted_asked_by_id", OLD."restricted_granted_by_id", OLD."saved_by_id", OLD."state"); RETURN NULL;',
                    hash="34a612617626eddd0e7745ff0b56d1e52c96ee52",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_60b61",
                    table="cases_webhookendpoint",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["institution", "endpoint", "stream", "sequence"],
                name="webhook_delivery_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(
                fields=["institution", "endpoint", "state", "-made_at"],
                name="webhook_delivery_by_state",
            ),
        ),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(
                fields=["institution", "state", "ended_at"], name="webhook_delivery_ended"
            ),
        ),
        migrations.AddConstraint(
            model_name="webhookdelivery",
            constraint=models.UniqueConstraint(
                fields=("institution", "endpoint", "event"), name="webhook_delivery_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="webhookdelivery",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["waiting", "delivered", "dead", "withheld"])),
                name="webhook_delivery_state_known_value",
            ),
        ),
        ProtectTenantTables(
            tables=["WebhookEndpoint", "WebhookDelivery"],
            append_only=["Event"],
            history=["WebhookEndpointEvent"],
        ),
    ]
