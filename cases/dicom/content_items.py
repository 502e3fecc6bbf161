"""The tree of a structured report."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pydicom.dataset import Dataset

from cases.dicom.elements import finite, items_of, plain, text_of
from cases.dicom.limits import CONTENT_DEPTH, CONTENT_ITEMS
from cases.dicom.reasons import Reason, Unfit

#: Codes of SNOMED CT stand under its older names too.
SNOMED = {"SRT": "SCT", "SNM3": "SCT", "99SDM": "SCT"}


@dataclass(frozen=True)
class Code:
    """A coded concept; `value` and `scheme` say which, `meaning` in words."""

    value: str = ""
    scheme: str = ""
    meaning: str = ""

    def is_one_of(self, *known: tuple[str, str]) -> bool:
        """Whether this is one of the concepts `known`, each a pair of scheme and value."""
        return (self.scheme, self.value) in known


@dataclass(frozen=True)
class ContentItem:
    """One item: what it is about, and its value as far as its type has such."""

    concept: Code
    text: str = ""
    code: Code = Code()
    number: float | None = None
    unit: str = ""
    children: list["ContentItem"] = field(default_factory=list)

    def walk(self) -> Iterator["ContentItem"]:
        """This item and everything below it."""
        waiting = [self]
        while waiting:
            item = waiting.pop()
            yield item
            waiting.extend(reversed(item.children))

    def child(self, *concepts: tuple[str, str]) -> "ContentItem | None":
        """The first item directly below that is about one of `concepts`."""
        return next((item for item in self.children if item.concept.is_one_of(*concepts)), None)


def tree_of(report: Dataset) -> ContentItem:
    """The content of a structured report.

    Raises:
        Unfit: nested too deep, or more items than any report has.
    """
    return _Reader().item(report, depth=0)


class _Reader:
    def __init__(self) -> None:
        self.count = 0

    def item(self, elements: Dataset, *, depth: int) -> ContentItem:
        self.count += 1
        if depth > CONTENT_DEPTH:
            raise Unfit(Reason.NESTED)
        if self.count > CONTENT_ITEMS:
            raise Unfit(Reason.BOMB)
        measured = items_of(elements, "MeasuredValueSequence")
        number, unit = _quantity(measured[0]) if measured else (None, "")
        return ContentItem(
            concept=_code(elements, "ConceptNameCodeSequence"),
            text=text_of(elements, "TextValue") or text_of(elements, "UID"),
            code=_code(elements, "ConceptCodeSequence"),
            number=number,
            unit=unit,
            children=[
                self.item(child, depth=depth + 1) for child in items_of(elements, "ContentSequence")
            ],
        )


def _quantity(measured: Dataset) -> tuple[float | None, str]:
    value: Any = text_of(measured, "NumericValue")
    return finite(value), _code(measured, "MeasurementUnitsCodeSequence").value


def _code(elements: Dataset, keyword: str) -> Code:
    codes = items_of(elements, keyword)
    if not codes:
        return Code()
    scheme = plain(text_of(codes[0], "CodingSchemeDesignator"))
    return Code(
        value=text_of(codes[0], "CodeValue") or text_of(codes[0], "LongCodeValue"),
        scheme=SNOMED.get(scheme, scheme),
        meaning=text_of(codes[0], "CodeMeaning"),
    )
