"""What workers could not do: the page of those who manage an institution's settings."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission
from tumorboard.outbox import failed


@institution_view(Permission.INSTITUTION_MANAGE)
@require_safe
def failed_work(request: InstitutionRequest) -> HttpResponse:
    """Topic, time and kind of error; never what it was about."""
    return render(request, "people/failed_work.html", {"failed": failed.failed()})


@institution_view(Permission.INSTITUTION_MANAGE)
@require_POST
def retry(request: InstitutionRequest, message_id: uuid.UUID) -> HttpResponse:
    """Have it tried again."""
    if not failed.retry(message_id=message_id, by=request.user):
        raise Http404
    messages.success(request, "It is tried again within half a minute.")
    return redirect("failed_work", request.institution.slug)
