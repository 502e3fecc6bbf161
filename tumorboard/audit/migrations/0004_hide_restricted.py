"""The audit of a restricted case is as hidden as the case; one short lock of the table."""

from django.db import migrations

from tumorboard.tenancy.protection import HideRestricted


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_searched_by")]

    operations = [HideRestricted(["AuditEntry"])]
