"""A study that cannot be had at an institution."""

from typing import Any, ClassVar

from django.db import models

from guidance.editions.models.local_word import LocalWord


class LocalStudy(LocalWord):
    """That a study is not available, or with `is_withdrawn` that it is again.

    The newest version of each `procedure`, a procedure code of the guidance, holds.
    """

    procedure = models.CharField("study", max_length=40)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "procedure", "version"], name="local_study_version_once"
            ),
            models.CheckConstraint(
                condition=models.Q(is_withdrawn=True) | models.Q(review_on__isnull=False),
                name="local_study_is_reviewed",
            ),
        ]
