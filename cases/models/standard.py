"""A named standard of care that settles a case without discussion."""

from typing import Any, ClassVar

from django.core.validators import MaxValueValidator
from django.db import models

from cases.models.board import Board
from cases.models.entered import Entered
from tumorboard.audit.history import keep_history
from tumorboard.tenancy.models import TenantForeignKey, TenantModel


@keep_history
class Standard(Entered, TenantModel):
    """What a board settles on the protocol track: one scenario and branch of the guidance.

    `source` names where the standard is written. Without a branch it holds before any result.
    """

    board = TenantForeignKey(Board, related_name="standards")
    name = models.CharField(max_length=200)
    source = models.CharField("where it is written", max_length=300)
    scenario = models.CharField(max_length=60)
    branch = models.CharField(max_length=20, blank=True)
    audit_percent = models.PositiveSmallIntegerField(
        "share that is audited, in percent", default=10, validators=[MaxValueValidator(100)]
    )
    is_active = models.BooleanField("in use", default=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "board", "name"], name="standard_name_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(source=""), name="standard_names_its_source"
            ),
        ]
