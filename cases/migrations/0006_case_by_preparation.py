"""What would hold up writers for as long as it reads the table of cases."""

from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("cases", "0005_record")]

    operations = [
        ValidateConstraint("case", "case_preparation_known_value"),
        AddIndexConcurrently(
            model_name="case",
            index=models.Index(
                fields=["institution", "preparation", "-changed_at"], name="case_by_preparation"
            ),
        ),
    ]
