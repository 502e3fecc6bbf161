from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="importfile",
            name="job",
            field=models.UUIDField(blank=True, editable=False, null=True),
        ),
    ]
