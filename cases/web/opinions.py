"""An opinion on one agenda item, by somebody who cannot come."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from cases.models import AgendaItem
from cases.selectors.opinions import opinion_of
from cases.services import form_drafts
from cases.services import opinions as services
from cases.services.errors import Refused
from cases.web.board_item import item_or_404, item_or_gone
from cases.web.errors import errors_on, form_page
from cases.web.former_drafts import from_former
from cases.web.forms.opinions import FORM, OpinionForm
from cases.web.item_screen import item_screen
from cases.web.taken_off import opinion_taken_off_page
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record


@institution_view(Permission.OPINION_WRITE)
@require_http_methods(["GET", "POST"])
def opinion(request: InstitutionRequest, item_id: UUID) -> HttpResponse:
    """Give, change or withdraw one's own opinion, beside what the board will see."""
    listed = item_or_gone(item_id) if request.method == "POST" else item_or_404(item_id)
    if "withdraw" in request.POST:
        return _withdraw(request, listed)
    if listed is None:
        return opinion_taken_off_page(request, item_id)
    item = listed
    mine = opinion_of(item, request.user.pk)
    specialty = services.specialty_of(item=item, person=request.user)
    initial = {
        "text": mine.text if mine else "",
        "specialty": mine.specialty if mine else specialty,
    }
    form = OpinionForm(request.POST or None, initial=initial)
    if form.is_valid():
        with errors_on(form):
            services.give(item=item, by=request.user, **form.cleaned_data)
        if form.is_valid():
            messages.success(request, "Your opinion is there for the board.")
            return redirect("opinion", request.institution.slug, item.pk)
        if not AgendaItem.objects.filter(pk=item.pk).exists():
            return opinion_taken_off_page(request, item.pk)
    if request.method == "GET":
        _offer_former(request, item)
    record(action="opinion.read", subject=item.case, by=request.user)
    context = {**item_screen(request, item), "form": form, "mine": mine}
    return form_page(request, "boards/opinion.html", context)


def _withdraw(request: InstitutionRequest, item: AgendaItem | None) -> HttpResponse:
    """Take the opinion back; with a case that was taken off the list it went already."""
    if item is None:
        messages.error(request, "This case was taken off the list, and your opinion with it.")
        return redirect("boards", request.institution.slug)
    try:
        services.withdraw(item=item, by=request.user)
        messages.success(request, "Your opinion is withdrawn.")
    except Refused as error:
        messages.error(request, str(error))
    return redirect("opinion", request.institution.slug, item.pk)


def _offer_former(request: InstitutionRequest, item: AgendaItem) -> None:
    """Let the form offer what this person typed while the case was taken off a list."""
    key = form_drafts.DraftKey(request.user.pk, FORM, str(item.pk))
    if form_drafts.kept(key=key) is None:
        from_former(person=request.user, form=FORM, item=item, fields={})
