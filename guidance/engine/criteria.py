"""Which criterion matched, which failed, which is unknown."""

from collections.abc import Iterator, Mapping
from typing import Any

from guidance.engine.edition import Edition
from guidance.engine.facts import UNKNOWN, as_json
from guidance.engine.logic import STATES
from guidance.engine.routing import Route
from guidance.engine.scenario import Criterion


def explain_criteria(
    reading: Mapping[str, Any], route: Route, edition: Edition
) -> list[dict[str, Any]]:
    """Return the criteria behind a route: the gate, the redirects that are true, the inclusions.

    For an undetermined case the criteria of every candidate are given.
    """
    return list(_criteria(reading, route, edition))


def _criteria(
    reading: Mapping[str, Any], route: Route, edition: Edition
) -> Iterator[dict[str, Any]]:
    if route.gate is not None:
        yield _explain(reading, route.gate, "gate", route.scenario)
    catalogue = edition.catalogue
    for scenario in route.candidates or (route.scenario,):
        for excluded_from, exclusion in catalogue.redirects.get(scenario, ()):
            if exclusion.condition.test(reading) is True:
                yield _explain(reading, exclusion, "exclusion", excluded_from)
        if scenario in catalogue.scenarios:
            for criterion in catalogue.scenarios[scenario].criteria:
                yield _explain(reading, criterion, "inclusion", scenario)


def _explain(
    reading: Mapping[str, Any], criterion: Criterion, kind: str, scenario: str
) -> dict[str, Any]:
    condition = criterion.condition
    return {
        "id": criterion.id,
        "kind": kind,
        "scenario": scenario,
        "text": criterion.text,
        "state": STATES[condition.test(reading)],
        "facts": show_facts(reading, condition.facts),
        "source": criterion.source,
    }


def show_facts(reading: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """Return the values of facts as JSON, "unknown" where they are."""
    return {
        name: UNKNOWN if (value := reading.get(name)) is None else as_json(value) for name in names
    }
