"""What has to agree: fields of one entry with each other, and lists that stand in two files."""

from collections.abc import Iterator, Mapping

from guidance.engine.draft.vocabulary import (
    Draft,
    defined,
    fact_values,
    mappings,
    texts,
)
from guidance.engine.places import Path
from guidance.engine.problems import ContentProblem
from guidance.engine.tables import FILES as TABLE_FILES

#: Facts whose values are defined in another file: the kind, and the value that stands for none.
VALUES_FROM: Mapping[str, tuple[str, str]] = {
    "ordered_procedure": ("procedure_code", "none"),
    "followup_policy": ("interval_id", ""),
}
WHO_VERSION = "who_version"


def find_disagreement(draft: Draft) -> Iterator[ContentProblem]:
    """Yield ranges upside down, records without the field they need, and lists that differ."""
    yield from _facts(draft)
    yield from _values(draft)
    yield from _procedures(draft)
    yield from _windows(draft)
    yield from _cells(draft)
    yield from _who_versions(draft)


def _facts(draft: Draft) -> Iterator[ContentProblem]:
    for path, raw in mappings(draft, "facts", "facts/*"):
        if _is_above(raw.get("low"), raw.get("high")):
            yield draft["facts"].problem((*path, "low"), "low: is above high")
        fields = [value for _, value in draft["facts"].select("fields/*/name", within=path)]
        if raw.get("shorthand", None) not in (None, *fields):
            text = f"shorthand: {raw['shorthand']} is no field of this fact"
            yield draft["facts"].problem((*path, "shorthand"), text)


def _is_above(low: object, high: object) -> bool:
    return isinstance(low, int | float) and isinstance(high, int | float) and low > high


def _values(draft: Draft) -> Iterator[ContentProblem]:
    for path, raw in mappings(draft, "facts", "facts/*"):
        kind, besides = VALUES_FROM.get(str(raw.get("name")), ("", ""))
        known = defined(draft, kind)
        for value in (raw.get("values") or ()) if known else ():
            if value not in (*known, besides):
                text = f"values: {value} is defined nowhere"
                yield draft["facts"].problem((*path, "values", value), text, key=True)


def _procedures(draft: Draft) -> Iterator[ContentProblem]:
    orderable = fact_values(draft, "ordered_procedure")
    for path, code in texts(draft, "procedures", "procedures/*/code"):
        if orderable and code not in orderable:
            text = f"code: {code} cannot be ordered: it is no value of the fact ordered_procedure"
            yield draft["procedures"].problem(path, text)


def _windows(draft: Draft) -> Iterator[ContentProblem]:
    if "intervals" in draft:
        for path, window in draft["intervals"].select("intervals/*/rows/*/window"):
            if isinstance(window, list) and len(window) == 2 and _is_above(*window):
                yield draft["intervals"].problem(path, "window: begins after its end")


def _cells(draft: Draft) -> Iterator[ContentProblem]:
    for name in TABLE_FILES:
        for path, table in mappings(draft, name, "tables/*"):
            columns = [value for _, value in draft[name].select("columns/*/key", within=path)]
            for place, key in draft[name].select("rows/*/cells/~", within=path):
                if key not in columns:
                    text = f"cells: {key} is no column of the table {table.get('id')}"
                    yield draft[name].problem(place, text, key=True)


def _who_versions(draft: Draft) -> Iterator[ContentProblem]:
    """Yield versions of the WHO grading for which the words of a grade are lacking."""
    for part in ("grade/versions", "grade/units"):
        path: Path
        for path, words in mappings(draft, "explanations", part):
            for version in fact_values(draft, WHO_VERSION):
                if version not in words:
                    text = f"{path[-1]}: lacks {version}, a value of the fact {WHO_VERSION}"
                    yield draft["explanations"].problem(path, text)
