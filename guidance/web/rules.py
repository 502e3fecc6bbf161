"""The rules by kind: studies, what follows a result, checks, eligibility, reference tables."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse

from guidance.engine.edition import Edition
from guidance.engine.eligibility_rule import Remark
from guidance.engine.tables import Table
from guidance.engine.wording import STATUSES, wording
from guidance.web.branches import all_branches, without_branch
from guidance.web.pages import PLACES, anchored, library_view, page
from guidance.web.sentences import explained

Raw = Mapping[str, Any]
TOPICS = ("classification", "response", "prognosis", "performance", "reports")


@library_view
def studies(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Every study with its ratings, general protocols, and what takes a study away."""
    rated: dict[str, list[dict[str, Any]]] = {}
    for scenario, ratings in edition.ratings.by_scenario.items():
        for rating in ratings:
            entry = {"scenario": edition.catalogue.scenarios[scenario], "rating": rating}
            rated.setdefault(rating.procedure.code, []).append(entry)
    raw = edition.content["substitutions"]
    names = {code: procedure.name for code, procedure in edition.ratings.procedures.items()}
    scenario_names = {found.id: found.name for found in edition.catalogue.scenarios.values()}
    said = anchored([*raw["substitutions"], *raw.get("statements", ())], "id")
    worded = [{**entry, "words": wording(entry["when"], edition)} for entry in said]
    context = {
        "procedures": [
            {"procedure": procedure, "ratings": rated.get(code, [])}
            for code, procedure in edition.ratings.procedures.items()
        ],
        "substitutions": [
            {**entry, "studies": _with_trait(entry["trait"], edition)}
            for entry in worded
            if "trait" in entry
        ],
        "statements": [
            {**entry, "names": [scenario_names[code] for code in entry["scenarios"]]}
            for entry in worded
            if "scenarios" in entry
        ],
        "notes": [*raw["notes"].values(), edition.explanations["pair"]],
        "orders": [
            {
                **protocol,
                "name": names[protocol["procedure"]],
                "where": edition.catalogue.scenarios[protocol["scenario"]],
            }
            for protocol in edition.content["protocols"]["protocols"]
        ],
        "tables": shown_tables("protocols", edition),
    }
    return page(request, edition, "studies", context)


def _with_trait(trait: str, edition: Edition) -> list[str]:
    return [
        procedure.name
        for procedure in edition.ratings.procedures.values()
        if trait in procedure.traits
    ]


@library_view
def results(request: HttpRequest, edition: Edition) -> HttpResponse:
    """All branches, the codes of actions and options, and the reasons for the board."""
    context = {
        "branches": all_branches(edition),
        "without": without_branch(edition),
        "actions": edition.content["actions"]["actions"],
        "escalations": [
            {**rule, "words": wording(rule["when"], edition)}
            for rule in edition.content["escalations"]["escalations"]
        ],
    }
    return page(request, edition, "results", context)


@library_view
def checks(request: HttpRequest, edition: Edition) -> HttpResponse:
    """All checks: severity, trigger, words and source; the checklists after them."""
    context = {
        "checks": [
            {
                **raw,
                "words": wording(raw["when"], edition) if "when" in raw else None,
                "kinds": [STATUSES[status] for status in raw["statuses"]],
                "other_severities": _variants(raw.get("severities", ()), edition),
                "other_texts": _variants(raw.get("texts", ()), edition),
            }
            for raw in anchored(edition.content["checks"]["checks"], "code")
        ],
        "checklists": [
            {**raw, "words": wording(raw["when"], edition)}
            for raw in edition.content["checklists"]["checklists"]
        ],
        "markers": _markers(edition),
    }
    return page(request, edition, "checks", context)


def _markers(edition: Edition) -> dict[str, Any]:
    """Which markers to follow in a functioning tumor (X-03)."""
    raw = edition.content["checklists"]["markers"]
    subtypes = edition.dictionary["functional_subtype"].value_labels
    hormones = [(subtypes[code], hormone) for code, hormone in raw["hormones"].items()]
    return {**raw, "words": wording(raw["when"], edition), "hormones": hormones}


def _variants(raw: Any, edition: Edition) -> list[dict[str, Any]]:
    return [{**entry, "words": wording(entry["when"], edition)} for entry in raw]


@library_view
def eligibility(request: HttpRequest, edition: Edition) -> HttpResponse:
    """When a treatment is put before the board; never a decision."""
    entries = [
        {
            "rule": rule,
            "words": wording(rule.condition.raw, edition) if rule.condition else None,
            "routes": [
                {"way": way, "words": wording(way.condition.raw, edition)} for way in rule.routes
            ],
            "remarks": [
                {"label": label, **_remark(remark, edition)}
                for label, remark in (("Not shown", rule.hidden), ("Not covered", rule.not_covered))
                if remark
            ],
            "cautions": [_remark(remark, edition) for remark in rule.cautions],
            "notes": [_remark(remark, edition) for remark in rule.notes],
        }
        for rule in edition.eligibility
    ]
    return page(request, edition, "eligibility", {"entries": entries})


def _remark(remark: Remark, edition: Edition) -> dict[str, Any]:
    words = wording(remark.condition.raw, edition) if remark.condition else None
    return {"text": remark.text, "words": words, "source": remark.source}


@library_view
def tables(request: HttpRequest, edition: Edition, topic: str) -> HttpResponse:
    """The reference tables of one topic."""
    place = next(place for place in PLACES if place.path == f"{topic}/")
    context = {
        "place": place,
        "topic": topic,
        "tables": shown_tables(topic, edition),
        "said": list(explained(topic, edition)),
    }
    return page(request, edition, "tables", context)


def shown_tables(name: str, edition: Edition) -> list[dict[str, Any]]:
    """The tables of a file, cells in the order of the columns."""
    return [_shown(table, edition) for table in edition.tables[name]]


def _shown(table: Table, edition: Edition) -> dict[str, Any]:
    rows = [
        {
            "id": row.id,
            "cells": [
                {"label": column.label, "text": row.cells.get(column.key, "")}
                for column in table.columns
            ],
            "words": wording(row.condition.raw, edition) if row.condition else None,
            "source": row.source,
        }
        for row in table.rows
    ]
    return {"table": table, "rows": rows}
