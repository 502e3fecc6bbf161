"""Postponing one case of a meeting, or all that are left."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from cases.models import Meeting, Postponement
from cases.selectors import agendas
from cases.services import postponements as services
from cases.web.board_item import item_or_404
from cases.web.errors import errors_on, form_page
from cases.web.forms.postponements import PostponementForm
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record
from tumorboard.formats import moment_in


@institution_view(Permission.AGENDA_WRITE)
@require_http_methods(["GET", "POST"])
def postpone(request: InstitutionRequest, item_id: UUID) -> HttpResponse:
    """Postpone one case: why, at whom it lies, and to which meeting."""
    item = item_or_404(item_id)
    form = _form(request, item.meeting)
    if request.method == "POST" and form.is_valid():
        with errors_on(form):
            done = services.postpone(item=item, **form.cleaned_data, by=request.user)
        if form.is_valid():
            messages.success(request, f"The case {_went(done)}.")
            return redirect(_page_of(done.meeting), request.institution.slug, done.meeting_id)
    record(action="case.read", subject=item.case, by=request.user)
    return form_page(request, "boards/postpone.html", {"form": form, "item": item})


@institution_view(Permission.AGENDA_WRITE)
@require_http_methods(["GET", "POST"])
def carry_over(request: InstitutionRequest, meeting_id: UUID) -> HttpResponse:
    """Postpone every case of a meeting that is not decided."""
    meeting = get_object_or_404(Meeting.objects.select_related("board"), pk=meeting_id)
    form = _form(request, meeting)
    if request.method == "POST" and form.is_valid():
        with errors_on(form):
            done = services.postpone_rest(meeting=meeting, **form.cleaned_data, by=request.user)
        if form.is_valid():
            messages.success(request, _told(done))
            return redirect("meeting", request.institution.slug, meeting.pk)
    items = agendas.undecided(meeting)
    shown = [item.case_id for item in items]
    record(action="agenda.read", subject=meeting, by=request.user, shown=shown)
    context = {"form": form, "meeting": meeting, "items": items}
    return form_page(request, "boards/postpone_rest.html", context)


def _form(request: InstitutionRequest, meeting: Meeting) -> PostponementForm:
    return PostponementForm(
        request.POST if request.method == "POST" else None,
        meetings=agendas.meetings_after(meeting),
    )


def _page_of(meeting: Meeting) -> str:
    """Where one goes on: in a meeting that runs, with its next case."""
    return "live" if meeting.began_at and not meeting.ended_at else "meeting"


def _told(done: services.CarriedOver) -> str:
    """How many cases went where, and how many stay, without names."""
    told = f"{_cases(len(done.postponed))}: each {_went(done.postponed[0])}."
    if not done.left:
        return told
    stays = "stays" if done.left == 1 else "stay"
    return f"{told} {_cases(done.left)} on another coming list already {stays} here."


def _cases(count: int) -> str:
    return "1 case" if count == 1 else f"{count} cases"


def _went(done: Postponement) -> str:
    """Where a case went, without its name: messages lie in the session."""
    to = done.moved_to
    if to is None:
        return "asks for the board again"
    return f"is on the list of {moment_in(to.starts_at, to.board.time_zone)}"
