"""A person's own tokens for scripts."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from tumorboard.accounts import selectors
from tumorboard.accounts import tokens as services
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.forms import TokenForm
from tumorboard.accounts.models import ApiToken
from tumorboard.accounts.permissions import Permission


@institution_view(Permission.TOKEN_USE)
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: InstitutionRequest) -> HttpResponse:
    """The person's tokens here, and a new one, whose secret is shown this once."""
    form = TokenForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        context["issued"], context["secret"] = services.issue(
            user=request.user, **form.cleaned_data, by=request.user
        )
        context["form"] = TokenForm()
    context["tokens"] = selectors.tokens_of(request.user)
    status = 422 if form.errors else 200
    return render(request, "people/tokens.html", context, status=status)


@institution_view(Permission.TOKEN_USE)
@require_POST
def revoke(request: InstitutionRequest, token_id: uuid.UUID) -> HttpResponse:
    """End one of the person's own tokens."""
    token = get_object_or_404(ApiToken.objects.filter(user=request.user), pk=token_id)
    services.revoke(token=token, by=request.user)
    messages.success(request, f"The token “{token.label}” is revoked.")
    return redirect("tokens", request.institution.slug)
