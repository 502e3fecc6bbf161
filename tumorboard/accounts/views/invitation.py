"""Accepting an invitation."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from tumorboard.accounts import invitations, selectors, sessions
from tumorboard.accounts.access import (
    InstitutionRequest,
    permissions_in_scope,
    public_institution_view,
)
from tumorboard.accounts.errors import InvitationClosed, OwnRights
from tumorboard.accounts.forms import ConfirmationForm, PasswordForm
from tumorboard.accounts.models import Invitation, User
from tumorboard.accounts.sso import bound
from tumorboard.accounts.views.home import start_of


@public_institution_view("who has the link's secret was invited; they may be new here")
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: InstitutionRequest, secret: str) -> HttpResponse:
    """Join with a new password, or as the person who is signed in."""
    invitation = selectors.invitation_with(secret)
    if invitation is None:
        raise Http404
    try:
        invitations.check_open(invitation)
        return _answer(request, invitation)
    except InvitationClosed as error:
        return render(request, "people/invitation_closed.html", {"reason": error}, status=410)


def _answer(request: InstitutionRequest, invitation: Invitation) -> HttpResponse:
    known = User.objects.filter(email=invitation.email).exists()
    # A session of another institution's identity provider is nobody's here.
    is_elsewhere = bound.is_bound_elsewhere(request, request.institution.pk)
    signed_in = request.user if request.user.is_authenticated and not is_elsewhere else None
    if (known and signed_in is None) or (signed_in and signed_in.email != invitation.email):
        page = "people/invitation_sign_in.html"
        return render(request, page, {"invitation": invitation}, status=403)
    form_class = ConfirmationForm if known else PasswordForm
    form = form_class(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            user = invitations.accept(
                invitation=invitation, password=form.cleaned_data.get("password"), by=signed_in
            )
        except ValidationError as error:
            form.add_error("password", error)
        except OwnRights as error:
            form.add_error(None, str(error))
        else:
            if signed_in is None:
                login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
            else:
                # What the session may do has changed, so its key does.
                sessions.renew_key(request)
            messages.success(request, f"Welcome to {request.institution}, {user.name}.")
            return redirect(start_of(request.institution, permissions_in_scope(user)))
    role = invitations.label_of(invitation)
    context = {"form": form, "invitation": invitation, "known": known, "role": role}
    status = 422 if form.errors else 200
    return render(request, "people/invitation.html", context, status=status)
