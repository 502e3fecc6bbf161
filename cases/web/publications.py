"""Publishing an agenda, and reading what was published."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from cases.documents.agenda import render_agenda
from cases.documents.build_agenda import agenda_document
from cases.models import AgendaPublication, Meeting
from cases.selectors.agendas import agenda
from cases.selectors.publications import frozen, is_whole, lines_of, pdf_of
from cases.services import publications as services
from cases.services.errors import Refused
from cases.web.pdf import pdf_response
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record
from tumorboard.tenancy.scope import seeing_unrestricted


@institution_view(Permission.AGENDA_WRITE)
@require_POST
def publish(request: InstitutionRequest, meeting_id: UUID) -> HttpResponse:
    """Freeze the agenda as its next version and send it to the board's members."""
    meeting = get_object_or_404(Meeting.objects.select_related("board"), pk=meeting_id)
    now = timezone.now()
    try:
        # What everybody gets holds no restricted case, whoever publishes it.
        with seeing_unrestricted():
            lines = frozen(agenda(meeting))
            pdf = render_agenda(agenda_document(meeting, printed_at=now), created_at=now)
        done = services.publish(meeting=meeting, lines=lines, pdf=pdf, by=request.user)
        messages.success(request, f"Version {done.number} is published.")
    except Refused as error:
        messages.error(request, str(error))
    return redirect("meeting", request.institution.slug, meeting.pk)


@institution_view(Permission.BOARD_READ)
@require_GET
def publication(request: InstitutionRequest, publication_id: UUID) -> HttpResponse:
    """One version of an agenda as it was published."""
    found = _publication_or_404(publication_id)
    lines = lines_of(found)
    shown = [UUID(line.case) for line in lines]
    record(action="agenda.read", subject=found.meeting, by=request.user, shown=shown)
    context = {"publication": found, "lines": lines, "is_whole": is_whole(found)}
    return render(request, "boards/publication.html", context)


@institution_view(Permission.BOARD_READ)
@require_GET
def publication_pdf(request: InstitutionRequest, publication_id: UUID) -> HttpResponse:
    """The agenda on paper, byte for byte as it was published."""
    found = _publication_or_404(publication_id)
    if not is_whole(found):
        # Printed before one of its cases was restricted to others.
        raise Http404
    shown = [UUID(line.case) for line in lines_of(found)]
    pdf = pdf_of(found)
    if pdf is None:
        messages.error(request, "This PDF cannot be opened: a patient on it was erased since.")
        return redirect("agenda_publication", request.institution.slug, found.pk)
    record(action="agenda.printed", subject=found.meeting, by=request.user, shown=shown)
    day = timezone.localdate(found.meeting.starts_at)
    return pdf_response(pdf, filename=f"agenda-{day}-version-{found.number}.pdf")


def _publication_or_404(publication_id: UUID) -> AgendaPublication:
    rows = AgendaPublication.objects.select_related("meeting__board", "published_by")
    return get_object_or_404(rows, pk=publication_id)
