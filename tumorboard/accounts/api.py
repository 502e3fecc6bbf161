"""The one door of every API: an institution's scope, a token, a limit, a permission."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import pghistory
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import MethodNotAllowed, Throttled
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tumorboard.accounts import bearer, scopes
from tumorboard.accounts.api_requests import ApiRequest, recognized
from tumorboard.accounts.bearer import ClientAuthentication, TokenAuthentication
from tumorboard.accounts.permissions import Permission
from tumorboard.accounts.rate_limits import Allowance
from tumorboard.audit.kinds import Via
from tumorboard.audit.origin import requested
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import member_scope


class HoldsPermission(BasePermission):
    """Grants what the view's `permissions` name for this action, and nothing else."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether the caller may use the API at all, and this action of it.

        A person may what their roles say, an API client what its scopes say of the view's kind of
        resource too.

        Raises:
            MethodNotAllowed: the view has no such action, whoever asks.
        """
        if request.auth is None:
            return False
        asked = recognized(request)
        if not hasattr(view, asked.method.lower()):
            raise MethodNotAllowed(asked.method)
        method = "GET" if asked.method == "HEAD" else asked.method
        action = getattr(view, "action", None) or method
        needed = view.permissions.get(action)
        if needed is None or not {needed, Permission.TOKEN_USE} <= asked.permissions:
            return False
        grant = (view.resource, view.interactions.get(action))
        return asked.grants is None or grant in asked.grants


class InstitutionAPIView(APIView):
    """A view of one institution's data; stands first among the bases of a view or viewset.

    The URL's `slug` names the institution; handlers get the rest of the URL's arguments. The whole
    request, with its rendering, is one transaction in the institution's scope, and history knows
    the person. An error answer undoes what the handler wrote. `self.institution` and
    `request.permissions` are set. The browser's session counts for nothing here.

    Errors, all given to the view's exception handler: 401 without a valid token, and for an
    institution that does not exist; 405 for a method that is not there, 403 for an action without
    permission, 429 for one request too many.
    """

    #: HTTP method (of a plain view) or action (of a viewset) -> what it needs; missing: denied.
    permissions: ClassVar[Mapping[str, Permission]] = {}
    #: What an API client's scope must name, and which of its letters each action is; missing:
    #: denied to clients (`tumorboard.accounts.scopes`).
    resource: ClassVar[str] = ""
    interactions: ClassVar[Mapping[str, str]] = {}
    authentication_classes: Sequence[type[BaseAuthentication]] = [
        ClientAuthentication,
        TokenAuthentication,
    ]
    permission_classes: Sequence[type[BasePermission]] = [HoldsPermission]
    request: ApiRequest
    institution: Institution | None = None
    allowance: Allowance | None = None

    def dispatch(
        self, request: HttpRequest, *args: Any, slug: str, **kwargs: Any
    ) -> HttpResponseBase:
        """Answer inside the institution's scope."""
        self.institution = Institution.objects.filter(slug=slug).first()
        request.bearer, self.allowance = self.recognized(request)  # type: ignore[attr-defined]
        if self.institution is None:
            return super().dispatch(request, *args, **kwargs)
        # The inner transaction is what an error answer rolls back: the scope's own still has to
        # reset its setting.
        with (
            # What a person opened with a reason they opened for their own eyes, not for a script.
            member_scope(
                self.institution,
                bearer.person_of(request.bearer),  # type: ignore[attr-defined]
                opened=False,
            ),
            pghistory.context(),
            requested(request, Via.API),
            transaction.atomic(),
        ):
            response = super().dispatch(request, *args, **kwargs)
            if hasattr(response, "render"):
                response.render()
            if getattr(response, "exception", False):
                transaction.set_rollback(True)
        return response

    def recognized(self, request: HttpRequest) -> tuple[bearer.Bearer | None, Allowance]:
        """Who asks, and what is left to them; outside of any scope."""
        return bearer.recognize(request, self.institution)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse who asks too often or has no token; tell history who asks.

        Raises:
            Throttled: too often.
        """
        if self.allowance and self.allowance.is_exceeded:
            raise Throttled(wait=self.allowance.resets_in_seconds)
        super().initial(request, *args, **kwargs)
        pghistory.context(person=str(request.user.pk))
        _measure(request._request)

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        """Say how much is left of the limit."""
        final = super().finalize_response(request, response, *args, **kwargs)
        for name, value in (self.allowance.headers if self.allowance else {}).items():
            final[name] = value
        return final


def _measure(request: HttpRequest) -> None:
    """Say how long a body is that came in chunks: the framework takes it for none otherwise.

    How much may come at all, the site has judged before (`tumorboard.body_limits`).
    """
    is_chunked = not request.META.get("CONTENT_LENGTH") and "Transfer-Encoding" in request.headers
    if is_chunked and not request._read_started:  # type: ignore[attr-defined]
        request.META["CONTENT_LENGTH"] = str(len(request.body))


class TokenScheme(OpenApiAuthenticationExtension):
    """How the API's description names a person's tokens."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """As OpenAPI words it."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "tb_…"}


class ClientScheme(OpenApiAuthenticationExtension):
    """How the API's description names what API clients bring."""

    target_class = ClientAuthentication
    name = "client"

    def get_security_requirement(self, auto_schema: Any) -> list[dict[str, list[str]]]:
        """The scope that opens an operation; nothing where it is closed to clients."""
        view = auto_schema.view
        action = getattr(view, "action", None) or auto_schema.method
        grant = (view.resource, view.interactions.get(action))
        opening = [scope for scope, _ in scopes.choices() if grant in scopes.granted_by(scope)]
        return [{self.name: [scope]} for scope in opening]

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """As OpenAPI words it."""
        known = dict(scopes.choices())
        address = "/api/v1/i/{slug}/oauth/token"
        return {
            "type": "oauth2",
            "description": (
                "SMART Backend Services: the client signs an assertion (RS384 or ES384) with a "
                "registered key. `{slug}` is the institution's."
            ),
            "flows": {"clientCredentials": {"tokenUrl": address, "scopes": known}},
        }
