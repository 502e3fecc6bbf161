"""A running meeting: what everybody follows, and what the presenter does."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cases.models import AgendaItem, Attendance, Meeting
from cases.models.specialty import Specialty
from cases.selectors import agendas
from cases.selectors import live as selectors
from cases.selectors.board_members import specialty_of
from cases.selectors.live import Live, LiveCase
from cases.selectors.quorum import inside_sentence
from cases.selectors.recommended import in_words
from cases.services import attendances, discussions
from cases.services.decision_sheets import sheet_of
from cases.services.errors import Invalid, Refused
from cases.web.board_item import item_or_404
from cases.web.item_screen import item_screen
from cases.web.shared_readings import shared
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.models import User
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record


@institution_view(Permission.BOARD_READ)
@require_http_methods(["GET"])
def live_page(request: InstitutionRequest, meeting_id: UUID) -> HttpResponse:
    """The meeting as it runs: what is before the board, or with `item` a case of one's own."""
    meeting = _meeting_or_404(meeting_id)
    context = _bar(request, meeting)
    record(action="meeting.followed", subject=meeting, by=request.user)
    looked: LiveCase | None = context["looked"]
    if looked is not None:
        item = item_or_404(looked.item.pk)
        record(action="agenda_item.read", subject=item.case, by=request.user)
        context |= {**item_screen(request, item), **_conclusion(item)}
    return render(request, "boards/live.html", context)


@institution_view(Permission.BOARD_READ)
@require_http_methods(["GET"])
def live_bar(request: InstitutionRequest, meeting_id: UUID) -> HttpResponse:
    """The bar above the case: what everybody asks for again whenever the meeting changes.

    With `had`, the item that the page shows, and another one to be shown now, its case and the
    decision to read come along: two hundred pages that each ask three times would be late.
    """
    context = _bar(request, _meeting_or_404(meeting_id))
    looked: LiveCase | None = context["looked"]
    had = request.GET.get("had")
    if had and looked is not None and had != str(looked.item.pk):
        item = looked.item
        record(action="agenda_item.read", subject=item.case, by=request.user)
        context |= {"case_part": _case_part(request, item)}
        if Permission.DECISION_WRITE not in request.permissions or looked.is_signed:
            context |= {"decision_part": _conclusion_part(request, item)}
    return render(request, "boards/live_bar.html", context)


@institution_view(Permission.BOARD_READ)
@require_http_methods(["GET"])
def live_state(request: InstitutionRequest, meeting_id: UUID) -> HttpResponse:
    """The meeting's revision, for pages that cannot hold a stream."""
    revision = selectors.revision_of(meeting_id)
    if revision is None:
        raise Http404
    return JsonResponse({"revision": revision})


@institution_view(Permission.BOARD_READ)
@require_http_methods(["GET"])
def live_case(request: InstitutionRequest, item_id: UUID) -> HttpResponse:
    """The screen of one item, as a part of the page."""
    item = item_or_404(item_id)
    record(action="agenda_item.read", subject=item.case, by=request.user)
    return HttpResponse(_case_part(request, item))


@institution_view(Permission.BOARD_READ)
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
        return _bar_response(request, _meeting_or_404(meeting.pk), refused)
    if refused:
        messages.error(request, refused)
    return redirect(reverse("live", args=[request.institution.slug, meeting.pk]))


def _bar_response(request: InstitutionRequest, meeting: Meeting, refused: str = "") -> HttpResponse:
    context = {**_bar(request, meeting), "refused": refused}
    return render(request, "boards/live_bar.html", context)


def _bar(request: InstitutionRequest, meeting: Meeting) -> dict[str, Any]:
    """What the bar shows to this person, who may look at a case of their own."""
    live = shared(("live", meeting.pk, meeting.revision), lambda: selectors.live(meeting))
    own = _looked_at(live, request.GET.get("item") or request.POST.get("look", ""))
    looked = own or live.shown or live.to_begin_with
    may_run = Permission.AGENDA_WRITE in request.permissions and meeting.ended_at is None
    is_astray = looked is not None and live.shown is not None and looked is not live.shown
    here = next((p for p in live.people if p.person_id == request.user.pk), None)
    return {
        "meeting": meeting,
        "live": live,
        "looked": looked,
        "is_astray": is_astray,
        "previous": live.before(looked) if looked else None,
        "next": live.after(looked) if looked else None,
        "may_run": may_run,
        # Who showed the last case leads on with the same keys; everybody else leafs alone.
        "leads": may_run and live.presenter_id == request.user.pk and not is_astray,
        "screen_stamp": _stamp(live, looked) if looked else "",
        "is_mine": _is_mine(looked, request.user.pk),
        "here": here,
        "here_for": _stands_for(here) if here else "",
        "is_early": meeting.began_at is None
        and meeting.starts_at > timezone.now() + discussions.EARLIEST,
        "earliest_hours": discussions.EARLIEST.seconds // 3600,
        "seat": None if here else _seat(meeting, request.user),
        "specialties": () if here else Specialty.choices,
    }


def _stamp(live: Live, looked: LiveCase) -> str:
    key = ("stamp", looked.item.pk, live.meeting.revision)
    return shared(key, lambda: selectors.screen_stamp(looked.item))


def _case_part(request: InstitutionRequest, item: AgendaItem) -> str:
    return _part(request, "boards/item_screen.html", item, lambda: item_screen(request, item))


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
    return shared(key, lambda: render_to_string(template, context(), request))


def _looked_at(live: Live, item_id: str) -> LiveCase | None:
    try:
        return live.case(UUID(item_id))
    except ValueError:
        return None


def _is_mine(looked: LiveCase | None, person_id: UUID) -> bool:
    """Whether the newest state of the draft is what this person wrote themselves."""
    draft = looked.line.draft if looked else None
    return draft is not None and draft.changed_by_id == person_id


def _stands_for(here: Attendance) -> str:
    """For which specialty somebody is present, inside a sentence; as noted where in words only."""
    code = here.specialty_code
    return inside_sentence(Specialty(code)) if code in Specialty.values else here.specialty


def _seat(meeting: Meeting, person: User) -> Specialty | None:
    """The specialty for which a person sits on the board."""
    code = specialty_of(meeting.board_id, person)
    return Specialty(code) if code else None


def _conclusion(item: AgendaItem) -> dict[str, Any]:
    """The decision of an item to read; `decision` where it is signed, else `sheet` if begun."""
    decision = agendas.decision_of(item)
    sheet = None if decision else sheet_of(item)
    asked = decision.recommendations.all() if decision else sheet.recommendations if sheet else []
    assessment = decision.assessment if decision else item.case.assessment
    words = in_words(asked, version=assessment.edition_version)
    return {"decision": decision, "sheet": sheet, "recommendations": words}
