"""The studies that the picture archive has of a patient, offered for the case."""

import io
from base64 import b64encode
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods

from cases.dicom.pacs_faults import PacsError
from cases.models import Case, Study
from cases.models.study_file import VirusCheck
from cases.selectors import archived
from cases.selectors.archived import Offer, SeriesList
from cases.services import archived_studies, virus_checks
from cases.web.archived_token import opened, sealed
from cases.web.errors import INVALID, errors_on
from cases.web.forms.pacs import ArchivedStudiesForm
from cases.web.found import case_or_404
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record

#: The newest studies of the archive that one page offers.
MOST_OFFERED = 100

#: How long a picture waits for the virus scanner; it is shown again with the next click.
SCANNER_SECONDS = 5.0
UNCHECKED = "The virus scanner gave no answer, so the picture is not shown. Try again."

PNG = b"\x89PNG"


@institution_view(Permission.RESULT_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def studies(request: InstitutionRequest, case_id: UUID) -> HttpResponse:
    """What the archive has under the patient's record number; what is ticked is added.

    Which study stands in the body of the request and not in the address: an address ends up in
    logs.
    """
    case = case_or_404(case_id)
    if request.method == "POST":
        return _posted(request, case)
    record(action="case.archive.read", subject=case, by=request.user)
    try:
        found = archived.studies_in_archive(case.patient)
    except PacsError as error:
        return render(request, "cases/pacs.html", {"case": case, "fault": str(error)})
    offers = archived.offers(case, found[:MOST_OFFERED])
    form = ArchivedStudiesForm(offers=offers)
    return _page(request, case, form, left_out=max(0, len(found) - MOST_OFFERED))


def _posted(request: InstitutionRequest, case: Case) -> HttpResponse:
    found = opened(case, request.POST.get("offered", ""))
    if found is None:
        messages.warning(request, "The list was too old. Here is the archive's list of now.")
        return redirect("case_pacs", request.institution.slug, case.pk)
    offers = archived.offers(case, found)
    if "preview" in request.POST:
        return _preview(request, case, offers)
    form = ArchivedStudiesForm(request.POST, offers=offers)
    if form.is_valid():
        with errors_on(form):
            archived_studies.add(case=case, chosen=form.chosen, by=request.user)
            messages.success(request, "What was ticked is in the case now.")
            return redirect("case", request.institution.slug, case.pk)
    return _page(request, case, form)


def _preview(request: InstitutionRequest, case: Case, offers: Sequence[Offer]) -> HttpResponse:
    """The series of one offered study with a picture; for htmx alone, else in the whole page."""
    wanted = request.POST["preview"]
    if wanted not in {offer.archived.study_uid for offer in offers}:
        raise Http404
    record(action="case.archive.read", subject=case, by=request.user)
    try:
        shown = _shown(archived.series_in_archive(wanted))
    except PacsError as error:
        shown = {"reason": str(error)}
    if request.htmx:
        response = render(request, "cases/parts/pacs_series.html", {"shown": shown})
    else:
        # What is ticked already stays; nothing is judged yet.
        given = {name: request.POST[name] for name in request.POST}
        form = ArchivedStudiesForm(offers=offers, initial=given)
        response = _page(request, case, form, previews={wanted: shown})
    patch_vary_headers(response, ["HX-Request"])
    return response


def _shown(found: SeriesList) -> dict[str, Any]:
    kind = "png" if found.picture.startswith(PNG) else "jpeg"
    reason = found.reason or _withheld(found.picture)
    data = "" if reason else b64encode(found.picture).decode()
    return {
        "series": found.series,
        "of": found.shown,
        "picture": f"data:image/{kind};base64,{data}" if data else "",
        "reason": reason,
    }


def _withheld(picture: bytes) -> str:
    """Why a picture of the archive is not passed on; empty where it is.

    It is looked into as everything that a person uploads.
    """
    looked = virus_checks.look(io.BytesIO(picture), timeout_seconds=SCANNER_SECONDS)
    if looked.is_infected:
        return "The virus scanner refused the picture."
    return UNCHECKED if looked.check is VirusCheck.WAITING else ""


def _page(
    request: InstitutionRequest,
    case: Case,
    form: ArchivedStudiesForm,
    *,
    left_out: int = 0,
    previews: dict[str, Any] | None = None,
) -> HttpResponse:
    rows = [
        {**row, "shown": (previews or {}).get(row["offer"].archived.study_uid)}
        for row in form.rows()
    ]
    found = {offer.study.pk for offer in form.offers if offer.study}
    context = {
        "case": case,
        "form": form,
        "rows": rows,
        "can_add": bool(form.fields),
        "offered": sealed(case, [offer.archived for offer in form.offers]),
        "left_out": left_out,
        "only_here": Study.objects.filter(case=case).exclude(pk__in=found).order_by("id"),
    }
    return render(request, "cases/pacs.html", context, status=INVALID if form.errors else None)
