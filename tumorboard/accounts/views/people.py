"""The people of an institution: who is in it, with which roles, and who is invited."""

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tumorboard.accounts import factor_resets, invitations, memberships, selectors, sessions
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.errors import PeopleError
from tumorboard.accounts.forms import (
    ConfirmationForm,
    FactorResetForm,
    InvitationForm,
    RolesForm,
)
from tumorboard.accounts.models import Invitation
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record


@institution_view(Permission.PEOPLE_MANAGE)
@require_safe
def people(request: InstitutionRequest) -> HttpResponse:
    """Everybody with their roles, and who has not joined yet."""
    context = {
        "members": selectors.members(),
        "invitations": selectors.open_invitations(),
    }
    return render(request, "people/people.html", context)


@institution_view(Permission.PEOPLE_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: InstitutionRequest) -> HttpResponse:
    """Invite somebody; the answer shows the link this once."""
    form = InvitationForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            invitation, link = invitations.invite(**form.cleaned_data, by=request.user)
        except PeopleError as error:
            form.add_error("email", str(error))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return render(request, "people/invited.html", {"invitation": invitation, "link": link})
    return render(request, "people/invite.html", {"form": form}, status=_status(form))


@institution_view(Permission.PEOPLE_MANAGE)
@require_POST
def withdraw(request: InstitutionRequest, invitation_id: uuid.UUID) -> HttpResponse:
    """End an invitation before anybody accepts it."""
    invitation = get_object_or_404(Invitation.objects.all(), pk=invitation_id)
    try:
        invitations.withdraw(invitation=invitation, by=request.user)
    except PeopleError:
        messages.error(request, f"The invitation of {invitation.name} was not open any more.")
    else:
        messages.success(request, f"The invitation of {invitation.name} is withdrawn.")
    return redirect("people", request.institution.slug)


@institution_view(Permission.PEOPLE_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def roles(request: InstitutionRequest, user_id: uuid.UUID) -> HttpResponse:
    """Give a person other roles."""
    member = _member(user_id)
    form = RolesForm(
        request.POST if request.method == "POST" else None,
        initial={"roles": [role.name for role in member.roles]},
    )
    if form.is_valid():
        try:
            memberships.set_roles(
                user=member.user,
                roles=form.cleaned_data["roles"],
                by=request.user,
                session_key=request.session.session_key,
            )
        except PeopleError as error:
            form.add_error("roles", str(error))
        else:
            messages.success(request, f"The roles of {member.user.name} are saved.")
            return _back(request, member)
    return render(
        request, "people/roles.html", {"form": form, "member": member}, status=_status(form)
    )


@institution_view(Permission.PEOPLE_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: InstitutionRequest, user_id: uuid.UUID) -> HttpResponse:
    """Ask, then take a person out of the institution."""
    member = _member(user_id)
    form = ConfirmationForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            memberships.remove(
                user=member.user, by=request.user, session_key=request.session.session_key
            )
        except PeopleError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{member.user.name} is removed.")
            return _back(request, member)
    return render(
        request, "people/remove.html", {"form": form, "member": member}, status=_status(form)
    )


@institution_view(Permission.PEOPLE_MANAGE)
@require_POST
def sign_out(request: InstitutionRequest, user_id: uuid.UUID) -> HttpResponse:
    """End a person's sessions, as when a telephone was left somewhere."""
    member = _member(user_id)
    ended = sessions.end_all(member.user, but=request.session.session_key)
    record(action="person.signed_out", subject=member.user, by=request.user)
    messages.success(request, f"Sessions of {member.user.name} that were ended: {ended}.")
    return redirect("people", request.institution.slug)


@institution_view(Permission.PEOPLE_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def reset_factors(request: InstitutionRequest, user_id: uuid.UUID) -> HttpResponse:
    """Take away the second factors of somebody who has lost them."""
    member = _member(user_id)
    form = FactorResetForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            factor_resets.reset(
                user=member.user, reason=form.cleaned_data["reason"], by=request.user
            )
        except PeopleError as error:
            form.add_error(None, str(error))
        else:
            words = f"{member.user.name} sets up a new second factor at the next sign-in."
            messages.success(request, words)
            return redirect("people", request.institution.slug)
    return render(
        request, "people/reset_factors.html", {"form": form, "member": member}, status=_status(form)
    )


def _member(user_id: uuid.UUID) -> selectors.Member:
    member = selectors.member(user_id)
    if member is None:
        raise Http404
    return member


def _back(request: InstitutionRequest, member: selectors.Member) -> HttpResponse:
    """To the list; somebody who changed themselves may not see it any more."""
    if member.user == request.user:
        # What the session may do has changed, so its key does.
        sessions.renew_key(request)
        return redirect("home")
    return redirect("people", request.institution.slug)


def _status(form: Form) -> int:
    return 422 if form.errors else 200
