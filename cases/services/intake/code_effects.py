"""What a code map changes of what comes in: which messages would be read otherwise by it."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from cases.models import CodeMapping, InboxMessage
from cases.models.inbox_message import MessageState
from cases.models.inbox_proposal import KINDS
from cases.readings.hl7v2 import Malformed
from cases.readings.reading import Reading
from cases.selectors.code_maps import local_codes
from cases.selectors.inbox_contents import reading_as_json
from cases.services.intake import bundles, hl7v2
from cases.services.intake.faults import Unacceptable
from cases.terminology.codes import LocalCodes

#: The latest messages that are looked at.
MOST = 100
WORDS = dict(KINDS)


@dataclass(frozen=True)
class Effect:
    """One message that says something else by a mapping: nothing of whom it is about.

    `comes` and `goes` are kinds of readings in words, each with how often.
    """

    message: UUID
    kind: str
    received_at: datetime.datetime
    comes: Mapping[str, int]
    goes: Mapping[str, int]


@dataclass(frozen=True)
class Effects:
    """What a mapping changes in the latest messages that were not refused."""

    looked_at: int
    found: tuple[Effect, ...]


def effects_of(mapping: CodeMapping) -> Effects:
    """Which of the latest messages of the inbox read otherwise with a mapping than without it.

    For a proposal that is what confirming it would change, for a confirmed one what it does. Each
    message is read twice and nothing is written; what was taken over already stays as it is.
    """
    place = (mapping.system, mapping.code)
    without = {key: concept for key, concept in local_codes().items() if key != place}
    having = {**without, place: mapping.concept}
    latest = InboxMessage.objects.exclude(state=MessageState.REFUSED).select_related("patient")
    looked_at, found = 0, []
    for message in latest.order_by("-received_at", "-id")[:MOST]:
        looked_at += 1
        raw = str(message.content.get("raw", ""))
        if mapping.code in raw:
            one = _effect(message, raw, without, having)
            found += [one] if one else []
    return Effects(looked_at, tuple(found))


def _effect(
    message: InboxMessage, raw: str, without: LocalCodes, having: LocalCodes
) -> Effect | None:
    try:
        before, after = (_read(message.format, raw, local) for local in (without, having))
    except (Malformed, Unacceptable):
        # What was taken once and is no more says nothing, by whatever codes.
        return None
    comes, goes = _beside(after, before), _beside(before, after)
    if not comes and not goes:
        return None
    return Effect(message.pk, message.kind, message.received_at, comes, goes)


def _read(form: str, raw: str, local: LocalCodes) -> list[Reading]:
    if form == "fhir":
        return list(bundles.again(raw, local=local).read.readings)
    return list(hl7v2.again(raw, local=local).read.readings)


def _beside(these: list[Reading], those: list[Reading]) -> dict[str, int]:
    """What is among these and not among those, by kind."""
    known = [reading_as_json(each) for each in those]
    counted: dict[str, int] = {}
    for each in these:
        if reading_as_json(each) not in known:
            words = WORDS[each.kind.value]
            counted[words] = counted.get(words, 0) + 1
    return counted
