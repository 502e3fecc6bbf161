"""The registers: disagreements of the sources, product decisions, what nothing covers."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse

from guidance.engine.edition import Edition
from guidance.engine.wording import wording
from guidance.web.pages import library_view, page, readable_day
from guidance.web.statements import by_code

SEVERITIES = {
    "H": "Can change a recommendation",
    "M": "Changes a figure or wording that is shown",
    "L": "Editorial",
}
SCENARIO = "SC-"
Raw = Mapping[str, Any]


@library_view
def disagreements(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Where the sources contradict each other or themselves: all sides, with their dates."""
    entries = edition.content["disagreements"]["disagreements"]
    context = {"disagreements": [_disagreement(entry, edition) for entry in entries]}
    return page(request, edition, "disagreements", context)


@library_view
def decisions(request: HttpRequest, edition: Edition) -> HttpResponse:
    """What the sources leave open, and what this product chose."""
    context = {"decisions": edition.content["ambiguities"]["ambiguities"]}
    return page(request, edition, "decisions", context)


@library_view
def uncovered(request: HttpRequest, edition: Edition) -> HttpResponse:
    """What none of the sources answers, so that nothing is guessed."""
    raw = edition.content["uncovered"]
    context = {
        "topics": [_topic(entry, edition) for entry in raw["uncovered"]],
        "feasibility": [_topic(entry, edition) for entry in raw.get("feasibility", ())],
        "intervals": [_topic(entry, edition) for entry in raw.get("intervals", ())],
    }
    return page(request, edition, "uncovered", context)


def disagreements_about(scenario: str, edition: Edition) -> list[dict[str, Any]]:
    """The disagreements that concern a scenario."""
    entries = edition.content["disagreements"]["disagreements"]
    codes = _codes_of(scenario, edition)
    return [_disagreement(e, edition) for e in entries if _is_about(scenario, codes, e)]


def uncovered_about(scenario: str, edition: Edition) -> list[dict[str, Any]]:
    """The topics that nothing covers and that concern a scenario."""
    entries = edition.content["uncovered"]["uncovered"]
    codes = _codes_of(scenario, edition)
    return [_topic(e, edition) for e in entries if _is_about(scenario, codes, e)]


def _codes_of(scenario: str, edition: Edition) -> frozenset[str]:
    """The codes of a scenario's own: its branches and what they ask for."""
    branches = [
        branch
        for branch in edition.content["branches"]["branches"]
        if scenario in branch["scenarios"]
    ]
    return frozenset(
        code
        for branch in branches
        for code in (branch["id"], *branch["intervals"], *(a["code"] for a in branch["actions"]))
    )


def _is_about(scenario: str, codes: frozenset[str], entry: Raw) -> bool:
    """Whether an entry names the scenario or, where it names none, something of its own."""
    concerns: Sequence[str] = entry["concerns"]
    if any(code.startswith(SCENARIO) for code in concerns):
        return scenario in concerns
    return not codes.isdisjoint(concerns)


def _disagreement(raw: Raw, edition: Edition) -> dict[str, Any]:
    return {
        **raw,
        "weight": SEVERITIES[raw["severity"]],
        "sides": [_side(side, edition) for side in raw["statements"]],
        "concerned": list(_concerned(raw, edition)),
    }


def _side(raw: Raw, edition: Edition) -> dict[str, Any]:
    """One side, with what sort of document says it and of when that is."""
    tag = raw["source"][:3]
    document = next(entry for entry in edition.sources if entry["tag"] == tag)
    return {
        **raw,
        "document": document["title"],
        "kind": document["kind"],
        "date": readable_day(document["reviewed"]),
    }


def _topic(raw: Raw, edition: Edition) -> dict[str, Any]:
    words = wording(raw["when"], edition) if "when" in raw else None
    return {**raw, "words": words, "concerned": list(_concerned(raw, edition))}


def _concerned(raw: Raw, edition: Edition) -> Iterator[dict[str, str]]:
    """Yield what an entry concerns: the code, its words, and where it stands."""
    known = by_code(edition)
    for code in raw["concerns"]:
        statement = known.get(code)
        title = statement.title if statement else code
        yield {"code": code, "title": title, "place": statement.place if statement else ""}
