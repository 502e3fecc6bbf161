"""What every word of an institution beside the guidance has in common."""

import datetime

from django.conf import settings
from django.core.validators import ProhibitNullCharactersValidator
from django.db import models
from django.utils import timezone

from tumorboard.tenancy.models import TenantModel


class LocalWord(TenantModel):
    """One version of something that an institution says beside the guidance. Append-only.

    Nothing is edited in place: a new version takes the place of the one before, and the last one
    may withdraw it. `reason` says why this version was made; it is to be looked at again by
    `review_on`, which only a withdrawing version has not.
    """

    version = models.PositiveIntegerField(default=1, editable=False)
    is_withdrawn = models.BooleanField(default=False, editable=False)
    reason = models.CharField(max_length=500, validators=[ProhibitNullCharactersValidator()])
    review_on = models.DateField("to be reviewed by", null=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True

    def is_overdue_on(self, day: datetime.date) -> bool:
        """Whether it should have been looked at again before `day`."""
        return self.review_on is not None and self.review_on < day
