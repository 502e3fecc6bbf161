"""The letters that come from a signed decision: to read before printing, and on paper."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cases.documents.build_letter import letter_document
from cases.documents.build_patient_page import patient_document
from cases.documents.letter import render_letter, render_patient_page
from cases.models import AgendaItem
from cases.selectors import agendas
from cases.selectors.decision_versions import Version, versions_of
from cases.selectors.decisions import sitting_of
from cases.web.board_item import item_or_404
from cases.web.pdf import paper_of, pdf_response
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record


@institution_view(Permission.BOARD_READ)
@require_safe
def letters(request: InstitutionRequest, item_id: UUID) -> HttpResponse:
    """Both letters as they will be printed; before the signature, why there are none."""
    item = item_or_404(item_id)
    versions = versions_of(item)
    record(action="letter.read", subject=item.case, by=request.user)
    context = {
        "item": item,
        "case": item.case,
        "patient": item.case.patient,
        "neighbors": agendas.neighbors(item),
    }
    if not versions:
        return render(request, "boards/no_letters.html", context)
    version = _asked_for(request, versions)
    shown = {
        "version": version,
        "sitting": sitting_of(item, version.decision),
        "letter": letter_document(item, version),
        "plain": patient_document(item, version),
        "versions": versions,
    }
    return render(request, "boards/letters.html", {**context, **shown})


@institution_view(Permission.BOARD_READ)
@require_safe
def letter_pdf(request: InstitutionRequest, item_id: UUID) -> HttpResponse:
    """The letter to the referring clinician on paper."""
    item, version = _signed_or_404(request, item_id)
    record(action="letter.printed", subject=item.case, by=request.user)
    pdf = render_letter(
        letter_document(item, version),
        created_at=version.decision.signed_at,
        page_size=paper_of(request),
    )
    return pdf_response(pdf, filename=f"letter-{item.pk}.pdf")


@institution_view(Permission.BOARD_READ)
@require_safe
def patient_pdf(request: InstitutionRequest, item_id: UUID) -> HttpResponse:
    """The page for the patient on paper."""
    item, version = _signed_or_404(request, item_id)
    record(action="patient_letter.printed", subject=item.case, by=request.user)
    pdf = render_patient_page(
        patient_document(item, version),
        created_at=version.decision.signed_at,
        page_size=paper_of(request),
    )
    return pdf_response(pdf, filename=f"patient-{item.pk}.pdf")


def _signed_or_404(request: InstitutionRequest, item_id: UUID) -> tuple[AgendaItem, Version]:
    """The item with the version that is asked for; only signed decisions have letters."""
    item = item_or_404(item_id)
    versions = versions_of(item)
    if not versions:
        message = "Only signed decisions have letters."
        raise Http404(message)
    return item, _asked_for(request, versions)


def _asked_for(request: InstitutionRequest, versions: list[Version]) -> Version:
    """The version in force; with `?version=` a former one, which says that it was replaced."""
    asked = request.GET.get("version", "")
    if not asked:
        return versions[0]
    found = next((each for each in versions if str(each.decision.version) == asked), None)
    if found is None:
        message = "There is no such version."
        raise Http404(message)
    return found
