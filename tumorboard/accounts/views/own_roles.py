"""The roles of an institution: the built-in ones to read, its own to make, change and retire."""

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tumorboard.accounts import own_roles
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.errors import PeopleError
from tumorboard.accounts.forms import OwnRoleForm
from tumorboard.accounts.own_role import OwnRole
from tumorboard.accounts.permission_words import WORDS
from tumorboard.accounts.permissions import Permission
from tumorboard.accounts.roles import Role


@institution_view(Permission.PEOPLE_MANAGE)
@require_safe
def roles(request: InstitutionRequest) -> HttpResponse:
    """Every role with what it allows, in words."""
    context = {
        "own": [(role, _words(role.granted)) for role in own_roles.living()],
        "built_in": [(role.value, _words(role.value.permissions)) for role in Role],
    }
    return render(request, "people/own_roles.html", context)


@institution_view(Permission.PEOPLE_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: InstitutionRequest) -> HttpResponse:
    """Make a role."""
    form = OwnRoleForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = own_roles.make(**form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"The role {made.name} is made. Give it to people next.")
            return redirect("own_roles", request.institution.slug)
    return _form_page(request, form, role=None)


@institution_view(Permission.PEOPLE_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def role(request: InstitutionRequest, role_id: uuid.UUID) -> HttpResponse:
    """Change a role for everybody who holds it."""
    found = _role_or_404(role_id)
    form = OwnRoleForm(
        request.POST if request.method == "POST" else None,
        initial={
            "name": found.name,
            "description": found.description,
            "permissions": found.permissions,
        },
    )
    if form.is_valid():
        try:
            own_roles.change(role=found, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        except PeopleError as error:
            form.add_error("permissions", str(error))
        else:
            messages.success(request, "The role is saved and holds from the next page on.")
            return redirect("own_roles", request.institution.slug)
    return _form_page(request, form, role=found)


@institution_view(Permission.PEOPLE_MANAGE)
@require_POST
def retire(request: InstitutionRequest, role_id: uuid.UUID) -> HttpResponse:
    """Let a role be given no more."""
    try:
        retired = own_roles.retire(role=_role_or_404(role_id), by=request.user)
        messages.success(request, f"The role {retired.name} is retired.")
    except PeopleError as error:
        messages.error(request, str(error))
    return redirect("own_roles", request.institution.slug)


def _role_or_404(role_id: uuid.UUID) -> OwnRole:
    found = own_roles.one(role_id)
    if found is None:
        raise Http404
    return found


def _form_page(
    request: InstitutionRequest, form: OwnRoleForm, *, role: OwnRole | None
) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, "people/own_role.html", {"form": form, "role": role}, status=status)


def _words(permissions: frozenset[Permission]) -> list[str]:
    """What they allow, in the order of the form."""
    return [words.label for permission, words in WORDS.items() if permission in permissions]
