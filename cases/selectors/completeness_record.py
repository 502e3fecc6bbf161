"""What completeness is judged by: the rows of many cases, in a constant number of queries."""

import datetime
import functools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone

from cases.models import (
    AgendaItem,
    Assessment,
    Case,
    Decision,
    Gap,
    GapAcceptance,
    GapRequest,
    LabResult,
    Measurement,
    Rereading,
    Result,
    Specimen,
    Study,
    StudyFile,
    Treatment,
)
from cases.models.study_file import FileState
from cases.selectors.facts import Record
from cases.selectors.preparation import UNSETTLED

#: What is read of a study and of a specimen; each may come thousands of times.
STUDY = (
    "case",
    "modality",
    "procedure",
    "ordered_on",
    "performed_on",
    "contrast",
    "coverage",
    "sequences",
    "study_uid",
    "reported_on",
)
SPECIMEN = (
    "case",
    "taken_on",
    "kind",
    "differentiation",
    "subtype",
    "ki67_percent",
    "mitoses_per_10hpf",
    "grade",
)


@dataclass(frozen=True)
class StudyRow:
    """A study, and which needs of an item are met for it."""

    study: Study
    met: frozenset[str]


@dataclass
class CaseRecord:
    """A case as completeness sees it; studies, values and specimens oldest first.

    `facts` and `origins` are those of its assessment. `board_id` is the board on whose list it
    was last put and not yet decided, `question` what that board is asked, where it is judged for
    one list. `gaps`, `requests` and `acceptances` are by item.
    """

    case: Case
    facts: Mapping[str, Any]
    origins: Mapping[str, Any]
    board_id: UUID | None = None
    question: str = ""
    studies: list[StudyRow] = field(default_factory=list)
    labs: list[LabResult] = field(default_factory=list)
    specimens: list[Specimen] = field(default_factory=list)
    treatments: int = 0
    gaps: dict[str, Gap] = field(default_factory=dict)
    requests: dict[str, GapRequest] = field(default_factory=dict)
    acceptances: dict[str, GapAcceptance] = field(default_factory=dict)

    @property
    def is_settled(self) -> bool:
        """Whether it is known what else is needed."""
        return self.case.scenario not in UNSETTLED


def record_of_new(case: Case, assessment: Assessment) -> CaseRecord:
    """The record of a case that was just opened with nothing but answers; asks for nothing."""
    return CaseRecord(case=case, facts=assessment.facts, origins=assessment.origins)


def records_of(
    cases: Sequence[Case], *, boards: Mapping[UUID, UUID] | None = None
) -> dict[UUID, CaseRecord]:
    """The records of `cases` by id, in a constant number of queries.

    Args:
        boards: the board by case, where it is not to be looked up.
    """
    ids = [case.pk for case in cases]
    known = _assessments(cases)
    board_of = _boards(ids) if boards is None else boards
    records = {}
    for case in cases:
        facts, origins = known.get(case.assessment_id, ({}, {}))
        records[case.pk] = CaseRecord(case, facts, origins, board_of.get(case.pk))
    _read_studies(ids, records)
    _read_rows(ids, records)
    _read_gaps(ids, records)
    return records


def record_beside(case: Case, assessment: Assessment, *, read: Record) -> CaseRecord:
    """The record of a case of which the facts were just read; asks only for what those leave out.

    Args:
        assessment: the one by which `case` is placed.
        read: what its facts were read from.
    """
    found = CaseRecord(
        case,
        assessment.facts,
        assessment.origins,
        _boards([case.pk]).get(case.pk),
        labs=sorted(read.lab_results, key=lambda lab: (lab.taken_on, lab.pk)),
        specimens=sorted(read.specimens, key=lambda row: (row.taken_on, row.pk)),
        treatments=len(read.history.treatments),
    )
    studies = read.imaging.newest_first
    if studies:
        needs = _Needs(
            results=read.imaging.results.keys(),
            files=_with_files([case.pk]),
            measured={key[1] for key in read.lesions.measurements} if read.lesions else set(),
            reread=_reread([case.pk]),
        )
        studies.sort(key=lambda study: (study.date, study.created_at, study.pk))
        found.studies = [needs.row(study, has_report=bool(study.report)) for study in studies]
    _read_gaps([case.pk], {case.pk: found})
    return found


def _assessments(cases: Sequence[Case]) -> dict[Any, tuple[dict[str, Any], dict[str, Any]]]:
    """Facts and origins by assessment; the answer, which is long, is not read."""
    found = {}
    unread = []
    for case in cases:
        if case.assessment_id is None:
            continue
        assessment = case.assessment if Case.assessment.is_cached(case) else None
        if assessment and not assessment.get_deferred_fields() & {"facts", "origins"}:
            found[assessment.pk] = (assessment.facts, assessment.origins)
        else:
            unread.append(case.assessment_id)
    if unread:
        rows = Assessment.objects.filter(pk__in=unread).values_list("pk", "facts", "origins")
        found.update({pk: (facts, origins) for pk, facts, origins in rows})
    return found


