"""The studies of a case in one list: result, the board's reading, files, and what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from cases.models import Case, Rereading, Result, Study
from cases.models.rereading import Agreement
from cases.selectors.imaging import Imaging, imaging_of
from cases.selectors.study_files import FileCount, counts
from cases.selectors.study_names import study_name

#: Beside `Agreement`: the reading agreed, and the result says something else since.
AGREED_EARLIER = "agreed_earlier"


def agreement_now(rereading: Rereading, result: Result | None) -> str:
    """How far the board's reading agrees with the result as it stands now.

    A result may be corrected after the board agreed with it; what the board saw stays, and is no
    agreement with the new result.

    Returns:
        A value of `Agreement`, or `AGREED_EARLIER`.
    """
    agreed = rereading.agreement == Agreement.AGREE
    if agreed and result is not None and result.outcome != rereading.outcome:
        return AGREED_EARLIER
    return rereading.agreement


@dataclass(frozen=True)
class StudyLine:
    """One study; `rereading` is the board's newest, `missing` says what is yet to come."""

    study: Study
    name: str
    result: Result | None
    rereading: Rereading | None
    files: FileCount
    missing: tuple[str, ...]
    is_current: bool

    @property
    def is_discrepant(self) -> bool:
        """Whether the board reads it otherwise than the report and the result as they stand."""
        return self.agreement not in ("", Agreement.AGREE)

    @property
    def agreement(self) -> str:
        """What `agreement_now` says of the board's newest reading; empty without one."""
        return agreement_now(self.rereading, self.result) if self.rereading else ""


def study_lines(
    case: Case, *, edition_version: str, imaging: Imaging | None = None
) -> list[StudyLine]:
    """All studies of `case`, the current one first, in four queries however many they are.

    Args:
        edition_version: of the edition that says how they are called.
        imaging: the studies and results, where they were read already; then it is two queries.
    """
    imaging = imaging or imaging_of(case)
    studies = imaging.newest_first
    files, read = counts(studies), _newest_rereadings(studies)
    lines = []
    for study in studies:
        result = imaging.results.get(study.pk)
        lines.append(
            StudyLine(
                study=study,
                name=study_name(study, edition_version=edition_version),
                result=result,
                rereading=read.get(study.pk),
                files=files.get(study.pk, FileCount()),
                missing=missing_of(study, result),
                is_current=study is imaging.current,
            )
        )
    return lines


def missing_of(study: Study, result: Result | None) -> tuple[str, ...]:
    """What is yet to come of a study, in words: the performing, the report, the result."""
    ordered = study.ordered_on
    if study.performed_on is None and ordered:
        days = (timezone.localdate() - ordered).days
        since = "today" if not days else f"{days} day{'s' if days > 1 else ''} ago"
        return (f"Ordered {since}, not performed",)
    missing = []
    if not study.report and study.reported_on is None:
        missing.append("No report")
    if result is None:
        missing.append("Result not entered")
    return tuple(missing)


def _newest_rereadings(studies: Sequence[Study]) -> dict[UUID, Rereading]:
    rows = Rereading.objects.filter(study__in=[study.pk for study in studies])
    return {row.study_id: row for row in rows.order_by("read_on", "entered_at", "id")}
