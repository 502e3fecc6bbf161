"""What is followed over FHIR: the pages of those who manage API clients."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from cases.models import Subscription, WebhookDelivery
from cases.models.webhook import Fault
from cases.selectors import subscriptions as selectors
from cases.selectors import webhooks
from cases.services.errors import Refused
from cases.services.subscriptions import writing
from cases.services.webhooks import deliveries
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission


@institution_view(Permission.CLIENT_MANAGE)
@require_safe
def subscription(request: InstitutionRequest, subscription_id: uuid.UUID) -> HttpResponse:
    """One of them: who follows what, what it was told, what could not be delivered."""
    found = _found(subscription_id)
    endpoint = found.endpoint
    context = {
        "subscription": found,
        "fault": Fault(found.fault).label if found.fault else "",  # type: ignore[attr-defined]
        "dead": webhooks.dead_letters(endpoint),
        "deliveries": webhooks.last_deliveries(endpoint),
    }
    return render(request, "webhooks/subscription.html", context)


@institution_view(Permission.CLIENT_MANAGE)
@require_POST
def switch_off(request: InstitutionRequest, subscription_id: uuid.UUID) -> HttpResponse:
    """Tell it nothing more; who made it can ask for it again."""
    found = _found(subscription_id)

    def work() -> None:
        writing.switch_off(subscription=found, by=request.user)

    return _done(request, found, work, "The subscription is switched off.")


@institution_view(Permission.CLIENT_MANAGE)
@require_POST
def replay(
    request: InstitutionRequest, subscription_id: uuid.UUID, delivery_id: uuid.UUID
) -> HttpResponse:
    """Send anew one event that was given up."""
    found = _found(subscription_id)
    rows = WebhookDelivery.objects.filter(endpoint=found.endpoint)
    delivery = get_object_or_404(rows, pk=delivery_id)

    def work() -> None:
        deliveries.replay(delivery=delivery, by=request.user)

    return _done(request, found, work, "The event is sent anew.")


@institution_view(Permission.CLIENT_MANAGE)
@require_POST
def replay_all(request: InstitutionRequest, subscription_id: uuid.UUID) -> HttpResponse:
    """Send anew all that was given up."""
    found = _found(subscription_id)

    def work() -> None:
        deliveries.replay_all(endpoint=found.endpoint, by=request.user)

    return _done(request, found, work, "All of them are sent anew.")


def _found(subscription_id: uuid.UUID) -> Subscription:
    found = next((each for each in selectors.counted() if each.pk == subscription_id), None)
    if found is None:
        raise Http404
    return found


def _done(
    request: InstitutionRequest, found: Subscription, work: Callable[[], Any], said: str
) -> HttpResponse:
    try:
        work()
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, said)
    return redirect("subscription", request.institution.slug, found.pk)
