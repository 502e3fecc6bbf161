"""Where the sources differ: the register of N-nn, and which entries matter to one case."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from guidance.engine.concern import Concern, load_concern

if TYPE_CHECKING:
    from guidance.engine.edition import Edition

Severity = Literal["H", "M", "L"]
#: Highest first. L is editorial: it changes nothing that is shown beside a case.
SHOWN_SEVERITIES: tuple[Severity, ...] = ("H", "M")
LENGTH_OF_TAG = 3


@dataclass(frozen=True, slots=True)
class Side:
    """What one document says; `source` is lines of that document alone."""

    text: str
    source: str

    @property
    def tag(self) -> str:
        """Return the tag of the document, as in `edition.sources`."""
        return self.source[:LENGTH_OF_TAG]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One entry of the register: what differs, each side, and what this product does.

    `severity`: H can change a recommendation, M a figure or wording, L is editorial.
    """

    id: str
    severity: Severity
    text: str
    sides: tuple[Side, ...]
    handling: str
    concern: Concern
    source: str


def load_disagreements(raw: Mapping[str, Any]) -> tuple[Disagreement, ...]:
    """Return the register of the content of `disagreements.yaml`."""
    return tuple(
        Disagreement(
            id=entry["id"],
            severity=entry["severity"],
            text=entry["text"],
            sides=tuple(Side(side["text"], side["source"]) for side in entry["statements"]),
            handling=entry["handling"],
            concern=load_concern(entry),
            source=entry["source"],
        )
        for entry in raw.get("disagreements", ())
    )


def concerning(
    reading: Mapping[str, Any], codes: Collection[str], edition: "Edition"
) -> list[dict[str, Any]]:
    """Return the disagreements that matter to one case, gravest first.

    Args:
        reading: facts with the findings of `assess_reading`.
        codes: what the answer shows, see `guidance.engine.concern.shown_codes`.

    Returns:
        JSON-able entries; each statement carries in `dated` when its document was reviewed.
    """
    dates = {source["tag"]: source["reviewed"] for source in edition.sources}
    found = [entry for entry in edition.disagreements if entry.concern.is_met(reading, codes)]
    return [
        {
            "id": entry.id,
            "severity": entry.severity,
            "text": entry.text,
            "statements": [
                {"text": side.text, "source": side.source, "dated": dates[side.tag]}
                for side in entry.sides
            ],
            "handling": entry.handling,
            "source": entry.source,
        }
        for severity in SHOWN_SEVERITIES
        for entry in found
        if entry.severity == severity
    ]
