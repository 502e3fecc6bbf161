"""A fact as the record says it, with where it came from."""

import datetime
from dataclasses import dataclass, field, replace
from typing import Any

from cases.models import FactAnswer
from cases.selectors.provenance import Provenance, against

#: How the rules are named by which the lesions say a fact.
LESIONS = "lesions."


@dataclass(frozen=True)
class Known:
    """A value with where it came from: the rule's name, in words for a reader, and by ids.

    `entered_at` is when the last row behind an interpretive rule was entered. A direct answer
    given later than that stands, since a person saw what the rule saw; without it the record
    goes before any answer. Both sides are kept either way. `measured` is what the lesions say
    otherwise of the same fact.
    """

    value: Any
    rule: str
    origin: str
    provenance: Provenance = field(default_factory=dict)
    entered_at: datetime.datetime | None = None
    measured: "Known | None" = None

    def before(self, other: "Known | None") -> "Known":
        """This, said after `other`: what the lesions say is kept where it is something else."""
        if other is None or not other.rule.startswith(LESIONS) or other.value == self.value:
            return self
        return replace(self, measured=other)

    def yields_to(self, answer: FactAnswer | None) -> bool:
        """Whether `answer` stands before this."""
        if answer is None or self.entered_at is None:
            return False
        return answer.answered_at > self.entered_at

    def as_origin(self, answer: FactAnswer | None) -> dict[str, Any]:
        """Where it came from, as an assessment keeps it.

        Args:
            answer: what was answered to the same fact, though this stands.
        """
        said = self._said() | against(answer, self.value)
        if self.measured is None or "answer" in said:
            return said
        return said | {"record": {"value": self.measured.value, **self.measured._said()}}

    def beside(self, answer: FactAnswer) -> dict[str, Any]:
        """What the record says of a fact of which `answer` stands; nothing where they agree."""
        if not against(answer, self.value):
            return {}
        return {"record": {"value": self.value, **self._said()}}

    def _said(self) -> dict[str, Any]:
        said = {"rule": self.rule, "text": self.origin, **self.provenance}
        return said if self.entered_at is None else said | {"until_answered": True}
