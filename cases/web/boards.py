"""The standing boards and their meetings."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from cases.models import Board
from cases.selectors import agendas
from cases.services import boards as services
from cases.web.errors import errors_on
from cases.web.forms.boards import BoardForm, MeetingForm
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission

PAST_SHOWN = 20


@institution_view(Permission.BOARD_READ)
@require_http_methods(["GET", "POST"])
def boards(request: InstitutionRequest) -> HttpResponse:
    """The standing boards, their coming and their latest past meetings; add a board."""
    form = BoardForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if Permission.BOARD_MANAGE not in request.permissions:
            raise PermissionDenied
        if form.is_valid():
            with errors_on(form):
                board = services.add(**form.cleaned_data, by=request.user)
            if form.is_valid():
                messages.success(request, f"{board.name} is added.")
                return redirect("boards", request.institution.slug)
    context = {
        "form": form,
        "boards": agendas.boards(),
        "coming": agendas.coming_meetings(),
        "past": agendas.past_meetings()[:PAST_SHOWN],
    }
    return render(request, "boards/boards.html", context, status=422 if form.errors else 200)


@institution_view(Permission.BOARD_MANAGE)
@require_http_methods(["GET", "POST"])
def meeting_new(request: InstitutionRequest, board_id: UUID) -> HttpResponse:
    """Plan a meeting of one board."""
    board = get_object_or_404(Board, pk=board_id)
    form = MeetingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with errors_on(form):
            meeting = services.plan_meeting(board=board, **form.cleaned_data, by=request.user)
        if form.is_valid():
            messages.success(request, "The meeting is planned.")
            return redirect("meeting", request.institution.slug, meeting.pk)
    context = {"form": form, "board": board}
    return render(request, "boards/meeting_new.html", context, status=422 if form.errors else 200)
