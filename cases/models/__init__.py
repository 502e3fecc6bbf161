"""The clinical record and the board's work on it: one file per model."""

from cases.models.acknowledgment import Acknowledgment
from cases.models.agenda_item import AgendaItem
from cases.models.assessment import Assessment
from cases.models.attendance import Attendance
from cases.models.board import Board
from cases.models.case import Case
from cases.models.decision import Decision, Participant, Recommendation
from cases.models.decision_draft import DecisionDraft, DraftRecommendation
from cases.models.edition_trial import EditionTrial, EditionTrialChange
from cases.models.fact_answer import FactAnswer
from cases.models.import_file import ImportFile, ImportMapping, ImportRow
from cases.models.meeting import Meeting
from cases.models.patient import Patient
from cases.models.result import Result
from cases.models.study import Study
from cases.models.treatment import Treatment

__all__ = [
    "Acknowledgment",
    "AgendaItem",
    "Assessment",
    "Attendance",
    "Board",
    "Case",
    "Decision",
    "DecisionDraft",
    "DraftRecommendation",
    "EditionTrial",
    "EditionTrialChange",
    "FactAnswer",
    "ImportFile",
    "ImportMapping",
    "ImportRow",
    "Meeting",
    "Participant",
    "Patient",
    "Recommendation",
    "Result",
    "Study",
    "Treatment",
]
