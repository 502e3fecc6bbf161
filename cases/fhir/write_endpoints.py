"""What POST, PUT and DELETE do at the addresses of resources; mixed into the engine's endpoints."""

from http import HTTPStatus
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from cases.fhir import commands, writing
from cases.fhir.commands import IF_NONE_EXIST, headers_of
from cases.fhir.endpoint import FhirEndpoint
from cases.fhir.formats import PatchBody
from cases.fhir.keeping import Json
from cases.fhir.outcome import NotSupported, outcome
from cases.fhir.validating import judged
from cases.fhir.writable import check_writable
from cases.fhir.writing import Written

NO_FHIRPATH = "FHIRPath Patch is not done here: send application/json-patch+json."


class Writes(FhirEndpoint):
    """What all writes share: who writes, and how they are answered."""

    def answer(self, written: Written) -> Response:
        """A write that was done, with as much of a body as was asked for."""
        headers = headers_of(written, base=self.base)
        if self.preferences.get("return") == "OperationOutcome":
            body = outcome(written.notes)
            return Response(body, status=written.status, headers=headers)
        return self.written(written.resource, status=written.status, headers=headers)

    def body(self) -> Json:
        """The resource that was sent, judged.

        Raises:
            BadRequest: it is none of this type.
        """
        check_writable(self.resource)
        data = self.request.data
        writing.judge(data, resource_type=self.resource)
        return data


class OnType(Writes):
    """Create, and writes on a condition: `/Observation` and `/Observation?identifier=…`."""

    interactions: ClassVar = {"POST": "c", "PUT": "u", "DELETE": "d"}

    def post(self, request: Request) -> Response:
        """Create a resource; with `If-None-Exist` only where none meets the condition."""
        resource = self.body()
        condition = request.headers.get(IF_NONE_EXIST)
        return self.answer(commands.create_once(resource, condition, self.caller))

    def put(self, request: Request) -> Response:
        """Update the one resource that meets a condition; create it where none does."""
        resource = self.body()
        condition = request.META.get("QUERY_STRING", "")
        return self.answer(
            commands.put_where(
                resource, condition, self.caller, request.headers.get("If-Match"), is_address=True
            )
        )

    def delete(self, request: Request) -> Response:
        """Take back the one resource that meets a condition."""
        check_writable(self.resource)
        condition = request.META.get("QUERY_STRING", "")
        commands.delete_where(self.resource, condition, self.caller, is_address=True)
        return Response(status=HTTPStatus.NO_CONTENT)


class OnInstance(Writes):
    """Update and delete: `/Observation/<id>`."""

    interactions: ClassVar = {"PUT": "u", "PATCH": "u", "DELETE": "d"}

    def get_parsers(self) -> list[Any]:
        """A patch comes in a format of its own."""
        parsers = super().get_parsers()
        return [PatchBody(), *parsers] if self.request.method == "PATCH" else parsers

    def patch(self, request: Request, resource_id: str) -> Response:
        """Change a resource by a JSON Patch, at the version that `If-Match` names where sent.

        Raises:
            NotSupported: it is a resource: FHIRPath Patch is not done here.
        """
        check_writable(self.resource)
        operations = request.data
        if isinstance(operations, dict) and "resourceType" in operations:
            raise NotSupported(NO_FHIRPATH)
        if_match = request.headers.get("If-Match")
        done = commands.patch(operations, self.resource, resource_id, self.caller, if_match)
        return self.answer(done)

    def put(self, request: Request, resource_id: str) -> Response:
        """Update a resource, at the version that `If-Match` names where it is sent."""
        if_match = request.headers.get("If-Match")
        return self.answer(commands.put(self.body(), resource_id, self.caller, if_match))

    def delete(self, request: Request, resource_id: str) -> Response:
        """Take back a resource that was entered by mistake; its history stays."""
        check_writable(self.resource)
        commands.delete(self.resource, resource_id, self.caller, request.headers.get("If-Match"))
        return Response(status=HTTPStatus.NO_CONTENT)


class Validates(Writes):
    """`$validate`: judges a resource and writes nothing."""

    interactions: ClassVar = {"POST": "r"}

    def post(self, request: Request, resource_id: str = "") -> Response:
        """What is wrong with the resource in the body, as an OperationOutcome."""
        issues = judged(request.data, self.resource, resource_id, self.caller)
        return Response(outcome(issues))
