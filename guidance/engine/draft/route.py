"""Whether the steps of scenarios.yaml lead every case somewhere, and somewhere that there is."""

from collections.abc import Iterator, Mapping

from guidance.engine.draft.reach import can_hold
from guidance.engine.draft.vocabulary import STATUSES, Draft, Term, mappings, scenarios_of, texts
from guidance.engine.problems import ContentProblem

UNDETERMINED = "UNDETERMINED"
NEXT = "next"


def find_lost_cases(draft: Draft, terms: Mapping[str, Term]) -> Iterator[ContentProblem]:
    """Yield rules to nowhere, cases that the last step does not take, and scenarios unreached."""
    steps = list(mappings(draft, "scenarios", "steps/*"))
    if not steps:
        return
    document = draft["scenarios"]
    known = {*scenarios_of(draft, STATUSES), UNDETERMINED, NEXT}
    destinations = dict(texts(draft, "scenarios", "steps/*/rules/*/to"))
    for path, destination in destinations.items():
        if destination not in known:
            yield document.problem(path, f"to: there is no {destination}")
    last, _ = steps[-1]
    for path, destination in destinations.items():
        if destination == NEXT and path[: len(last)] == last:
            yield document.problem(path, "to: there is no step after this one")
    rules = [raw for _, raw in document.select("rules/*/when", within=last)]
    if rules and can_hold([], terms, while_not=rules):
        text = "rules: a case can be left that no rule of the last step takes"
        yield document.problem((*last, "rules"), text, key=True)
    gates = texts(draft, "scenarios", "carcinoma_gate/scenario")
    reached = {*destinations.values(), *(scenario for _, scenario in gates)}
    for path, raw in mappings(draft, "scenarios", "scenarios/*"):
        if raw.get("status") == "FULL" and raw.get("id") not in reached:
            yield document.problem((*path, "id"), f"{raw.get('id')}: no step leads to it")
