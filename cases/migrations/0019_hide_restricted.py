"""Rows of restricted cases are not there for whom they are restricted against.

A policy for each table, each in a transaction of its own: it takes an ACCESS EXCLUSIVE lock, for
as long as the catalogue is written and no longer. Processes of the release before go on: they say
nothing of hidden rows, and so far there are none.
"""

from django.db import migrations

from tumorboard.tenancy.protection import HideRestricted

TABLES = [
    "Acknowledgment",
    "AgendaItem",
    "AgendaItemEvent",
    "Allergy",
    "AllergyEvent",
    "Assessment",
    "Candidacy",
    "Case",
    "CaseEvent",
    "Decision",
    "DecisionDraft",
    "DecisionDraftEvent",
    "Device",
    "DeviceEvent",
    "Discussion",
    "DraftDissent",
    "DraftRecommendation",
    "EditionTrialChange",
    "FactAnswer",
    "FactAnswerEvent",
    "Gap",
    "GapAcceptance",
    "GapAcceptanceEvent",
    "GapRequest",
    "GapRequestEvent",
    "ImportRow",
    "LabResult",
    "LabResultEvent",
    "Lesion",
    "LesionEvent",
    "LesionSheet",
    "LesionSheetEvent",
    "Measurement",
    "MeasurementEvent",
    "Opinion",
    "OpinionEvent",
    "Participant",
    "Patient",
    "PatientEvent",
    "Postponement",
    "Procedure",
    "ProcedureEvent",
    "ProtocolAudit",
    "ProtocolAuditEvent",
    "Recommendation",
    "Rereading",
    "RereadingEvent",
    "Result",
    "ResultEvent",
    "Specimen",
    "SpecimenEvent",
    "Study",
    "StudyEvent",
    "StudyFile",
    "StudyFileEvent",
    "StudyFilePart",
    "StudySeries",
    "Task",
    "TaskEvent",
    "Treatment",
    "TreatmentEvent",
]


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("cases", "0018_restricted_cases")]

    operations = [HideRestricted([name]) for name in TABLES]
