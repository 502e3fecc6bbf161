"""PlanDefinitions: one for each scenario, with who belongs, what to order and what follows."""

from collections.abc import Iterator, Mapping
from typing import Any

from guidance.engine.arising import checks_in
from guidance.engine.ratings import Rating
from guidance.engine.scenario import Scenario
from guidance.fhir.activities import KIND as ACTIVITY
from guidance.fhir.activities import is_defined, rating_artifacts, study_code
from guidance.fhir.artifacts import citations, documentation
from guidance.fhir.expressions import applicable
from guidance.fhir.pathways import pathway
from guidance.fhir.publication import Publication

KIND = "PlanDefinition"
TYPE_SYSTEM = "http://terminology.hl7.org/CodeSystem/plan-definition-type"
USAGE = (
    "For support of a tumor board, never in its place. A condition that is unknown is not met, "
    "except where it says “not known to be”. Ratings hold in this scenario alone."
)
UNRATED = "The sources name this scenario and rate no study for it."


def plans(publication: Publication) -> Iterator[dict[str, Any]]:
    """Yield the plan of every scenario of an edition."""
    for scenario in publication.edition.catalogue.scenarios.values():
        yield _plan(scenario, publication)


def _plan(scenario: Scenario, publication: Publication) -> dict[str, Any]:
    edition = publication.edition
    ratings = edition.ratings.by_scenario.get(scenario.id, ())
    description = scenario.text if ratings else f"{scenario.text} {UNRATED}"
    parts = (
        _studies(scenario, ratings, publication),
        pathway(scenario.id, publication),
        _hints(scenario, publication),
        _checks(scenario, publication),
    )
    return {
        **publication.head(KIND, scenario.id, scenario.name, description),
        "type": {
            "coding": [
                {"system": TYPE_SYSTEM, "code": "clinical-protocol", "display": "Clinical Protocol"}
            ]
        },
        "usage": USAGE,
        "relatedArtifact": [
            *citations(scenario.source, edition),
            *_not_asked_for(scenario, ratings, publication),
            *_headline(scenario, publication),
        ],
        "goal": [{"id": "question", "description": {"text": scenario.text}}],
        "action": [
            {
                "id": scenario.id,
                "title": scenario.name,
                "description": scenario.text,
                "code": [publication.concept("scenario", scenario.id, scenario.name)],
                "documentation": citations(scenario.source, edition),
                "goalId": ["question"],
                "condition": list(_belongs(scenario, publication)),
                "groupingBehavior": "logical-group",
                "action": [part for part in parts if part],
            }
        ],
    }


def _belongs(scenario: Scenario, publication: Publication) -> Iterator[dict[str, Any]]:
    """Yield who belongs: the gates that come first, the criteria, and what leads elsewhere."""
    edition = publication.edition
    content = edition.content["scenarios"]
    for gate in content["gates"]:
        yield applicable({"unless": gate["when"]}, edition, f"{gate['id']}, not: {gate['text']}")
    raw = next(entry for entry in content["scenarios"] if entry["id"] == scenario.id)
    for criterion in raw["criteria"]:
        yield applicable(criterion["when"], edition, f"{criterion['id']}: {criterion['text']}")
    for exclusion in raw["exclusions"]:
        elsewhere = ", ".join(exclusion["redirect"])
        words = f"{exclusion['id']}, not: {exclusion['text']} That leads to {elsewhere}."
        yield applicable({"unless": exclusion["when"]}, edition, words)


def _studies(
    scenario: Scenario, ratings: tuple[Rating, ...], publication: Publication
) -> dict[str, Any] | None:
    wanted = [rating for rating in ratings if rating.is_ranked or rating.role]
    if not wanted:
        return None
    return {
        "id": f"{scenario.id}.studies",
        "title": "Studies in rank order",
        "groupingBehavior": "logical-group",
        "selectionBehavior": "any",
        "action": [
            _study(scenario, rating, place, publication)
            for place, rating in enumerate(wanted, start=1)
        ],
    }


