"""Follow-up intervals: every policy side by side, and where they disagree."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse

from guidance.engine.edition import Edition
from guidance.engine.intervals import IntervalRule, compare_policies
from guidance.engine.wording import window_words, wording
from guidance.web.pages import library_view, page

SURVEILLANCE = "SC-03"
MONTHS_IN_A_YEAR = 12
NEGATIVE: dict[str, Any] = {"study_outcome": "negative"}
EARLY: dict[str, Any] = {"@grade": "G1", "stage_class": "early"}
HIGHER: dict[str, Any] = {"@grade": "G1", "stage_class": "higher"}
FIRST: dict[str, Any] = {"months_since_resection": 0}
LATER: dict[str, Any] = {"months_since_resection": MONTHS_IN_A_YEAR}
#: Cases after resection that the policies tell apart (7.3): facts and the grade.
CASES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("G1, early stage, first year", EARLY | FIRST),
    ("G1, early stage, later", EARLY | LATER),
    ("G1, higher stage, first year", HIGHER | FIRST),
    ("G1, higher stage, later", HIGHER | LATER),
    ("G2 or G3, later", {"@grade": "G2"} | LATER),
    (
        "G1, early stage, later, under chemotherapy or a biologic",
        EARLY | LATER | {"on_chemo_or_biologic": True},
    ),
)
AGREEMENTS = {"agree": "agree", "overlap": "overlap", "disagree": "disagree"}


@library_view
def intervals(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Every rule with its windows, and the rules after resection compared case by case."""
    table = edition.intervals
    matrix = [
        {"label": label, **compare_policies(NEGATIVE | reading, SURVEILLANCE, edition)}
        for label, reading in CASES
    ]
    context = {
        "rules": [_rule(rule, edition) for rule in table.rules.values()],
        "compared": [table.rules[policy["rule"]] for policy in matrix[0]["policies"]],
        "matrix": [_row(compared) for compared in matrix],
        "said": table.beside.values(),
        "suggested": [
            {**entry, "name": edition.catalogue.scenarios[scenario].name}
            for scenario, entry in table.suggested.items()
        ],
    }
    return page(request, edition, "intervals", context)


def _row(compared: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "label": compared["label"],
        "windows": [window_words(policy["window"]) for policy in compared["policies"]],
        "agreement": AGREEMENTS.get(compared["agreement"], ""),
        "common": window_words(compared["common"]) if compared["common"] else "",
    }


def _rule(rule: IntervalRule, edition: Edition) -> dict[str, Any]:
    return {
        "rule": rule,
        "rows": [
            {
                "window": window_words(row.window),
                "said": row.words,
                "words": wording(row.condition.raw, edition) if row.condition else None,
            }
            for row in rule.rows
        ],
        "scenarios": [
            {
                "id": entry.scenario,
                "name": edition.catalogue.scenarios[entry.scenario].name,
                "words": wording(entry.condition.raw, edition) if entry.condition else None,
            }
            for entry in rule.applications
        ],
    }
