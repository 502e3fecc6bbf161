"""What happened that other systems may want to know of. Append-only."""

from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Now

from cases.models.case import Case
from cases.models.meeting import Meeting
from tumorboard.tenancy.models import TenantForeignKey, TenantModel


class EventKind(models.TextChoices):
    """What can happen; the values are what other systems are told."""

    CASE_LISTED = "case.listed", "A case was put on a list"
    AGENDA_PUBLISHED = "agenda.published", "An agenda was published"
    DECISION_SIGNED = "decision.signed", "A decision was signed"
    DECISION_AMENDED = "decision.amended", "A signed decision was amended"
    RECOMMENDATION_DUE = "recommendation.due", "A recommendation is due within days"
    RECOMMENDATION_DONE = "recommendation.done", "A recommendation was carried out"
    RECOMMENDATION_OVERDUE = "recommendation.overdue", "A recommendation is overdue"


#: Written by a sweep, once for each task and day on which it is due.
TIMED = (EventKind.RECOMMENDATION_DUE, EventKind.RECOMMENDATION_OVERDUE)
#: The kind of row that `Event.subject_id` names.
SUBJECTS = {
    EventKind.CASE_LISTED: "agenda_item",
    EventKind.AGENDA_PUBLISHED: "publication",
    EventKind.DECISION_SIGNED: "decision",
    EventKind.DECISION_AMENDED: "decision",
    EventKind.RECOMMENDATION_DUE: "task",
    EventKind.RECOMMENDATION_DONE: "task",
    EventKind.RECOMMENDATION_OVERDUE: "task",
}


class Event(TenantModel):
    """One thing that happened: ids and a code, nothing of a patient.

    Events of one stream follow each other by `sequence`, from 1 and without gaps. The stream is
    the case; where an event belongs to no case, the meeting. `subject_id` is no reference, since
    an agenda item may be taken off its list again.
    """

    kind = models.CharField(max_length=40, choices=EventKind.choices)
    #: None where it is about a whole agenda, on which no restricted case stands.
    case = TenantForeignKey(Case, null=True, related_name="+")
    meeting = TenantForeignKey(Meeting, null=True, related_name="+")
    subject_id = models.UUIDField()
    #: The day on which a recommendation is due; None for every other kind.
    due_on = models.DateField(null=True)
    stream = models.UUIDField()
    sequence = models.PositiveIntegerField()
    occurred_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "stream", "sequence"], name="event_sequence_once"
            ),
            models.UniqueConstraint(
                fields=["institution", "kind", "subject_id", "due_on"],
                condition=models.Q(kind__in=TIMED),
                name="event_due_once",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=EventKind.values), name="event_kind_known_value"
            ),
            models.CheckConstraint(
                condition=models.Q(case__isnull=False) | models.Q(meeting__isnull=False),
                name="event_belongs_somewhere",
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["institution", "occurred_at", "id"], name="event_by_time"),
        ]
