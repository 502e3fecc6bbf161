"""The standing boards, and the page of each."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from cases.models import Board
from cases.models.specialty import Specialty
from cases.selectors import agendas
from cases.selectors.board_members import chairs, offered, seats
from cases.selectors.rhythms import rhythm_words
from cases.services import boards as services
from cases.web.conflicts import watch
from cases.web.errors import INVALID, errors_on
from cases.web.forms.boards import BoardForm, BoardSettingsForm, NewMemberForm
from cases.web.forms.known import initial_of
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission

PAST_SHOWN = 20


@institution_view(Permission.BOARD_READ)
@require_http_methods(["GET", "POST"])
def boards(request: InstitutionRequest) -> HttpResponse:
    """The standing boards, their coming and their latest past meetings; add a board."""
    form = BoardForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        _refuse_reader(request)
        if form.is_valid():
            with errors_on(form):
                board = services.add(**form.cleaned_data, by=request.user)
            if form.is_valid():
                messages.success(request, f"{board.name} is added.")
                return redirect("board", request.institution.slug, board.pk)
    coming = list(agendas.coming_meetings())
    context = {
        "form": form,
        "boards": _lines(coming),
        "coming": coming,
        "past": agendas.past_meetings()[:PAST_SHOWN],
    }
    return render(request, "boards/boards.html", context, status=INVALID if form.errors else 200)


@institution_view(Permission.BOARD_READ)
@require_http_methods(["GET", "POST"])
def board(request: InstitutionRequest, board_id: UUID) -> HttpResponse:
    """One board: its meetings, who sits on it, what is set for it."""
    found = get_object_or_404(Board, pk=board_id)
    if request.method == "GET":
        return board_page(request, found)
    _refuse_reader(request)
    form = _settings(request, found)
    if form.is_valid():
        with errors_on(form):
            services.change(board=found, **form.cleaned_data, by=request.user)
            messages.success(request, "The board is changed.")
            return redirect("board", request.institution.slug, found.pk)
    return board_page(request, Board.objects.get(pk=found.pk), form=form)


def board_page(
    request: InstitutionRequest,
    board: Board,
    *,
    form: forms.Form | None = None,
    member_form: forms.Form | None = None,
) -> HttpResponse:
    """The page of a board.

    Args:
        form: its settings, where they were posted with errors.
        member_form: somebody to be added, the same.
    """
    posted = form or member_form
    context: dict[str, Any] = {
        "board": board,
        "rhythm": rhythm_words(board),
        "required": [Specialty(code).label for code in board.required_specialties],
        "coming": list(agendas.coming_meetings().filter(board=board)),
        "seats": seats(board),
        "form": posted,
    }
    if Permission.BOARD_MANAGE in request.permissions:
        context["settings_form"] = form or _settings(request, board, is_new=True)
        context["member_form"] = member_form or NewMemberForm(people=offered(board))
    status = INVALID if posted and posted.errors else 200
    return render(request, "boards/board.html", context, status=status)


def _settings(
    request: InstitutionRequest, board: Board, *, is_new: bool = False
) -> BoardSettingsForm:
    form = BoardSettingsForm(
        None if is_new else request.POST,
        initial=initial_of(board, list(BoardSettingsForm.base_fields)),
    )
    watch(form, board)
    return form


def _lines(coming: list[Any]) -> list[dict[str, Any]]:
    """Each board with its rhythm in words, its next meeting and who chairs it."""
    found = agendas.boards()
    chaired = chairs(found)
    upcoming = {meeting.board_id: meeting for meeting in reversed(coming)}
    return [
        {
            "board": board,
            "rhythm": rhythm_words(board),
            "next": upcoming.get(board.pk),
            "chairs": chaired.get(board.pk, []),
        }
        for board in found
    ]


def _refuse_reader(request: InstitutionRequest) -> None:
    if Permission.BOARD_MANAGE not in request.permissions:
        raise PermissionDenied
