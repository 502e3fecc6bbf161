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
    def newest_first(self) -> list[Study]:
        """Every study, the current one first."""
        return [*([self.current] if self.current else []), *reversed(self.earlier)]

    @property
    def performed(self) -> list[Study]:
        """Every study that has been performed, oldest first."""
        studies = [*self.earlier, *([self.current] if self.current else [])]
        return [study for study in studies if study.performed_on]


#: Of a case without any study.
NO_IMAGING = Imaging(current=None, earlier=(), results={})


def imaging_of(case: Case) -> Imaging:
    """Read the studies and results of a case, in two queries."""
    return imaging_of_each([case.id])[case.id]


def imaging_of_each(case_ids: Sequence[UUID]) -> dict[UUID, Imaging]:
    """Read the studies and results of many cases, by the case's id, in two queries."""
    studies: dict[UUID, list[Study]] = {case_id: [] for case_id in case_ids}
    results: dict[UUID, dict[UUID, Result]] = {case_id: {} for case_id in case_ids}
    for study in Study.objects.filter(case__in=case_ids):
        studies[study.case_id].append(study)
    for result in Result.objects.filter(case__in=case_ids):
        results[result.case_id][result.study_id] = result
    return {case_id: _in_play(studies[case_id], results[case_id]) for case_id in case_ids}


def _in_play(studies: list[Study], results: dict[UUID, Result]) -> Imaging:
    ordered = sorted(studies, key=lambda study: (study.date or START, study.created_at, study.id))
    return Imaging(current=ordered[-1] if ordered else None, earlier=ordered[:-1], results=results)
