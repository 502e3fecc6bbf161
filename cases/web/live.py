"""A running meeting: what everybody follows, and what the presenter does."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cases.models import AgendaItem, Meeting
from cases.selectors import agendas
from cases.selectors import live as selectors
from cases.selectors.recommended import in_words
from cases.services import attendances, discussions
from cases.services.decision_sheets import sheet_of
from cases.services.errors import Invalid, Refused
from cases.web.board_item import item_or_404
from cases.web.item_screen import item_screen
from cases.web.live_bar import (
    alike_html,
    bar_context,
    bar_html,
    follower_of,
    live_or_404,
    looked_at,
)
from cases.web.shared_readings import shared
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record


@institution_view(Permission.BOARD_READ)
@require_http_methods(["GET"])
def live_page(request: InstitutionRequest, meeting_id: UUID) -> HttpResponse:
    """The meeting as it runs: what is before the board, or with `item` a case of one's own."""
    live = live_or_404(meeting_id)
    shown = [case.item.case_id for case in live.cases]
    record(action="meeting.followed", subject=live.meeting, by=request.user, shown=shown)
    context = bar_context(live, follower_of(request, live))
    looked = looked_at(request, live)
    if looked is not None:
        item = item_or_404(looked.item.pk)
        record(action="agenda_item.read", subject=item.case, by=request.user)
        context |= {**item_screen(request, item), **_conclusion(item)}
    return render(request, "boards/live.html", context)


@institution_view(Permission.BOARD_READ, keeps_alive=False)
@require_http_methods(["GET"])
def live_bar(request: InstitutionRequest, meeting_id: UUID) -> HttpResponse:
    """The bar above the case: what everybody asks for again whenever the meeting changes.

    With `had`, the item that the page shows, and another one to be shown now, its case and the
    decision to read come along: two hundred pages that each ask three times would be late.
    """
    live = live_or_404(meeting_id)
    follower = follower_of(request, live)
    looked = looked_at(request, live)
    had = request.GET.get("had")
    if had and looked is not None and had != str(looked.item.pk):
        item = looked.item
        record(action="agenda_item.read", subject=item.case, by=request.user)
        follower = replace(follower, case_part=_case_part(request, item))
        if Permission.DECISION_WRITE not in request.permissions or looked.is_signed:
            follower = replace(follower, decision_part=_conclusion_part(request, item))
    return HttpResponse(bar_html(request, live, follower))


@institution_view(Permission.BOARD_READ, keeps_alive=False)
@require_http_methods(["GET"])
def live_state(request: InstitutionRequest, meeting_id: UUID) -> HttpResponse:
    """The meeting's revision, for pages that cannot hold a stream."""
    revision = selectors.revision_of(meeting_id)
    if revision is None:
        raise Http404
    return JsonResponse({"revision": revision})


@institution_view(Permission.BOARD_READ, keeps_alive=False)
@require_http_methods(["GET"])
def live_case(request: InstitutionRequest, item_id: UUID) -> HttpResponse:
    """The screen of one item, as a part of the page."""
    item = item_or_404(item_id)
    record(action="agenda_item.read", subject=item.case, by=request.user)
    return HttpResponse(_case_part(request, item))


@institution_view(Permission.BOARD_READ, keeps_alive=False)
@require_http_methods(["GET"])
def live_conclusion(request: InstitutionRequest, item_id: UUID) -> HttpResponse:
    """The decision of one item to read: as it is being written, then as it was signed."""
    item = item_or_404(item_id)
    record(action="decision.read", subject=item.case, by=request.user)
    return HttpResponse(_conclusion_part(request, item))


@institution_view(Permission.AGENDA_WRITE)
@require_http_methods(["POST"])
def live_run(request: InstitutionRequest, meeting_id: UUID) -> HttpResponse:
    """Begin, show a case to all, stop and start its clock, end."""
    meeting = _meeting_or_404(meeting_id)
    try:
        match request.POST.get("do"):
            case "show":
                item = _item_of(meeting, request.POST.get("item", ""))
                discussions.show(item=item, by=request.user)
            case "pause":
                discussions.pause(meeting=meeting, by=request.user)
            case "end":
                discussions.end(meeting=meeting, by=request.user)
            case "begin":
                discussions.begin(meeting=meeting, by=request.user)
            case _:
                message = "What is to be done with the meeting is none of what can be done."
                raise BadRequest(message)
    except Refused as error:
        return _answer(request, meeting, refused=str(error))
    return _answer(request, meeting)


@institution_view(Permission.BOARD_READ)
@require_http_methods(["POST"])
def live_join(request: InstitutionRequest, meeting_id: UUID) -> HttpResponse:
    """Note oneself as present, for the specialty one stands for."""
    meeting = _meeting_or_404(meeting_id)
    try:
        attendances.note_present(
            meeting=meeting,
            name=request.user.name,
            person=request.user,
            specialty_code=request.POST.get("specialty", ""),
            by=request.user,
        )
    except Invalid as error:
        reasons = (reason for of_field in error.errors.values() for reason in of_field)
        return _answer(request, meeting, refused=" ".join(reasons))
    except Refused as error:
        return _answer(request, meeting, refused=str(error))
    return _answer(request, meeting)


def _meeting_or_404(meeting_id: UUID) -> Meeting:
    return get_object_or_404(Meeting.objects.select_related("board"), pk=meeting_id)


def _item_of(meeting: Meeting, item_id: str) -> AgendaItem:
    try:
        wanted = UUID(item_id)
    except ValueError as error:
        raise Http404 from error
    items = AgendaItem.objects.select_related("meeting")
    return get_object_or_404(items, pk=wanted, meeting=meeting)


def _answer(request: InstitutionRequest, meeting: Meeting, refused: str = "") -> HttpResponse:
    """The bar as it is now for htmx; the page for everybody else."""
    if request.htmx:
        live = live_or_404(meeting.pk)
        return HttpResponse(bar_html(request, live, follower_of(request, live, refused)))
    if refused:
        messages.error(request, refused)
    return redirect(reverse("live", args=[request.institution.slug, meeting.pk]))


def _case_part(request: InstitutionRequest, item: AgendaItem) -> str:
    return _part(
        request,
        "boards/item_screen.html",
        item,
        lambda: {**item_screen(request, item), "is_live": True},
    )


def _conclusion_part(request: InstitutionRequest, item: AgendaItem) -> str:
    return _part(
        request, "boards/live_conclusion.html", item, lambda: {"item": item, **_conclusion(item)}
    )


def _part(
    request: InstitutionRequest,
    template: str,
    item: AgendaItem,
    context: Callable[[], dict[str, Any]],
) -> str:
    """A part of the page that all see alike who may do the same."""
    key = (template, item.pk, item.meeting.revision, item.case.version, request.permissions)
    return shared(key, lambda: alike_html(template, request.permissions, context()))


def _conclusion(item: AgendaItem) -> dict[str, Any]:
    """The decision of an item to read; `decision` where it is signed, else `sheet` if begun."""
    decision = agendas.decision_of(item)
    sheet = None if decision else sheet_of(item)
    asked = decision.recommendations.all() if decision else sheet.recommendations if sheet else []
    assessment = decision.assessment if decision else item.case.assessment
    words = in_words(asked, version=assessment.edition_version)
    people = decision.participants.all() if decision else sheet.people if sheet else []
    return {
        "decision": decision,
        "sheet": sheet,
        "recommendations": words,
        "concluded": decision or (sheet.draft if sheet else None),
        "dissenters": [person for person in people if person.dissent],
    }
