"""How an institution uses the guidance."""

from guidance.editions.models.edition import EditionAdoption, GuidanceEdition
from guidance.editions.models.local_note import LocalNote, NoteSubject
from guidance.editions.models.local_study import LocalStudy
from guidance.editions.models.policy import FollowupPolicy, GuidancePolicy, TnmSystem, WhoVersion

__all__ = [
    "EditionAdoption",
    "FollowupPolicy",
    "GuidanceEdition",
    "GuidancePolicy",
    "LocalNote",
    "LocalStudy",
    "NoteSubject",
    "TnmSystem",
    "WhoVersion",
]
