"""What speaks against the result in play: the measurements, and the board's own reading.

Nothing is derived from either: the stored answer and its assessment stay as they are, and the
board reads the other side beside them.
"""

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from cases.models import Rereading, Result, Study
from cases.models.rereading import Agreement
from cases.selectors.imaging import Imaging, imaging_of_each
from cases.selectors.lesion_contradictions import Contradiction, contradictions_of
from cases.selectors.lesions import LesionRecord, lesions_of_each
from tumorboard.formats import day

CAUTION, CRITICAL = "CAUTION", "CRITICAL"

#: What a typed value is about, where the value alone does not say it.
ABOUT: Mapping[str, str] = {"new_lesions": " to new lesions", "size_change": " in size"}


@dataclass(frozen=True)
class Notice:
    """One piece of evidence against a result, with both sides in `text`.

    `severity` is CAUTION or CRITICAL, as `components/severity.html` takes it [INT]. `who` and
    `on` are of the person who kept the result or read the study again, `reason` in that person's
    words; all three are empty where nobody has weighed it yet. `route` and `target` are the name
    of a page and the id that it takes, `page` what the link says.
    """

    severity: str
    text: str
    who: str
    on: datetime.date | None
    reason: str
    route: str
    target: UUID
    page: str

    @property
    def words(self) -> str:
        """The whole notice in one paragraph."""
        if self.on is None:
            return f"{self.text}. Nobody has said yet why the result stands."
        said = f"{self.text}, by {self.who}, {day(self.on)}"
        return f"{said}: {self.reason}" if self.reason else f"{said}."


def notices_of_each(
    case_ids: Sequence[UUID],
    *,
    imaging: Mapping[UUID, Imaging] | None = None,
    lesions: Mapping[UUID, LesionRecord] | None = None,
) -> dict[UUID, tuple[Notice, ...]]:
    """What speaks against the result in play of each case, by the case's id, in eleven queries.

    Args:
        imaging: the studies and results, where they were read already; then it is two fewer.
        lesions: the lesions, where they were read already; then it is seven fewer.
    """
    if imaging is None:
        imaging = imaging_of_each(case_ids)
    current = {
        case_id: found.current
        for case_id in case_ids
        if (found := imaging[case_id]).current is not None
    }
    by_study = _notices([study for study in current.values() if study is not None], lesions)
    return {
        case_id: by_study[study.pk] if (study := current.get(case_id)) else ()
        for case_id in case_ids
    }


def notices_of(case_id: UUID, *, imaging: Imaging | None = None) -> tuple[Notice, ...]:
    """What speaks against the result in play of one case; see `notices_of_each`."""
    read = None if imaging is None else {case_id: imaging}
    return notices_of_each([case_id], imaging=read)[case_id]


def notices_of_study(study: Study) -> tuple[Notice, ...]:
    """What speaks against the result of one study, in play or not, in nine queries."""
    return _notices([study])[study.pk]


def _notices(
    studies: Sequence[Study], lesions: Mapping[UUID, LesionRecord] | None = None
) -> dict[UUID, tuple[Notice, ...]]:
    """By the study's id; at most one study of each case."""
    ids = [study.pk for study in studies]
    rows = Result.objects.filter(study__in=ids).select_related("entered_by")
    results = {row.study_id: row for row in rows}
    read = {
        row.study_id: row
        for row in Rereading.objects.filter(study__in=ids).order_by("read_on", "entered_at", "id")
    }
    if lesions is None:
        lesions = lesions_of_each([row.case_id for row in results.values()])
    return {study.pk: tuple(_of(study, results, read, lesions)) for study in studies}


def _of(
    study: Study,
    results: Mapping[UUID, Result],
    read: Mapping[UUID, Rereading],
    lesions: Mapping[UUID, LesionRecord],
) -> Iterator[Notice]:
    result, rereading = results.get(study.pk), read.get(study.pk)
    if rereading is not None and rereading.agreement != Agreement.AGREE:
        yield _discrepancy(study, result, rereading)
    if result is not None:
        sides = contradictions_of(vars(result), study=study, record=lesions[study.case_id])
        if sides:
            yield _contradiction(study, result, sides)


def _discrepancy(study: Study, result: Result | None, rereading: Rereading) -> Notice:
    reported = f"reported as “{result.get_outcome_display()}”" if result else "no result entered"
    text = (
        f"{rereading.get_agreement_display()} on re-reading, {_named(study)}: {reported}, "
        f"read by the board as “{rereading.get_outcome_display()}”"
    )
    return Notice(
        severity=CRITICAL if rereading.agreement == Agreement.MAJOR else CAUTION,
        text=text,
        who=rereading.read_by,
        on=rereading.read_on,
        reason=rereading.words,
        route="study",
        target=study.pk,
        page="Both readings",
    )


def _contradiction(study: Study, result: Result, sides: Iterable[Contradiction]) -> Notice:
    """Kept is only what the measurements said when the person was asked."""
    said = list(sides)
    is_kept = bool(result.kept_reason) and result.kept_against == [one.as_json() for one in said]
    both = "; ".join(
        f"entered “{one.typed}”{ABOUT.get(one.field, '')}, measured: {one.measured}" for one in said
    )
    text = f"The measurements speak against the result, {_named(study)}: {both}"
    return Notice(
        severity=CAUTION,
        text=f"{text}. Kept as entered" if is_kept else text,
        who=result.entered_by.name if is_kept else "",
        on=timezone.localdate(result.entered_at) if is_kept else None,
        reason=result.kept_reason if is_kept else "",
        route="lesions",
        target=study.case_id,
        page="The measurements",
    )


def _named(study: Study) -> str:
    return f"{study.get_modality_display()} of {day(study.date)}"
