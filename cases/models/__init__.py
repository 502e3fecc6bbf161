"""The clinical record and the board's work on it: one file per model."""

from cases.models.acknowledgment import Acknowledgment
from cases.models.agenda_item import AgendaItem
from cases.models.agenda_publication import AgendaPublication
from cases.models.assessment import Assessment
from cases.models.attendance import Attendance
from cases.models.board import Board
from cases.models.board_member import BoardMember
from cases.models.break_glass import BreakGlass
from cases.models.bulk_export import BulkExport, BulkExportPart
from cases.models.calendar_feed import CalendarFeed
from cases.models.candidacy import Candidacy
from cases.models.case import Case
from cases.models.code_map_file import CodeMapFile
from cases.models.code_mapping import CodeMapping
from cases.models.completeness import DataSetItem, Gap, GapAcceptance, GapRequest
from cases.models.decision import Decision, Participant, Recommendation
from cases.models.decision_draft import DecisionDraft, DraftDissent, DraftRecommendation
from cases.models.discussion import Discussion
from cases.models.edition_trial import EditionTrial, EditionTrialChange
from cases.models.erasure import Erasure
from cases.models.event import Event
from cases.models.export_file import ExportFile
from cases.models.fact_answer import FactAnswer
from cases.models.feasibility import Allergy, Device
from cases.models.fhir_document import FhirDocument
from cases.models.fhir_identifier import FhirIdentifier
from cases.models.form_draft import FormDraft
from cases.models.hooks import HookCard, HookClient, HookFeedback, HookTally
from cases.models.idempotency_key import IdempotencyKey
from cases.models.import_file import ImportFile, ImportMapping, ImportRow
from cases.models.inbox_message import InboxMessage
from cases.models.inbox_proposal import InboxProposal
from cases.models.intake_source import IntakeSource
from cases.models.lab_result import LabResult
from cases.models.lesion import Lesion, Measurement
from cases.models.lesion_sheet import LesionSheet
from cases.models.meeting import Meeting
from cases.models.opinion import Opinion
from cases.models.pacs_connection import PacsConnection
from cases.models.patient import Patient
from cases.models.patient_token import PatientToken
from cases.models.postponement import Postponement
from cases.models.procedure import Procedure
from cases.models.protocol_audit import ProtocolAudit
from cases.models.reading_watch import ReadingWatch
from cases.models.rereading import Rereading
from cases.models.restriction import Restriction, RestrictionMember
from cases.models.result import Result
from cases.models.retention import Retention
from cases.models.saved_view import SavedView
from cases.models.specimen import Specimen
from cases.models.standard import Standard
from cases.models.study import Study
from cases.models.study_file import StudyFile, StudyFilePart, StudySeries
from cases.models.subscription import Subscription
from cases.models.task import Task
from cases.models.treatment import Treatment
from cases.models.unmapped_code import UnmappedCode
from cases.models.webhook import WebhookDelivery, WebhookEndpoint

__all__ = [
    "Acknowledgment",
    "AgendaItem",
    "AgendaPublication",
    "Allergy",
    "Assessment",
    "Attendance",
    "Board",
    "BoardMember",
    "BreakGlass",
    "BulkExport",
    "BulkExportPart",
    "CalendarFeed",
    "Candidacy",
    "Case",
    "CodeMapFile",
    "CodeMapping",
    "DataSetItem",
    "Decision",
    "DecisionDraft",
    "Device",
    "Discussion",
    "DraftDissent",
    "DraftRecommendation",
    "EditionTrial",
    "EditionTrialChange",
    "Erasure",
    "Event",
    "ExportFile",
    "FactAnswer",
    "FhirDocument",
    "FhirIdentifier",
    "FormDraft",
    "Gap",
    "GapAcceptance",
    "GapRequest",
    "HookCard",
    "HookClient",
    "HookFeedback",
    "HookTally",
    "IdempotencyKey",
    "ImportFile",
    "ImportMapping",
    "ImportRow",
    "InboxMessage",
    "InboxProposal",
    "IntakeSource",
    "LabResult",
    "Lesion",
    "LesionSheet",
    "Measurement",
    "Meeting",
    "Opinion",
    "PacsConnection",
    "Participant",
    "Patient",
    "PatientToken",
    "Postponement",
    "Procedure",
    "ProtocolAudit",
    "ReadingWatch",
    "Recommendation",
    "Rereading",
    "Restriction",
    "RestrictionMember",
    "Result",
    "Retention",
    "SavedView",
    "Specimen",
    "Standard",
    "Study",
    "StudyFile",
    "StudyFilePart",
    "StudySeries",
    "Subscription",
    "Task",
    "Treatment",
    "UnmappedCode",
    "WebhookDelivery",
    "WebhookEndpoint",
]
