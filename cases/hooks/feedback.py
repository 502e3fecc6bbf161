"""What became of cards."""

import datetime
import uuid
from typing import Any

from django.utils.dateparse import parse_datetime
from rest_framework.response import Response

from cases.hooks.asked import DEEPEST
from cases.hooks.callers import HookCaller
from cases.hooks.catalogue import Service
from cases.hooks.endpoint import HookView
from cases.models.hooks import HookOutcome
from cases.services.errors import Invalid
from cases.services.hooks import Told, tell
from tumorboard.accounts.api_requests import ApiRequest
from tumorboard.json_bodies import read_json

MOST = 200
LONGEST_SYSTEM, LONGEST_CODE = 400, 100


class TakesFeedback(HookView):
    """POST of what a person did with cards.

    What they wrote beside it (`userComment`) is not kept: it may name the patient.
    """

    is_feedback = True

    def prepared(self, raw: bytes, service: Service, caller: HookCaller) -> list[Told]:
        """What is told, judged.

        Raises:
            BadJson, Invalid: what is wrong with the body.
        """
        body = read_json(raw, deepest=DEEPEST)
        given = body.get("feedback") if isinstance(body, dict) else None
        if not isinstance(given, list) or not 0 < len(given) <= MOST:
            raise Invalid({"feedback": [f"Give a list of 1 to {MOST}."]})
        faults: dict[str, list[str]] = {}
        told = [_told(one, f"feedback[{place}]", faults) for place, one in enumerate(given)]
        if faults:
            raise Invalid(faults)
        return [one for one in told if one is not None]

    def post(self, request: ApiRequest) -> Response:
        """Keep it; what was told before is not kept twice."""
        tell(client=self.caller.client, told=self.ready, by=request.user)
        return Response({})


def _told(given: Any, path: str, faults: dict[str, list[str]]) -> Told | None:
    if not isinstance(given, dict):
        faults[path] = ["Give an object."]
        return None
    card = _uuid(given.get("card"))
    if card is None:
        faults[f"{path}.card"] = ["Give the uuid of a card."]
    outcome = given.get("outcome")
    if outcome not in HookOutcome.values:
        faults[f"{path}.outcome"] = ["Give accepted or overridden."]
    accepted = _accepted(given, path, faults) if outcome == HookOutcome.ACCEPTED else []
    reason = _reason(given, path, faults)
    happened_at = _moment(given.get("outcomeTimestamp"))
    if happened_at is None:
        faults[f"{path}.outcomeTimestamp"] = ["Give a time such as 2026-11-22T10:05:31Z."]
    if faults or card is None or happened_at is None:
        return None
    return Told(card, str(outcome), happened_at, accepted, *reason)


def _accepted(given: dict[str, Any], path: str, faults: dict[str, list[str]]) -> list[uuid.UUID]:
    named = given.get("acceptedSuggestions")
    ids = (
        [_uuid(one.get("id") if isinstance(one, dict) else None) for one in named or ()]
        if (isinstance(named, list))
        else []
    )
    if not ids or None in ids:
        faults[f"{path}.acceptedSuggestions"] = ["Name the suggestions that were accepted."]
    return [one for one in ids if one is not None]


def _reason(given: dict[str, Any], path: str, faults: dict[str, list[str]]) -> tuple[str, str]:
    said = given.get("overrideReason")
    if said is None:
        return "", ""
    coding = said.get("reason", {}) if isinstance(said, dict) else None
    if not isinstance(coding, dict):
        faults[f"{path}.overrideReason"] = ["Give an object with a reason."]
        return "", ""
    system, code = coding.get("system", ""), coding.get("code", "")
    fits = all(
        isinstance(text, str) and len(text) <= most and "\0" not in text
        for text, most in ((system, LONGEST_SYSTEM), (code, LONGEST_CODE))
    )
    if not fits:
        faults[f"{path}.overrideReason.reason"] = ["Give a Coding."]
        return "", ""
    return system, code


def _uuid(given: Any) -> uuid.UUID | None:
    try:
        return uuid.UUID(given)
    except (ValueError, TypeError, AttributeError):
        return None


def _moment(given: Any) -> datetime.datetime | None:
    try:
        found = parse_datetime(given) if isinstance(given, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None
