"""The signed record of a decision, on screen and on paper."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cases.documents.build_decision import draft_document, signed_document
from cases.documents.decision import DecisionDocument, render_decision
from cases.models import AgendaItem, Decision
from cases.selectors import agendas
from cases.selectors.decision_versions import Version, versions_of
from cases.selectors.decisions import open_amendment, said_by
from cases.services.chains import agrees
from cases.web.board_item import beside_decision, item_or_404
from cases.web.item_screen import item_screen
from cases.web.pdf import pdf_response
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record


def record_page(
    request: InstitutionRequest,
    item: AgendaItem,
    signed: Decision,
    *,
    is_second: bool = False,
    status: int = 200,
) -> HttpResponse:
    """The page of a signed decision; the caller has recorded that it is read.

    Args:
        is_second: the reader just tried to sign what was signed already.
    """
    versions = versions_of(item)
    shown = next(each for each in versions if each.decision.pk == signed.pk)
    context = {
        **item_screen(request, item, signed),
        **_context(item, signed),
        "versions": versions,
        "replaced_by": shown.replaced_by,
        "amendment": open_amendment(signed),
        "is_second": is_second,
    }
    return render(request, "boards/record.html", context, status=status)


@institution_view(Permission.BOARD_READ)
@require_safe
def version(request: InstitutionRequest, item_id: UUID, number: int) -> HttpResponse:
    """One signed version, as it was signed."""
    item = item_or_404(item_id)
    shown = _version_or_404(item, number)
    record(action="decision.read", subject=item.case, by=request.user)
    return record_page(request, item, shown.decision)


@institution_view(Permission.BOARD_READ)
@require_safe
def decision_pdf(request: InstitutionRequest, item_id: UUID) -> HttpResponse:
    """The decision on paper in its newest version, as a draft as long as it is not signed."""
    item = item_or_404(item_id)
    signed = agendas.decision_of(item)
    document = signed_document(item, signed) if signed else draft_document(item)
    return _printed(request, item, document, signed)


@institution_view(Permission.BOARD_READ)
@require_safe
def version_pdf(request: InstitutionRequest, item_id: UUID, number: int) -> HttpResponse:
    """One signed version on paper; a former one says by which it was replaced."""
    item = item_or_404(item_id)
    shown = _version_or_404(item, number)
    document = signed_document(item, shown.decision, replaced_by=shown.replaced_by)
    return _printed(request, item, document, shown.decision)


@institution_view(Permission.BOARD_READ)
@require_safe
def draft_pdf(request: InstitutionRequest, item_id: UUID) -> HttpResponse:
    """What is being written on paper, marked as a draft; that of an amendment too."""
    item = item_or_404(item_id)
    signed = agendas.decision_of(item)
    if signed is not None and open_amendment(signed) is None:
        message = "Nothing is being written on this item."
        raise Http404(message)
    return _printed(request, item, draft_document(item), None)


def _version_or_404(item: AgendaItem, number: int) -> Version:
    found = next((v for v in versions_of(item) if v.decision.version == number), None)
    if found is None:
        message = "There is no such version."
        raise Http404(message)
    return found


def _printed(
    request: InstitutionRequest,
    item: AgendaItem,
    document: DecisionDocument,
    signed: Decision | None,
) -> HttpResponse:
    """The PDF; of a signed version the same bytes each time."""
    record(action="decision.printed", subject=item.case, by=request.user)
    created_at = signed.signed_at if signed else timezone.now()
    pdf = render_decision(
        document,
        created_at=created_at,
        page_size="us-letter" if request.GET.get("paper") == "letter" else "a4",
    )
    return pdf_response(pdf, filename=f"decision-{item.pk}.pdf")


def _context(item: AgendaItem, signed: Decision) -> dict[str, Any]:
    return {
        "decision": signed,
        "said": said_by(signed),
        "is_intact": agrees(signed),
        **beside_decision(item, signed),
    }
