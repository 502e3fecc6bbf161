"""How people sign in: sessions, history, throttling, an institution's limits, a shared cache."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import tumorboard.tenancy.models
import tumorboard.tenancy.scope
from tumorboard.tenancy.protection import ProtectTenantTables, application_role

#: The application adds and reads; what is older than a year it may remove, nothing else.
HISTORY = [
    "ALTER TABLE accounts_signinevent ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE accounts_signinevent FORCE ROW LEVEL SECURITY",
    "CREATE POLICY accounts_signinevent_read ON accounts_signinevent FOR SELECT USING (true)",
    "CREATE POLICY accounts_signinevent_add ON accounts_signinevent FOR INSERT WITH CHECK (true)",
    "CREATE POLICY accounts_signinevent_forget ON accounts_signinevent FOR DELETE "
    "USING (at < now() - interval '1 year')",
    f'REVOKE UPDATE ON accounts_signinevent FROM "{application_role()}"',
]
#: As Django's `createcachetable` makes it.
CACHE = (
    "CREATE TABLE accounts_cache (cache_key varchar(255) PRIMARY KEY, "
    "value text NOT NULL, expires timestamptz NOT NULL)"
)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_invited_by_operator"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Throttle",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("failures", models.PositiveIntegerField()),
                ("last_at", models.DateTimeField(db_index=True)),
                ("open_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="PersonSession",
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
                ("session_key", models.CharField(max_length=40, unique=True)),
                (
                    "began_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("last_seen_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("address", models.GenericIPAddressField(null=True)),
                ("device", models.CharField(max_length=80)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SignInEvent",
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
                ("at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("kind", models.CharField(max_length=40)),
                ("method", models.CharField(blank=True, max_length=40)),
                ("address", models.GenericIPAddressField(null=True)),
                ("device", models.CharField(max_length=80)),
                ("browser", models.CharField(blank=True, max_length=64)),
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
            options={
                "indexes": [
                    models.Index(fields=["user", "-at"], name="sign_in_by_person"),
                    models.Index(fields=["at"], name="sign_in_by_time"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SignInPolicy",
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
                ("idle_minutes", models.PositiveSmallIntegerField(db_default=15, default=15)),
                ("absolute_hours", models.PositiveSmallIntegerField(db_default=12, default=12)),
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
                    models.UniqueConstraint(fields=("institution",), name="sign_in_policy_once"),
                    models.CheckConstraint(
                        condition=models.Q(("idle_minutes__range", (5, 60))),
                        name="sign_in_policy_idle",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("absolute_hours__range", (1, 24))),
                        name="sign_in_policy_absolute",
                    ),
                ],
            },
        ),
        ProtectTenantTables(tables=["signinpolicy"]),
        migrations.RunSQL(HISTORY, migrations.RunSQL.noop),
        migrations.RunSQL(
            [CACHE, "CREATE INDEX accounts_cache_expires ON accounts_cache (expires)"],
            "DROP TABLE accounts_cache",
        ),
    ]
