"""What the sources leave open and what this product chose: the register of A-nn."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """One recorded choice; `risk` is what a wrong one could do to a patient."""

    id: str
    point: str
    choice: str
    risk: Literal["low", "medium", "high"]
    source: str


def load_ambiguities(raw: Mapping[str, Any]) -> tuple[Ambiguity, ...]:
    """Return the register of the content of `ambiguities.yaml`."""
    return tuple(
        Ambiguity(entry["id"], entry["point"], entry["choice"], entry["risk"], entry["source"])
        for entry in raw.get("ambiguities", ())
    )
