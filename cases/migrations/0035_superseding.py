"""Which message superseded a proposal, so that it can be opened again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0034_inbox_tests"),
    ]

    operations = [
        migrations.AddField(
            model_name="inboxproposal",
            name="superseding_id",
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name="inboxproposal",
            index=models.Index(
                condition=models.Q(("superseding_id__isnull", False)),
                fields=["institution", "superseding_id"],
                name="inbox_proposal_by_superseding",
            ),
        ),
    ]
