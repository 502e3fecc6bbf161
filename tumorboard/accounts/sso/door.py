"""What single sign-on asks at an institution's door, beside membership and permission."""

from typing import Any

from django.db.models import Exists, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from tumorboard.accounts.models import Membership, SignInPolicy
from tumorboard.accounts.sso import bound
from tumorboard.accounts.turned_away import with_way_back
from tumorboard.tenancy.models import Institution


def turned_away(request: Any, institution: Institution) -> HttpResponse | None:
    """The way to the institution's own sign-in for a member who must come by it; in its scope.

    Raises:
        Http404: the session is bound to another institution, so here it is nobody's.
    """
    if bound.is_bound_elsewhere(request, institution.pk):
        raise Http404
    if not must_come_by_provider(request):
        return None
    url = with_way_back(reverse("institution_sign_in", args=[institution.slug]), request)
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": url})
    return redirect(url)


def is_closed(request: HttpRequest, institution: Institution) -> bool:
    """Whether this session does not get in, for who only wants to know; in its scope."""
    return bound.is_bound_elsewhere(request, institution.pk) or must_come_by_provider(request)


def must_come_by_provider(request: Any) -> bool:
    """Whether a session with the person's own sign-in does not count in the current institution.

    So it is where the institution says it of everybody, and for whoever has a role from a provider:
    who is taken out of a group there must not come in by a password instead. The one whom the
    institution named for emergencies always may.
    """
    if bound.binding_of(request) is not None:
        return False
    required = SignInPolicy.objects.filter(requires_provider=True)
    exempt = SignInPolicy.objects.filter(emergency_administrator=request.user.pk)
    held = Membership.objects.filter(user=request.user.pk)
    return bool(
        held.filter(Q(provider__isnull=False) | Exists(required)).exclude(Exists(exempt)).exists()
    )
