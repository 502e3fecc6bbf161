"""What each result and each marker looks like: a shape of its own, so no color says it alone."""

from dataclasses import dataclass

from cases.models.result import Outcome
from cases.selectors.timeline_events import StudyPoint

STAR = (
    "M0,-1L0.26,-0.36L0.95,-0.31L0.42,0.14L0.59,0.81L0,0.44"
    "L-0.59,0.81L-0.42,0.14L-0.95,-0.31L-0.26,-0.36Z"
)


@dataclass(frozen=True)
class Mark:
    """A shape of Vega, or a path, in the color of one token; hollow where it is not filled."""

    shape: str
    color: str
    words: str
    is_filled: bool = True


OUTCOMES = {
    Outcome.POSITIVE: Mark("circle", "ink", Outcome.POSITIVE.label),
    Outcome.NEGATIVE: Mark("circle", "ink", Outcome.NEGATIVE.label, is_filled=False),
    Outcome.INDETERMINATE: Mark("diamond", "caution", Outcome.INDETERMINATE.label),
    Outcome.RESPONSE: Mark("triangle-down", "ok", Outcome.RESPONSE.label),
    Outcome.STABLE: Mark("square", "accent", Outcome.STABLE.label),
    Outcome.PROGRESSION: Mark("triangle-up", "danger", Outcome.PROGRESSION.label),
    Outcome.COMPLICATION: Mark("cross", "danger", Outcome.COMPLICATION.label),
}
NO_RESULT = Mark("square", "ink-soft", "No result yet", is_filled=False)
ORDERED = Mark("triangle-right", "ink-soft", "Ordered, not performed yet", is_filled=False)
ONGOING = Mark("triangle-right", "accent", "Still going on, or in place")
SPECIMEN = Mark("circle", "ink-soft", "Specimen")
DECISION = Mark(STAR, "accent", "Signed decision")

#: One for each marker that is drawn, in this order.
MARKERS = (
    Mark("circle", "accent", ""),
    Mark("square", "caution", ""),
    Mark("diamond", "ok", ""),
    Mark("triangle-up", "ink", ""),
    Mark("cross", "ink-soft", ""),
    Mark("square", "accent", "", is_filled=False),
)
#: A value beyond what the laboratory can measure, in the color of its marker.
BEYOND = {
    "<": Mark("triangle-down", "ink-soft", "Below what can be measured", is_filled=False),
    ">": Mark("triangle-up", "ink-soft", "Above what can be measured", is_filled=False),
}
#: Lengths of dash and gap of each marker's line.
DASHES = ([1, 0], [6, 2], [2, 2], [8, 3, 2, 3], [4, 4], [10, 3])


def mark_of(study: StudyPoint) -> Mark:
    """How a study is drawn: by its result, else by how far it has come."""
    if study.outcome:
        return OUTCOMES[Outcome(study.outcome)]
    return NO_RESULT if study.is_performed else ORDERED
