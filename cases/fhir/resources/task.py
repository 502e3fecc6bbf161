"""Task: how far what a board recommended is, and what came of it."""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet

from cases.fhir.references import instant, person
from cases.fhir.resources.elements import day, parent, said, subject_of
from cases.fhir.resources.narrowings import by_reference, of_case
from cases.fhir.resources.service_request import tasks
from cases.fhir.source import Source, reference
from cases.fhir.vocabulary import choice
from cases.models import Task
from cases.models.task import TaskState
from cases.models.treatment import MEDICAL

FULFILL = {
    "coding": [
        {
            "system": "http://hl7.org/fhir/CodeSystem/task-code",
            "code": "fulfill",
            "display": "Fulfill the focal request",
        }
    ]
}
#: R4's task-status; in our own words `businessStatus` says it.
STATUS = {
    TaskState.OPEN: "requested",
    TaskState.ORDERED: "in-progress",
    TaskState.DONE: "completed",
    TaskState.RESULTED: "completed",
    TaskState.NOT_DONE: "cancelled",
    TaskState.REPLACED: "cancelled",
}


def _by_status(rows: QuerySet[Any], values: Sequence[str]) -> QuerySet[Any]:
    wanted = {value.rpartition("|")[2] for value in values}
    return rows.filter(state__in=[state for state, status in STATUS.items() if status in wanted])


class FollowUpTask(Source):
    """The follow-up of one recommendation, which is the ServiceRequest of the same id."""

    resource_type: ClassVar[str] = "Task"
    model = Task
    shared = staticmethod(tasks)
    stamp: ClassVar[str] = "made_at"
    narrowings: ClassVar = {
        **of_case(owner=by_reference("owner_id"), status=_by_status),
        "based-on": by_reference("pk"),
        "focus": by_reference("pk"),
    }

    def rows(self) -> QuerySet[Any]:
        """Tasks with their owners and what carried them out."""
        rows = Task.objects.select_related("case", "decision", "owner", "treatment")
        return rows.defer(
            "case__referral_text", "decision__quoted", "decision__rationale", "decision__opinions"
        )

    def project(self, row: Task) -> dict[str, Any]:
        """Who sees to what until when, how far it is, and what came of it or why nothing did."""
        request = reference("ServiceRequest", row.pk)
        decision = row.decision
        return said(
            resourceType=self.resource_type,
            basedOn=[request],
            status=STATUS[TaskState(row.state)],
            statusReason=_reason(row),
            businessStatus=choice("task-state", row.state),
            intent="plan",
            code=FULFILL,
            description=row.text,
            focus=request,
            **{"for": subject_of(row)},
            executionPeriod=said(start=day(row.ordered_on), end=day(_ended_on(row))),
            authoredOn=instant(row.made_at),
            requester=person(decision.signed_by_id, decision.signer_name),
            owner=person(row.owner_id, row.owner.name),
            reasonReference=reference("ClinicalImpression", row.decision_id),
            restriction={"period": {"end": day(row.due_on)}},
            output=list(_outputs(row)),
        )


def _reason(task: Task) -> dict[str, Any] | None:
    """Why it was not done: by its code and in words; of one that was replaced, in words."""
    if task.not_done_reason:
        return choice("not-done-reason", task.not_done_reason, text=task.not_done_text)
    return {"text": task.not_done_text} if task.not_done_text else None


def _ended_on(task: Task) -> Any:
    return task.done_on or task.resulted_on


def _outputs(task: Task) -> Iterator[dict[str, Any]]:
    found = (
        ("Study", "ImagingStudy", task.study_id),
        ("Result", "DiagnosticReport", task.result_id),
    )
    for words, resource_type, key in found:
        if key:
            yield {"type": {"text": words}, "valueReference": reference(resource_type, key)}
    treatment = parent(task, "treatment")
    if treatment is not None:
        resource_type = "MedicationStatement" if treatment.type in MEDICAL else "Procedure"
        done = reference(resource_type, treatment.pk)
        yield {"type": {"text": "Treatment"}, "valueReference": done}
