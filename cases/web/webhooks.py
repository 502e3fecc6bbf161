"""Which systems are told of events: the pages of those who manage API clients."""

import functools
import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.models import WebhookDelivery, WebhookEndpoint
from cases.selectors import subscriptions
from cases.selectors import webhooks as selectors
from cases.services.errors import Refused
from cases.services.webhooks import deliveries, endpoints
from cases.web.conflicts import watch
from cases.web.errors import errors_on, form_page
from cases.web.forms.webhooks import WebhookForm
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission


@institution_view(Permission.CLIENT_MANAGE)
@require_safe
def webhooks(request: InstitutionRequest) -> HttpResponse:
    """All of them."""
    context = {"endpoints": selectors.endpoints(), "subscriptions": subscriptions.counted()}
    return render(request, "webhooks/webhooks.html", context)


@institution_view(Permission.CLIENT_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: InstitutionRequest) -> HttpResponse:
    """Add one; its secret is shown this once."""
    form = WebhookForm(request.POST or None)
    if form.is_valid():
        with errors_on(form):
            endpoint, secret = endpoints.add(**form.cleaned_data, by=request.user)
            return _page(request, endpoint, secret=secret)
    return form_page(request, "webhooks/new.html", {"form": form})


@institution_view(Permission.CLIENT_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def webhook(request: InstitutionRequest, endpoint_id: uuid.UUID) -> HttpResponse:
    """One of them: what it was told, what could not be delivered; and changing it."""
    endpoint = _found(endpoint_id)
    form = _form(endpoint, request.POST or None)
    if form.is_valid():
        with errors_on(form):
            endpoints.change(endpoint=endpoint, **form.cleaned_data, by=request.user)
            messages.success(request, "The webhook is saved.")
            return redirect("webhook", request.institution.slug, endpoint.pk)
    return _page(request, endpoint, form=form)


@institution_view(Permission.CLIENT_MANAGE)
@require_POST
def rotate(request: InstitutionRequest, endpoint_id: uuid.UUID) -> HttpResponse:
    """Make a new secret, which is shown this once."""
    try:
        secret = endpoints.rotate(endpoint=_found(endpoint_id), by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("webhooks", request.institution.slug)
    return _page(request, _found(endpoint_id), secret=secret)


@institution_view(Permission.CLIENT_MANAGE)
@require_POST
def pause(request: InstitutionRequest, endpoint_id: uuid.UUID) -> HttpResponse:
    """Send nothing for now."""
    return _done(request, endpoint_id, endpoints.pause, "The webhook is paused.")


@institution_view(Permission.CLIENT_MANAGE)
@require_POST
def resume(request: InstitutionRequest, endpoint_id: uuid.UUID) -> HttpResponse:
    """Send again."""
    return _done(request, endpoint_id, endpoints.resume, "The webhook is active again.")


@institution_view(Permission.CLIENT_MANAGE)
@require_POST
def test(request: InstitutionRequest, endpoint_id: uuid.UUID) -> HttpResponse:
    """Send an event that says nothing."""
    said = "A test is on its way. What became of it stands in the list below."
    return _done(request, endpoint_id, endpoints.send_test, said)


@institution_view(Permission.CLIENT_MANAGE)
@require_POST
def ask_restricted(request: InstitutionRequest, endpoint_id: uuid.UUID) -> HttpResponse:
    """Ask that it be told of restricted cases."""
    said = "Whoever reviews broken glass can grant this now."
    return _done(request, endpoint_id, endpoints.ask_for_restricted, said)


@institution_view(Permission.CLIENT_MANAGE)
@require_POST
def withdraw_restricted(request: InstitutionRequest, endpoint_id: uuid.UUID) -> HttpResponse:
    """Have it told nothing of restricted cases."""
    said = "It is told nothing of restricted cases."
    return _done(request, endpoint_id, endpoints.withdraw_restricted, said)


@institution_view(Permission.CLIENT_MANAGE)
@require_POST
def remove(request: InstitutionRequest, endpoint_id: uuid.UUID) -> HttpResponse:
    """Tell it nothing more, for good."""
    said = "The webhook is removed."
    return _done(request, endpoint_id, endpoints.remove, said, then="webhooks")


@institution_view(Permission.CLIENT_MANAGE)
@require_POST
def replay(
    request: InstitutionRequest, endpoint_id: uuid.UUID, delivery_id: uuid.UUID
) -> HttpResponse:
    """Send anew one event that was given up."""
    endpoint = _found(endpoint_id)
    rows = WebhookDelivery.objects.filter(endpoint=endpoint)
    delivery = get_object_or_404(rows, pk=delivery_id)

    def work(*, endpoint: WebhookEndpoint, by: Any) -> None:
        deliveries.replay(delivery=delivery, by=by)

    return _done(request, endpoint.pk, work, "The event is sent anew.")


@institution_view(Permission.CLIENT_MANAGE)
@require_POST
def replay_all(request: InstitutionRequest, endpoint_id: uuid.UUID) -> HttpResponse:
    """Send anew all that was given up."""
    return _done(request, endpoint_id, deliveries.replay_all, "All of them are sent anew.")


@institution_view(Permission.BREAK_GLASS_REVIEW)
@require_safe
def restricted(request: InstitutionRequest) -> HttpResponse:
    """Which systems are to be told of restricted cases: for those who review broken glass."""
    context = {"endpoints": selectors.asking_for_restricted()}
    return render(request, "webhooks/restricted.html", context)


@institution_view(Permission.BREAK_GLASS_REVIEW)
@require_POST
def grant_restricted(request: InstitutionRequest, endpoint_id: uuid.UUID) -> HttpResponse:
    """Let one be told of them."""
    work = functools.partial(endpoints.grant_restricted, address=request.POST.get("address", ""))
    said = "It is told of restricted cases from now on."
    return _done(request, endpoint_id, work, said, then="webhooks_restricted")


@institution_view(Permission.BREAK_GLASS_REVIEW)
@require_POST
def refuse_restricted(request: InstitutionRequest, endpoint_id: uuid.UUID) -> HttpResponse:
    """Have one told nothing of them, whether that was granted before or not."""
    said = "It is told nothing of restricted cases."
    work = endpoints.withdraw_restricted
    return _done(request, endpoint_id, work, said, then="webhooks_restricted")


def _found(endpoint_id: uuid.UUID) -> WebhookEndpoint:
    found = selectors.endpoint(endpoint_id)
    if found is None:
        raise Http404
    return found


def _form(endpoint: WebhookEndpoint, data: Any = None) -> WebhookForm:
    form = WebhookForm.of(endpoint, data)
    watch(form, endpoint)
    return form


def _done(
    request: InstitutionRequest,
    endpoint_id: uuid.UUID,
    work: Callable[..., Any],
    said: str,
    *,
    then: str = "",
) -> HttpResponse:
    """Do `work` with one of them and go on to the page `then`; to its own where none is named."""
    endpoint = _found(endpoint_id)
    try:
        work(endpoint=endpoint, by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, said)
    if then:
        return redirect(then, request.institution.slug)
    return redirect("webhook", request.institution.slug, endpoint.pk)


def _page(
    request: InstitutionRequest,
    endpoint: WebhookEndpoint,
    *,
    form: WebhookForm | None = None,
    secret: str = "",
) -> HttpResponse:
    context = {
        "endpoint": endpoint,
        "form": form or _form(endpoint),
        "secret": secret,
        "dead": selectors.dead_letters(endpoint),
        "deliveries": selectors.last_deliveries(endpoint),
    }
    return form_page(request, "webhooks/webhook.html", context)
