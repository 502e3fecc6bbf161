"""The lists of meetings: putting a case on, ordering, what is asked and needed, taking off."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods
from django_htmx.http import trigger_client_event

from cases.models import Meeting
from cases.selectors import agendas
from cases.selectors.forecast import (
    ADDENDS,
    BASE_MINUTES,
    PROTOCOL_MINUTES,
    expected_of_each,
)
from cases.selectors.prepared_agenda import prepared_agenda
from cases.selectors.quorum import needed_specialties
from cases.services import agenda_details
from cases.services import agendas as services
from cases.services.errors import Invalid, Refused
from cases.web.board_item import item_or_404
from cases.web.conflicts import watch
from cases.web.errors import INVALID, errors_on, form_page
from cases.web.forms.agendas import DetailsForm, PutOnForm
from cases.web.found import case_or_404
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record
from tumorboard.formats import moment_in


@institution_view(Permission.AGENDA_WRITE)
@require_http_methods(["GET", "POST"])
def put_on(request: InstitutionRequest, case_id: UUID) -> HttpResponse:
    """Put a case on the list of a coming meeting."""
    case = case_or_404(case_id)
    form = PutOnForm(
        request.POST if request.method == "POST" else None,
        meetings=agendas.coming_meetings(),
        initial={"question": case.board_question},
    )
    if request.method == "POST" and form.is_valid():
        with errors_on(form):
            item = services.put_on(case=case, **form.cleaned_data, by=request.user)
        if form.is_valid():
            # No names: messages lie in the session, outside row-level security.
            when = moment_in(item.meeting.starts_at, item.meeting.board.time_zone)
            messages.success(request, f"The case is item {item.position} on the list of {when}.")
            return redirect("meeting", request.institution.slug, item.meeting_id)
    record(action="case.read", subject=case, by=request.user)
    context = {
        "form": form,
        "case": case,
        "listed": agendas.listed_in(case),
        "boards": agendas.boards(),
    }
    return render(request, "boards/put_on.html", context, status=422 if form.errors else 200)


@institution_view(Permission.AGENDA_WRITE)
@require_http_methods(["POST"])
def move(request: InstitutionRequest, item_id: UUID) -> HttpResponse:
    """Move an item one place up or down; htmx gets the list, everybody else the page."""
    item = item_or_404(item_id)
    try:
        position = services.move(item=item, up=request.POST.get("move") == "up", by=request.user)
    except Refused as error:
        return _arranged(request, item.meeting, fault=str(error))
    return _arranged(request, item.meeting, news=f"Now item {position}.")


@institution_view(Permission.AGENDA_WRITE)
@require_http_methods(["POST"])
def arrange(request: InstitutionRequest, meeting_id: UUID) -> HttpResponse:
    """Put the whole list into the order of `items`, as dragging `moved` left it."""
    meeting = get_object_or_404(Meeting.objects.select_related("board"), pk=meeting_id)
    ids = [found for typed in request.POST.get("items", "").split() if (found := _id(typed))]
    try:
        services.arrange(meeting=meeting, item_ids=ids, by=request.user)
    except Invalid as error:
        return _arranged(request, meeting, fault=" ".join(error.errors["items"]))
    except Refused as error:
        return _arranged(request, meeting, fault=str(error))
    moved = _id(request.POST.get("moved", ""))
    news = f"Now item {ids.index(moved) + 1}." if moved in ids else "The list is in order."
    return _arranged(request, meeting, news=news)


@institution_view(Permission.AGENDA_WRITE)
@require_http_methods(["GET", "POST"])
def question(request: InstitutionRequest, item_id: UUID) -> HttpResponse:
    """Change what the board is asked, who is needed for it, and how long it will take."""
    item = item_or_404(item_id)
    form = DetailsForm(
        request.POST if request.method == "POST" else None,
        initial={
            "question": item.question,
            "minutes": item.minutes,
            "also_needed": item.also_needed,
        },
    )
    watch(form, item)
    if request.method == "POST" and form.is_valid():
        typed, by = form.cleaned_data, request.user
        with errors_on(form):
            services.ask(item=item, question=typed["question"], by=by)
            agenda_details.set_minutes(item=item, minutes=typed["minutes"], by=by)
            agenda_details.set_also_needed(item=item, specialties=typed["also_needed"], by=by)
        if form.is_valid():
            return redirect("meeting", request.institution.slug, item.meeting_id)
    record(action="case.read", subject=item.case, by=request.user)
    lines = agendas.lines_of([item])
    context = {
        "form": form,
        "item": item,
        "expected": expected_of_each(lines)[item.pk],
        "needed": needed_specialties(item),
        "base_minutes": BASE_MINUTES,
        "addends": ADDENDS,
        "protocol_minutes": PROTOCOL_MINUTES,
    }
    return form_page(request, "boards/question.html", context)


@institution_view(Permission.AGENDA_WRITE)
@require_http_methods(["GET", "POST"])
def take_off(request: InstitutionRequest, item_id: UUID) -> HttpResponse:
    """Ask, then take a case off its list."""
    item = item_or_404(item_id)
    if request.method == "POST":
        try:
            services.take_off(item=item, by=request.user)
            messages.success(request, "The case is off the list.")
        except Refused as error:
            messages.error(request, str(error))
        return redirect("meeting", request.institution.slug, item.meeting_id)
    record(action="case.read", subject=item.case, by=request.user)
    return render(request, "boards/take_off.html", {"item": item})


def _arranged(
    request: InstitutionRequest, meeting: Meeting, *, news: str = "", fault: str = ""
) -> HttpResponse:
    """The list as it stands now, with what was done or why nothing was; without htmx, the page."""
    if not request.htmx:
        say = messages.error if fault else messages.info
        say(request, fault or news)
        return redirect("meeting", request.institution.slug, meeting.pk)
    context = {"meeting": meeting, "agenda": prepared_agenda(meeting), "fault": fault}
    response = render(request, "boards/agenda_list.html", context, status=INVALID if fault else 200)
    return trigger_client_event(response, "announce", fault or news)


def _id(typed: str) -> UUID | None:
    try:
        return UUID(typed)
    except ValueError:
        return None
