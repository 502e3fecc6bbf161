"""Everything that is in the record of one case, as the rules read it."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cases.models import Allergy, Case, Device, FactAnswer, LabResult, Specimen
from cases.models.fact_answer import UNKNOWN
from cases.selectors.history_facts import History
from cases.selectors.imaging import Imaging
from cases.selectors.lesions import LesionRecord
from guidance.editions.local_policy import LocalPolicy

NO_HISTORY = History()


@dataclass(frozen=True)
class Record:
    """The record on one date; read before the rules, which ask the database for nothing."""

    case: Case
    date: datetime.date
    imaging: Imaging
    answers: dict[str, FactAnswer]
    policy: LocalPolicy
    history: History = NO_HISTORY
    specimens: Sequence[Specimen] = ()
    lab_results: Sequence[LabResult] = ()
    devices: Sequence[Device] = ()
    allergies: Sequence[Allergy] = ()
    lesions: LesionRecord | None = None

    def answer_to(self, fact: str) -> Any:
        """What was answered to `fact`; None where it was not asked or is not known."""
        answer = self.answers.get(fact)
        return None if answer is None or answer.value == UNKNOWN else answer.value


def iso(date: datetime.date | None) -> str | None:
    """A date as facts hold it."""
    return date.isoformat() if date else None


def in_words(date: datetime.date | None) -> str:
    """A date as origins show it."""
    return f"{date:%-d %b %Y}" if date else "unknown date"
