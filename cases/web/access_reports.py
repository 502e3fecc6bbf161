"""A patient's access report: who has seen their data."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cases.documents.access_report import AccessDocument, AccessPerson, render_access_report
from cases.models import Patient
from cases.selectors.access_report import Access, accesses
from cases.web.errors import INVALID
from cases.web.forms.audit import PeriodForm, usual_period
from cases.web.found import patient_or_404
from cases.web.pdf import paper_of, pdf_response
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record
from tumorboard.formats import day, moment

#: How far back the report looks where nobody asks for more.
USUAL_DAYS = 365


@institution_view(Permission.DISCLOSURE_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def access_report(request: InstitutionRequest, patient_id: UUID) -> HttpResponse:
    """Everybody who saw or changed the patient's data; with `print`, as a PDF."""
    patient = patient_or_404(patient_id)
    form = PeriodForm(request.POST if request.method == "POST" else usual_period(USUAL_DAYS))
    context = {"form": form, "patient": patient}
    if not form.is_valid():
        record(action="patient.read", subject=patient, by=request.user)
        return render(request, "audit/access_report.html", context, status=INVALID)
    found = accesses(patient, since=form.since, until=form.until)
    if "print" in request.POST:
        record(action="patient.access_report.printed", subject=patient, by=request.user)
        return _printed(request, patient, form, found)
    record(action="patient.access_report.read", subject=patient, by=request.user)
    return render(request, "audit/access_report.html", context | {"people": found})


def _printed(
    request: InstitutionRequest, patient: Patient, form: PeriodForm, found: list[Access]
) -> HttpResponse:
    now = timezone.now()
    given = form.cleaned_data
    document = AccessDocument(
        institution=request.institution.name,
        patient_name=patient.name,
        record_number=patient.record_number,
        period=f"{day(given['first'])} to {day(given['last'])}",
        printed_on=moment(now),
        people=tuple(_person(access) for access in found),
    )
    pdf = render_access_report(document, created_at=now, page_size=paper_of(request))
    return pdf_response(pdf, filename="access-report.pdf")


def _person(access: Access) -> AccessPerson:
    lines = tuple(
        (day(line.day), line.what, str(line.times), line.via, line.why) for line in access.lines
    )
    return AccessPerson(name=access.name, role=access.role, lines=lines)
