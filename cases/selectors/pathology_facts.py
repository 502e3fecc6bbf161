"""Facts from the specimens of a case: which one says what.

docs/decisions/0009-which-specimen-speaks.md gives the rules, their reasons and their risk.
"""

import datetime
from collections.abc import Iterator, Sequence
from typing import Any

from cases.models import Case, Specimen
from cases.models.specimen import SpecimenKind
from cases.selectors.known import Known
from cases.selectors.provenance import of_rows
from cases.selectors.specimen_grades import age, is_carcinoma, rank, reported_by, speaker
from cases.selectors.words import PATHOLOGIST_GRADE, grade_words
from guidance.editions.models import WhoVersion
from tumorboard.formats import day

CONFIRMED = "pathology_confirmed"
#: Facts that one specimen says together, and the column that holds each.
COUNTED = {
    "ki67_percent": "ki67_percent",
    "mitoses_per_10hpf": "mitoses_per_10hpf",
    PATHOLOGIST_GRADE: "grade",
}
#: Facts of what kind of tumor it is.
KIND = {"differentiation": "differentiation", "histology_subtype": "subtype"}
#: Facts of staining, each from the newest specimen that was stained for it.
STAINED = {
    "ihc_chromogranin_a": "chromogranin_a",
    "ihc_synaptophysin": "synaptophysin",
    "hormone_ihc_positive": "hormones",
}
WORDS = {
    SpecimenKind.CYTOLOGY: "cytology",
    SpecimenKind.BIOPSY: "biopsy",
    SpecimenKind.RESECTION: "resection specimen",
    SpecimenKind.OTHER: "specimen",
}
G3_RANK = 4


def specimens_in(case: Case) -> list[Specimen]:
    """The specimens of a case, oldest first, in one query."""
    return sorted(Specimen.objects.filter(case=case), key=age)


def pathology_facts(
    specimens: Sequence[Specimen], *, who_version: str
) -> Iterator[tuple[str, Known]]:
    """What the specimens say, each fact with the specimen that says it; asks for no row.

    Args:
        specimens: of one case, in any order.
        who_version: the WHO edition in force at the institution, by which grades are compared.
    """
    rows = sorted(specimens, key=age)
    speaking = speaker(rows, by=who_version)
    if speaking is not None:
        columns = dict(COUNTED)
        if not reported_by(speaking, who_version):
            # The guidance reads a reported grade by the edition in force, which this is not of.
            del columns[PATHOLOGIST_GRADE]
        yield from _said_by(speaking, columns, rows, _remark(speaking, rows, who_version))
    yield from _kind(rows, speaking, who_version)
    for fact, column in STAINED.items():
        stained = _newest(rows, column)
        if stained is not None:
            yield from _said_by(stained, {fact: column}, rows)
    proof = _newest(rows, "subtype")
    if proof is not None:
        origin = f"From the {specimen_words(proof)}, which names a neuroendocrine tumor"
        shown = of_rows("specimens", [proof])
        # Whether that tumor came from the pancreas is a judgment: a later answer stands.
        yield (
            "diagnosis_basis",
            Known(CONFIRMED, "specimen.diagnosis", origin, shown, proof.entered_at),
        )


def _kind(
    rows: Sequence[Specimen], speaking: Specimen | None, who_version: str
) -> Iterator[tuple[str, Known]]:
    """Differentiation and subtype.

    Another specimen fills in only for a speaking one of low grade: what G3 and carcinoma are is
    never borrowed.
    """
    alone = speaking is not None and (
        is_carcinoma(speaking) or rank(speaking, by=who_version) >= G3_RANK
    )
    for fact, column in KIND.items():
        says = speaking is not None and bool(getattr(speaking, column))
        source = speaking if says or alone else _newest(rows, column)
        if source is not None:
            yield from _said_by(source, {fact: column}, rows)


def _said_by(
    specimen: Specimen, columns: dict[str, str], rows: Sequence[Specimen], remark: str = ""
) -> Iterator[tuple[str, Known]]:
    origin = f"From the {specimen_words(specimen)}{remark}"
    for fact, column in columns.items():
        value = _value(specimen, column)
        if value is None:
            continue
        known = Known(
            value,
            f"specimen.{column}",
            origin,
            of_rows("specimens", [specimen]),
            _chosen_at(rows, column, value),
        )
        yield fact, known


def _chosen_at(rows: Sequence[Specimen], column: str, value: Any) -> datetime.datetime | None:
    """When the last specimen was entered among which one had to be chosen; None for no choice."""
    saying = [row for row in rows if _value(row, column) is not None]
    if all(_value(row, column) == value for row in saying):
        return None
    return max(row.entered_at for row in saying)


def _remark(speaking: Specimen, rows: Sequence[Specimen], who_version: str) -> str:
    ranks = {rank(row, by=who_version) for row in rows} - {0}
    remark = ", the highest grade among the specimens" if len(ranks) > 1 else ""
    if speaking.grade and not reported_by(speaking, who_version):
        reported = grade_words(speaking.grade, speaking.who_version)
        asked = WhoVersion(who_version).label
        remark += f"; its report says {reported}, which is not read as {asked}"
    return remark


def _newest(rows: Sequence[Specimen], column: str) -> Specimen | None:
    return next((row for row in reversed(rows) if _value(row, column) is not None), None)


def _value(specimen: Specimen, column: str) -> Any:
    """A column as a fact holds it; None where it says nothing."""
    value = getattr(specimen, column)
    if value is None or value == "":
        return None
    return float(value) if column in ("ki67_percent", "mitoses_per_10hpf") else value


def specimen_words(specimen: Specimen) -> str:
    """A specimen in a sentence: biopsy of 3 Feb 2026 (liver)."""
    site = specimen.get_site_display().lower()
    return f"{WORDS[SpecimenKind(specimen.kind)]} of {day(specimen.taken_on)} ({site})"
