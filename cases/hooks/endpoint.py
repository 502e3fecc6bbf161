"""What calls of CDS Hooks share: who calls, in which institution, and what is refused."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.exceptions import APIException, ParseError, UnsupportedMediaType
from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from cases.hooks import origins
from cases.hooks.asked import LONGEST
from cases.hooks.callers import HookAuthentication, HookCaller, recognize
from cases.hooks.catalogue import SERVICES, Service, address_of
from cases.services.errors import Invalid
from tumorboard.accounts.api import InstitutionAPIView
from tumorboard.accounts.permissions import Permission
from tumorboard.accounts.rate_limits import Allowance
from tumorboard.json_bodies import BadJson
from tumorboard.tenancy.models import Institution

JSON = "application/json"


class TooLong(APIException):
    """A body beyond what is taken."""

    status_code = 413
    default_detail = f"Send at most {LONGEST:,} bytes."


class NotHad(APIException):
    """Without this nothing can be said, and neither prefetch nor FHIR server gave it."""

    status_code = 412
    default_detail = "The Patient was not prefetched and could not be fetched."


class HookView(InstitutionAPIView):
    """A call of one service.

    What is asked of other servers is asked by `prepared`, before the scope is entered: it must hold
    no transaction. What is wrong with a call is raised inside it, where errors are answered.
    """

    resource: ClassVar[str] = "GuidanceResponse"
    interactions: ClassVar[Mapping[str, str]] = {"POST": "r"}
    permissions: ClassVar[Mapping[str, Permission]] = {"POST": Permission.CASE_READ}
    authentication_classes = (HookAuthentication,)
    parser_classes: Sequence[type[BaseParser]] = ()
    renderer_classes = (JSONRenderer,)
    schema = None
    is_feedback: ClassVar[bool] = False
    fault: Exception | None = None
    ready: Any = None

    def dispatch(
        self, request: HttpRequest, *args: Any, service_id: str = "", **kwargs: Any
    ) -> HttpResponseBase:
        """Answer; a service that there is not has no address that a JWT could name: it is 401."""
        self.service = SERVICES.get(service_id)
        if origins.is_preflight(request):
            institution = Institution.objects.filter(slug=kwargs["slug"]).first()
            allowed = origins.is_named(request.headers["Origin"], institution)
            return origins.answer_preflight(request, "POST", allowed=allowed)
        response = super().dispatch(request, *args, **kwargs)
        caller = request.bearer  # type: ignore[attr-defined]
        origins.open_to(response, request, caller.origins if caller else ())
        return response

    @property
    def caller(self) -> HookCaller:
        """The EHR that calls."""
        assert isinstance(self.request.auth, HookCaller)  # noqa: S101 - nobody else is let in
        return self.request.auth

    def recognized(self, request: HttpRequest) -> tuple[Any, Allowance]:
        """Who calls, and all that has to be done before the scope is entered."""
        audience = ""
        if self.institution is not None and self.service is not None:
            slug = self.institution.slug
            audience = address_of(slug, self.service, feedback=self.is_feedback)
        # A service that is none has no address, so no JWT is good for it.
        caller, allowance, reason = recognize(
            request, self.institution if audience else None, audience
        )
        request.hook_refusal = reason  # type: ignore[attr-defined]
        if caller is not None and not allowance.is_exceeded and self.service is not None:
            try:
                self.ready = self.prepared(_body(request), self.service, caller)
            except (APIException, BadJson, Invalid) as error:
                self.fault = error
        return caller, allowance

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse, after the door has, what is wrong with the call.

        Raises:
            ParseError: the body is no JSON that is taken.
            APIException: whatever else `prepared` found.
        """
        super().initial(request, *args, **kwargs)
        if isinstance(self.fault, BadJson):
            raise ParseError(str(self.fault))
        if self.fault is not None:
            raise self.fault

    def prepared(self, raw: bytes, service: Service, caller: HookCaller) -> Any:
        """What `raw` says, judged, with all that other servers are asked for."""
        raise NotImplementedError


def _body(request: HttpRequest) -> bytes:
    if request.method != "POST":
        return b"{}"
    if request.content_type != JSON:
        raise UnsupportedMediaType(request.content_type or "")
    raw = request.read(LONGEST + 1)
    if len(raw) > LONGEST:
        raise TooLong
    return raw
