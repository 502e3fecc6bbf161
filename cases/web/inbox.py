"""Pages of the inbox: what other systems sent, and what of it comes into the record."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.models import Case, InboxMessage, InboxProposal, IntakeSource
from cases.models.inbox_message import WAITING, MessageState
from cases.models.inbox_proposal import ProposalState
from cases.readings.reading import Kind
from cases.selectors import inbox as selectors
from cases.selectors.inbox_contents import identifiers_of, readings_of
from cases.services.errors import Invalid, Refused
from cases.services.intake import choosing, deciding, sources
from cases.services.intake.beside import TITLES, beside
from cases.web.errors import errors_on
from cases.web.forms.inbox import (
    CaseForm,
    InboxSearchForm,
    NewCaseForm,
    NewPatientForm,
    OutcomeForm,
    PatientForm,
    SourceForm,
)
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record

MOST_SHOWN = 200
INVALID = 422
NO_SUCH = "No patient here has this record number."


@institution_view(Permission.INTAKE_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: InstitutionRequest) -> HttpResponse:
    """What waits, the oldest first; a POST searches, since no number stands in an address."""
    form = InboxSearchForm(request.POST if request.method == "POST" else None)
    asked = form.cleaned_data if form.is_bound and form.is_valid() else {}
    number = asked.get("record_number", "")
    patient = selectors.patient_by_number(number) if number else None
    found = selectors.messages(state=asked.get("state", ""), patient=patient)
    rows = [] if number and patient is None else list(found[: MOST_SHOWN + 1])
    shown = rows[:MOST_SHOWN]
    counts = selectors.counts()
    record(
        action="inbox.listed",
        subject=request.institution,
        by=request.user,
        criteria=[name for name, value in asked.items() if value],
        found=len(shown),
        shown=[row.patient_id for row in shown if row.patient_id],
    )
    context = {
        "form": form,
        "rows": shown,
        "has_more": len(rows) > MOST_SHOWN,
        "is_search": any(asked.values()),
        "counts": [(label, counts.get(value, 0)) for value, label in MessageState.choices],
    }
    return render(request, "inbox/listing.html", context)


@institution_view(Permission.INTAKE_MANAGE)
@require_safe
def show(request: InstitutionRequest, inbox_id: UUID) -> HttpResponse:
    """One message: what it proposes beside the record, what could not be read, the original."""
    return _page(request, _message_or_404(inbox_id))


@institution_view(Permission.INTAKE_MANAGE)
@require_POST
def accept_all(request: InstitutionRequest, inbox_id: UUID) -> HttpResponse:
    """Accept all that is open, as far as the record takes it."""
    message = _message_or_404(inbox_id)
    try:
        left = deciding.accept_all(message=message, by=request.user)
    except (Refused, Invalid) as error:
        messages.error(request, deciding.reason_of(error))
        return _back(request, message)
    for reason in dict.fromkeys(left.values()):
        messages.error(request, reason)
    if not left:
        messages.success(request, "Everything was accepted.")
    return _back(request, message)


@institution_view(Permission.INTAKE_MANAGE)
@require_POST
def refuse(request: InstitutionRequest, inbox_id: UUID) -> HttpResponse:
    """Take nothing more of a message."""
    message = _message_or_404(inbox_id)
    try:
        deciding.refuse(message=message, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
        return _back(request, message)
    messages.success(request, "The message was refused. It is kept.")
    return redirect("inbox", request.institution.slug)


@institution_view(Permission.INTAKE_MANAGE)
@require_POST
def read_again(request: InstitutionRequest, inbox_id: UUID) -> HttpResponse:
    """Read the original by the codes of today."""
    message = _message_or_404(inbox_id)
    try:
        choosing.read_again(message=message, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "The message was read again.")
    return _back(request, message)


@institution_view(Permission.INTAKE_MANAGE)
@require_POST
def set_patient(request: InstitutionRequest, inbox_id: UUID) -> HttpResponse:
    """Say whom a message is about, by record number."""
    message = _message_or_404(inbox_id)
    form = PatientForm(request.POST)
    if form.is_valid():
        patient = selectors.patient_by_number(form.cleaned_data["record_number"])
        if patient is None:
            form.add_error("record_number", NO_SUCH)
        else:
            cases = list(Case.objects.filter(patient=patient)[:2])
            case = cases[0] if len(cases) == 1 else None
            with errors_on(form):
                choosing.choose(message=message, patient=patient, case=case, by=request.user)
    return _after(request, message, form, patient_form=form)


@institution_view(Permission.INTAKE_MANAGE)
@require_POST
def new_patient(request: InstitutionRequest, inbox_id: UUID) -> HttpResponse:
    """Add the patient and a case."""
    message = _message_or_404(inbox_id)
    form = NewPatientForm(request.POST)
    if form.is_valid():
        with errors_on(form):
            choosing.make_patient(message=message, by=request.user, **form.cleaned_data)
    return _after(request, message, form, new_patient_form=form)


@institution_view(Permission.INTAKE_MANAGE)
@require_POST
def set_case(request: InstitutionRequest, inbox_id: UUID) -> HttpResponse:
    """Say to which of the patient's cases a message belongs."""
    message = _message_or_404(inbox_id)
    form = CaseForm(request.POST, patient=message.patient)
    if form.is_valid() and message.patient is not None:
        with errors_on(form):
            choosing.choose(
                message=message,
                patient=message.patient,
                case=form.cleaned_data["case"],
                by=request.user,
            )
    return _after(request, message, form, case_form=form)


