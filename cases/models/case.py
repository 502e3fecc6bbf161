"""One tumor's story."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from cases.models.patient import Patient
from tumorboard.audit.history import keep_history_of
from tumorboard.tenancy.models import TenantForeignKey, TenantModel


class BoardLevel(models.TextChoices):
    """Whether the guidance sends a case to the board."""

    YES = "yes", "Yes"
    CONSIDER = "consider", "Consider"
    NO = "no", "No"


class Readiness(models.TextChoices):
    """How far a case is prepared; the words of the interface."""

    NOT_STARTED = "not started", "Not started"
    INCOMPLETE = "incomplete", "Incomplete"
    READY = "ready", "Ready"
    NEEDS_DECISION = "needs a decision", "Needs a decision"
    SIGNED = "signed", "Signed"


class Preparation(models.TextChoices):
    """Whether everything that the minimum data set asks for is there."""

    READY = "ready", "Ready"
    READY_WITH_GAPS = "ready with gaps", "Ready with accepted gaps"
    NOT_READY = "not ready", "Not ready"


@keep_history_of(
    "patient", "title", "board_question", "referral_text", "referred_by", "referred_on"
)
class Case(TenantModel):
    """One tumor's story, with what the current assessment says of it.

    `scenario`, `board_level`, `missing_count` and `readiness` repeat the current assessment and
    are written only by `cases.services.assessments`, so that lists and queues need no JSON.
    `preparation` and `preparation_until` repeat the completeness of the record and are written
    only by `cases.services.completeness`.
    """

    patient = TenantForeignKey(Patient, related_name="cases")
    title = models.CharField("diagnosis in a few words", max_length=200)
    board_question = models.CharField("question for the board", max_length=500, blank=True)
    referral_text = models.TextField(
        "referral", blank=True, max_length=50_000, default="", db_default=""
    )
    referred_by = models.CharField(
        "referred by", max_length=200, blank=True, default="", db_default=""
    )
    referred_on = models.DateField("referred on", null=True, blank=True)
    opened_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)
    #: Counts the writes to the case; what two people editing at once compare.
    version = models.PositiveIntegerField(default=1, editable=False)
    assessment = TenantForeignKey("cases.Assessment", null=True, editable=False, related_name="+")
    scenario = models.CharField(max_length=60, blank=True, editable=False)
    board_level = models.CharField(
        max_length=10, choices=BoardLevel.choices, default=BoardLevel.NO, editable=False
    )
    missing_count = models.PositiveSmallIntegerField(default=0, editable=False)
    readiness = models.CharField(
        max_length=20, choices=Readiness.choices, default=Readiness.NOT_STARTED, editable=False
    )
    preparation = models.CharField(
        max_length=20,
        choices=Preparation.choices,
        default=Preparation.NOT_READY,
        db_default=Preparation.NOT_READY,
        editable=False,
    )
    #: Neither written nor read: lists count the rows of `Gap`. The column stays as long as
    #: processes of a release that writes it may still run.
    gap_count = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    #: The last day on which `preparation` holds, since what is current today goes stale.
    preparation_until = models.DateField(null=True, editable=False)

    class Meta:
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["institution", "-changed_at", "id"], name="case_by_change"),
            models.Index(
                fields=["institution", "board_level", "-changed_at"], name="case_by_board_level"
            ),
            models.Index(
                fields=["institution", "readiness", "-changed_at"], name="case_by_readiness"
            ),
            models.Index(
                fields=["institution", "preparation", "-changed_at"], name="case_by_preparation"
            ),
        ]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=models.Q(preparation__in=Preparation.values),
                name="case_preparation_known_value",
            ),
            models.CheckConstraint(
                condition=models.Q(board_level__in=BoardLevel.values),
                name="case_board_level_known_value",
            ),
            models.CheckConstraint(
                condition=models.Q(readiness__in=Readiness.values),
                name="case_readiness_known_value",
            ),
        ]

    def __str__(self) -> str:
        return self.title
