"""Subscriptions at their addresses: made, read, searched, changed, ended."""

from http import HTTPStatus
from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from cases.fhir import writing
from cases.fhir.commands import IF_NONE_EXIST
from cases.fhir.conditions import criteria_of, match
from cases.fhir.found import Found
from cases.fhir.keeping import Json
from cases.fhir.outcome import BadRequest, Forbidden
from cases.fhir.reading import Reads
from cases.fhir.searchset import Searches
from cases.fhir.subscriptions.reading import wish_of
from cases.fhir.write_endpoints import Writes
from cases.fhir.writing import Written
from cases.r4.issue import Code
from cases.selectors.topics import TOPICS
from cases.services.subscriptions import writing as subscriptions
from cases.services.subscriptions.writing import Wish

TYPE = "Subscription"
UNREADABLE = "You may not read {type}, which this topic is about."


class Subscribes(Writes):
    """What both addresses share."""

    def wish(self) -> tuple[Json, Wish]:
        """The resource in the body, and what it asks for.

        Raises:
            Forbidden: of what it is about, the caller may read nothing.
        """
        data = self.request.data
        writing.judge(data, resource_type=TYPE)
        wish = wish_of(data, base=self.base)
        focus = TOPICS[wish.kind].focus
        if not self.caller.may(focus, "r"):
            raise Forbidden(UNREADABLE.format(type=focus), "Subscription.criteria")
        return data, wish

    def left(self, key: str, *, is_new: bool) -> Response:
        """The answer to a write that left this subscription behind."""
        return self.answer(Written(writing.read_back(TYPE, key), is_new))


class OfSubscriptions(Searches, Subscribes):
    """`[base]/Subscription`."""

    interactions: ClassVar = {"GET": "s", "POST": "c"}

    def post(self, request: Request) -> Response:
        """Follow a topic; with `If-None-Exist` only where the caller has none that meets it."""
        _, wish = self.wish()
        condition = request.headers.get(IF_NONE_EXIST)
        if condition is not None:
            where = f"http.{IF_NONE_EXIST}"
            there = match(TYPE, criteria_of(condition, where=where), self.caller, where=where)
            if there is not None:
                return self.answer(Written(there.resource, False))
        made = subscriptions.add(wish=wish, by=self.caller.person)
        return self.left(str(made.pk), is_new=True)


class OfSubscription(Reads, Subscribes):
    """`[base]/Subscription/<id>`."""

    interactions: ClassVar = {"GET": "r", "PUT": "u", "DELETE": "d"}

    def put(self, request: Request, resource_id: str) -> Response:
        """Change one, switch it off by status `off`, or ask for it again by `requested`."""
        data, wish = self.wish()
        there = self._there(resource_id)
        if data.get("id") != resource_id:
            message = "The id must be the one of the address."
            raise BadRequest(message, "Subscription.id", code=Code.INVALID)
        subscriptions.change(subscription=there.row, wish=wish, by=self.caller.person)
        return self.left(resource_id, is_new=False)

    def delete(self, request: Request, resource_id: str) -> Response:
        """End one for good."""
        there = self._there(resource_id)
        subscriptions.remove(subscription=there.row, by=self.caller.person)
        return Response(status=HTTPStatus.NO_CONTENT)

    def _there(self, resource_id: str) -> Found:
        """The subscription, at the version that `If-Match` names where it is sent."""
        there = writing.locked(TYPE, resource_id)
        writing.check_version(there, self.request.headers.get("If-Match"))
        return there
