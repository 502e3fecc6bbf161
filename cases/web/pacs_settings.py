"""The page on which an institution names its picture archive and its viewer."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from cases.dicom.pacs_access import Access
from cases.dicom.pacs_faults import PacsError
from cases.selectors import pacs
from cases.services import pacs_connections
from cases.web.conflicts import watch
from cases.web.errors import errors_on, form_page
from cases.web.forms.known import initial_of
from cases.web.forms.pacs import PacsConnectionForm
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission


@institution_view(Permission.INSTITUTION_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: InstitutionRequest) -> HttpResponse:
    """Name the archive and the viewer."""
    stored = pacs.connection()
    allowed, unreadable = _allowed()
    form = PacsConnectionForm(
        request.POST or None,
        names=sorted(allowed.secrets),
        initial=initial_of(stored, list(PacsConnectionForm.base_fields)) if stored else None,
    )
    watch(form, stored)
    if form.is_valid():
        with errors_on(form):
            pacs_connections.save(by=request.user, **form.cleaned_data)
            messages.success(request, "The picture archive was saved.")
            return redirect("pacs_settings", request.institution.slug)
    context = {
        "form": form,
        "stored": stored,
        "origins": allowed.origins,
        "unreadable": unreadable,
    }
    return form_page(request, "cases/pacs_settings.html", context)


@institution_view(Permission.INSTITUTION_MANAGE)
@require_POST
def test(request: InstitutionRequest) -> HttpResponse:
    """Ask the archive, as it was saved, for the studies of nobody."""
    try:
        with pacs.archive(pacs.connection()) as archive:
            archive.check()
    except PacsError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "The picture archive answers as DICOMweb.")
    return redirect("pacs_settings", request.institution.slug)


@institution_view(Permission.INSTITUTION_MANAGE)
@require_POST
def remove(request: InstitutionRequest) -> HttpResponse:
    """Forget the archive and the viewer; studies that were added stay."""
    pacs_connections.remove(by=request.user)
    messages.success(request, "The picture archive was removed.")
    return redirect("pacs_settings", request.institution.slug)


def _allowed() -> tuple[Access, bool]:
    """What the operator allows, and whether that cannot be read."""
    try:
        return pacs.access(), False
    except PacsError:
        return Access(), True
