"""The queue of cases that ask for a board, and the lists they are put on."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods
from django_htmx.http import trigger_client_event

from cases.models import AgendaItem
from cases.selectors import agendas
from cases.selectors.cases import page
from cases.services import agendas as services
from cases.services.errors import Refused
from cases.web.errors import errors_on
from cases.web.forms.agendas import PutOnForm, QuestionForm, meeting_choices
from cases.web.found import case_or_404
from cases.web.numbers import page_number
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record
from tumorboard.formats import moment

QUEUE_SIZE = 25


@institution_view(Permission.BOARD_READ)
@require_http_methods(["GET"])
def board_queue(request: InstitutionRequest) -> HttpResponse:
    """Every case that asks for the board, with why."""
    number = page_number(request.GET.get("page", ""))
    found = page(agendas.queue(), number=number, size=QUEUE_SIZE)
    record(action="queue.read", subject=request.institution, by=request.user)
    context = {
        "page": found,
        "meetings": meeting_choices(agendas.coming_meetings()),
        "previous_url": f"?page={found.previous}" if found.has_previous else "",
        "next_url": f"?page={found.next}" if found.has_next else "",
    }
    return render(request, "boards/queue.html", context)


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
            when = moment(item.meeting.starts_at)
            messages.success(request, f"The case is item {item.position} on the list of {when}.")
            if request.POST.get("back") == "queue":
                return redirect("board_queue", request.institution.slug)
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
    item = _item_or_404(item_id)
    try:
        position = services.move(item=item, up=request.POST.get("move") == "up", by=request.user)
        news = f"Now item {position}."
    except Refused as error:
        news = str(error)
    if not request.htmx:
        messages.info(request, news)
        return redirect("meeting", request.institution.slug, item.meeting_id)
    context = {"meeting": item.meeting, "lines": agendas.agenda(item.meeting)}
    response = render(request, "boards/agenda_list.html", context)
    return trigger_client_event(response, "announce", news)


@institution_view(Permission.AGENDA_WRITE)
@require_http_methods(["GET", "POST"])
def question(request: InstitutionRequest, item_id: UUID) -> HttpResponse:
    """Change what the board is asked."""
    item = _item_or_404(item_id)
    form = QuestionForm(
        request.POST if request.method == "POST" else None, initial={"question": item.question}
    )
    if request.method == "POST" and form.is_valid():
        with errors_on(form):
            services.ask(item=item, **form.cleaned_data, by=request.user)
        if form.is_valid():
            return redirect("meeting", request.institution.slug, item.meeting_id)
    record(action="case.read", subject=item.case, by=request.user)
    context = {"form": form, "item": item}
    return render(request, "boards/question.html", context, status=422 if form.errors else 200)


@institution_view(Permission.AGENDA_WRITE)
@require_http_methods(["GET", "POST"])
def take_off(request: InstitutionRequest, item_id: UUID) -> HttpResponse:
    """Ask, then take a case off its list."""
    item = _item_or_404(item_id)
    if request.method == "POST":
        try:
            services.take_off(item=item, by=request.user)
            messages.success(request, "The case is off the list.")
        except Refused as error:
            messages.error(request, str(error))
        return redirect("meeting", request.institution.slug, item.meeting_id)
    record(action="case.read", subject=item.case, by=request.user)
    return render(request, "boards/take_off.html", {"item": item})


def _item_or_404(item_id: UUID) -> AgendaItem:
    items = AgendaItem.objects.select_related("case__patient", "meeting__board")
    return get_object_or_404(items, pk=item_id)
