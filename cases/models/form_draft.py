"""What a person typed into a form and has not saved yet."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from tumorboard.tenancy.models import TenantModel
from tumorboard.vault.fields import SealedJSONField


class FormDraft(TenantModel):
    """The text of one form of one person; only that person reads it."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    #: Which form, such as "study".
    form = models.CharField(max_length=60)
    #: The row or case that the form is about; empty for a new one.
    about = models.CharField(max_length=36, blank=True)
    #: Under the institution's key: of a new case nobody knows yet whose it is.
    fields = SealedJSONField(purpose="form_draft.fields", db_column="sealed_fields")
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "person", "form", "about"], name="form_draft_once"
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["institution", "saved_at"], name="form_draft_by_time"),
        ]