def _boards(ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """The board on whose list each case was last put without a decision so far."""
    decided = Decision.objects.filter(agenda_item=models.OuterRef("pk"))
    rows = (
        AgendaItem.objects.filter(~models.Exists(decided), case__in=ids)
        .order_by("listed_at", "id")
        .values_list("case_id", "meeting__board_id")
    )
    return dict(rows)


@dataclass(frozen=True)
class _Needs:
    """By which studies needs of items are met, by the ids of the studies."""

    results: Set[UUID]
    files: Set[UUID]
    measured: Set[UUID]
    reread: Set[UUID]

    def row(self, study: Study, *, has_report: bool) -> StudyRow:
        """A study with the needs that it meets."""
        needs = {
            "report": has_report or study.reported_on or study.pk in self.results,
            "result": study.pk in self.results,
            "images": study.study_uid or study.pk in self.files,
            "measurements": study.pk in self.measured,
            "rereading": study.pk in self.reread,
        }
        return StudyRow(study, frozenset(need for need, is_met in needs.items() if is_met))


def _read_studies(ids: Sequence[UUID], records: Mapping[UUID, CaseRecord]) -> None:
    has_report = models.ExpressionWrapper(~models.Q(report=""), models.BooleanField())
    studies = Study.objects.filter(case__in=ids).only(*STUDY).annotate(has_report=has_report)
    needs = _Needs(
        results=_studies_of(Result.objects.filter(case__in=ids)),
        files=_with_files(ids),
        measured=_studies_of(Measurement.objects.filter(case__in=ids)),
        reread=_reread(ids),
    )
    for study in studies.order_by(Coalesce("performed_on", "ordered_on"), "created_at", "id"):
        records[study.case_id].studies.append(needs.row(study, has_report=study.has_report))


def _with_files(ids: Sequence[UUID]) -> set[UUID]:
    return _studies_of(StudyFile.objects.filter(case__in=ids, state=FileState.STORED))


def _reread(ids: Sequence[UUID]) -> set[UUID]:
    return _studies_of(Rereading.objects.filter(case__in=ids))


def _studies_of(rows: models.QuerySet[Any]) -> set[UUID]:
    return set(rows.values_list("study_id", flat=True))


def _read_rows(ids: Sequence[UUID], records: Mapping[UUID, CaseRecord]) -> None:
    labs = LabResult.objects.filter(case__in=ids).only("case", "analyte", "taken_on")
    for lab in labs.order_by("taken_on", "id"):
        records[lab.case_id].labs.append(lab)
    specimens = Specimen.objects.filter(case__in=ids).only(*SPECIMEN)
    for specimen in specimens.order_by("taken_on", "id"):
        records[specimen.case_id].specimens.append(specimen)
    for case_id in Treatment.objects.filter(case__in=ids).values_list("case_id", flat=True):
        records[case_id].treatments += 1


def _read_gaps(ids: Sequence[UUID], records: Mapping[UUID, CaseRecord]) -> None:
    for case_id, gaps in _by_item(Gap.objects.filter(case__in=ids)).items():
        records[case_id].gaps = gaps
    requests = GapRequest.objects.filter(case__in=ids).select_related("entered_by")
    for case_id, asked in _by_item(requests).items():
        records[case_id].requests = asked
    acceptances = GapAcceptance.objects.filter(case__in=ids).select_related("entered_by")
    for case_id, accepted in _by_item(acceptances).items():
        records[case_id].acceptances = accepted


def _by_item(rows: Iterable[Any]) -> dict[UUID, dict[str, Any]]:
    found: dict[UUID, dict[str, Any]] = defaultdict(dict)
    for row in rows:
        found[row.case_id][row.item] = row
    return found


def day_of(at: str) -> datetime.date:
    """The day, here, of a time as an origin keeps it (ISO, with its offset)."""
    return _day_of_minute(at[:MINUTE] + at[-OFFSET:], timezone.get_current_timezone_name())


#: How much of an ISO time says its minute, and how much its offset.
MINUTE, OFFSET = len("2026-11-21T10:15"), len("+00:00")


@functools.lru_cache(maxsize=4096)
def _day_of_minute(minute: str, _zone: str) -> datetime.date:
    """Many answers come within a minute, above all in imports; no day begins within one."""
    return timezone.localtime(datetime.datetime.fromisoformat(minute)).date()
