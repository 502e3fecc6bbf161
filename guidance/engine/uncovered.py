"""What none of the sources covers (specification section 15, and the lists of 4 and 7)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from guidance.engine.concern import Concern, load_concern

if TYPE_CHECKING:
    from guidance.engine.edition import Edition

PARTS = ("uncovered", "feasibility", "intervals")


@dataclass(frozen=True, slots=True)
class Gap:
    """One topic that is not covered; `text` says how near the documents come.

    `part` is the list of the content it stands in; `number` counts the topics of the first.
    `within` is the number of the topic that says it beside a case; the entry itself is then
    for the library only.
    """

    part: str
    number: int | None
    topic: str
    text: str
    source: str
    concern: Concern
    within: int | None


def load_uncovered(raw: Mapping[str, Any]) -> tuple[Gap, ...]:
    """Return the topics of the content of `uncovered.yaml`."""
    return tuple(
        Gap(
            part=part,
            number=entry.get("number"),
            topic=entry["topic"],
            text=entry["text"],
            source=entry["source"],
            concern=load_concern(entry),
            within=entry.get("within"),
        )
        for part in PARTS
        for entry in raw.get(part, ())
    )


def concerning(
    reading: Mapping[str, Any], codes: Collection[str], edition: "Edition"
) -> list[dict[str, Any]]:
    """Return what the sources leave open for one case, as JSON-able entries.

    Args:
        reading: facts with the findings of `assess_reading`.
        codes: what the answer shows, see `guidance.engine.concern.shown_codes`.
    """
    return [
        {"number": gap.number, "topic": gap.topic, "text": gap.text, "source": gap.source}
        for gap in edition.uncovered
        if gap.within is None and gap.concern.is_met(reading, codes)
    ]
