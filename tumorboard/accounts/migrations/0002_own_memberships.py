"""A second, read-only policy on memberships: a person's own rows, to choose an institution."""

from django.db import migrations

MINE = "NULLIF(current_setting('tumorboard.person', true), '')::uuid"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.RunSQL(
            f"CREATE POLICY accounts_membership_own ON accounts_membership "
            f"FOR SELECT USING (user_id = {MINE})",
            "DROP POLICY accounts_membership_own ON accounts_membership",
        ),
    ]
