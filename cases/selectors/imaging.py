"""Which study and which result are in play for a case."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from cases.models import Case, Result, Study

START = datetime.date.min


@dataclass(frozen=True)
class Imaging:
    """The imaging of a case, newest last.

    `current` is the newest study; while it has no result it is the order under review, and once
    it has one that is the result in play. A newer order opens the next question. `earlier` are
    all studies before it; `results` is by study id.
    """

    current: Study | None
    earlier: Sequence[Study]
    results: dict[UUID, Result]

    @property
    def result(self) -> Result | None:
        """The result in play, if the newest study has one."""
        return self.results.get(self.current.id) if self.current else None

    @property
    def performed(self) -> list[Study]:
        """Every study that has been performed, oldest first."""
        studies = [*self.earlier, *([self.current] if self.current else [])]
        return [study for study in studies if study.performed_on]


def imaging_of(case: Case) -> Imaging:
    """Read the studies and results of a case, in two queries."""
    studies = sorted(
        Study.objects.filter(case=case),
        key=lambda study: (study.date or START, study.created_at, study.id),
    )
    results = {result.study_id: result for result in Result.objects.filter(case=case)}
    return Imaging(current=studies[-1] if studies else None, earlier=studies[:-1], results=results)
