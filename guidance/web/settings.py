"""The page on which an institution makes the choices that the guidance leaves to it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from guidance.editions import policies, shelf
from guidance.web.forms import PolicyForm
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission

CHOICES = ("who_version", "tnm_system", "followup_policy")


@institution_view(Permission.INSTITUTION_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: InstitutionRequest) -> HttpResponse:
    """Choose the WHO edition, the TNM system and the follow-up policy."""
    policy = policies.current()
    initial = {name: getattr(policy, name) for name in CHOICES}
    form = PolicyForm(request.POST or None, initial=initial, edition=shelf.adopted())
    if form.is_valid():
        policies.choose(**form.cleaned_data, by=request.user)
        messages.success(request, "The choices were saved.")
        return redirect("guidance_settings", request.institution.slug)
    status = 422 if form.errors else 200
    return render(request, "guidance/settings.html", {"form": form}, status=status)
