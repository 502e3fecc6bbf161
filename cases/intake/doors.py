"""Messages over HTTPS, from an API client of the institution."""

import json
from typing import Any, ClassVar

from django.urls import reverse
from django.views.decorators.common import no_append_slash
from rest_framework import status
from rest_framework.exceptions import APIException, PermissionDenied
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.response import Response
from rest_framework.views import set_rollback

from cases.intake import acknowledging
from cases.r4.issue import Code, Issue, Severity
from cases.services.intake import bundles, receiving, sources
from cases.services.intake.faults import OtherContent, Unacceptable
from cases.services.intake.incoming import MOST_BYTES
from tumorboard.accounts.api import InstitutionAPIView
from tumorboard.accounts.api_requests import ApiRequest
from tumorboard.accounts.client_models import AccessToken, ApiClient
from tumorboard.accounts.permissions import Permission
from tumorboard.refusals import WORDS

HL7V2, FHIR = "application/hl7-v2", "application/fhir+json"
WAITS = "It waits in the inbox."
NO_CLIENT = "Messages are sent by API clients of the institution, not by people."
#: FHIR's issue types for what the door itself refuses.
ISSUES = {
    400: Code.STRUCTURE,
    401: Code.LOGIN,
    403: Code.FORBIDDEN,
    405: Code.NOT_SUPPORTED,
    409: Code.DUPLICATE,
    413: Code.TOO_LONG,
    415: Code.NOT_SUPPORTED,
    422: Code.INVALID,
    429: Code.THROTTLED,
}


class Raw(BaseParser):
    """A body as it is, up to one byte more than is taken."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        """The bytes."""
        return bytes(stream.read(MOST_BYTES + 1))


class Hl7v2Body(Raw):
    """A message of HL7 v2 in ER7 (HL7 over HTTP names it so)."""

    media_type = HL7V2


class FhirBody(Raw):
    """A resource of FHIR in JSON."""

    media_type = FHIR


class JsonBody(Raw):
    """The same under the name that many senders give it."""

    media_type = "application/json"


class Written(BaseRenderer):
    """An answer that is written already."""

    charset = None

    def render(self, data: Any, media_type: Any = None, context: Any = None) -> bytes:
        """The bytes as they are."""
        return bytes(data or b"")


class Hl7v2Answer(Written):
    """An ACK."""

    media_type = HL7V2


class FhirAnswer(Written):
    """An OperationOutcome."""

    media_type = FHIR


class OneAnswer(BaseContentNegotiation):
    """Every door answers in its own format, whatever is asked for."""

    def select_parser(self, request: Any, parsers: Any) -> Any:
        """The parser of what the request says it carries; None for anything else."""
        given = (request.content_type or "").partition(";")[0].strip().lower()
        return next((each for each in parsers if each.media_type == given), None)

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        """The one there is."""
        return renderers[0], renderers[0].media_type


class Door(InstitutionAPIView):
    """Where an institution's own systems send what they know."""

    permissions: ClassVar = {"POST": Permission.INTAKE_MANAGE}
    resource = "MessageHeader"
    interactions: ClassVar = {"POST": "c"}
    content_negotiation_class = OneAnswer
    #: What a refusal at the door is; None: as every answer.
    told_as: ClassVar[str | None] = None
    #: Not part of the API's description: the standards describe it.
    schema = None

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        """A POST with a slash at the end is not found: a redirect would make it a GET."""
        return no_append_slash(super().as_view(**initkwargs))

    @property
    def client(self) -> ApiClient:
        """Who sends.

        Raises:
            PermissionDenied: a person's token.
        """
        bearer = self.request.auth
        if not isinstance(bearer, AccessToken):
            raise PermissionDenied(NO_CLIENT)
        return bearer.client

    def get_exception_handler(self) -> Any:
        """What is refused at the door is told in the door's format."""
        return self.refused

    def refused(self, error: Exception, context: dict[str, Any]) -> Response | None:
        """An error of the door; None lets the server answer 500 without details."""
        set_rollback()
        if not isinstance(error, APIException):
            return None
        headers = {}
        if header := getattr(error, "auth_header", None):
            headers["WWW-Authenticate"] = header
        if wait := getattr(error, "wait", None):
            headers["Retry-After"] = str(int(wait) + 1)
        reason = str(error.detail)
        if error.status_code == status.HTTP_415_UNSUPPORTED_MEDIA_TYPE:
            reason = f"Send it as {self.parser_classes[0].media_type}."
        body = self.fault(reason, error.status_code)
        return Response(body, status=error.status_code, headers=headers, content_type=self.told_as)

    def fault(self, reason: str, code: int) -> bytes:
        """An error in the door's format."""
        raise NotImplementedError


class Hl7v2Door(Door):
    """One message of HL7 v2."""

    parser_classes = (Hl7v2Body,)
    renderer_classes = (Hl7v2Answer,)
    told_as = WORDS

    def post(self, request: ApiRequest) -> Response:
        """Take a message; the answer is its ACK, also where it is refused."""
        client = self.client
        taken = acknowledging.take(request.data or b"", client=client)
        code = status.HTTP_200_OK if taken.is_accepted else status.HTTP_400_BAD_REQUEST
        return Response(taken.answer, status=code)

    def fault(self, reason: str, code: int) -> bytes:
        """Plain words: what was sent was not looked at, so there is nothing to acknowledge."""
        return reason.encode()


class FhirDoor(Door):
    """One Bundle of FHIR R4."""

    parser_classes = (FhirBody, JsonBody)
    renderer_classes = (FhirAnswer,)

    def post(self, request: ApiRequest) -> Response:
        """Take a bundle; where it waits is answered, for people."""
        client = self.client
        try:
            incoming = bundles.incoming(request.data or b"", sources.source_of(client))
            receipt = receiving.receive(client=client, incoming=incoming)
        except Unacceptable as fault:
            is_long = fault.code == "too-long" and not fault.place
            body = outcome(*fault.issues)
            too_long = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
            return Response(body, status=too_long if is_long else 422)
        except OtherContent as error:
            body = outcome(Issue(Code.DUPLICATE, str(error), ("Bundle.identifier",)))
            return Response(body, status=status.HTTP_409_CONFLICT)
        assert self.institution is not None  # noqa: S101 - the scope is entered
        address = reverse("inbox_message", args=[self.institution.slug, receipt.message.pk])
        body = outcome(Issue(Code.INFORMATIONAL, WAITS, severity=Severity.INFORMATION))
        return Response(body, status=status.HTTP_202_ACCEPTED, headers={"Location": address})

    def fault(self, reason: str, code: int) -> bytes:
        """An OperationOutcome."""
        return outcome(Issue(ISSUES.get(code, Code.PROCESSING), reason))


def outcome(*issues: Issue) -> bytes:
    """An OperationOutcome."""
    said = [issue.as_json() for issue in issues]
    return json.dumps({"resourceType": "OperationOutcome", "issue": said}).encode()
