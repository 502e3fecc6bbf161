"""What an open page asks about its session, and where to sign in beside it."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from tumorboard.accounts import second_factor, sessions
from tumorboard.accounts.access import permissions_in_scope, public_view
from tumorboard.accounts.sign_in_policies import limits
from tumorboard.accounts.sso import door
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope


@public_view("tells a person about their own session, and says nothing to anybody else")
@require_http_methods(["GET", "HEAD", "POST"])
def session(request: HttpRequest, slug: str) -> HttpResponse:
    """Seconds until the session ends at this institution; a POST says that the person is there.

    Nothing is left where there is no session any more, or no second factor; a member of no such
    institution is told as little as somebody who is not signed in.
    """
    if request.method != "POST":
        sessions.asks_by_itself(request)
    if not request.user.is_authenticated or second_factor.is_wanting(request):
        return _ended()
    institution = Institution.objects.filter(slug=slug).first()
    if institution is None:
        return _ended()
    with institution_scope(institution):
        if not permissions_in_scope(request.user) or door.is_closed(request, institution):
            return _ended()
        here = limits()
    if sessions.is_over(request, here):
        sessions.leave(request)
        return _ended()
    if request.method == "POST":
        sessions.touch(request)
    return JsonResponse(
        {
            "left": int(sessions.seconds_left(request, here)),
            "person": str(request.user.pk),
            "csrf": get_token(request),
        }
    )


@public_view("says that one is signed in, so that the other tab can go on")
@require_safe
def signed_in(request: HttpRequest) -> HttpResponse:
    """The end of signing in beside a page that was left open."""
    return render(request, "account/signed_in.html")


def _ended() -> HttpResponse:
    return JsonResponse({"left": 0})
