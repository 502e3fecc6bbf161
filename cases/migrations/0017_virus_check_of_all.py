"""What 0016 asks of new rows, asked of all, and indexes: none of it keeps anybody waiting."""

from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("cases", "0016_virus_check"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        ValidateConstraint("studyfile", "study_file_state_known"),
        ValidateConstraint("studyfile", "study_file_virus_check_known"),
        ValidateConstraint("studyfile", "study_file_usable_only_if_checked"),
        AddIndexConcurrently(
            model_name="studyfile",
            index=models.Index(
                fields=["institution", "uploaded_by", "uploaded_at"], name="study_file_by_person"
            ),
        ),
        AddIndexConcurrently(
            model_name="studyfile",
            index=models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["institution", "uploaded_at"],
                name="study_file_waiting",
            ),
        ),
    ]
