"""What stands beside the guidance's answer: local words, and who acknowledged which check.

The answer itself is stored and never changes; what stands beside it is read anew as long as a case
is open, and kept with the decision when it is signed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone

from cases.models import Assessment, Case, Decision
from cases.selectors.acknowledgments import (
    Acknowledged,
    CheckState,
    acknowledgments_of_each,
    states_of,
)
from cases.selectors.local_words import LocalWord, beside, local_words


@dataclass(frozen=True)
class Annotations:
    """Local words beside one answer, and the state of each of its checks, in their order."""

    words: tuple[LocalWord, ...] = ()
    states: tuple[CheckState, ...] = ()

    def on(self, kind: str, code: str = "") -> tuple[LocalWord, ...]:
        """The local words beside one scenario, study, branch, check or interval rule."""
        return tuple(word for word in self.words if word.kind == kind and word.code == code)

    def as_json(self) -> dict[str, Any]:
        """Everything, as a signed decision keeps it; `from_json` reads it back."""
        return {
            "words": [asdict(word) for word in self.words],
            "states": [asdict(state) for state in self.states],
        }


def annotations_of(case: Case, assessment: Assessment) -> Annotations:
    """What stands beside `assessment` of `case` now; in four queries."""
    return annotations_of_each([(case, assessment)])[case.id]


def annotations_of_each(pairs: Sequence[tuple[Case, Assessment]]) -> dict[UUID, Annotations]:
    """What stands beside the assessments of many cases, by the case's id; in four queries."""
    words = local_words(on=timezone.localdate())
    given = acknowledgments_of_each([case.id for case, _ in pairs])
    return {
        case.id: Annotations(
            words=beside(words, assessment.answer), states=states_of(assessment, given[case.id])
        )
        for case, assessment in pairs
    }


def annotations_of_signed(decision: Decision) -> Annotations:
    """What stood beside the assessment when `decision` was signed."""
    quoted = decision.quoted
    return from_json(quoted) if quoted else Annotations()


def from_json(kept: Mapping[str, Any]) -> Annotations:
    """The annotations that `Annotations.as_json` gave."""
    return Annotations(
        words=tuple(LocalWord(**word) for word in kept["words"]),
        states=tuple(
            CheckState(
                code=state["code"],
                standing=_acknowledged(state["standing"]),
                lapsed=_acknowledged(state["lapsed"]),
                lapsed_because=state["lapsed_because"],
            )
            for state in kept["states"]
        ),
    )


def _acknowledged(kept: Mapping[str, str] | None) -> Acknowledged | None:
    return Acknowledged(**kept) if kept else None
