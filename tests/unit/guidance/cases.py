"""Worked cases of the clinical specification, and how tests assess one."""

from functools import cache
from pathlib import Path
from typing import Any

from guidance.engine.assess import assess, assess_reading
from guidance.engine.content import parse_yaml
from guidance.engine.edition import load_edition
from guidance.engine.facts import parse_facts
from guidance.engine.reading import read_case

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


def read(*layers: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read and assess facts laid over each other: the reading with its findings, the answer."""
    raw: dict[str, Any] = {}
    for layer in layers:
        raw.update(layer)
    reading, grading = read_case(parse_facts(raw))
    return reading, assess_reading(reading, grading, load_edition())


def read_on_base(
    base: str, facts: dict[str, Any] | None = None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Do the same on the default facts and one of the bases S, R and F (section 14.3)."""
    return read(read_data("d0"), read_data("micro_cases")["bases"][base], facts or {})
