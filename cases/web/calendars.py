"""A person's calendar of meetings: its addresses, and what stands under them."""

from typing import Any
from urllib.parse import urljoin
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.models import CalendarFeed
from cases.selectors import calendar as selectors
from cases.services import calendar_feeds as services
from cases.web.errors import errors_on, form_page
from cases.web.forms.boards import CalendarForm
from tumorboard.accounts.access import (
    InstitutionRequest,
    institution_view,
    public_institution_view,
)
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.kinds import Via
from tumorboard.audit.origin import requested
from tumorboard.audit.record import record

#: How often one address is answered within `WINDOW_SECONDS` [INT]; programs look every few hours.
MOST_LOOKS = 60
WINDOW_SECONDS = 60 * 60
TOO_MANY = 429
PLAIN = "text/plain; charset=utf-8"


@institution_view(Permission.BOARD_READ)
@require_http_methods(["GET", "POST"])
def calendar(request: InstitutionRequest) -> HttpResponse:
    """The person's calendar addresses, and a new one, whose secret is shown this once."""
    form = CalendarForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        with errors_on(form):
            _, secret = services.make(by=request.user)
            path = reverse("calendar_feed", args=[request.institution.slug, secret])
            context["address"] = urljoin(settings.SITE_URL, path)
    context["feeds"] = selectors.feeds_of(request.user)
    return form_page(request, "boards/calendar.html", context)


@institution_view(Permission.BOARD_READ)
@require_POST
def revoke(request: InstitutionRequest, feed_id: UUID) -> HttpResponse:
    """End one of the person's own addresses."""
    feed = get_object_or_404(CalendarFeed.objects.filter(person=request.user), pk=feed_id)
    services.revoke(feed=feed, by=request.user)
    messages.success(request, "The address is revoked.")
    return redirect("calendar", request.institution.slug)


@public_institution_view("a calendar program cannot sign in; the secret is the right")
@require_safe
def feed(request: InstitutionRequest, secret: str) -> HttpResponse:
    """The meetings of the person whose address this is, for a calendar program."""
    found = selectors.feed_with(secret)
    if found is None:
        raise Http404
    if _looks(found) > MOST_LOOKS:
        response = HttpResponse("Ask again later.", status=TOO_MANY, content_type=PLAIN)
        response["Retry-After"] = str(WINDOW_SECONDS)
        return response
    with requested(request, Via.FEED):
        record(action="calendar.read", subject=found, by=found.person)
    text = selectors.feed(
        selectors.meetings_of(found.person),
        slug=request.institution.slug,
        name=f"Tumor boards, {request.institution.name}",
    )
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="meetings.ics"'
    patch_cache_control(response, private=True, max_age=300)
    return response


def _looks(found: CalendarFeed) -> int:
    """How often this address was asked for in the present window, this time included."""
    key = f"calendar-looks:{found.pk}"
    cache.add(key, 0, WINDOW_SECONDS)
    try:
        return cache.incr(key)
    except ValueError:
        # The window ended in between.
        return 1