def _study(
    scenario: Scenario, rating: Rating, place: int, publication: Publication
) -> dict[str, Any]:
    edition = publication.edition
    action: dict[str, Any] = {
        "id": f"{scenario.id}.{rating.procedure.code}",
        "title": rating.procedure.name,
        "description": rating.prefer_when,
        "code": [publication.concept("procedure", rating.procedure.code, rating.procedure.name)],
        "reason": [publication.concept("rating", rating.code, rating.label)],
        "documentation": rating_artifacts(rating, publication),
        "requiredBehavior": "could",
        "precheckBehavior": "yes" if place == 1 else "no",
        "definitionCanonical": publication.canonical(ACTIVITY, study_code(scenario.id, rating)),
    }
    if rating.is_ranked:
        action["prefix"] = str(place)
    conditions = [
        applicable({"unless": raw["when"]}, edition, f"{raw['id']}, not: {raw['text']}")
        for raw in edition.content["substitutions"]["substitutions"]
        if raw["trait"] in rating.procedure.traits
    ]
    if rating.role == "fallback":
        conditions.insert(0, applicable("@combined_contraindication = T", edition))
    if conditions:
        action["condition"] = conditions
    return action


def _not_asked_for(
    scenario: Scenario, ratings: tuple[Rating, ...], publication: Publication
) -> Iterator[dict[str, Any]]:
    """Yield the studies that this plan never asks for, with why."""
    for rating in ratings:
        if not rating.is_ranked and not rating.role:
            canonical = publication.canonical(ACTIVITY, study_code(scenario.id, rating))
            yield documentation(
                rating.label,
                f"{rating.procedure.name}: {rating.why} [{rating.source}]",
                canonical if is_defined(rating) else None,
            )


def _headline(scenario: Scenario, publication: Publication) -> Iterator[dict[str, Any]]:
    """Yield the one rating known from beyond the sources; it is no action of the plan (15.1)."""
    edition = publication.edition
    headline = edition.headlines.get(scenario.id)
    if headline:
        name = edition.ratings.procedures[headline["procedure"]].name
        label = edition.ratings.labels[headline["rating"]]
        article = f"“{headline['article']}” ({headline['publisher']})"
        yield documentation(label, f"{name}: {headline['text']} {article} [{headline['source']}]")


def _hints(scenario: Scenario, publication: Publication) -> dict[str, Any] | None:
    if scenario.hint is None:
        return None
    points = publication.edition.catalogue.hints[scenario.hint]
    return _words(f"{scenario.id}.hints", "What the sources say; no rating", points, publication)


def _words(
    identity: str, title: str, points: tuple[Mapping[str, str], ...], publication: Publication
) -> dict[str, Any]:
    return {
        "id": identity,
        "title": title,
        "groupingBehavior": "logical-group",
        "selectionBehavior": "any",
        "action": [
            {
                "id": f"{identity}.{place}",
                "textEquivalent": point["text"],
                "documentation": citations(point["source"], publication.edition),
            }
            for place, point in enumerate(points, start=1)
        ],
    }


def _checks(scenario: Scenario, publication: Publication) -> dict[str, Any]:
    edition = publication.edition
    actions = []
    for place, arising in enumerate(checks_in(scenario, edition), start=1):
        check = arising.check
        action: dict[str, Any] = {
            "id": f"{scenario.id}.checks.{place}",
            "title": check.code,
            "code": [publication.concept("check", check.code, check.text)],
            "textEquivalent": f"{' or '.join(arising.severities)}: {' Or: '.join(arising.texts)}",
            "documentation": citations(check.source, edition),
        }
        if check.condition is not None:
            action["condition"] = [applicable(check.condition.raw, edition)]
        actions.append(action)
    return {
        "id": f"{scenario.id}.checks",
        "title": "Checks that can arise",
        "groupingBehavior": "logical-group",
        "selectionBehavior": "any",
        "action": actions,
    }
