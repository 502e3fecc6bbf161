"""What finds the patients born on a day, for duplicates; made without holding up writers."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("cases", "0009_gap")]

    operations = [
        AddIndexConcurrently(
            model_name="patient",
            index=models.Index(fields=["institution", "birth_date"], name="patient_by_birth_date"),
        ),
    ]
