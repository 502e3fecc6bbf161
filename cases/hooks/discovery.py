"""Which services there are: the same for everybody, with no institution's data."""

from typing import Any

from django.http import HttpResponse
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cases.hooks import origins
from cases.hooks.catalogue import SERVICES
from tumorboard.accounts.access import public_view


class Discovers(APIView):
    """GET of the services. It asks for no institution, so nobody learns which there are."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    renderer_classes = (JSONRenderer,)
    schema = None

    def get(self, request: Request, slug: str) -> Response:
        """The list."""
        found: dict[str, Any] = {"services": [one.described() for one in SERVICES.values()]}
        return Response(found, headers={"Access-Control-Allow-Origin": origins.ANY})

    def options(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:  # type: ignore[override]
        """What a browser of any origin may send; some send a JWT though none is asked for."""
        return origins.answer_preflight(request, "GET", allowed=origins.is_preflight(request))


discovery = public_view("The same for everybody; it shows no institution's data.")(
    Discovers.as_view()
)
