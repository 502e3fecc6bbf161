"""The one door of every API: an institution's scope, a token, a permission."""

from collections.abc import Mapping
from typing import Any, ClassVar

import pghistory
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from tumorboard.accounts.permissions import Permission
from tumorboard.accounts.tokens import TokenAuthentication
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope


class HoldsPermission(BasePermission):
    """Grants what the view's `permissions` name for this action, and nothing else."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether the person may use the API at all, and this action of it.

        Raises:
            MethodNotAllowed: the view has no such action, whoever asks.
        """
        if request.auth is None:
            return False
        if not hasattr(view, request.method.lower()):
            raise MethodNotAllowed(request.method)
        method = "GET" if request.method == "HEAD" else request.method
        needed = view.permissions.get(getattr(view, "action", None) or method)
        return needed is not None and {needed, Permission.TOKEN_USE} <= request.permissions


class InstitutionAPIView(APIView):
    """A view of one institution's data; stands first among the bases of a view or viewset.

    The URL's `slug` names the institution; handlers get the rest of the URL's arguments. The whole
    request, with its rendering, is one transaction in the institution's scope, and history knows
    the person. An error answer undoes what the handler wrote. `self.institution` and
    `request.permissions` are set. The browser's session counts for nothing here.

    Errors, all given to the view's exception handler: 401 without a valid token, and for an
    institution that does not exist; 405 for a method that is not there, 403 for an action without
    permission.
    """

    #: HTTP method (of a plain view) or action (of a viewset) -> what it needs; missing: denied.
    permissions: ClassVar[Mapping[str, Permission]] = {}
    authentication_classes: ClassVar[list[type]] = [TokenAuthentication]
    permission_classes: ClassVar[list[type]] = [HoldsPermission]
    institution: Institution | None = None

    def dispatch(
        self, request: HttpRequest, *args: Any, slug: str, **kwargs: Any
    ) -> HttpResponseBase:
        """Answer inside the institution's scope."""
        self.institution = Institution.objects.filter(slug=slug).first()
        if self.institution is None:
            return super().dispatch(request, *args, **kwargs)
        # The inner transaction is what an error answer rolls back: the scope's own still has to
        # reset its setting.
        with institution_scope(self.institution), pghistory.context(), transaction.atomic():
            response = super().dispatch(request, *args, **kwargs)
            if hasattr(response, "render"):
                response.render()
            if getattr(response, "exception", False):
                transaction.set_rollback(True)
        return response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse who has no token; tell history who asks."""
        super().initial(request, *args, **kwargs)
        pghistory.context(person=str(request.user.pk))


class TokenScheme(OpenApiAuthenticationExtension):
    """How the API's description names the tokens."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """As OpenAPI words it."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "tb_…"}
