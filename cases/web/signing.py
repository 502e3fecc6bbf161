"""Signing one decision."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from cases.models import AgendaItem
from cases.selectors import agendas
from cases.selectors.decisions import open_amendment
from cases.selectors.former_items import last_meeting
from cases.selectors.notices import notices_of
from cases.services import decisions as services
from cases.services import reassessments
from cases.services.decision_sheets import GROUPS, Sheet, sheet_of
from cases.services.sheet_words import said_on
from cases.web.board_item import beside_decision, item_or_404, item_or_gone
from cases.web.decision_record import record_page
from cases.web.errors import errors_on
from cases.web.forms.signing import SignForm
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.own_password import Answer, asks_provider, check_own, use_up
from tumorboard.accounts.permissions import Permission
from tumorboard.accounts.selectors import member
from tumorboard.accounts.sso.bound import is_confirmed
from tumorboard.audit.record import record

#: The status of a page that says that somebody signed before.
CONFLICT = 409


@institution_view(Permission.DECISION_SIGN)
@require_http_methods(["GET", "POST"])
def sign(request: InstitutionRequest, item_id: UUID) -> HttpResponse:
    """Show what is about to be signed; sign it by password, or confirmed by the provider."""
    listed = item_or_gone(item_id) if request.method == "POST" else item_or_404(item_id)
    if listed is None:
        return _gone(request, item_id)
    item = listed
    form = _form(request, request.POST) if request.method == "POST" else None
    if form is not None and form.is_valid() and _is_signer(request, form):
        is_second = _sign(request, item, form)
        if form.is_valid():
            use_up(request)
            messages.success(request, "The decision is signed.")
            return _go_on(request, item)
        signed = agendas.decision_of(item)
        if is_second and signed is not None:
            record(action="decision.read", subject=item.case, by=request.user)
            return record_page(request, item, signed, is_second=True, status=CONFLICT)
        # What was refused may rest on guidance that is no longer in force: show what is.
        reassessments.renew(case=item.case)
        listed = item_or_gone(item_id)
        if listed is None:
            return _gone(request, item_id)
        item = listed
    record(action="decision.read", subject=item.case, by=request.user)
    return _sign_page(request, item, form)


def _gone(request: InstitutionRequest, item_id: UUID) -> HttpResponse:
    """Back to the meeting whose list the item has left, as when it was canceled meanwhile."""
    messages.error(request, "This case was taken off the list meanwhile. Nothing was signed.")
    meeting_id = last_meeting(item_id)
    if meeting_id is None:
        return redirect("boards", request.institution.slug)
    return redirect("meeting", request.institution.slug, meeting_id)


def _go_on(request: InstitutionRequest, item: AgendaItem) -> HttpResponse:
    """Back to the meeting while it runs; else to the record that was signed."""
    if item.meeting.began_at is not None and item.meeting.ended_at is None:
        return redirect("live", request.institution.slug, item.meeting_id)
    return redirect("decision", request.institution.slug, item.pk)


def _sign(request: InstitutionRequest, item: AgendaItem, form: SignForm) -> bool:
    """Sign; what is refused stands on `form`. Returns whether somebody had signed before."""
    given = form.cleaned_data
    is_second = False
    with errors_on(form):
        try:
            services.sign(
                item=item,
                assessment_id=given["assessment_id"],
                draft_version=given["draft_version"],
                seen=given["seen"],
                accepted=form.reasons,
                signer_role=_role(request),
                by=request.user,
            )
        except services.AlreadySigned:
            is_second = True
            raise
    return is_second


def _is_signer(request: InstitutionRequest, form: SignForm) -> bool:
    """Whether the password is the signer's own; a guess too many is refused unread."""
    answer = check_own(request, form.cleaned_data.get("password", ""))
    if answer is Answer.WRONG and asks_provider(request):
        form.add_error(None, "Confirm again that it is you, then sign. Nothing was signed.")
    elif answer is Answer.WAIT:
        form.add_error("password", "Too many tries. Wait a few minutes, then try again.")
    elif answer is Answer.WRONG:
        form.add_error("password", "This is not your password. Nothing was signed.")
    return form.is_valid()


def _form(request: InstitutionRequest, data: QueryDict | None = None) -> SignForm:
    return SignForm(data, asks_password=not asks_provider(request))


def _role(request: InstitutionRequest) -> str:
    """The role by which the person may sign, in words."""
    found = member(request.user.pk)
    roles = found.roles if found else []
    return next(r.value.label for r in roles if Permission.DECISION_SIGN in r.value.permissions)


def _name_reasons(form: SignForm, sheet: Sheet) -> None:
    """Put the reasons that are missing beside whatever else was refused, to be mended at once."""
    for field, faults in services.acceptance_faults(sheet, form.reasons).items():
        if not form.has_error(field):
            form.add_error(field, faults)


def _sign_page(
    request: InstitutionRequest, item: AgendaItem, form: SignForm | None
) -> HttpResponse:
    signed = agendas.decision_of(item)
    if signed is not None and open_amendment(signed) is None:
        return redirect("decision", request.institution.slug, item.pk)
    sheet = sheet_of(item, signer=request.user)
    if sheet is None:
        messages.error(request, "There is nothing to sign yet. Write the decision first.")
        return redirect("decision", request.institution.slug, item.pk)
    if form is None:
        form = _form(request)
    elif not sheet.gaps:
        _name_reasons(form, sheet)
    # What is shown is what is signed: the fields follow the page, not what was posted.
    shown = {
        "assessment_id": item.case.assessment_id,
        "draft_version": sheet.draft.version,
        "seen": sheet.seen,
    }
    lacking = [
        (sheet.of_group(group), form[f"{group}_reason"])
        for group in GROUPS
        if sheet.of_group(group)
    ]
    if lacking or not asks_provider(request):
        form.begin_with(lacking[0][1].name if lacking else "password")
    context = {
        **beside_decision(item),
        "notices": notices_of(item.case_id),
        "form": form,
        "shown": shown,
        "sheet": sheet,
        "said": said_on(sheet),
        "lacking": lacking,
        "role": _role(request),
        "meaning": services.MEANING,
        "asks_provider": asks_provider(request),
        "is_confirmed": is_confirmed(request),
    }
    return render(request, "boards/sign.html", context, status=422 if form.errors else 200)
