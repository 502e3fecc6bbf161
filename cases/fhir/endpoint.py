"""What all FHIR endpoints share: formats, preferences, and errors as OperationOutcomes."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.common import no_append_slash
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from cases.fhir.caller import Caller
from cases.fhir.formats import FhirBody, FhirRenderer, JsonBody, Negotiation
from cases.fhir.outcome import (
    BadRequest,
    NotAllowed,
    UnknownType,
    exception_handler,
    outcome,
)
from cases.fhir.registry import types
from tumorboard.accounts.api import HoldsPermission, InstitutionAPIView
from tumorboard.accounts.api_requests import ApiRequest, recognized
from tumorboard.accounts.permissions import Permission
from tumorboard.accounts.scopes import RESOURCES

#: http.html#ops: what may stand in `Prefer`, and what each may be.
PREFERENCES: Mapping[str, tuple[str, ...]] = {
    "return": ("minimal", "representation", "OperationOutcome"),
    "handling": ("strict", "lenient"),
}
#: Parameters that say how an answer is written, in every address.
GENERAL = ("_format", "_pretty")


def base_of(slug: str) -> str:
    """The address of one institution's FHIR server, without a slash at the end."""
    return f"{settings.SITE_URL.rstrip('/')}/fhir/{slug}"


class MayInteract(HoldsPermission):
    """Grants what roles and scopes say of the type that the address names."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether the caller may do this with this type.

        Raises:
            UnknownType: nothing of this type is here, whoever asks.
            NotAllowed: the address has no such method.
        """
        if request.auth is None:
            return False
        if view.resource and view.resource not in types():
            message = "There are no resources of this type here."
            raise UnknownType(message)
        asked = recognized(request)
        check_method(asked, view)
        if not view.resource:
            return Permission.TOKEN_USE in asked.permissions
        letter = view.interactions.get("GET" if asked.method == "HEAD" else asked.method, "")
        if letter not in RESOURCES[view.resource].permissions:
            message = f"{asked.method} is done with no {view.resource}, whoever asks."
            raise NotAllowed(message)
        return view.caller_of(asked).may(view.resource, letter)


def check_method(request: ApiRequest, view: Any) -> None:
    """See that an address has the method that is asked for.

    Raises:
        NotAllowed: it has not.
    """
    if not hasattr(view, request.method.lower()) or request.method == "OPTIONS":
        message = f"{request.method} means nothing here."
        raise NotAllowed(message)


class FhirEndpoint(InstitutionAPIView):
    """An endpoint of one type of resource, or of the whole system.

    `resource` is the type in the address, empty where it names none; handlers get the rest of it.
    They answer with `Response(resource, …)` and raise `cases.fhir.outcome.FhirError`, the services'
    errors, or the framework's. `request.data` is a resource as a dict, whose numbers with a
    fraction are Decimals, as they may be in answers.

    Classes say by `interactions` which letter of `tumorboard.accounts.scopes` each method is; which
    right that needs, the type says there. An endpoint without a type lets in whoever has a token
    for the API, and asks `caller` for each type that it touches.
    """

    #: HTTP method -> letter.
    interactions: ClassVar[Mapping[str, str]] = {}
    permission_classes = (MayInteract,)
    #: What everybody needs; the type's own right comes on top.
    permissions: ClassVar[Mapping[str, Permission]] = dict.fromkeys(
        ("GET", "POST", "PUT", "PATCH", "DELETE"), Permission.TOKEN_USE
    )
    parser_classes: Sequence[type[BaseParser]] = (FhirBody, JsonBody)
    renderer_classes = (FhirRenderer,)
    content_negotiation_class = Negotiation
    schema = None

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        """No address here ends with a slash, and none is led to one that does."""
        return no_append_slash(super().as_view(**initkwargs))

    def dispatch(
        self, request: HttpRequest, *args: Any, resource_type: str = "", **kwargs: Any
    ) -> HttpResponseBase:
        """Answer; the type is known before anybody is asked for."""
        self.resource = resource_type  # type: ignore[misc]
        return super().dispatch(request, *args, **kwargs)

    def get_exception_handler(self) -> Any:
        """Errors are OperationOutcomes here."""
        return exception_handler

    @property
    def allowed_methods(self) -> list[str]:
        """What the type lets anybody do here: what a refused method is answered with."""
        there = [each for each in super().allowed_methods if each != "OPTIONS"]
        if self.resource not in RESOURCES:
            return there
        letters = RESOURCES[self.resource].permissions
        asks = {"HEAD": "GET"}
        return [each for each in there if self.interactions.get(asks.get(each, each)) in letters]

    @property
    def slug(self) -> str:
        """The institution's name in addresses."""
        assert self.institution is not None  # noqa: S101 - the scope is entered
        return str(self.institution.slug)

    @property
    def base(self) -> str:
        """The server's address: from the settings, as tokens have it, never what a request says."""
        return base_of(self.slug)

    def caller_of(self, request: ApiRequest) -> Caller:
        """Who asks, and what they may."""
        return Caller(request.user, self.base, request.permissions, request.grants)

    @property
    def caller(self) -> Caller:
        """Who asks, and what they may."""
        return self.caller_of(self.request)

    @property
    def is_pretty(self) -> bool:
        """Whether the answer is to stand on many lines."""
        request = getattr(self, "request", None)
        return request is not None and request.GET.get("_pretty") == "true"

    @property
    def preferences(self) -> dict[str, str]:
        """What `Prefer` says of what this server knows; the rest is no error (RFC 7240)."""
        found: dict[str, str] = {}
        for line in self.request.headers.get("Prefer", "").replace(";", ",").split(","):
            name, _, value = (part.strip() for part in line.partition("="))
            if value.strip('"') in PREFERENCES.get(name.lower(), ()):
                found.setdefault(name.lower(), value.strip('"'))
        return found

    @property
    def is_strict(self) -> bool:
        """Whether an unknown parameter is an error rather than passed over."""
        return self.preferences.get("handling") == "strict"

    def written(
        self, resource: dict[str, Any], *, status: int, headers: Mapping[str, str]
    ) -> Response:
        """The answer to a write, with as much of a body as `Prefer: return=…` asks for."""
        wanted = self.preferences.get("return", "representation")
        if wanted == "minimal":
            return Response(None, status=status, headers=headers)
        if wanted == "OperationOutcome":
            return Response(outcome(()), status=status, headers=headers)
        return Response(resource, status=status, headers=headers)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Judge what every address may say, after the door has let the caller in.

        Raises:
            BadRequest: `_pretty` is neither true nor false.
        """
        super().initial(request, *args, **kwargs)
        if request.query_params.get("_pretty", "true") not in ("true", "false"):
            raise BadRequest("Say true or false.", "http._pretty")
