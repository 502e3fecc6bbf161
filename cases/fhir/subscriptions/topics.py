"""Basic: the topics that can be followed, since R4 has no SubscriptionTopic.

As the guide's own example wraps one: the elements of R5 as extensions of a Basic whose code says
what it stands for.
"""

from collections.abc import Sequence
from typing import Any

from cases.fhir.published import Published
from cases.models.event import EventKind
from cases.selectors.topics import FILTERS, TOPICS, address_of, code_of

TYPES = "http://hl7.org/fhir/fhir-types"
R5 = "http://hl7.org/fhir/5.0/StructureDefinition/extension-SubscriptionTopic"
R4B = "http://hl7.org/fhir/4.3/StructureDefinition/extension-SubscriptionTopic"
STRUCTURE = "http://hl7.org/fhir/StructureDefinition"


class Topics(Published):
    """One topic for each kind of event."""

    resource_type = "Basic"

    def newest(self) -> Sequence[dict[str, Any]]:
        """All of them."""
        return [_topic(kind) for kind in EventKind]

    def versions(self, resource_id: str) -> Sequence[dict[str, Any]]:
        """The one version that each has."""
        return [each for each in self.newest() if each["id"] == resource_id]


def _topic(kind: EventKind) -> dict[str, Any]:
    topic = TOPICS[kind]
    trigger = [
        {"url": "description", "valueMarkdown": f"{kind.label}."},
        {"url": "resource", "valueUri": f"{STRUCTURE}/{topic.focus}"},
    ]
    return {
        "resourceType": "Basic",
        "id": code_of(kind),
        "meta": {"versionId": "1"},
        "extension": [
            {"url": f"{R5}.url", "valueUri": address_of(kind)},
            {"url": f"{R5}.title", "valueString": kind.label},
            {"url": f"{R4B}.resourceTrigger", "extension": trigger},
            *(_filter(name, topic.focus) for name in topic.filters),
            {"url": f"{R4B}.notificationShape", "extension": _shape(topic.focus, topic.context)},
        ],
        "modifierExtension": [{"url": f"{R5}.status", "valueCode": "active"}],
        "code": {"coding": [{"system": TYPES, "code": "SubscriptionTopic"}]},
    }


def _filter(name: str, focus: str) -> dict[str, Any]:
    given = [
        {"url": "description", "valueMarkdown": f"Only of one {FILTERS[name]}."},
        {"url": "resource", "valueUri": focus},
        {"url": "filterParameter", "valueString": name},
    ]
    return {"url": f"{R4B}.canFilterBy", "extension": given}


def _shape(focus: str, context: Sequence[str]) -> list[dict[str, Any]]:
    includes = [{"url": "include", "valueString": f"{focus}:{each}"} for each in context]
    return [{"url": "resource", "valueUri": focus}, *includes]
