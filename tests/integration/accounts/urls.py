"""The site with views of its own that show the doors of pages and of the API."""

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.urls import include, path
from django.views.decorators.http import require_http_methods
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import exception_handler
from rest_framework.viewsets import ViewSet

from tumorboard.accounts.access import (
    institution_stream,
    institution_view,
    public_institution_view,
)
from tumorboard.accounts.api import InstitutionAPIView
from tumorboard.accounts.models import Membership
from tumorboard.accounts.permissions import Permission
from tumorboard.accounts.selectors import members
from tumorboard.audit.record import record
from tumorboard.tenancy.scope import has_institution
from tumorboard.urls import urlpatterns as site


@institution_view(Permission.CASE_READ)
def overview(request):
    return HttpResponse(f"cases of {request.institution}")


@require_http_methods(["GET"])
@institution_view(Permission.CASE_READ)
def method_above(request):
    return HttpResponse("read")


@institution_view(Permission.CASE_READ)
@require_http_methods(["GET"])
def method_below(request):
    return HttpResponse("read")


@institution_stream(Permission.CASE_READ)
async def stream(request):
    assert not has_institution()
    assert Permission.CASE_READ in request.permissions
    return HttpResponse(f"a stream of {request.institution} for {request.user}")


class LazyResponse(TemplateResponse):
    """Asks the database only when it is rendered."""

    @property
    def rendered_content(self):
        return ", ".join(member.user.name for member in members())


@institution_view(Permission.CASE_READ)
def lazy(request):
    return LazyResponse(request, "none")


@public_institution_view("a test shows who is in scope")
def public_lazy(request):
    return LazyResponse(request, "none")


class CountingRenderer(JSONRenderer):
    """Reads the database while it renders."""

    def render(self, data, *args, **kwargs):
        return super().render({**data, "members": Membership.objects.count()}, *args, **kwargs)


class Probe(InstitutionAPIView):
    permissions = {"GET": Permission.CASE_READ, "POST": Permission.CASE_WRITE}
    renderer_classes = [CountingRenderer]

    def get_exception_handler(self):
        return exception_handler

    def get(self, request, **kwargs):
        return Response(
            {
                "institution": self.institution.slug,
                "person": request.user.email,
                "may": sorted(request.permissions),
                "arguments": {**kwargs, **self.kwargs},
            }
        )

    def post(self, request, **kwargs):
        Membership.objects.create(user=request.user, role="PATHOLOGIST")
        record(action="probe.posted", subject=request.auth, by=request.user)
        if kwargs["thing"] == "refused":
            raise ValidationError({"thing": "refused"})
        if kwargs["thing"] == "broken":
            raise ZeroDivisionError
        return Response({}, status=201)

    def delete(self, request, **kwargs):
        raise AssertionError("names no permission and never runs")


class ProbeSet(InstitutionAPIView, ViewSet):
    permissions = {"list": Permission.CASE_READ}

    def get_exception_handler(self):
        return exception_handler

    def list(self, request):
        return Response({"institution": self.institution.slug})

    def create(self, request):
        raise AssertionError("names no permission and never runs")


class PlainProbe(InstitutionAPIView):
    permissions = {"GET": Permission.CASE_READ}

    def get(self, request):
        return HttpResponse("plain")


class AdministratorProbe(Probe):
    permissions = {"GET": Permission.PEOPLE_MANAGE}


urlpatterns = [
    path(
        "i/<slug:slug>/",
        include(
            [
                path("", overview, name="overview"),
                path("method-above/", method_above),
                path("method-below/", method_below),
                path("stream/", stream),
                path("lazy/", lazy),
                path("public-lazy/", public_lazy),
            ]
        ),
    ),
    path("api/<slug:slug>/set/", ProbeSet.as_view({"get": "list", "post": "create"})),
    path("api/<slug:slug>/people/", AdministratorProbe.as_view()),
    path("api/<slug:slug>/plain/", PlainProbe.as_view()),
    path("api/<slug:slug>/<str:thing>/", Probe.as_view()),
    *site,
]
