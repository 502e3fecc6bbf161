"""One agenda item in the meeting: what is known, what the board decides, the signed record."""

from typing import Any
from uuid import UUID

from allauth.core import ratelimit
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cases.documents.build_decision import decision_document
from cases.documents.decision import render_decision
from cases.models import AgendaItem, Decision, DecisionDraft
from cases.selectors import agendas
from cases.selectors.annotations import annotations_of, annotations_of_signed
from cases.selectors.briefing import Guidance, briefing_of
from cases.selectors.completeness import completeness_on_list
from cases.selectors.notices import notices_of
from cases.selectors.recommended import in_words
from cases.services import decisions as services
from cases.services import reassessments
from cases.services.content_hash import is_intact
from cases.services.decision_drafts import Recommended, save_draft
from cases.services.decision_sheets import sheet_of
from cases.services.errors import Changed, Invalid, Refused
from cases.web.errors import add_errors, errors_on
from cases.web.forms.decisions import (
    DecisionForm,
    SignForm,
    fitting,
    typed_rows,
    with_row_added,
    without_row,
)
from cases.web.pdf import pdf_response
from cases.web.record_sections import record_sections
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission
from tumorboard.accounts.selectors import member
from tumorboard.audit.record import record

#: Names of the buttons that change the rows and save nothing.
ROW_BUTTONS = ("add-row", "remove-row", "refresh-rows")


@institution_view(Permission.BOARD_READ)
@require_http_methods(["GET", "POST"])
def decision(request: InstitutionRequest, item_id: UUID) -> HttpResponse:
    """The decision of one item: written here, and once signed, the record."""
    item = _item_or_404(item_id)
    signed = agendas.decision_of(item)
    if request.method == "POST":
        if Permission.DECISION_WRITE not in request.permissions:
            raise PermissionDenied
        if not any(button in request.POST for button in ROW_BUTTONS):
            return _save(request, item)
        if request.htmx:
            context = {"form": _with_changed_rows(request), "item": item}
            return render(request, "boards/recommendations.html", context)
    record(action="decision.read", subject=item.case, by=request.user)
    if signed is not None:
        return render(request, "boards/record.html", _record_context(item, signed))
    form = _with_changed_rows(request) if request.method == "POST" else _drafted(item)
    return render(request, "boards/decision.html", _context(item, form))


@institution_view(Permission.DECISION_SIGN)
@require_http_methods(["GET", "POST"])
def sign(request: InstitutionRequest, item_id: UUID) -> HttpResponse:
    """Show what is about to be signed; sign it by password."""
    item = _item_or_404(item_id)
    form = SignForm(request.POST) if request.method == "POST" else None
    if form is not None and form.is_valid() and _is_signer(request, form):
        given = {name: form.cleaned_data[name] for name in form.fields if name != "password"}
        with errors_on(form):
            services.sign(item=item, signer_role=_role(request), by=request.user, **given)
        if form.is_valid():
            messages.success(request, "The decision is signed.")
            return redirect("decision", request.institution.slug, item.pk)
        # What was refused may rest on guidance that is no longer in force: show what is.
        reassessments.renew(case=item.case)
        item = _item_or_404(item_id)
    record(action="decision.read", subject=item.case, by=request.user)
    return _sign_page(request, item, form)


@institution_view(Permission.BOARD_READ)
@require_http_methods(["GET"])
def decision_pdf(request: InstitutionRequest, item_id: UUID) -> HttpResponse:
    """The decision on paper, as a draft as long as it is not signed."""
    item = _item_or_404(item_id)
    signed = agendas.decision_of(item)
    document = decision_document(item, signed)
    created_at = signed.signed_at if signed else timezone.now()
    record(action="decision.printed", subject=item.case, by=request.user)
    pdf = render_decision(document, created_at=created_at)
    return pdf_response(pdf, filename=f"decision-{item.pk}.pdf")


def _save(request: InstitutionRequest, item: AgendaItem) -> HttpResponse:
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return render(request, "boards/decision.html", _context(item, form), status=422)
    try:
        save_draft(
            item=item,
            rationale=form.cleaned_data["rationale"],
            recommendations=form.recommendations,
            if_match=form.cleaned_data["version"],
            by=request.user,
        )
    except Invalid as error:
        add_errors(form, form.placed(error))
        return render(request, "boards/decision.html", _context(item, form), status=422)
    except Changed as error:
        return _changed_page(request, item, error)
    except Refused as error:
        messages.error(request, str(error))
        return redirect("decision", request.institution.slug, item.pk)
    messages.success(request, "The draft is saved.")
    page = "decision_sign" if "sign" in request.POST else "decision"
    return redirect(page, request.institution.slug, item.pk)


