"""What does not fit together among treatments, procedures and resection specimens.

Nothing here is refused: reports and letters do say such things. Each is shown with both sides.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations

from cases.models import Procedure, Specimen, Treatment
from cases.models.procedure import PANCREATIC
from cases.models.specimen import SpecimenKind
from cases.models.treatment import BestResponse, TreatmentType
from cases.selectors.finding import CAUTION, INFO, Finding
from cases.selectors.treatments import SINGLE, overlaps, treatment_dates
from tumorboard.formats import day


def findings_of(
    treatments: Sequence[Treatment],
    procedures: Sequence[Procedure],
    specimens: Sequence[Specimen],
) -> list[Finding]:
    """Everything that does not fit together; asks for no row."""
    return [
        *_lines(treatments),
        *_pairs(treatments),
        *_courses(treatments),
        *_surgery(treatments, procedures),
        *_margins(treatments, specimens),
    ]


def named(treatment: Treatment) -> str:
    """A treatment in a sentence: Somatostatin analog (lanreotide), from 3 Feb 2026."""
    agent = f" ({treatment.agent})" if treatment.agent else ""
    return f"{treatment.get_type_display()}{agent}, {treatment_dates(treatment)}"


def _lines(treatments: Sequence[Treatment]) -> Iterator[Finding]:
    given = {row.line for row in treatments if row.line}
    missing = [str(line) for line in range(1, max(given, default=0)) if line not in given]
    if missing:
        lines = "lines" if len(missing) > 1 else "line"
        yield Finding("LINE-MISSING", INFO, f"No treatment of {lines} {', '.join(missing)}.")
    counted = [row for row in treatments if row.line]
    for one, other in combinations(sorted(counted, key=lambda row: row.line or 0), 2):
        if one.line == other.line:
            continue
        if one.start and other.start and other.start < one.start:
            text = f"Line {other.line} began before line {one.line}: {named(other)}; {named(one)}."
            yield Finding("LINE-ORDER", CAUTION, text)
        elif overlaps(one, other):
            text = f"Lines {one.line} and {other.line} overlap: {named(one)}; {named(other)}."
            yield Finding("LINE-OVERLAP", INFO, text)


def _pairs(treatments: Sequence[Treatment]) -> Iterator[Finding]:
    for one, other in combinations(treatments, 2):
        same = (one.type, one.agent.casefold()) == (other.type, other.agent.casefold())
        once = same and one.type in SINGLE and one.start and one.start == other.start
        if once or (same and overlaps(one, other)):
            text = f"The same treatment stands twice for one time: {named(one)}; {named(other)}."
            yield Finding("TREATMENT-TWICE", CAUTION, text)


def _courses(treatments: Sequence[Treatment]) -> Iterator[Finding]:
    for row in treatments:
        if row.ongoing and row.best_response == BestResponse.PROGRESSION:
            text = f"Progression is its best response, and it still goes on: {named(row)}."
            yield Finding("PROGRESSION-ONGOING", INFO, text)
        open_end = row.type not in SINGLE and row.ongoing is None and row.end is None
        if open_end and not row.stop_reason:
            text = f"Not known whether it still goes on: {named(row)}."
            yield Finding("ONGOING-UNKNOWN", INFO, text)


def _surgery(treatments: Sequence[Treatment], procedures: Sequence[Procedure]) -> Iterator[Finding]:
    surgery = [row for row in treatments if row.type == TreatmentType.SURGERY_PRIMARY]
    resections = [row for row in procedures if row.kind in PANCREATIC]
    if surgery and not resections:
        text = (
            "Surgery of the primary stands among the treatments, but not which procedure it was: "
            "a bilioenteric anastomosis would concern liver-directed therapy."
        )
        yield Finding("PROCEDURE-MISSING", CAUTION, text, "004 L749-L752")
    if resections and not surgery:
        names = ", ".join(row.get_kind_display() for row in resections)
        text = f"{names}: no surgery of the primary stands among the treatments."
        yield Finding("SURGERY-MISSING", INFO, text)


def _margins(treatments: Sequence[Treatment], specimens: Sequence[Specimen]) -> Iterator[Finding]:
    """The margin of an operation against that of its specimen, known by their common day."""
    taken = {
        row.taken_on: row for row in specimens if row.kind == SpecimenKind.RESECTION and row.margin
    }
    for row in treatments:
        specimen = taken.get(row.start) if row.margin and row.start else None
        if specimen is not None and specimen.margin != row.margin:
            text = (
                f"The margin of {day(row.start)} is {row.margin} among the treatments, "
                f"{specimen.margin} in the specimen."
            )
            yield Finding("MARGIN-DISCORDANT", CAUTION, text)
