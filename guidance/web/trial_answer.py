"""An answer as the library shows it: every code with its words, and every line with its why."""

from collections.abc import Iterator, Mapping
from typing import Any

from guidance.engine.background import read_background
from guidance.engine.counterfactuals import changes
from guidance.engine.edition import Edition
from guidance.engine.facts import Facts
from guidance.engine.why import lines_of, tell
from guidance.engine.wording import window_words
from guidance.web.branches import steps
from guidance.web.pages import readable_day

NOTICES = {
    "UNDETERMINED": "Not enough is known to say which guidance applies",
    "CONFLICT": "The facts contradict each other",
    "NOT_COVERED": "Not covered by this edition",
}
#: Studies by what can be done with them, and the heading of each group.
STANDINGS = {
    "alternative": "Alternatives",
    "add-on": "In addition",
    "removed": "Not possible here",
    "not for this question": "Not for this question",
}
#: Lines whose reasons stand elsewhere on the page.
SHOWN_ELSEWHERE = ("scenario", "missing", "confirm", "option")


def shown_answer(facts: Facts, edition: Edition) -> dict[str, Any]:
    """What `assess` answers, with its background, its reasons, and what would change it."""
    told = tell(facts, edition)
    answer = told.answer
    lines = [{**line, "trees": _shortened(line["trees"])} for line in lines_of(told)]
    scenarios = edition.catalogue.scenarios
    branch = answer["branch_detail"]
    asked = [*answer["missing"], *answer["confirm_before_order"]]
    return {
        **answer,
        "title": answer["scenario_name"] or NOTICES[answer["scenario"].partition(":")[0]],
        "is_scenario": answer["scenario"] in scenarios,
        "candidate_scenarios": [scenarios[code] for code in answer["candidates"]],
        "steps": steps(branch["actions"]) if branch else [],
        "top_study": next((s for s in answer["studies"] if s["standing"] == "top"), None),
        "others": list(_others(answer["studies"])),
        "reasons": next(line for line in lines if line["kind"] == "scenario"),
        "lines": [line for line in lines if line["kind"] not in SHOWN_ELSEWHERE],
        "missing_facts": list(_missing(answer, facts, asked, edition)),
        "background": _background(facts, edition),
    }


def _shortened(grounds: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Grounds whose trees leave out a present value that the comparison names already."""
    return [{**ground, "tree": _short(ground["tree"])} for ground in grounds]


def _short(tree: Mapping[str, Any]) -> dict[str, Any]:
    value = tree["value"]
    is_named = bool(value) and tree["text"].casefold().endswith(value.casefold())
    parts = [_short(part) for part in tree["parts"]]
    return {**tree, "value": None if is_named else value, "parts": parts}


def _others(studies: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for standing, label in STANDINGS.items():
        found = [study for study in studies if study["standing"] == standing]
        if found:
            yield {"label": label, "studies": found}


def _missing(
    answer: Mapping[str, Any], facts: Facts, asked: list[str], edition: Edition
) -> Iterator[dict[str, Any]]:
    """Yield each fact that is asked for, with what its answers would lead to."""
    found = {entry["fact"]: entry for entry in changes(facts, edition, asked)["facts"]}
    for question in answer["questions"]:
        entry = found.get(question["fact"], {"answers": []})
        leading = [each for each in entry["answers"] if each["consequences"]]
        yield {**question, "answers": leading}


def _background(facts: Facts, edition: Edition) -> dict[str, Any]:
    background = read_background(facts, edition)
    policies = [
        {**policy, "shown": window_words(policy["window"])}
        for policy in background["intervals"]["policies"]
    ]
    differing = [
        {
            **entry,
            "sides": [
                {**side, "date": readable_day(side["dated"])} for side in entry["statements"]
            ],
        }
        for entry in background["disagreements"]
    ]
    options = [option for option in background["options"] if not option["hidden"]]
    return {**background, "policies": policies, "disagreements": differing, "options": options}