def _changed_page(request: InstitutionRequest, item: AgendaItem, error: Changed) -> HttpResponse:
    """What was typed, beside what somebody else saved; saving again now replaces that."""
    form = DecisionForm({**request.POST.dict(), "version": error.current})
    form.add_error(None, str(error))
    theirs = sheet_of(item)
    version = item.case.assessment.edition_version
    context = {
        **_context(item, form),
        "theirs": theirs,
        "theirs_in_words": in_words(theirs.recommendations, version=version),
    }
    return render(request, "boards/decision.html", context, status=409)


def _item_or_404(item_id: UUID) -> AgendaItem:
    items = AgendaItem.objects.select_related("case__patient", "case__assessment", "meeting__board")
    return get_object_or_404(items, pk=item_id)


def _drafted(item: AgendaItem) -> DecisionForm:
    draft = DecisionDraft.objects.filter(agenda_item=item).first()
    if draft is None:
        return DecisionForm(initial={"version": 0})
    rows = [Recommended(r.kind, r.code, r.text) for r in draft.recommendations.all()]
    initial = {"version": draft.version, "rationale": draft.rationale}
    return DecisionForm(rows=rows, initial=initial)


def _with_changed_rows(request: InstitutionRequest) -> DecisionForm:
    """The form as typed, with a row more or less; nothing is saved or checked yet."""
    rows = fitting(list(typed_rows(request.POST)))
    if "add-row" in request.POST:
        rows = with_row_added(rows)
    if "remove-row" in request.POST:
        rows = without_row(rows, request.POST["remove-row"])
    initial = {name: request.POST.get(name, "") for name in ("version", "rationale")}
    return DecisionForm(rows=rows, initial=initial)


def _seen(item: AgendaItem, signed: Decision | None = None) -> dict[str, Any]:
    """What a page on one item shows beside the decision itself."""
    if signed:
        assessment, annotations = signed.assessment, annotations_of_signed(signed)
    else:
        assessment = item.case.assessment
        annotations = annotations_of(item.case, assessment)
    return {
        "item": item,
        "case": item.case,
        "patient": item.case.patient,
        "briefing": briefing_of(item.case, assessment),
        "guidance": Guidance(assessment, annotations),
        "neighbors": agendas.neighbors(item),
    }


def _context(item: AgendaItem, form: DecisionForm) -> dict[str, Any]:
    return {
        **record_sections(item.case),
        "completeness": completeness_on_list([item])[item.pk],
        "form": form,
        "present": agendas.present_at(item.meeting),
        **_seen(item),
    }


def _record_context(item: AgendaItem, signed: Decision) -> dict[str, Any]:
    version = signed.assessment.edition_version
    return {
        "decision": signed,
        "recommendations": in_words(signed.recommendations.all(), version=version),
        "participants": signed.participants.all(),
        "is_intact": is_intact(signed),
        **_seen(item, signed),
    }


def _is_signer(request: InstitutionRequest, form: SignForm) -> bool:
    """Whether the password is the signer's own; a guess too many is refused unread."""
    if not ratelimit.consume(request, action="reauthenticate", user=request.user):
        form.add_error("password", "Too many tries. Wait a minute, then try again.")
    elif not request.user.check_password(form.cleaned_data["password"]):
        form.add_error("password", "This is not your password. Nothing was signed.")
    return form.is_valid()


def _role(request: InstitutionRequest) -> str:
    """The role by which the person may sign, in words."""
    found = member(request.user.pk)
    roles = found.roles if found else []
    return next(r.value.label for r in roles if Permission.DECISION_SIGN in r.value.permissions)


def _sign_page(
    request: InstitutionRequest, item: AgendaItem, form: SignForm | None
) -> HttpResponse:
    if agendas.decision_of(item) is not None:
        return redirect("decision", request.institution.slug, item.pk)
    sheet = sheet_of(item)
    if sheet is None:
        messages.error(request, "There is nothing to sign yet. Write the decision first.")
        return redirect("decision", request.institution.slug, item.pk)
    form = form or SignForm()
    # What is shown is what is signed: the fields follow the page, not what was posted.
    shown = {
        "assessment_id": item.case.assessment_id,
        "draft_version": sheet.draft.version,
        "seen": sheet.seen,
    }
    version = item.case.assessment.edition_version
    context = {
        **_seen(item),
        "notices": notices_of(item.case_id),
        "form": form,
        "shown": shown,
        "sheet": sheet,
        "recommendations": in_words(sheet.recommendations, version=version),
        "role": _role(request),
        "meaning": services.MEANING,
    }
    return render(request, "boards/sign.html", context, status=422 if form.errors else 200)
