"""ActivityDefinitions: each rated study of each scenario, and each action after a result.

A study is defined once in each scenario, since rating, order text and reason differ between
them and never carry over (N-05).
"""

from collections.abc import Iterator
from typing import Any

from guidance.engine.ratings import Protocol, Rating
from guidance.fhir.artifacts import citations, documentation
from guidance.fhir.expressions import text_literal
from guidance.fhir.publication import Publication

KIND = "ActivityDefinition"
NOT_APPROPRIATE = "UNA"


def is_defined(rating: Rating) -> bool:
    """Return whether a row of the ratings is a study that can be asked for, or told against.

    What is neither rated nor an add-on or fallback is only mentioned in the plan.
    """
    return rating.is_ranked or bool(rating.role) or rating.code == NOT_APPROPRIATE


def study_code(scenario: str, rating: Rating) -> str:
    """Return the code of a study in one scenario."""
    return f"{scenario}.{rating.procedure.code}"


def rating_artifacts(rating: Rating, publication: Publication) -> list[dict[str, Any]]:
    """Return the rating with its reason, the radiation level and the sources of a study."""
    return [
        documentation(rating.label, f"{rating.why} {rating.prefer_when}"),
        documentation("Relative radiation level", rating.radiation),
        *citations(rating.source, publication.edition),
    ]


def activities(publication: Publication) -> Iterator[dict[str, Any]]:
    """Yield every activity of an edition: studies by scenario, then actions by code."""
    for scenario, ratings in publication.edition.ratings.by_scenario.items():
        for rating in filter(is_defined, ratings):
            yield _study(scenario, rating, publication)
    for entry in publication.edition.content["actions"]["actions"]:
        yield _action(entry, publication)


def _study(scenario: str, rating: Rating, publication: Publication) -> dict[str, Any]:
    edition = publication.edition
    name = edition.catalogue.scenarios[scenario].name
    procedure = rating.procedure
    resource = {
        **publication.head(
            KIND,
            study_code(scenario, rating),
            f"{procedure.name}: {name}",
            f"{rating.label}. {rating.why}",
        ),
        "usage": rating.prefer_when,
        "relatedArtifact": rating_artifacts(rating, publication),
        "kind": "ServiceRequest",
        "intent": "proposal",
        "code": publication.concept("procedure", procedure.code, procedure.name),
        "bodySite": [{"text": procedure.region}],
    }
    if rating.code == NOT_APPROPRIATE:
        resource["doNotPerform"] = True
    protocol = edition.ratings.protocols.get((scenario, procedure.code))
    if protocol is not None:
        resource["relatedArtifact"] += citations(protocol.source, edition)
        resource["dynamicValue"] = [
            {"path": "orderDetail.text", "expression": text_literal(_order_text(protocol))}
        ]
    return resource


def _order_text(protocol: Protocol) -> str:
    dwi = " With diffusion-weighted imaging." if protocol.dwi else ""
    return f"{protocol.text} Coverage: {protocol.coverage}.{dwi}"


def _action(entry: dict[str, Any], publication: Publication) -> dict[str, Any]:
    return {
        **publication.head(KIND, entry["code"], entry["code"], entry["text"]),
        "relatedArtifact": citations(entry["source"], publication.edition),
        "kind": "ServiceRequest",
        "intent": "proposal",
        "code": publication.concept("action", entry["code"], entry["text"]),
    }
