"""What must be there before a board, and the gaps that people ask for or accept."""

from typing import Any, ClassVar

from django.db import models

from cases.models.board import Board
from cases.models.case import Case
from cases.models.entered import Entered
from tumorboard.audit.history import keep_history
from tumorboard.tenancy.models import TenantForeignKey, TenantModel


@keep_history
class DataSetItem(Entered, TenantModel):
    """How an institution departs from the product's minimum data set in one item.

    `item` is a code of the minimum data set. Without a board it holds for all boards.
    """

    item = models.CharField(max_length=40)
    #: A scenario such as SC-05; empty for every scenario.
    scenario = models.CharField(max_length=20, blank=True)
    board = TenantForeignKey(Board, null=True, blank=True, related_name="+")
    is_required = models.BooleanField("required", default=True)
    max_age_weeks = models.PositiveSmallIntegerField("at most weeks old", null=True, blank=True)
    asked_of = models.CharField("who is asked", max_length=40, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "item", "scenario", "board"],
                name="data_set_item_once",
                nulls_distinct=False,
            ),
        ]


@keep_history
class GapRequest(Entered, TenantModel):
    """Somebody was asked for what is missing."""

    case = TenantForeignKey(Case, related_name="gap_requests")
    item = models.CharField(max_length=40)
    asked_of = models.CharField("asked of", max_length=200)
    asked_on = models.DateField("asked on")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "case", "item"], name="gap_request_once"
            ),
        ]


@keep_history
class GapAcceptance(Entered, TenantModel):
    """A person accepts by name that the board decides without an item."""

    case = TenantForeignKey(Case, related_name="gap_acceptances")
    item = models.CharField(max_length=40)
    reason = models.CharField(max_length=500)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "case", "item"], name="gap_acceptance_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(reason=""), name="gap_acceptance_gives_a_reason"
            ),
        ]


class Gap(TenantModel):
    """An item that is missing, or that is there and goes stale on `begins_on`.

    Repeats what follows from the record, so that a worklist over all cases needs no computing;
    written only by `cases.services.completeness`. A row whose `begins_on` lies ahead is no gap yet.
    """

    case = TenantForeignKey(Case, related_name="gaps")
    item = models.CharField(max_length=40)
    #: Code of a department of the minimum data set.
    asked_of = models.CharField("who is asked", max_length=40)
    begins_on = models.DateField()
    is_stale = models.BooleanField("there, but too old")
    is_accepted = models.BooleanField(default=False)
    #: When somebody was asked by name, as in `GapRequest`.
    asked_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["institution", "case", "item"], name="gap_once"),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["institution", "begins_on", "id"], name="gap_by_day"),
            models.Index(
                fields=["institution", "asked_of", "begins_on", "id"], name="gap_by_department"
            ),
        ]
