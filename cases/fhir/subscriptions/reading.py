"""What a Subscription asks for, or why it cannot be had, each fault with its place."""

import datetime
import re
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.utils.http import parse_header_parameters

from cases.fhir.formats import EDITIONS, JSON
from cases.fhir.keeping import Json
from cases.fhir.outcome import FhirError, Unprocessable
from cases.fhir.subscriptions import guide
from cases.models.event import EventKind
from cases.models.subscription import Content, Status
from cases.r4.issue import Code
from cases.selectors.topics import FILTERS, TOPICS, address_of, kind_at
from cases.services.subscriptions.writing import Wish

#: `patient=Patient/1`, with the type of the focus before it, as the guide and its examples write.
CRITERION = re.compile(r"(?:(?P<type>[A-Z][A-Za-z]*)[.?])?(?P<name>[a-z]+)=(?P<value>[^,&=]+)")
NO_TOPIC = (
    "This server tells of topics, not of searches: give the canonical address of one, such as "
    "{example}. metadata lists them."
)
NO_FILTER = "Narrow this topic by {names}, each as {example}."
CHANNEL = "Subscription.channel"


def wish_of(resource: Json, *, base: str) -> Wish:
    """What a Subscription that R4 allows asks for.

    Args:
        base: this server's address.

    Raises:
        Unprocessable: nothing like it is done here.
    """
    channel = resource["channel"]
    if "modifierExtension" in resource or "modifierExtension" in channel:
        raise _refusal("Nothing here knows this extension.", "Subscription.modifierExtension")
    kind = _kind(resource)
    _check_channel(channel)
    return Wish(
        kind=kind,
        address=channel.get("endpoint", ""),
        content=_content(channel),
        reason=resource["reason"],
        headers=channel.get("header"),
        filters=_filters(resource, kind, base),
        contact=resource.get("contact", ()),
        ends_at=_end(resource),
        heartbeat_seconds=_number(channel, guide.HEARTBEAT, "valueUnsignedInt"),
        timeout_seconds=_number(channel, guide.TIMEOUT, "valueUnsignedInt"),
        max_count=_number(channel, guide.MOST, "valuePositiveInt"),
        is_off=_is_off(resource),
    )


def _refusal(message: str, where: str, *, code: Code = Code.NOT_SUPPORTED) -> FhirError:
    return Unprocessable(message, where, code=code)


def _kind(resource: Json) -> EventKind:
    kind = kind_at(resource["criteria"])
    if kind is None:
        example = address_of(EventKind.DECISION_SIGNED)
        raise _refusal(NO_TOPIC.format(example=example), "Subscription.criteria")
    return kind


def _is_off(resource: Json) -> bool:
    if resource["status"] == Status.ERROR:
        message = "Only the server says error. Ask for requested, or off."
        raise _refusal(message, "Subscription.status", code=Code.BUSINESS_RULE)
    return bool(resource["status"] == Status.OFF)


def _check_channel(channel: Mapping[str, Any]) -> None:
    has_type = any(_extensions(channel.get("_type"), guide.CHANNEL_TYPE))
    if channel["type"] != "rest-hook" or has_type:
        message = "Events are sent to a rest-hook alone."
        raise _refusal(message, f"{CHANNEL}.type")
    if not channel.get("endpoint"):
        message = "Say where events are sent."
        raise _refusal(message, f"{CHANNEL}.endpoint", code=Code.REQUIRED)
    try:
        name, parameters = parse_header_parameters(channel.get("payload", ""))
    except ValueError:
        name, parameters = "", {}
    if name.strip().lower() != JSON or parameters.get("fhirversion", EDITIONS[0]) not in EDITIONS:
        message = f"Notifications are {JSON} of FHIR {EDITIONS[0]}."
        raise _refusal(message, f"{CHANNEL}.payload")


def _content(channel: Mapping[str, Any]) -> Content:
    given = [each.get("valueCode") for each in _extensions(channel.get("_payload"), guide.CONTENT)]
    if not given:
        return Content.ID_ONLY
    if len(given) > 1 or given[0] not in Content.values:
        message = f"Choose one of {', '.join(Content.values)}."
        raise _refusal(message, f"{CHANNEL}.payload.extension", code=Code.VALUE)
    return Content(given[0])


def _filters(resource: Json, kind: EventKind, base: str) -> dict[str, UUID]:
    topic, found = TOPICS[kind], dict[str, UUID]()
    where = "Subscription.criteria.extension"
    example = ", ".join(f"{name}={FILTERS[name]}/<id>" for name in topic.filters)
    refusal = _refusal(NO_FILTER.format(names=" or ".join(topic.filters), example=example), where)
    for extension in _extensions(resource.get("_criteria"), guide.FILTER):
        for text in str(extension.get("valueString", "")).split("&"):
            read = CRITERION.fullmatch(text)
            if read is None or read["name"] not in topic.filters or read["name"] in found:
                raise refusal
            key = read["value"].removeprefix(f"{base}/")
            key = key.removeprefix(f"{FILTERS[read['name']]}/")
            if (read["type"] or topic.focus) != topic.focus or not _is_uuid(key):
                raise refusal
            found[read["name"]] = UUID(key)
    return found


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


def _end(resource: Json) -> datetime.datetime | None:
    if "end" not in resource:
        return None
    try:
        return datetime.datetime.fromisoformat(resource["end"])
    except ValueError:
        raise _refusal("Give a moment.", "Subscription.end", code=Code.VALUE) from None


def _number(channel: Mapping[str, Any], url: str, element: str) -> int | None:
    given = [each.get(element) for each in _extensions(channel, url)]
    if not given:
        return None
    if len(given) > 1 or not isinstance(given[0], int) or not 0 <= given[0] < 2**31:
        name = url.rpartition("/")[2]
        raise _refusal(f"Give {name} once, as {element}.", f"{CHANNEL}.extension", code=Code.VALUE)
    return given[0]


def _extensions(element: Any, url: str) -> Iterator[Mapping[str, Any]]:
    there = element.get("extension", ()) if isinstance(element, dict) else ()
    return (each for each in there if each.get("url") == url)
