"""One meeting: its agenda, who is present, and the agenda on paper."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from django_htmx.http import trigger_client_event

from cases.documents.agenda import render_agenda
from cases.documents.build_agenda import agenda_document
from cases.models import Attendance, Meeting
from cases.selectors import agendas
from cases.services import boards as services
from cases.services.errors import Refused
from cases.web.errors import errors_on
from cases.web.forms.boards import AttendanceForm
from cases.web.pdf import pdf_response
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission
from tumorboard.accounts.selectors import Member, member, members
from tumorboard.audit.record import record


@institution_view(Permission.BOARD_READ)
@require_http_methods(["GET"])
def meeting(request: InstitutionRequest, meeting_id: UUID) -> HttpResponse:
    """The agenda of one meeting, and who is present."""
    found = _meeting_or_404(meeting_id)
    return _page(request, found, AttendanceForm())


@institution_view(Permission.BOARD_READ)
@require_http_methods(["GET"])
def agenda_pdf(request: InstitutionRequest, meeting_id: UUID) -> HttpResponse:
    """The agenda on paper."""
    found = _meeting_or_404(meeting_id)
    now = timezone.now()
    document = agenda_document(found, printed_at=now)
    record(action="agenda.printed", subject=found, by=request.user)
    day = timezone.localdate(found.starts_at)
    return pdf_response(render_agenda(document, created_at=now), filename=f"agenda-{day}.pdf")


@institution_view(Permission.BOARD_MANAGE)
@require_http_methods(["GET", "POST"])
def cancel(request: InstitutionRequest, meeting_id: UUID) -> HttpResponse:
    """Ask, then cancel a meeting."""
    found = _meeting_or_404(meeting_id)
    if request.method == "GET":
        context = {"meeting": found, "count": found.items.count()}
        return render(request, "boards/meeting_cancel.html", context)
    try:
        services.cancel_meeting(meeting=found, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
        return redirect("meeting", request.institution.slug, meeting_id)
    messages.success(request, "The meeting is canceled.")
    return redirect("boards", request.institution.slug)


@institution_view(Permission.AGENDA_WRITE)
@require_http_methods(["POST"])
def note_present(request: InstitutionRequest, meeting_id: UUID) -> HttpResponse:
    """Note a member by one click, or somebody from outside by name and specialty."""
    found = _meeting_or_404(meeting_id)
    form: forms.Form = AttendanceForm(request.POST)
    if "person" in request.POST:
        form = AttendanceForm(_as_attendee(request.POST["person"]))
    if form.is_valid():
        person = _member_or_404(request.POST["person"]).user if "person" in request.POST else None
        with errors_on(form):
            services.note_present(
                meeting=found, person=person, **form.cleaned_data, by=request.user
            )
    if not form.is_valid():
        return _panel_or_page(request, found, form)
    return _changed(request, found, f"{form.cleaned_data['name']} is noted as present.")


@institution_view(Permission.AGENDA_WRITE)
@require_http_methods(["POST"])
def note_absent(request: InstitutionRequest, attendance_id: UUID) -> HttpResponse:
    """Take somebody off the list of those present."""
    attendance = get_object_or_404(
        Attendance.objects.select_related("meeting__board"), pk=attendance_id
    )
    services.note_absent(attendance=attendance, by=request.user)
    return _changed(request, attendance.meeting, f"{attendance.name} is off the list.")


def _meeting_or_404(meeting_id: UUID) -> Meeting:
    return get_object_or_404(Meeting.objects.select_related("board"), pk=meeting_id)


def _member_or_404(person: str) -> Member:
    try:
        found = member(UUID(person))
    except ValueError:
        found = None
    if found is None:
        raise Http404
    return found


def _as_attendee(person: str) -> dict[str, str]:
    found = _member_or_404(person)
    return {"name": found.user.name, "specialty": found.roles[0].value.label}


def _attendance(meeting: Meeting, form: forms.Form) -> dict[str, Any]:
    present = agendas.present_at(meeting)
    noted = {attendance.person_id for attendance in present}
    names = {attendance.name for attendance in present}
    offered = [
        {"id": user.pk, "name": user.name, "role": roles[0].value.label}
        for user, roles in members()
        if user.pk not in noted
        and user.name not in names
        and any(Permission.BOARD_READ in role.value.permissions for role in roles)
    ]
    return {"meeting": meeting, "form": form, "present": present, "offered": offered}


def _page(request: InstitutionRequest, meeting: Meeting, form: forms.Form) -> HttpResponse:
    record(action="agenda.read", subject=meeting, by=request.user)
    lines = agendas.agenda(meeting)
    signed = sum(line.decision is not None for line in lines)
    context = {"lines": lines, "signed": signed, **_attendance(meeting, form)}
    return render(request, "boards/meeting.html", context, status=422 if form.errors else 200)


def _panel_or_page(request: InstitutionRequest, meeting: Meeting, form: forms.Form) -> HttpResponse:
    if not request.htmx:
        return _page(request, meeting, form)
    status = 422 if form.errors else 200
    return render(request, "boards/attendance.html", _attendance(meeting, form), status=status)


def _changed(request: InstitutionRequest, meeting: Meeting, news: str) -> HttpResponse:
    if request.htmx:
        response = _panel_or_page(request, meeting, AttendanceForm())
        return trigger_client_event(response, "announce", news)
    return redirect(reverse("meeting", args=[request.institution.slug, meeting.pk]) + "#present")
