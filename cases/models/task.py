"""What somebody owns until it is done, or a coded reason says why not."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from cases.models.case import Case
from cases.models.conclusion import RecommendationKind
from cases.models.decision import Decision, Recommendation
from cases.models.result import Result
from cases.models.study import Study
from cases.models.treatment import Treatment
from tumorboard.audit.history import keep_history
from tumorboard.tenancy.models import TenantForeignKey, TenantModel


class TaskState(models.TextChoices):
    """How far a task is."""

    OPEN = "open", "Open"
    ORDERED = "ordered", "Ordered"
    DONE = "done", "Done"
    RESULTED = "resulted", "Result is there"
    NOT_DONE = "not_done", "Not done"
    REPLACED = "replaced", "Replaced"


#: States in which somebody still has to do something.
PENDING = (TaskState.OPEN, TaskState.ORDERED)


class NotDone(models.TextChoices):
    """Why a recommendation was not carried out."""

    PATIENT_WISH = "patient_wish", "The patient's wish"
    COMORBIDITY = "comorbidity", "Comorbidity or condition"
    DIED = "died", "The patient died"
    NEW_FINDING = "new_finding", "A new finding changed the question"
    AVAILABILITY = "availability", "Not available"
    ELSEWHERE = "elsewhere", "Treated elsewhere"
    LOST = "lost", "Lost to follow-up"
    OTHER = "other", "Other"


class Unlinked(models.TextChoices):
    """Why what was matched to a task is not what it asked for."""

    ANOTHER_STUDY = "another_study", "It was done for another question"
    INCOMPLETE = "incomplete", "It does not answer what was asked for"
    MISTAKE = "mistake", "It was chosen or entered by mistake"
    OTHER = "other", "Other"


@keep_history
class Task(TenantModel):
    """The follow-up of one recommendation."""

    case = TenantForeignKey(Case, related_name="tasks")
    decision = TenantForeignKey(Decision, related_name="tasks")
    recommendation = TenantForeignKey(Recommendation, related_name="tasks")
    kind = models.CharField(max_length=20, choices=RecommendationKind.choices)
    code = models.CharField(max_length=40, blank=True)
    #: What is asked for, in words.
    text = models.CharField(max_length=500)
    #: One of several that each other replace: nothing is owed once another one is carried out.
    is_alternative = models.BooleanField(default=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    due_on = models.DateField("due on")
    state = models.CharField(max_length=20, choices=TaskState.choices, default=TaskState.OPEN)
    ordered_on = models.DateField("ordered on", null=True, blank=True)
    done_on = models.DateField("done on", null=True, blank=True)
    resulted_on = models.DateField("result on", null=True, blank=True)
    closed_at = models.DateTimeField(null=True, editable=False)
    not_done_reason = models.CharField(
        "why not", max_length=20, choices=NotDone.choices, blank=True
    )
    not_done_text = models.CharField("in words", max_length=500, blank=True)
    #: What carried it out, where the record holds it.
    study = TenantForeignKey(Study, null=True, blank=True, related_name="+")
    result = TenantForeignKey(Result, null=True, blank=True, related_name="+")
    treatment = TenantForeignKey(
        Treatment, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    #: Whether a person chose the study; what was chosen stands also where no rule would match it.
    is_linked_by_hand = models.BooleanField(default=False, db_default=False, editable=False)
    #: Why the last match was taken back; empty where none was.
    unlinked_because = models.CharField(
        "why it is not what was asked for",
        max_length=20,
        choices=Unlinked.choices,
        blank=True,
        default="",
        db_default="",
    )
    unlinked_text = models.CharField(
        "in words", max_length=500, blank=True, default="", db_default=""
    )
    #: What a person said last of its state; empty where only the record spoke. What the record
    #: says no longer, falls back to it.
    said = models.CharField(
        max_length=20,
        choices=TaskState.choices,
        blank=True,
        default="",
        db_default="",
        editable=False,
    )
    #: Whether what arrives in the record may carry it out; not once a person said otherwise.
    follows_record = models.BooleanField(default=True, db_default=True, editable=False)
    #: 0: nobody was told that it is overdue; 1: its owner was; 2: the board's chair was.
    escalation = models.PositiveSmallIntegerField(default=0, editable=False)
    reminded_at = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "recommendation"], name="task_once_per_recommendation"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=TaskState.values), name="task_state_known_value"
            ),
            models.CheckConstraint(
                condition=~models.Q(state=TaskState.NOT_DONE)
                | models.Q(not_done_reason__in=NotDone.values),
                name="task_not_done_gives_a_reason",
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["institution", "state", "due_on", "id"], name="task_by_due"),
            models.Index(fields=["institution", "owner", "state", "due_on"], name="task_by_owner"),
        ]
