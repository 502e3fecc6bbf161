"""Offers to put the recommended study in the place of a draft order."""

import copy
import uuid
from typing import Any

from django.conf import settings

from cases.terminology.codes import codings_of
from guidance.fhir.publication import base_at

#: What described the study that was ordered, and would contradict another one.
OF_THE_STUDY = ("orderDetail", "bodySite", "quantityQuantity", "quantityRatio", "quantityRange")


def suggestions(
    answer: dict[str, Any], draft: dict[str, Any], ordered: str
) -> list[dict[str, Any]]:
    """The top study and its alternatives but the one that is ordered, the best first."""
    offered = [answer["top"], *(code for code, _ in answer["alternatives"])]
    studies = {study["procedure"]: study for study in answer["studies"]}
    return [
        _suggestion(studies[code], draft, answer["order_text"] if code == answer["top"] else None)
        for code in offered
        if code != ordered and code in studies
    ]


def _suggestion(
    study: dict[str, Any], draft: dict[str, Any], order_text: dict[str, Any] | None
) -> dict[str, Any]:
    is_top = study["standing"] == "top"
    words = f"Order {study['name']}"
    found = {
        "label": f"{words} ({study['rating_label']})",
        "uuid": str(uuid.uuid4()),
        "actions": [_action(study, draft, words, order_text)],
    }
    return found | ({"isRecommended": True} if is_top else {})


def _action(
    study: dict[str, Any], draft: dict[str, Any], words: str, order_text: dict[str, Any] | None
) -> dict[str, Any]:
    """The draft itself with another study: who asks, for whom and why stay as they are."""
    resource = {name: value for name, value in draft.items() if name not in OF_THE_STUDY}
    resource = copy.deepcopy(resource)
    resource["code"] = coded(study)
    if order_text is not None:
        resource["orderDetail"] = [{"text": order_text["text"]}]
    kind = "update" if draft.get("id") else "create"
    return {
        "type": kind,
        "description": f"{words} in place of the draft order.",
        "resource": resource,
    }


def coded(study: dict[str, Any]) -> dict[str, Any]:
    """A study as CodeableConcept: the standards' codes, and the guidance's own."""
    codings = [
        {"system": one.system, "code": one.code, "display": one.display}
        for one in codings_of(f"procedure/{study['procedure']}")
    ]
    own = {
        "system": f"{base_at(settings.SITE_URL)}/CodeSystem/procedure",
        "code": study["procedure"],
        "display": study["name"],
    }
    return {"coding": [*codings, own], "text": study["name"]}
