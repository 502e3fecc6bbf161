"""The tokens of everybody in an institution, for who answers for its machines."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from tumorboard.accounts import selectors
from tumorboard.accounts import tokens as services
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.models import ApiToken
from tumorboard.accounts.permissions import Permission


@institution_view(Permission.CLIENT_MANAGE)
@require_safe
def tokens(request: InstitutionRequest) -> HttpResponse:
    """Whose they are, what they may do, and when they were used."""
    return render(request, "clients/tokens.html", {"tokens": selectors.tokens_of_everybody()})


@institution_view(Permission.CLIENT_MANAGE)
@require_POST
def revoke(request: InstitutionRequest, token_id: uuid.UUID) -> HttpResponse:
    """End anybody's token."""
    token = get_object_or_404(ApiToken.objects.all(), pk=token_id)
    services.revoke(token=token, by=request.user)
    messages.success(request, "The token is revoked.")
    return redirect("people_tokens", request.institution.slug)
