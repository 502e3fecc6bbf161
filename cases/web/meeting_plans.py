"""Planning meetings, moving them, canceling them."""

import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_http_methods

from cases.models import Board, Meeting
from cases.selectors import agendas
from cases.selectors.rhythms import not_planned, rhythm_words
from cases.services import meetings as services
from cases.web.conflicts import watch
from cases.web.errors import errors_on, form_page
from cases.web.forms.boards import (
    AT_ONCE,
    CancellationForm,
    MeetingForm,
    NewMeetingForm,
    SeriesForm,
)
from cases.web.forms.known import initial_of
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission


@institution_view(Permission.BOARD_MANAGE)
@require_http_methods(["GET", "POST"])
def new(request: InstitutionRequest, board_id: UUID) -> HttpResponse:
    """Plan one meeting of a board, outside its rhythm."""
    board = get_object_or_404(Board, pk=board_id)
    with timezone.override(board.time_zone):
        form = NewMeetingForm(
            request.POST if request.method == "POST" else None, initial={"minutes": board.minutes}
        )
        if form.is_valid():
            with errors_on(form):
                meeting = services.plan(board=board, **form.cleaned_data, by=request.user)
                messages.success(request, "The meeting is planned.")
                return redirect("meeting", request.institution.slug, meeting.pk)
        return form_page(request, "boards/meeting_new.html", {"form": form, "board": board})


@institution_view(Permission.BOARD_MANAGE)
@require_http_methods(["GET", "POST"])
def series(request: InstitutionRequest, board_id: UUID) -> HttpResponse:
    """Show the next dates of a board's rhythm; plan exactly those that were shown."""
    board = get_object_or_404(Board, pk=board_id)
    form = SeriesForm(request.POST if request.method == "POST" else None)
    if "plan" in request.POST and form.is_valid():
        with errors_on(form):
            planned = services.plan_series(board=board, starts=_shown(request), by=request.user)
            messages.success(request, _planned_words(len(planned)))
            return redirect("board", request.institution.slug, board.pk)
    count = form.cleaned_data["count"] if form.is_valid() else AT_ONCE
    context: dict[str, Any] = {
        "form": form,
        "board": board,
        "rhythm": rhythm_words(board),
        "dates": not_planned(board, count=count),
    }
    with timezone.override(board.time_zone):
        return form_page(request, "boards/board_series.html", context)


@institution_view(Permission.BOARD_MANAGE)
@require_http_methods(["GET", "POST"])
def move(request: InstitutionRequest, meeting_id: UUID) -> HttpResponse:
    """Move a meeting to another time or place."""
    meeting = _meeting_or_404(meeting_id)
    with timezone.override(meeting.board.time_zone):
        form = MeetingForm(
            request.POST if request.method == "POST" else None,
            initial=initial_of(meeting, list(MeetingForm.base_fields)),
        )
        watch(form, meeting)
        if form.is_valid():
            with errors_on(form):
                services.move(meeting=meeting, **form.cleaned_data, by=request.user)
                messages.success(request, "The meeting is moved.")
                return redirect("meeting", request.institution.slug, meeting.pk)
        context = {"form": form, "meeting": meeting}
        return form_page(request, "boards/meeting_move.html", context)


@institution_view(Permission.BOARD_MANAGE)
@require_http_methods(["GET", "POST"])
def cancel(request: InstitutionRequest, meeting_id: UUID) -> HttpResponse:
    """Ask why and where the cases go, then cancel a meeting."""
    meeting = _meeting_or_404(meeting_id)
    coming = agendas.coming_meetings().exclude(pk=meeting.pk)
    form = CancellationForm(request.POST if request.method == "POST" else None, coming=coming)
    if form.is_valid():
        with errors_on(form):
            services.cancel(meeting=meeting, **form.cleaned_data, by=request.user)
            messages.success(request, "The meeting is canceled.")
            return redirect("board", request.institution.slug, meeting.board_id)
    context = {"form": form, "meeting": meeting, "count": meeting.items.count()}
    return form_page(request, "boards/meeting_cancel.html", context)


def _meeting_or_404(meeting_id: UUID) -> Meeting:
    return get_object_or_404(Meeting.objects.select_related("board"), pk=meeting_id)


def _planned_words(count: int) -> str:
    return "The meeting is planned." if count == 1 else f"{count} meetings are planned."


def _shown(request: InstitutionRequest) -> list[datetime.datetime]:
    """The dates that the page carried; what is none is left out, and the service says so."""
    dates = []
    for text in request.POST.getlist("starts_at"):
        try:
            date = parse_datetime(text)
        except ValueError:
            date = None
        if date is not None and timezone.is_aware(date):
            dates.append(date)
    return dates
