"""The edition for other systems: FHIR resources, and the schemas of its content."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from guidance.engine.content import SCHEMAS
from guidance.fhir.bundle import MEDIA_TYPE, as_bytes, bundle, find
from guidance.fhir.publication import base_at
from guidance.web.pages import NO_PATIENT, edition_of
from tumorboard.accounts.access import public_view


@require_safe
@public_view(NO_PATIENT)
@login_required
def fhir_bundle(request: HttpRequest, version: str) -> HttpResponse:
    """All resources of an edition as one file to keep."""
    edition = edition_of(version)
    response = HttpResponse(
        as_bytes(bundle(edition, base_at(settings.SITE_URL))), content_type=MEDIA_TYPE
    )
    response["Content-Disposition"] = f'attachment; filename="guidance-{edition.version}.fhir.json"'
    return response


@require_safe
@public_view(NO_PATIENT)
@login_required
def fhir_resource(
    request: HttpRequest, kind: str, identity: str, version: str | None = None
) -> HttpResponse:
    """One resource at its canonical address, of the newest edition unless one is named."""
    found = find(edition_of(version), base_at(settings.SITE_URL), kind, identity)
    if found is None:
        raise Http404
    return HttpResponse(as_bytes(found), content_type=MEDIA_TYPE)


@require_safe
@public_view("the form of the content is published")
def schema(request: HttpRequest, name: str) -> HttpResponse:
    """One JSON Schema, for whoever writes or checks content."""
    if name not in {path.stem for path in SCHEMAS.glob("*.json")}:
        raise Http404
    content = (SCHEMAS / f"{name}.json").read_bytes()
    return HttpResponse(content, content_type="application/schema+json")
