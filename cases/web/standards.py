"""The standards of care of a board, and the track of an agenda item."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.models import Board, Standard
from cases.selectors.protocol_audits import shares_of
from cases.selectors.standards import place_words, standards
from cases.services import standards as services
from cases.services import tracks
from cases.services.errors import Refused
from cases.web.board_item import item_or_404
from cases.web.conflicts import watch
from cases.web.errors import errors_on, form_page
from cases.web.forms.standards import StandardForm
from guidance.editions import shelf
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission

#: A new standard is audited in every tenth case until somebody says otherwise [INT].
PERCENT = 10


@institution_view(Permission.BOARD_MANAGE)
@require_safe
def board_standards(request: InstitutionRequest, board_id: UUID) -> HttpResponse:
    """What a board settles by protocol, and what the audits found."""
    board = get_object_or_404(Board, pk=board_id)
    edition, shares = shelf.adopted(), shares_of(board)
    rows = [
        {
            "standard": standard,
            "place": place_words(standard.scenario, standard.branch, edition),
            "share": shares.get(standard.pk),
        }
        for standard in standards(board)
    ]
    return render(request, "boards/standards.html", {"board": board, "rows": rows})


@institution_view(Permission.BOARD_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def standard_new(request: InstitutionRequest, board_id: UUID) -> HttpResponse:
    """Add a standard to a board."""
    board = get_object_or_404(Board, pk=board_id)
    form = StandardForm(
        request.POST if request.method == "POST" else None, initial={"audit_percent": PERCENT}
    )
    if form.is_valid():
        with errors_on(form):
            services.add(board=board, **form.cleaned_data, by=request.user)
        if form.is_valid():
            return _back(request, board, "The standard is added.")
    context = {"form": form, "board": board, "title": "Add a standard", "submit": "Add standard"}
    return form_page(request, "boards/standard.html", context)


@institution_view(Permission.BOARD_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def standard_change(request: InstitutionRequest, standard_id: UUID) -> HttpResponse:
    """Change a standard."""
    standard = _standard_or_404(standard_id)
    form = StandardForm(
        request.POST if request.method == "POST" else None,
        initial={name: getattr(standard, name) for name in services.FIELDS},
    )
    watch(form, standard)
    if form.is_valid():
        with errors_on(form):
            services.change(standard=standard, **form.cleaned_data, by=request.user)
        if form.is_valid():
            return _back(request, standard.board, "The standard is changed.")
    context: dict[str, Any] = {
        "form": form,
        "board": standard.board,
        "standard": standard,
        "title": "Change the standard",
        "submit": "Save standard",
    }
    return form_page(request, "boards/standard.html", context)


@institution_view(Permission.BOARD_MANAGE)
@require_POST
def standard_retire(request: InstitutionRequest, standard_id: UUID) -> HttpResponse:
    """Use a standard no longer."""
    standard = _standard_or_404(standard_id)
    try:
        services.retire(standard=standard, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
        return redirect("board_standards", request.institution.slug, standard.board_id)
    return _back(request, standard.board, "The standard is no longer in use.")


@institution_view(Permission.AGENDA_WRITE)
@require_POST
def item_track(request: InstitutionRequest, item_id: UUID) -> HttpResponse:
    """Settle an item by the standard that `standard` names, or discuss it where it names none."""
    item = item_or_404(item_id)
    try:
        if request.POST.get("standard"):
            standard = _of_board_or_404(request.POST["standard"], item.meeting.board_id)
            tracks.settle_by_protocol(item=item, standard=standard, by=request.user)
            messages.success(request, "The case is settled by protocol; it still has to be signed.")
        else:
            tracks.discuss(item=item, by=request.user)
            messages.success(request, "The case will be discussed.")
    except Refused as error:
        messages.error(request, str(error))
    return redirect("meeting", request.institution.slug, item.meeting_id)


def _standard_or_404(standard_id: UUID) -> Standard:
    return get_object_or_404(Standard.objects.select_related("board"), pk=standard_id)


def _of_board_or_404(typed: str, board_id: UUID) -> Standard:
    known = Standard.objects.filter(board=board_id)
    by_id = {str(standard.pk): standard.pk for standard in known}
    return get_object_or_404(known, pk=by_id.get(typed))


def _back(request: InstitutionRequest, board: Board, news: str) -> HttpResponse:
    messages.success(request, news)
    return redirect("board_standards", request.institution.slug, board.pk)
