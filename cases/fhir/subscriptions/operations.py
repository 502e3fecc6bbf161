"""`$status` and `$events`: where subscriptions stand, and what they were told."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import Http404
from rest_framework.response import Response

from cases.fhir.endpoint import FhirEndpoint
from cases.fhir.found import subjects_of
from cases.fhir.noting import READ, note_listed, note_read
from cases.fhir.outcome import BadRequest, Forbidden
from cases.fhir.resources.subscription import EventSubscription
from cases.fhir.subscriptions.notifying import (
    QUERY_EVENT,
    QUERY_STATUS,
    history_of,
    status_of,
    told_of,
)
from cases.models import Subscription
from cases.models.subscription import Content, Status
from cases.r4.issue import Code
from cases.r4.judging import faults
from cases.selectors import subscriptions
from cases.selectors.topics import TOPICS
from tumorboard.accounts.api_requests import ApiRequest
from tumorboard.audit.record import record

SINCE, UNTIL, CONTENT = "eventsSinceNumber", "eventsUntilNumber", "content"
#: [INT] How many events one answer tells of; `eventsSinceNumber` goes on.
MOST_EVENTS = 100
SOURCE = EventSubscription()
#: How many subscriptions one answer tells of.
MOST = 1_000


class Asks(FhirEndpoint):
    """An operation that changes nothing: by GET, or by POST of Parameters."""

    interactions: ClassVar = {"GET": "r", "POST": "r"}

    def given(self) -> Mapping[str, list[str]]:
        """The parameters of the operation, wherever they stand.

        Raises:
            BadRequest: the body is no Parameters.
        """
        found: dict[str, list[str]] = {
            name: list(texts) for name, texts in self.request.query_params.lists()
        }
        body = self.request.data if self.request.method == "POST" else {}
        if not body:
            return found
        if issues := faults(body):
            raise BadRequest(issues=issues)
        if body["resourceType"] != "Parameters":
            raise BadRequest("Send Parameters, or nothing.", "resourceType")
        for each in body.get("parameter", ()):
            values = [str(value) for name, value in each.items() if name.startswith("value")]
            found.setdefault(each["name"], []).extend(values)
        return found

    def subscription(self, resource_id: str) -> Subscription:
        """One that the caller may know of.

        Raises:
            Http404: there is none.
        """
        found: Subscription | None = SOURCE.named([resource_id]).first()
        if found is None:
            raise Http404
        return found


class TellsStatus(Asks):
    """`Subscription/$status` and `Subscription/<id>/$status`."""

    def get(self, request: ApiRequest, resource_id: str = "") -> Response:
        """Where each stands."""
        if resource_id:
            rows = [self.subscription(resource_id)]
            note_read(READ, rows[0], by=request.user)
        else:
            rows = self._chosen()
            note_listed("fhir.searched", (), criteria=["Subscription", "$status"], by=request.user)
        return Response(self._bundle(rows))

    post = get

    def _chosen(self) -> list[Subscription]:
        given = self.given()
        ids, states = given.get("id", []), given.get("status", [])
        if unknown := set(states) - set(Status.values):
            message = f"Choose from {', '.join(Status.values)}."
            raise BadRequest(message, f"http.status: {sorted(unknown)[0][:20]}", code=Code.VALUE)
        return [
            row
            for row in subscriptions.visible()[:MOST]
            if (not ids or str(row.pk) in ids) and (not states or row.status in states)
        ]

    def _bundle(self, rows: list[Subscription]) -> dict[str, Any]:
        said = [
            status_of(row, type_=QUERY_STATUS, base=self.base, content=Content.ID_ONLY)
            for row in rows
        ]
        entries = [
            {"fullUrl": f"urn:uuid:{each['id']}", "resource": each, "search": {"mode": "match"}}
            for each in said
        ]
        bundle = {"resourceType": "Bundle", "type": "searchset", "total": len(entries)}
        return {**bundle, "entry": entries} if entries else bundle


class TellsEvents(Asks):
    """`Subscription/<id>/$events`."""

    def get(self, request: ApiRequest, resource_id: str) -> Response:
        """What happened since a number, as far as the caller may read it.

        Raises:
            Forbidden: of what its topic is about, the caller may read nothing.
        """
        subscription, given = self.subscription(resource_id), self.given()
        focus = TOPICS[subscription.kind].focus
        if not self.caller.may(focus, "r"):
            message = f"You may not read {focus}."
            raise Forbidden(message, focus)
        content = _one(given, CONTENT) or subscription.content
        if content not in Content.values:
            message = f"Choose one of {', '.join(Content.values)}."
            raise BadRequest(message, f"http.{CONTENT}", code=Code.VALUE)
        rows = subscriptions.numbered(
            subscription, since=_number(given, SINCE), until=_number(given, UNTIL)
        )
        told = told_of(rows[:MOST_EVENTS], self.caller)
        note_read(READ, subscription, by=request.user)
        if content == Content.FULL:
            for each in told:
                shown = subjects_of(each.found)
                record(action="fhir.sent", subject=each.found[0].row, by=request.user, shown=shown)
        return Response(
            history_of(subscription, type_=QUERY_EVENT, base=self.base, told=told, content=content)
        )

    post = get


def _one(given: Mapping[str, list[str]], name: str) -> str:
    texts = given.get(name, [""])
    if len(texts) > 1:
        raise BadRequest("Give this once.", f"http.{name}")
    return texts[0]


def _number(given: Mapping[str, list[str]], name: str) -> int | None:
    text = _one(given, name)
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise BadRequest("Give a whole number.", f"http.{name}", code=Code.VALUE)
    return int(text)
