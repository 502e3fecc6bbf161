"""Opening and giving up the amendment of a signed decision."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from cases.selectors import agendas
from cases.services import amendments as services
from cases.services.errors import Refused
from cases.web.board_item import beside_decision, item_or_404
from cases.web.errors import errors_on, form_page
from cases.web.forms.signing import AmendForm
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record


@institution_view(Permission.DECISION_SIGN)
@require_http_methods(["GET", "POST"])
def amend(request: InstitutionRequest, item_id: UUID) -> HttpResponse:
    """Say why a signed decision is amended; then its next version is written."""
    item = item_or_404(item_id)
    signed = agendas.decision_of(item)
    if signed is None:
        messages.error(request, "Nothing is signed here yet. Change the draft instead.")
        return redirect("decision", request.institution.slug, item.pk)
    form = AmendForm(request.POST or None)
    if form.is_valid():
        with errors_on(form):
            services.open(item=item, reason=form.cleaned_data["reason"], by=request.user)
        if form.is_valid():
            messages.success(request, "The next version is open. Change it, then sign it.")
            return redirect("decision", request.institution.slug, item.pk)
    record(action="decision.read", subject=item.case, by=request.user)
    context = {**beside_decision(item, signed), "decision": signed, "form": form}
    return form_page(request, "boards/amend.html", context)


@institution_view(Permission.DECISION_SIGN)
@require_POST
def discard(request: InstitutionRequest, item_id: UUID) -> HttpResponse:
    """Give up the amendment that is being written."""
    item = item_or_404(item_id)
    try:
        services.discard(item=item, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "The amendment is given up. What was signed is as it was.")
    return redirect("decision", request.institution.slug, item.pk)
