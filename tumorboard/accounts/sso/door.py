"""What single sign-on asks at an institution's door, beside membership and permission."""

from collections.abc import Collection
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from tumorboard.accounts.held_roles import HeldRole, held_roles
from tumorboard.accounts.sign_in_policies import policy
from tumorboard.accounts.sso import bound
from tumorboard.accounts.turned_away import with_way_back
from tumorboard.tenancy.models import Institution


def turned_away(
    request: Any, institution: Institution, held: Collection[HeldRole]
) -> HttpResponse | None:
    """The way to the institution's own sign-in for a member who must come by it; in its scope.

    Args:
        held: what the person holds there, which the door has read already.

    Raises:
        Http404: the session is bound to another institution, so here it is nobody's.
    """
    if bound.is_bound_elsewhere(request, institution.pk):
        raise Http404
    if not _must_come_by_provider(request, held):
        return None
    url = with_way_back(reverse("institution_sign_in", args=[institution.slug]), request)
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": url})
    return redirect(url)


def is_closed(request: Any, institution: Institution) -> bool:
    """Whether this session does not get in, for who only wants to know; in its scope."""
    if bound.is_bound_elsewhere(request, institution.pk):
        return True
    return _must_come_by_provider(request, held_roles(request.user))


def _must_come_by_provider(request: Any, held: Collection[HeldRole]) -> bool:
    """Whether a session with the person's own sign-in does not count in the current institution.

    So it is where the institution says it of everybody, and for whoever has a role from a provider:
    who is taken out of a group there must not come in by a password instead, nor by an EHR unless
    the institution says that its EHR tells it as soon. The one whom the institution named for
    emergencies always may.
    """
    binding = bound.binding_of(request)
    if (binding is not None and binding.stands_for_provider) or not held:
        return False
    chosen = policy()
    if chosen.emergency_administrator_id == request.user.pk:
        return False
    return chosen.requires_provider or any(role.is_from_provider for role in held)
