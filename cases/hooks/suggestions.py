"""Offers to put the recommended study in the place of a draft order."""

import copy
import uuid
from collections.abc import Collection
from typing import Any

from django.conf import settings

from cases.terminology.codes import codings_of
from guidance.engine.dictionary import DICTIONARY

#: What described the study that was ordered, and would contradict another one.
OF_THE_STUDY = ("orderDetail", "bodySite", "quantityQuantity", "quantityRatio", "quantityRange")


def suggestions(
    answer: dict[str, Any], draft: dict[str, Any], beside: Collection[str]
) -> list[dict[str, Any]]:
    """The top study and its alternatives, the best first.

    Args:
        beside: studies that are ordered already, here or by another draft; they are not offered.
    """
    offered = [answer["top"], *(code for code, _ in answer["alternatives"])]
    studies = {study["procedure"]: study for study in answer["studies"]}
    return [
        _suggestion(studies[code], draft, answer["order_text"] if code == answer["top"] else None)
        for code in offered
        if code not in beside and code in studies
    ]


def completed(answer: dict[str, Any], draft: dict[str, Any]) -> list[dict[str, Any]]:
    """The offer to write on the order what the guidance wants of the study that it names."""
    top = next(one for one in answer["studies"] if one["procedure"] == answer["top"])
    return [_suggestion(top, draft, answer["order_text"])]


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
        resource["orderDetail"] = _details(order_text)
    kind = "update" if draft.get("id") else "create"
    return {
        "type": kind,
        "description": f"{words} in place of the draft order.",
        "resource": resource,
    }


def _details(order_text: dict[str, Any]) -> list[dict[str, Any]]:
    """What to write on the order: in words, and each phase and sequence as a code of ours."""
    phases = DICTIONARY["ordered_phases"].value_labels
    coded = [(f"ordered_phases/{phase}", phases[phase]) for phase in order_text["phases"]]
    if order_text["dwi"]:
        coded.append(("ordered_dwi", DICTIONARY["ordered_dwi"].label))
    codes = [_concept(_own("fact", code, words), text=words) for code, words in coded]
    return [{"text": order_text["text"]}, *codes]


def coded(study: dict[str, Any]) -> dict[str, Any]:
    """A study as CodeableConcept: the standards' codes, and our own."""
    codings = [
        {"system": one.system, "code": one.code, "display": one.display}
        for one in codings_of(f"procedure/{study['procedure']}")
    ]
    own = _own("procedure", study["procedure"], study["name"])
    return _concept(*codings, own, text=study["name"])


def _own(kind: str, code: str, words: str) -> dict[str, str]:
    """A code of ours, as our FHIR server has it; orders that come back with it are understood."""
    system = f"{settings.SITE_URL.rstrip('/')}/fhir/CodeSystem/{kind}"
    return {"system": system, "code": code, "display": words}


def _concept(*codings: dict[str, str], text: str) -> dict[str, Any]:
    return {"coding": list(codings), "text": text}
