"""What a recommendation may name, and a recommendation in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from cases.models import DraftRecommendation, Recommendation
from cases.models.conclusion import RecommendationKind
from guidance.editions import shelf
from guidance.engine.edition import Edition

#: The treatment options of the guidance (specification 5.4) that a recommendation may name.
TREATMENT_OPTIONS = ("OPT-SYSTEMIC", "OPT-SWITCH-SYSTEMIC", "OPT-LDT", "OPT-PRRT")

#: The words of the codes that a recommendation may have, by its kind; other kinds have none.
Codes = Mapping[str, Mapping[str, str]]


class Judged(Protocol):
    """What is judged of a recommendation."""

    @property
    def kind(self) -> str:
        """A `RecommendationKind`."""

    @property
    def code(self) -> str:
        """A study or treatment option of the edition; empty where it is said in words."""

    @property
    def text(self) -> str:
        """What is said in words."""


class Timed(Judged, Protocol):
    """What of a recommendation says whether an interval is about it."""

    @property
    def intent(self) -> str:
        """An `Intent`; empty where it is not said."""


def codes_to_choose() -> Codes:
    """The codes that a new recommendation may have: those of the institution's edition."""
    return codes_in(shelf.adopted())


def codes_in(edition: Edition) -> Codes:
    """The codes that an edition has for a recommendation, with their words, by its kind."""
    actions = edition.content["actions"]["actions"]
    return {
        RecommendationKind.IMAGING: {
            code: procedure.name for code, procedure in edition.ratings.procedures.items()
        },
        RecommendationKind.TREATMENT: {
            action["code"]: action["text"]
            for action in actions
            if action["code"] in TREATMENT_OPTIONS
        },
    }


@dataclass(frozen=True)
class InWords:
    """A recommendation as a reader sees it: what is asked for, and what was added to it."""

    position: int
    kind: str
    text: str
    detail: str


def in_words(
    recommendations: Iterable[Recommendation | DraftRecommendation], *, version: str
) -> list[InWords]:
    """Recommendations in the words of the edition that the decision quotes."""
    lines = []
    codes = codes_in(shelf.edition(version))
    for asked in recommendations:
        words = codes.get(asked.kind, {}).get(asked.code, asked.code)
        lines.append(
            InWords(
                position=asked.position,
                kind=str(RecommendationKind(asked.kind).label),
                text=words or asked.text,
                detail=asked.text if words else "",
            )
        )
    return lines
