"""Worked cases of the clinical specification as facts, for trying out; they describe nobody."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from guidance.engine.content import CONTENT, parse_yaml


@dataclass(frozen=True, slots=True)
class Example:
    """One worked case: its id, a title, and all its facts, as raw values."""

    id: str
    title: str
    facts: Mapping[str, Any]


@functools.cache
def examples() -> Mapping[str, Example]:
    """Return the examples by id, in the order of the specification."""
    content = parse_yaml((CONTENT / "examples.yaml").read_text(encoding="utf-8"))
    return {
        case["id"]: Example(case["id"], case["title"], {**content["defaults"], **case["facts"]})
        for case in content["cases"]
    }
