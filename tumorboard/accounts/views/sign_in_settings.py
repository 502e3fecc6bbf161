"""How long sessions last at an institution."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from tumorboard.accounts import sign_in_policies
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.forms import SignInPolicyForm
from tumorboard.accounts.permissions import Permission


@institution_view(Permission.INSTITUTION_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_settings(request: InstitutionRequest) -> HttpResponse:
    """Choose within the product's bounds; both stand on the page."""
    chosen = sign_in_policies.policy()
    form = SignInPolicyForm(
        request.POST if request.method == "POST" else None,
        initial={"idle_minutes": chosen.idle_minutes, "absolute_hours": chosen.absolute_hours},
    )
    if form.is_valid():
        sign_in_policies.choose(**form.cleaned_data, by=request.user)
        messages.success(request, "The limits of sessions are saved.")
        return redirect("institution_settings", request.institution.slug)
    status = 422 if form.errors else 200
    return render(request, "people/sign_in_settings.html", {"form": form}, status=status)
