"""ServiceRequest: what a board recommends, and examinations that were ordered."""

from typing import Any, ClassVar

from django.db.models import QuerySet

from cases.fhir.references import instant, person
from cases.fhir.resources import codings
from cases.fhir.resources.elements import (
    condition_of,
    day,
    is_erased,
    notes,
    said,
    subject_of,
)
from cases.fhir.resources.imaging_study import studies
from cases.fhir.resources.narrowings import by_day, by_moment, by_reference, of_case
from cases.fhir.source import Source, reference
from cases.fhir.vocabulary import choice, guidance_address
from cases.models import Study, Task
from cases.models.conclusion import RecommendationKind
from cases.models.task import TaskState
from cases.selectors.concepts import label_of

ACTIVE, COMPLETED, REVOKED = "active", "completed", "revoked"
#: R4's request-status by how far the task is that follows.
STATUS = {
    TaskState.OPEN: ACTIVE,
    TaskState.ORDERED: ACTIVE,
    TaskState.DONE: COMPLETED,
    TaskState.RESULTED: COMPLETED,
    TaskState.NOT_DONE: REVOKED,
    TaskState.REPLACED: REVOKED,
}
ACCESSION = {
    "coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "ACSN"}]
}


#: Long columns that no request tells.
UNREAD = (
    "case__referral_text",
    "decision__quoted",
    "decision__rationale",
    "decision__opinions",
    "decision__assessment__facts",
    "decision__assessment__origins",
    "decision__assessment__answer",
)


def tasks() -> QuerySet[Any]:
    """Every task: what was recommended, by whom, who owns it and what carried it out."""
    rows = Task.objects.select_related(
        "case", "recommendation", "decision__assessment", "owner", "treatment"
    )
    return rows.defer(*UNREAD)


class RecommendationRequest(Source):
    """One recommendation of a signed decision.

    Its row is the task that follows from it: what is asked for never changes, but whether it is
    still asked for does, and that the task says. So it has the task's id and the task's versions.
    """

    resource_type: ClassVar[str] = "ServiceRequest"
    model = Task
    shared = staticmethod(tasks)
    stamp: ClassVar[str] = "made_at"
    narrowings: ClassVar = {
        **of_case(authored=by_moment("decision__signed_at")),
        "based-on": by_reference("decision_id"),
    }

    def rows(self) -> QuerySet[Any]:
        """Tasks with what was recommended and by whom."""
        rows = Task.objects.select_related("case", "recommendation", "decision__assessment")
        return rows.defer(*UNREAD)

    def project(self, row: Task) -> dict[str, Any]:
        """What is asked for, of whom, why, until when, and whether it still is."""
        asked, decision = row.recommendation, row.decision
        instead = f"Alternative to recommendation {asked.alternative_to}."
        return said(
            resourceType=self.resource_type,
            basedOn=[reference("CarePlan", row.decision_id)],
            status=STATUS[TaskState(row.state)],
            intent="plan",
            category=[choice("recommendation-kind", row.kind)],
            code=code_of(row),
            subject=subject_of(row),
            occurrencePeriod=said(end=day(asked.due_on)),
            authoredOn=instant(decision.signed_at),
            requester=person(decision.signed_by_id, decision.signer_name),
            reasonCode=[choice("recommendation-intent", asked.intent)] if asked.intent else [],
            reasonReference=[condition_of(row)],
            supportingInfo=[reference("ClinicalImpression", row.decision_id)],
            note=notes(instead if asked.alternative_to else ""),
        )


def code_of(task: Task) -> dict[str, Any]:
    """What is asked for: a study, an option of the guidance in its edition, or words alone."""
    if task.code and task.kind == RecommendationKind.IMAGING:
        path = f"procedure/{task.code}"
        return codings.concept(path, label_of(path), text=task.text)
    if task.code:
        option = {
            "system": guidance_address("CodeSystem", "action"),
            "version": task.decision.assessment.edition_version,
            "code": task.code,
        }
        return {"coding": [option], "text": task.text}
    return {"text": task.text}


class StudyRequest(Source):
    """An examination that was ordered: in force until it is performed.

    An ImagingStudy of the same id tells of it from then on.
    """

    resource_type: ClassVar[str] = "ServiceRequest"
    model = Study
    shared = staticmethod(studies)
    narrowings: ClassVar = of_case(authored=by_day("ordered_on"))

    def rows(self) -> QuerySet[Any]:
        """Studies of which it is known when they were ordered."""
        rows = Study.objects.filter(ordered_on__isnull=False).select_related("case__patient")
        return rows.defer("report", "case__referral_text")

    def gives(self, row: Study) -> bool:
        """Whether it was known then when it was ordered."""
        return row.ordered_on is not None

    def project(self, row: Study) -> dict[str, Any]:
        """What was ordered and when, and what it looks for; its number goes with the patient."""
        number = "" if is_erased(row) else row.accession_number
        return said(
            resourceType=self.resource_type,
            identifier=[{"type": ACCESSION, "value": number}] if number else [],
            status=COMPLETED if row.performed_on else ACTIVE,
            intent="order",
            category=[choice("recommendation-kind", RecommendationKind.IMAGING)],
            code=_ordered(row),
            subject=subject_of(row),
            authoredOn=day(row.ordered_on),
            reasonCode=[choice("order-target", row.target)] if row.target else [],
            reasonReference=[condition_of(row)],
        )


def _ordered(study: Study) -> dict[str, Any]:
    if study.procedure:
        path = f"procedure/{study.procedure}"
        return codings.concept(path, label_of(path))
    return choice("modality", study.modality)
