"""Worked cases of the clinical specification, and how tests assess one."""

from functools import cache
from pathlib import Path
from typing import Any

from guidance.engine.assess import assess
from guidance.engine.content import parse_yaml
from guidance.engine.edition import load_edition
from guidance.engine.facts import parse_facts

DATA = Path(__file__).parent / "data"


@cache
def read_data(name: str) -> Any:
    return parse_yaml((DATA / f"{name}.yaml").read_text(encoding="utf-8"))


def answer(*layers: dict[str, Any]) -> dict[str, Any]:
    """Assess facts laid over each other in order, on no defaults but those given."""
    raw: dict[str, Any] = {}
    for layer in layers:
        raw.update(layer)
    return assess(parse_facts(raw), load_edition())


def on_base(base: str, facts: dict[str, Any] | None = None) -> dict[str, Any]:
    """Assess facts on the default facts and one of the bases S, R and F (section 14.3)."""
    return answer(read_data("d0"), read_data("micro_cases")["bases"][base], facts or {})
