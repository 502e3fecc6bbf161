"""The page from which everything that an institution may set is reached."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission
from tumorboard.outbox import failed


@institution_view(Permission.INSTITUTION_MANAGE)
@require_safe
def settings(request: InstitutionRequest) -> HttpResponse:
    """Every page of settings that the person may open, and how much work has failed."""
    return render(request, "people/settings.html", {"failed": failed.failed()})
