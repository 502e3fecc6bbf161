"""What a signed record shows beside its own words: what the board saw, which board, and when."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0012_task_matching"),
    ]

    operations = [
        migrations.AddField(
            model_name="decision",
            name="assessment_hash",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.AddField(
            model_name="decision",
            name="board_name",
            field=models.CharField(blank=True, db_default="", default="", max_length=120),
        ),
        migrations.AddField(
            model_name="decision",
            name="meeting_starts_at",
            field=models.DateTimeField(null=True),
        ),
    ]
