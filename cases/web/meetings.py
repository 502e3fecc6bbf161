"""One meeting: its agenda, who is present, and the agenda on paper."""

from collections.abc import Iterable
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
from cases.documents.timeline.rendering import make_ready
from cases.models import Attendance, Meeting
from cases.models.specialty import Specialty
from cases.selectors import agendas
from cases.selectors.board_members import specialties, specialty_of
from cases.selectors.prepared_agenda import prepared_agenda
from cases.services import attendances
from cases.services.errors import Refused
from cases.web.errors import errors_on
from cases.web.forms.boards import AttendanceForm
from cases.web.pdf import paper_of, pdf_response
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.own_roles import AnyRole
from tumorboard.accounts.permissions import Permission
from tumorboard.accounts.selectors import Member, member, members
from tumorboard.audit.record import record


@institution_view(Permission.BOARD_READ)
@require_http_methods(["GET"])
def meeting(request: InstitutionRequest, meeting_id: UUID) -> HttpResponse:
    """The agenda of one meeting, and who is present."""
    found = _meeting_or_404(meeting_id)
    make_ready()  # the agenda on paper, with a picture for each case, is one click from here
    return _page(request, found, AttendanceForm())


@institution_view(Permission.BOARD_READ)
@require_http_methods(["GET"])
def agenda_pdf(request: InstitutionRequest, meeting_id: UUID) -> HttpResponse:
    """The agenda on paper."""
    found = _meeting_or_404(meeting_id)
    now = timezone.now()
    document = agenda_document(found, printed_at=now)
    shown = agendas.listed_cases(found)
    record(action="agenda.printed", subject=found, by=request.user, shown=shown)
    day = timezone.localdate(found.starts_at)
    pdf = render_agenda(document, created_at=now, page_size=paper_of(request))
    return pdf_response(pdf, filename=f"agenda-{day}.pdf")


@institution_view(Permission.AGENDA_WRITE)
@require_http_methods(["POST"])
def note_present(request: InstitutionRequest, meeting_id: UUID) -> HttpResponse:
    """Note a member by one click, or somebody from outside by name and specialty."""
    found = _meeting_or_404(meeting_id)
    form: forms.Form = AttendanceForm(request.POST)
    if "person" in request.POST:
        form = AttendanceForm(_as_attendee(found, request.POST["person"]))
    if form.is_valid():
        person = _member_or_404(request.POST["person"]).user if "person" in request.POST else None
        with errors_on(form):
            attendances.note_present(
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
    news = f"{attendance.name} is off the list."
    try:
        attendances.note_absent(attendance=attendance, by=request.user)
    except Refused as error:
        news = str(error)
        if not request.htmx:
            messages.error(request, news)
    return _changed(request, attendance.meeting, news)


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


def _as_attendee(meeting: Meeting, person: str) -> dict[str, str]:
    """A member in the fields of the form; whoever sits on the board counts for their specialty."""
    found = _member_or_404(person)
    counts = specialty_of(meeting.board_id, found.user)
    return {
        "name": found.user.name,
        "specialty": "" if counts else found.roles[0].value.label,
        "specialty_code": counts,
    }


def _attendance(meeting: Meeting, form: forms.Form) -> dict[str, Any]:
    present = agendas.present_at(meeting)
    noted = {attendance.person_id for attendance in present}
    names = {attendance.name for attendance in present}
    stands_for = specialties(meeting.board_id)
    offered, others = [], []
    for user, roles in members():
        if user.pk in noted or user.name in names or not _reads_boards(roles):
            continue
        counts = stands_for.get(user.pk)
        role = Specialty(counts).label if counts else roles[0].value.label
        sitting = offered if user.pk in stands_for else others
        sitting.append({"id": user.pk, "name": user.name, "role": role})
    listed = {"present": present, "offered": offered, "others": others}
    return {"meeting": meeting, "form": form, **listed}


def _reads_boards(roles: Iterable[AnyRole]) -> bool:
    return any(Permission.BOARD_READ in role.value.permissions for role in roles)


def _page(request: InstitutionRequest, meeting: Meeting, form: forms.Form) -> HttpResponse:
    prepared = prepared_agenda(meeting)
    shown = [prepared_line.line.item.case_id for prepared_line in prepared.lines]
    record(action="agenda.read", subject=meeting, by=request.user, shown=shown)
    context = {"agenda": prepared, **_attendance(meeting, form)}
    return render(request, "boards/meeting.html", context, status=422 if form.errors else 200)


def _panel_or_page(request: InstitutionRequest, meeting: Meeting, form: forms.Form) -> HttpResponse:
    if not request.htmx:
        return _page(request, meeting, form)
    return render(request, "boards/attendance.html", _attendance(meeting, form), status=422)


def _changed(request: InstitutionRequest, meeting: Meeting, news: str) -> HttpResponse:
    if request.htmx:
        context = _attendance(meeting, AttendanceForm())
        beside = {"is_changed": True, "agenda": prepared_agenda(meeting)}
        response = render(request, "boards/attendance.html", {**context, **beside})
        return trigger_client_event(response, "announce", news)
    return redirect(reverse("meeting", args=[request.institution.slug, meeting.pk]) + "#present")
