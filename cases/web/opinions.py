"""An opinion on one agenda item, by somebody who cannot come."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from cases.selectors.opinions import opinion_of
from cases.services import opinions as services
from cases.services.errors import Refused
from cases.web.board_item import item_or_404
from cases.web.errors import errors_on, form_page
from cases.web.forms.opinions import OpinionForm
from cases.web.item_screen import item_screen
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record


@institution_view(Permission.OPINION_WRITE)
@require_http_methods(["GET", "POST"])
def opinion(request: InstitutionRequest, item_id: UUID) -> HttpResponse:
    """Give, change or withdraw one's own opinion, beside what the board will see."""
    item = item_or_404(item_id)
    if "withdraw" in request.POST:
        try:
            services.withdraw(item=item, by=request.user)
            messages.success(request, "Your opinion is withdrawn.")
        except Refused as error:
            messages.error(request, str(error))
        return redirect("opinion", request.institution.slug, item.pk)
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
    record(action="opinion.read", subject=item.case, by=request.user)
    context = {**item_screen(request, item), "form": form, "mine": mine}
    return form_page(request, "boards/opinion.html", context)