@institution_view(Permission.INTAKE_MANAGE)
@require_POST
def new_case(request: InstitutionRequest, inbox_id: UUID) -> HttpResponse:
    """Open a case for the patient."""
    message = _message_or_404(inbox_id)
    form = NewCaseForm(request.POST)
    if form.is_valid():
        with errors_on(form):
            choosing.make_case(message=message, by=request.user, **form.cleaned_data)
    return _after(request, message, form, new_case_form=form)


@institution_view(Permission.INTAKE_MANAGE)
@require_POST
def accept(request: InstitutionRequest, proposal_id: UUID) -> HttpResponse:
    """Accept one proposal."""
    proposal = get_object_or_404(_proposals(), pk=proposal_id)
    form = OutcomeForm(request.POST)
    said = form.cleaned_data.get("outcome") if form.is_valid() else ""
    more = {"outcome": said} if said and proposal.kind == Kind.RESULT else {}
    try:
        deciding.accept(proposal=proposal, by=request.user, more=more)
    except (Refused, Invalid) as error:
        messages.error(request, deciding.reason_of(error))
    return _back(request, proposal.message)


@institution_view(Permission.INTAKE_MANAGE)
@require_POST
def reject(request: InstitutionRequest, proposal_id: UUID) -> HttpResponse:
    """Leave the record as it is."""
    proposal = get_object_or_404(_proposals(), pk=proposal_id)
    try:
        deciding.reject(proposal=proposal, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
    return _back(request, proposal.message)


@institution_view(Permission.INTAKE_MANAGE)
@require_safe
def all_sources(request: InstitutionRequest) -> HttpResponse:
    """The systems that have sent something."""
    record(action="intake_source.read", subject=request.institution, by=request.user)
    return render(request, "inbox/sources.html", {"sources": selectors.sources()})


@institution_view(Permission.INTAKE_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def source(request: InstitutionRequest, source_id: UUID) -> HttpResponse:
    """What one system may send."""
    row = get_object_or_404(IntakeSource.objects.select_related("client"), pk=source_id)
    form = SourceForm.of(row, request.POST if request.method == "POST" else None)
    if form.is_valid():
        with errors_on(form):
            sources.change(
                source=row,
                authorities=form.cleaned_data["authorities"].splitlines(),
                rules=form.cleaned_data["rules"],
                receivers=form.cleaned_data["receivers"].splitlines(),
                is_test=form.cleaned_data["is_test"],
                by=request.user,
            )
        if form.is_valid():
            messages.success(request, "Saved. It holds for what comes from now on.")
            return redirect("inbox_sources", request.institution.slug)
    record(action="intake_source.read", subject=row, by=request.user)
    status = INVALID if form.errors else None
    return render(request, "inbox/source.html", {"form": form, "source": row}, status=status)


def _message_or_404(key: UUID) -> InboxMessage:
    try:
        return selectors.message(key)
    except InboxMessage.DoesNotExist:
        raise Http404 from None


def _proposals() -> Any:
    return InboxProposal.objects.select_related("message__source__client", "message__patient")


def _after(
    request: InstitutionRequest, message: InboxMessage, form: Form, **forms: Form
) -> HttpResponse:
    """The page again where a form has errors, with what was typed; else the message as it is."""
    return _page(request, message, **forms) if form.errors else _back(request, message)


def _back(request: InstitutionRequest, message: InboxMessage) -> HttpResponse:
    return redirect("inbox_message", request.institution.slug, message.pk)


def _page(request: InstitutionRequest, message: InboxMessage, **forms: Form) -> HttpResponse:
    record(action="inbox.read", subject=message, by=request.user)
    content = message.content
    readings = readings_of(content)
    numbers = identifiers_of(readings)
    first = {"record_number": numbers[0].value if len(numbers) == 1 else ""}
    titles = [each.values.get("title", "") for each in readings if each.kind is Kind.DIAGNOSIS]
    title = {"title": next(filter(None, titles), "")}
    has_cases = bool(message.patient) and Case.objects.filter(patient=message.patient).exists()
    shown = beside(message, list(selectors.proposals(message)))
    untold = selectors.untold(message)
    superseded = selectors.superseded_by(message)
    context: dict[str, Any] = {
        "message": message,
        "waits": message.state in WAITING,
        "control_id": content.get("control_id", ""),
        "raw": content.get("raw", "").replace("\r", "\n"),
        "numbers": numbers,
        "beside": shown,
        "untold": [each for each in untold if not each.is_administrative],
        "administrative": [each for each in untold if each.is_administrative],
        "is_changed_since": message.patient_id is not None
        and any(row.is_open and row.proposal.kind == Kind.PATIENT for row in shown)
        and selectors.was_changed_since(message),
        "is_late": message.state in WAITING
        and any(row.proposal.state == ProposalState.SUPERSEDED for row in shown),
        "superseded": [(TITLES[Kind(row.kind)], row) for row in superseded],
        "reopened": [row for row in superseded if row.state == ProposalState.OPEN],
        "has_cases": has_cases,
        "can_accept": not message.is_test and any(row.is_open and row.is_possible for row in shown),
        "can_move": choosing.can_move(message),
        # The number that it gives is that of the record in which it lies already.
        "patient_form": PatientForm(initial=None if message.patient else first),
        "new_patient_form": NewPatientForm(initial={**first, **title}, prefix=None),
        "case_form": CaseForm(patient=message.patient),
        "new_case_form": NewCaseForm(initial=title),
        "outcome_form": OutcomeForm(),
        "can_map": Permission.TERMINOLOGY_MANAGE in request.permissions,
        **forms,
    }
    bad = [form for form in forms.values() if form.errors]
    context["form"] = bad[0] if bad else None
    return render(request, "inbox/message.html", context, status=INVALID if bad else None)
