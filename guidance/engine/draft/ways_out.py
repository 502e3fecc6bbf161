"""Whether every result leads somewhere, and whether everything written is led to."""

from collections.abc import Iterator, Mapping
from typing import Any

from guidance.engine.draft.reach import can_hold
from guidance.engine.draft.vocabulary import STATUSES, Draft, Term, defined, mappings, texts
from guidance.engine.places import Path
from guidance.engine.problems import ContentProblem


def find_dead_ends(draft: Draft, terms: Mapping[str, Term]) -> Iterator[ContentProblem]:
    """Yield results without a branch, branches without a way out, and what nothing leads to."""
    yield from _results(draft)
    yield from _branches(draft, terms)
    yield from _hold(draft)
    yield from _escalations(draft, terms)
    yield from _ratings(draft)
    yield from _unused(
        draft, ("actions", "actions/*/code"), ("branches", "branches/*/actions/*/code")
    )
    yield from _unused(draft, ("scenarios", "hints/*/id"), ("scenarios", "scenarios/*/hint"))
    yield from _unused(
        draft,
        ("scenarios", "not_covered/~"),
        ("scenarios", "gates/*/result"),
        ("scenarios", "steps/*/rules/*/to"),
    )


def _full(draft: Draft) -> list[str]:
    """Return the scenarios that the sources specify fully."""
    found = mappings(draft, "scenarios", "scenarios/*")
    return [str(raw.get("id")) for _, raw in found if raw.get("status") == "FULL"]


def _pairs(draft: Draft, entries: str, scenarios: str) -> Iterator[tuple[Path, tuple[str, str]]]:
    """Yield place of the result, and scenario with result, of entries in branches.yaml."""
    for path, _ in mappings(draft, "branches", f"{entries}/*"):
        document = draft["branches"]
        for place, outcome in document.select("outcomes/*", within=path):
            for _, scenario in document.select(scenarios, within=path):
                yield place, (str(scenario), str(outcome))


def _results(draft: Draft) -> Iterator[ContentProblem]:
    """Yield results of a scenario that reach two branches, or none without being listed so."""
    full = _full(draft)
    followed: set[tuple[str, str]] = set()
    for place, pair in _pairs(draft, "branches", "scenarios/*"):
        if pair in followed:
            text = f"{pair[0]} has a branch for {pair[1]} already"
            yield draft["branches"].problem(place, text)
        followed.add(pair)
    bare: set[tuple[str, str]] = set()
    for place, pair in _pairs(draft, "without_branch", "scenario"):
        if pair in followed:
            yield draft["branches"].problem(place, f"{pair[0]} has a branch for {pair[1]}")
        elif full and pair[0] not in full:
            text = f"{pair[0]} is not specified fully, so no branch is missing"
            yield draft["branches"].problem(place, text)
        bare.add(pair)
    if not followed:
        return
    for scenario in full:
        for outcome in defined(draft, "outcome"):
            if (scenario, outcome) not in followed | bare:
                text = (
                    f"{scenario} has no branch for {outcome}: "
                    "where the sources give none, say so under without_branch"
                )
                yield draft["branches"].problem(("branches",), text, key=True)


def _branches(draft: Draft, terms: Mapping[str, Term]) -> Iterator[ContentProblem]:
    reviews = {value for _, value in texts(draft, "branches", "hold/to")}
    escalations = mappings(draft, "escalations", "escalations/*")
    raised = {raw.get("code"): raw.get("when") for _, raw in escalations}
    for path, branch in mappings(draft, "branches", "branches/*"):
        document = draft["branches"]
        found = [raw for _, raw in document.select("actions/*", within=path)]
        actions = [raw.keys() for raw in found if isinstance(raw, dict)]
        if actions and all({"when", "unless"} & keys for keys in actions):
            text = "actions: a case can be left without any: one has to have no condition"
            yield document.problem((*path, "actions"), text, key=True)
        if branch.get("outcomes") == [] and branch.get("id") not in reviews:
            yield document.problem((*path, "outcomes"), "outcomes: no result leads to this branch")
        yield from _raised(draft, path, branch, raised, terms)


def _raised(
    draft: Draft,
    path: Path,
    branch: Mapping[str, Any],
    raised: Mapping[Any, Any],
    terms: Mapping[str, Term],
) -> Iterator[ContentProblem]:
    """Yield where a branch names another escalation than the one that follows from it."""
    document = draft["branches"]
    named = branch.get("escalation")
    given = {"@branch": [str(branch.get("id"))]}
    for code, condition in raised.items():
        follows = not can_hold([], terms, while_not=[condition], given=given)
        if named == code and named and not follows:
            text = f"escalation: {code} of escalations.yaml does not follow from this branch"
            yield document.problem((*path, "escalation"), text)
        if named != code and follows:
            text = f"{code} of escalations.yaml follows from this branch: name it as escalation"
            yield document.problem(path, text)


def _hold(draft: Draft) -> Iterator[ContentProblem]:
    branches = mappings(draft, "branches", "branches/*")
    reached = {raw.get("id") for _, raw in branches if raw.get("outcomes")}
    for path, held in texts(draft, "branches", "hold/from"):
        if held not in reached:
            text = f"from: no result leads to {held}, so nothing is held"
            yield draft["branches"].problem(path, text)
        for _, review in draft["branches"].select("hold/to"):
            if review == held:
                yield draft["branches"].problem(path, f"from: {held} is held for itself")


def _escalations(draft: Draft, terms: Mapping[str, Term]) -> Iterator[ContentProblem]:
    """Yield escalations that nothing raises: true only in statuses that bring none."""
    silent = {value for _, value in texts(draft, "escalations", "silent_statuses/*")}
    given = {"@status": [status for status in STATUSES if status not in silent]}
    for path, raw in mappings(draft, "escalations", "escalations/*"):
        hold = [raw.get("when")]
        if can_hold(hold, terms) and not can_hold(hold, terms, given=given):
            text = "when: nothing raises this, since its statuses are silent"
            yield draft["escalations"].problem((*path, "when"), text)


def _ratings(draft: Draft) -> Iterator[ContentProblem]:
    """Yield fully specified scenarios without ratings, and ratings of any other scenario."""
    full = _full(draft)
    rated = dict(texts(draft, "ratings", "ratings/~"))
    for path, scenario in rated.items():
        if full and scenario not in full:
            text = f"{scenario} is not specified fully: the sources rate no study for it"
            yield draft["ratings"].problem(path, text, key=True)
    for path, scenario in texts(draft, "scenarios", "scenarios/*/id"):
        if rated and scenario in full and scenario not in rated.values():
            yield draft["scenarios"].problem(path, f"{scenario} has no ratings in ratings.yaml")


def _unused(
    draft: Draft, defines: tuple[str, str], *uses: tuple[str, str]
) -> Iterator[ContentProblem]:
    """Yield what is defined and led to by nothing; silent while the using file cannot be read."""
    found = {value for use in uses for _, value in texts(draft, *use)}
    used = {value.removeprefix("NOT_COVERED:") for value in found}
    if used:
        for path, value in texts(draft, *defines):
            if value not in used:
                is_key = defines[1].endswith("~")
                text = f"{value}: nothing leads to it"
                yield draft[defines[0]].problem(path, text, key=is_key)
