"""The scenarios: how a case finds one, and everything that the edition says of one."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from guidance.engine.arising import Arising, checklists_in, checks_in
from guidance.engine.edition import Edition
from guidance.engine.ratings import Rating
from guidance.engine.scenario import Scenario
from guidance.engine.wording import wording
from guidance.web.branches import branches_of, without_branch
from guidance.web.pages import library_view, page
from guidance.web.registers import disagreements_about, uncovered_about
from guidance.web.sentences import said_in

FULL = "FULL"
UNDETERMINED = "UNDETERMINED"
Raw = Mapping[str, Any]


@library_view
def scenarios(request: HttpRequest, edition: Edition) -> HttpResponse:
    """The way to a scenario, in order: gates, contradictions, steps, and what stays open."""
    raw = edition.content["scenarios"]
    context = {
        "gates": [
            {
                **gate,
                "words": wording(gate["when"], edition),
                "reason": raw["not_covered"][gate["result"]],
            }
            for gate in raw["gates"]
        ],
        "carcinoma_gates": _worded(
            [raw["carcinoma_gate"], *filter(None, [raw.get("carcinoma_open")])], edition
        ),
        "contradictions": _worded(edition.content["contradictions"]["contradictions"], edition),
        "reservations": _worded(_reservations(raw), edition),
        "steps": [_step(step, edition) for step in raw.get("steps", ())],
        "not_covered": raw["not_covered"].items(),
        "scenarios": edition.catalogue.scenarios.values(),
    }
    return page(request, edition, "scenarios", context)


def _worded(entries: Any, edition: Edition) -> list[dict[str, Any]]:
    return [{**entry, "words": wording(entry["when"], edition)} for entry in entries]


def _reservations(raw: Raw) -> list[Raw]:
    """What keeps an answer from being final: in every case, then in single scenarios; each once."""
    own = (entry for found in raw["scenarios"] for entry in found.get("reserve", ()))
    entries = (*raw.get("reservations", ()), *own)
    return list({entry["id"]: entry for entry in entries}.values())


def _step(raw: Raw, edition: Edition) -> dict[str, Any]:
    rules = [
        {
            **rule,
            "words": wording(rule["when"], edition),
            "asked": _labels(rule.get("ask", ()), edition),
            "scenarios": _found([rule["to"], *rule.get("candidates", ())], edition),
            "beside": [said for said in said_in(rule, edition) if said.code != rule["id"]],
        }
        for rule in raw["rules"]
    ]
    words = wording(raw["when"], edition) if "when" in raw else None
    return {**raw, "words": words, "rules": rules}


def _found(codes: list[str], edition: Edition) -> list[Scenario]:
    """The scenarios among codes of where a rule leads."""
    scenarios = edition.catalogue.scenarios
    return [scenarios[code] for code in codes if code in scenarios]


def _labels(names: Any, edition: Edition) -> list[str]:
    return [edition.dictionary[name].label for name in names]


@library_view
def scenario(request: HttpRequest, edition: Edition, code: str) -> HttpResponse:
    """One scenario: who belongs, what to order, what follows, what to mind, what is disputed."""
    found = edition.catalogue.scenarios.get(code)
    if found is None:
        raise Http404
    raw = next(entry for entry in edition.content["scenarios"]["scenarios"] if entry["id"] == code)
    arising = checks_in(found, edition)
    context = {
        "scenario": found,
        "is_rated": found.status == FULL,
        "criteria": _worded(raw["criteria"], edition),
        "exclusions": [
            {**entry, "leads_to": [edition.catalogue.scenarios[to] for to in entry["redirect"]]}
            for entry in _worded(raw["exclusions"], edition)
        ],
        "sent_here": list(_sent_here(code, edition)),
        "reserve": _worded(raw.get("reserve", ()), edition),
        "asked": [edition.dictionary[name] for name in (*found.ask, *found.ask_after_result)],
        "ratings": [
            _rating(rating, found, edition) for rating in edition.ratings.by_scenario.get(code, ())
        ],
        "substitutions": list(_substitutions(code, edition)),
        "notes": _worded(_notes(code, edition), edition),
        "branches": branches_of(code, edition),
        "without": [raw for raw in without_branch(edition) if raw["scenario"] == code],
        "own_checks": [entry for entry in arising if not _is_general(entry)],
        "general_checks": [entry for entry in arising if _is_general(entry)],
        "checklists": checklists_in(found, edition),
        "hints": edition.catalogue.hints.get(found.hint, ()) if found.hint else (),
        "headline": _headline(code, edition),
        "disagreements": disagreements_about(code, edition),
        "uncovered": uncovered_about(code, edition),
    }
    return page(request, edition, "scenario", context)


def _sent_here(code: str, edition: Edition) -> Iterator[dict[str, Any]]:
    """Yield what sends a case here from another scenario."""
    for excluded_from, criterion in edition.catalogue.redirects.get(code, ()):
        yield {
            "id": criterion.id,
            "from": edition.catalogue.scenarios[excluded_from],
            "text": criterion.text,
            "source": criterion.source,
        }


def _rating(rating: Rating, scenario: Scenario, edition: Edition) -> dict[str, Any]:
    code = rating.procedure.code
    return {
        "rating": rating,
        "protocol": edition.ratings.protocols.get((scenario.id, code)),
        "rules": [rule.id for rule in rating.substitutions],
    }


def _substitutions(code: str, edition: Edition) -> Iterator[dict[str, Any]]:
    """Yield the rules that can take a study of this scenario away, and which."""
    ratings = edition.ratings.by_scenario.get(code, ())
    for rule in edition.content["substitutions"]["substitutions"]:
        studies = [r.procedure.name for r in ratings if rule["trait"] in r.procedure.traits]
        if studies:
            yield {**rule, "words": wording(rule["when"], edition), "studies": studies}


def _notes(code: str, edition: Edition) -> list[Raw]:
    """What is said beside the substitutions without taking a study away."""
    statements = edition.content["substitutions"].get("statements", ())
    return [statement for statement in statements if code in statement["scenarios"]]


def _is_general(arising: Arising) -> bool:
    """Whether a check can arise before a scenario is even found."""
    return UNDETERMINED in arising.check.statuses


def _headline(code: str, edition: Edition) -> dict[str, Any] | None:
    headline = edition.headlines.get(code)
    if headline is None:
        return None
    return {
        **headline,
        "name": edition.ratings.procedures[headline["procedure"]].name,
        "label": edition.ratings.labels[headline["rating"]],
    }
