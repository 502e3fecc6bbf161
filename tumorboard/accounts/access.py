"""Who may come in: the one door of every page and of every API action.

A view is denied unless it names its permission with `institution_view`. A person without a
membership gets the same 404 as for an institution that does not exist.
"""

import functools
from collections.abc import Awaitable, Callable
from typing import Any

import pghistory
from asgiref.sync import sync_to_async
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from rest_framework.permissions import BasePermission

from tumorboard.accounts import second_factor, sessions
from tumorboard.accounts.held_roles import held_roles
from tumorboard.accounts.models import User
from tumorboard.accounts.own_roles import permissions_of
from tumorboard.accounts.permissions import Permission
from tumorboard.accounts.sign_in_policies import SHORTEST, limits
from tumorboard.accounts.sso import door
from tumorboard.accounts.turned_away import factor_first, sign_in_first
from tumorboard.audit.origin import give_reason, requested
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import let_connection_go, member_scope
from tumorboard.tenancy.sight import Opening, Sight

View = Callable[..., HttpResponse]
AsyncView = Callable[..., Awaitable[HttpResponseBase]]


class SignedInRequest(HttpRequest):
    """What a view behind `login_required` is given; for annotations only."""

    user: User


class InstitutionRequest(SignedInRequest):
    """What a view behind `institution_view` is given; for annotations only."""

    institution: Institution
    permissions: frozenset[Permission]
    #: The restricted records that the person has opened with a reason.
    openings: tuple[Opening, ...]


def permissions_in_scope(user: User) -> frozenset[Permission]:
    """What `user` may do in the current institution; empty for strangers and the deactivated."""
    return permissions_of(role.key for role in held_roles(user))


def institution_view(permission: Permission, *, keeps_alive: bool = True) -> Callable[[View], View]:
    """Run a page as one institution, for a member who holds `permission`.

    The view's URL has a `slug`; the view itself gets `request` and the rest, with
    `request.institution` and `request.permissions` set, inside one transaction, in which its
    answer is rendered too. Stands above or below `require_http_methods`, as one likes. Who is not
    signed in, or not long enough ago, is led to sign in; who has proven no second factor, to that.

    Args:
        keeps_alive: False for what a page asks by itself: that it was left open is no activity.

    Raises:
        Http404: no such institution, or the person has no membership there.
        PermissionDenied: a member without the permission.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def within(
            request: InstitutionRequest, slug: str, *args: Any, **kwargs: Any
        ) -> HttpResponse:
            _mark(request, keeps_alive=keeps_alive)
            if (refusal := _turned_away(request)) is not None:
                return refusal
            institution = get_object_or_404(Institution, slug=slug)
            with (
                member_scope(institution, request.user.pk) as sight,
                pghistory.context(person=str(request.user.pk)),
                requested(request),
            ):
                _open(request, sight)
                if (refusal := _admit(request, institution, permission)) is not None:
                    return refusal
                return _rendered(view(request, *args, **kwargs))

        within.permission = permission  # type: ignore[attr-defined]
        return within

    return decorate


def institution_stream(permission: Permission) -> Callable[[AsyncView], AsyncView]:
    """Begin a stream as one institution, for a member who holds `permission`.

    The same door as `institution_view` for an asynchronous view, which itself runs outside any
    scope and any transaction: a stream lives longer than either may. What it needs of the
    institution it asks for in a scope of its own, and whoever is admitted may lose the right
    while the stream flows, so the view asks again.

    Raises:
        Http404: no such institution, or the person has no membership there.
        PermissionDenied: a member without the permission.
    """

    def decorate(view: AsyncView) -> AsyncView:
        @functools.wraps(view)
        async def within(
            request: InstitutionRequest, slug: str, *args: Any, **kwargs: Any
        ) -> HttpResponseBase:
            _mark(request, keeps_alive=False)
            refusal = await sync_to_async(_admit_to_stream)(request, slug, permission)
            if refusal is not None:
                return refusal
            with requested(request):
                return await view(request, *args, **kwargs)

        within.permission = permission  # type: ignore[attr-defined]
        return within

    return decorate


def public_institution_view(reason: str) -> Callable[[View], View]:
    """Run a page as one institution for somebody who is not signed in.

    What the view does not find gets the same page as an institution that does not exist, without
    the institution's name.

    Args:
        reason: why no permission can be asked for; the test of all URLs prints it.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def within(
            request: InstitutionRequest, slug: str, *args: Any, **kwargs: Any
        ) -> HttpResponse:
            institution = get_object_or_404(Institution, slug=slug)
            request.institution = institution
            try:
                # Whoever it is, they are on no list of a restricted case.
                with member_scope(institution, None), requested(request):
                    return _rendered(view(request, *args, **kwargs))
            except Http404:
                del request.institution
                raise

        within.public_because = reason  # type: ignore[attr-defined]
        return within

    return decorate


def public_view(reason: str) -> Callable[[View], View]:
    """Mark a page that belongs to no institution and shows no institution's data."""

    def decorate(view: View) -> View:
        view.public_because = reason  # type: ignore[attr-defined]
        return view

    return decorate


def _open(request: InstitutionRequest, sight: Sight) -> None:
    """While a restricted record is open to the person, every audit entry says why."""
    request.openings = sight.openings
    if sight.openings:
        give_reason("; ".join(opening.reason for opening in sight.openings))


def _mark(request: HttpRequest, *, keeps_alive: bool) -> None:
    """Tell `SignInMiddleware` whether the request is something that its person does."""
    if not keeps_alive:
        sessions.asks_by_itself(request)


def _turned_away(request: HttpRequest) -> HttpResponse | None:
    """The way to sign in or to the second factor; None for somebody who has proven both."""
    if not request.user.is_authenticated:
        return sign_in_first(request)
    if second_factor.is_wanting(request):
        return factor_first(request)
    return None


def _admit(
    request: InstitutionRequest, institution: Institution, permission: Permission
) -> HttpResponse | None:
    """Let the person in, or raise; in the institution's scope.

    Returns:
        The way to sign in again where the session has run out here, and ends with it; or to the
        institution's identity provider, where the person must come by that.
    """
    held = held_roles(request.user)
    permissions = permissions_of(role.key for role in held)
    if not permissions:
        raise Http404
    if (refusal := door.turned_away(request, institution, held)) is not None:
        return refusal
    # Most requests come within what every institution grants: they need not ask for its choice.
    if sessions.is_over(request, SHORTEST) and sessions.is_over(request, limits()):
        sessions.leave(request)
        return sign_in_first(request, has_run_out=True)
    request.institution = institution
    request.permissions = permissions
    if permission not in permissions:
        raise PermissionDenied
    return None


def _admit_to_stream(
    request: InstitutionRequest, slug: str, permission: Permission
) -> HttpResponse | None:
    try:
        if (refusal := _turned_away(request)) is not None:
            return refusal
        institution = get_object_or_404(Institution, slug=slug)
        with member_scope(institution, request.user.pk):
            return _admit(request, institution, permission)
    finally:
        # The stream keeps this thread; a connection kept with it would be one for each follower.
        let_connection_go()


def _rendered(response: HttpResponse) -> HttpResponse:
    """A template's answer queries while it renders, so it does that before the scope ends."""
    if hasattr(response, "render"):
        response.render()
    return response


class Denied(BasePermission):
    """The API's default: nothing is allowed to a view that names no permission."""

    def has_permission(self, request: Any, view: Any) -> bool:
        """Never."""
        return False
