"""The privacy officer among the roles; nothing changes in the database."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_machines"),
    ]

    operations = [
        migrations.AlterField(
            model_name="invitation",
            name="role",
            field=models.CharField(
                choices=[
                    ("COORDINATOR", "Coordinator"),
                    ("CLINICIAN", "Clinician"),
                    ("RADIOLOGIST", "Radiologist"),
                    ("PATHOLOGIST", "Pathologist"),
                    ("BOARD_CHAIR", "Board chair"),
                    ("ADMINISTRATOR", "Institution administrator"),
                    ("PRIVACY_OFFICER", "Privacy officer"),
                ],
                max_length=40,
            ),
        ),
        migrations.AlterField(
            model_name="membership",
            name="role",
            field=models.CharField(
                choices=[
                    ("COORDINATOR", "Coordinator"),
                    ("CLINICIAN", "Clinician"),
                    ("RADIOLOGIST", "Radiologist"),
                    ("PATHOLOGIST", "Pathologist"),
                    ("BOARD_CHAIR", "Board chair"),
                    ("ADMINISTRATOR", "Institution administrator"),
                    ("PRIVACY_OFFICER", "Privacy officer"),
                ],
                max_length=40,
            ),
        ),
        migrations.AlterField(
            model_name="membershipevent",
            name="role",
            field=models.CharField(
                choices=[
                    ("COORDINATOR", "Coordinator"),
                    ("CLINICIAN", "Clinician"),
                    ("RADIOLOGIST", "Radiologist"),
                    ("PATHOLOGIST", "Pathologist"),
                    ("BOARD_CHAIR", "Board chair"),
                    ("ADMINISTRATOR", "Institution administrator"),
                    ("PRIVACY_OFFICER", "Privacy officer"),
                ],
                max_length=40,
            ),
        ),
    ]
