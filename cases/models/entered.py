"""Who entered a row, and when."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class Entered(models.Model):
    """A row that a person entered; history says who changed it afterwards."""

    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    entered_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True
