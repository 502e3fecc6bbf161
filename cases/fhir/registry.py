"""Every source of resources, and what types there are."""

from collections.abc import Sequence
from functools import cache

from cases.fhir.documents import WRITTEN, Documents
from cases.fhir.published import Published
from cases.fhir.resources.agenda import MeetingAgenda
from cases.fhir.resources.appointment import MeetingAppointment
from cases.fhir.resources.audit_event import EntryAuditEvent
from cases.fhir.resources.best_response import BestResponse
from cases.fhir.resources.body_structure import LesionStructure
from cases.fhir.resources.care_plan import DecisionCarePlan
from cases.fhir.resources.care_team import BoardCareTeam
from cases.fhir.resources.clinical_impression import DecisionImpression
from cases.fhir.resources.condition import TumorCondition
from cases.fhir.resources.detected_issue import AcknowledgedIssue
from cases.fhir.resources.diagnostic_report import ImagingReport, PathologyReport, ReportOnly
from cases.fhir.resources.fact import AnsweredFact
from cases.fhir.resources.guidance_artifacts import Guidance, Vocabularies
from cases.fhir.resources.guidance_response import AssessmentResponse
from cases.fhir.resources.imaging_study import PerformedStudy
from cases.fhir.resources.laboratory import LaboratoryValue
from cases.fhir.resources.lesion import LesionReading
from cases.fhir.resources.lesion_sheet import AllLesions
from cases.fhir.resources.measurement import MEASURED
from cases.fhir.resources.medication_statement import MedicalTherapy
from cases.fhir.resources.organization import InstitutionOrganization
from cases.fhir.resources.outcome import OBSERVATIONS
from cases.fhir.resources.pathology import PATHOLOGY
from cases.fhir.resources.patient import PatientRow
from cases.fhir.resources.practitioner import MemberPractitioner
from cases.fhir.resources.practitioner_role import BoardPractitionerRole
from cases.fhir.resources.procedure import RecordedProcedure
from cases.fhir.resources.provenance import SignedProvenance, written_by
from cases.fhir.resources.service_request import RecommendationRequest, StudyRequest
from cases.fhir.resources.specimen import TumorSpecimen
from cases.fhir.resources.stage import MetastasesCategory, NodesCategory, StageGroup, TumorCategory
from cases.fhir.resources.study_protocol import StudyProtocol
from cases.fhir.resources.subscription import EventSubscription
from cases.fhir.resources.task import FollowUpTask
from cases.fhir.resources.treatment_procedure import (
    CancerSurgery,
    RadiotherapyCourse,
    TreatmentProcedure,
)
from cases.fhir.source import Source
from cases.fhir.subscriptions.topics import Topics

#: One line a source; `resources/` has one file for each type.
OF_ROWS: Sequence[Source] = (
    PatientRow(),
    TumorCondition(),
    StageGroup(),
    TumorCategory(),
    NodesCategory(),
    MetastasesCategory(),
    LaboratoryValue(),
    TumorSpecimen(),
    *PATHOLOGY,
    PathologyReport(),
    PerformedStudy(),
    StudyProtocol(),
    ImagingReport(),
    ReportOnly(),
    *OBSERVATIONS,
    LesionStructure(),
    LesionReading(),
    *MEASURED,
    AllLesions(),
    AnsweredFact(),
    RecordedProcedure(),
    CancerSurgery(),
    RadiotherapyCourse(),
    TreatmentProcedure(),
    MedicalTherapy(),
    BestResponse(),
    InstitutionOrganization(),
    MemberPractitioner(),
    BoardPractitionerRole(),
    BoardCareTeam(),
    MeetingAppointment(),
    MeetingAgenda(),
    DecisionImpression(),
    DecisionCarePlan(),
    RecommendationRequest(),
    StudyRequest(),
    FollowUpTask(),
    AssessmentResponse(),
    AcknowledgedIssue(),
    SignedProvenance(),
    EntryAuditEvent(),
)
#: Beside them, what came in and became no row, who wrote each row, and what no row gives.
SOURCES: Sequence[Source | Published] = (
    *OF_ROWS,
    *(Documents(resource_type) for resource_type in WRITTEN),
    *written_by(OF_ROWS),
    EventSubscription(),
    Topics(),
    Guidance("PlanDefinition"),
    Guidance("ActivityDefinition"),
    Vocabularies(),
)


@cache
def sources(resource_type: str) -> tuple[Source, ...]:
    """The sources of a type that are made from rows, in their order here."""
    return tuple(
        each for each in SOURCES if isinstance(each, Source) and each.resource_type == resource_type
    )


@cache
def published(resource_type: str) -> tuple[Published, ...]:
    """The sources of a type that are public knowledge."""
    return tuple(
        each
        for each in SOURCES
        if isinstance(each, Published) and each.resource_type == resource_type
    )


@cache
def types() -> tuple[str, ...]:
    """The types that are served, by the alphabet."""
    return tuple(sorted({each.resource_type for each in SOURCES}))
