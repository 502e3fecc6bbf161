"""The page on which it is chosen how many patients an hour are conspicuous."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from cases.selectors import reading_watch as selectors
from cases.services import reading_watch as services
from cases.web.errors import errors_on, form_page
from cases.web.forms.reading_watch import ReadingWatchForm
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission


@institution_view(Permission.AUDIT_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def reading_watch(request: InstitutionRequest) -> HttpResponse:
    """Choose it; whoever chose otherwise stands in the audit."""
    initial = {"patients_an_hour": selectors.patients_an_hour()}
    form = ReadingWatchForm(request.POST or None, initial=initial)
    if form.is_valid():
        with errors_on(form):
            services.choose(by=request.user, **form.cleaned_data)
            messages.success(request, "Saved.")
            return redirect("audit", request.institution.slug)
    return form_page(request, "audit/reading_watch.html", {"form": form})
