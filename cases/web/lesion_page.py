"""What the pages show of lesions: the table with what has to be known to read it."""

from collections.abc import Sequence
from typing import Any

from cases.models import Case, Study
from cases.selectors.lesion_contradictions import contradictions_of
from cases.selectors.lesions import LesionRecord, lesions_of
from cases.web.body_map import body_map
from cases.web.lesion_table import table_of
from guidance.editions import shelf
from guidance.engine.edition import Edition
from guidance.engine.tables import Row

#: Studies that a table shows beside the first: more are read sideways, and asked for.
SHOWN = 9
#: Studies that the page of the case shows.
SHOWN_IN_CASE = 3
#: Rules that a reader of sizes needs whatever the therapy.
ALWAYS = ("RSP-02", "RSP-04")


def page_of(case: Case, record: LesionRecord, *, every: bool) -> dict[str, Any]:
    """The context of the page of lesions: table, body map, caveats, contradictions."""
    return {
        "table": table_of(record, studies=record.studies if every else _few(record.studies, SHOWN)),
        "map": body_map(record),
        "caveats": caveats_of(case, record),
        "contradictions": contradictions(record),
        "origins": [_origin(record, study) for study in record.studies[: -SHOWN - 2 : -1]],
    }


def contradictions(record: LesionRecord) -> list[dict[str, Any]]:
    """Results that the measurements contradict, newest first, with why they stand if they do."""
    found = []
    for study in reversed(record.studies):
        result = record.results.get(study.pk)
        if result is None:
            continue
        sides = contradictions_of(vars(result), study=study, record=record)
        if sides:
            kept = result.kept_against == [side.as_json() for side in sides]
            reason = result.kept_reason if kept else ""
            found.append({"study": study, "sides": sides, "reason": reason})
    return found


def caveats_of(case: Case, record: LesionRecord) -> list[dict[str, str]]:
    """What the edition says about reading this response: its limits, and the therapies given."""
    edition = shelf.edition(case.assessment.edition_version)
    readings = record.readings
    course = readings[-1].course if readings else None
    wanted = {
        *ALWAYS,
        *(code for codes in (course.caveats if course else {}).values() for code in codes),
    }
    given = {"@treatment_types": tuple(row.type for row in record.treatments)}
    rows = _rows(edition)
    chosen = [row for row in rows.values() if row.id in wanted or row.concerns(given)]
    growing = any(reading.visit.growth for reading in readings)
    chosen += [rows[code] for code in ("GRW-01", "GRW-02") if growing and code in rows]
    return [
        {"text": " ".join(map(_sentence, row.cells.values())), "source": row.source, "id": row.id}
        for row in chosen
    ]


def _rows(edition: Edition) -> dict[str, Row]:
    return {row.id: row for table in edition.tables["response"] for row in table.rows}


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


def _few(studies: Sequence[Study], number: int) -> list[Study]:
    if len(studies) <= number + 1:
        return list(studies)
    return [studies[0], *studies[-number:]]


def _origin(record: LesionRecord, study: Study) -> dict[str, Any]:
    """Who entered the numbers of a study, and when; of several the ones in order of time."""
    rows = sorted(record.on(study), key=lambda row: row.entered_at)
    entered: dict[Any, dict[str, Any]] = {}
    for row in rows:
        key = (row.entered_by_id, row.entered_at.date(), row.source)
        said = entered.setdefault(
            key,
            {
                "by": row.entered_by.name,
                "at": row.entered_at,
                "source": row.get_source_display(),
                "lesions": [],
            },
        )
        said["lesions"].append(next(x.label for x in record.lesions if x.pk == row.lesion_id))
    return {"study": study, "entered": list(entered.values())}


def section_of(case: Case, *, record: LesionRecord | None = None) -> dict[str, Any]:
    """The lesions of a case in short, for its page: the newest three studies; seven queries.

    Args:
        record: the lesions, where they were read already; then it asks for nothing.
    """
    record = record or lesions_of(case)
    return {
        "table": table_of(record, studies=record.studies[-SHOWN_IN_CASE:]),
        "contradictions": [one for one in contradictions(record) if not one["reason"]],
    }
