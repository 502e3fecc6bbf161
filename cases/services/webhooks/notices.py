"""Mail about endpoints, to those who manage them; nothing of a patient, and no address."""

from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse

from cases.models import WebhookEndpoint
from tumorboard.accounts.models import User
from tumorboard.accounts.permissions import Permission
from tumorboard.accounts.selectors import everybody_with
from tumorboard.outbox.mail import post
from tumorboard.tenancy.scope import current_institution


def tell_paused(endpoint: WebhookEndpoint) -> None:
    """Nothing could be delivered for long, so nothing is sent until somebody resumes it."""
    _tell(
        endpoint,
        "A system could not be told of events for a day or says that it is gone, so its webhook "
        "is paused. What happens is kept for it. Once it answers again, resume the webhook:",
        but=None,
    )


def tell_changed(endpoint: WebhookEndpoint, *, by: User) -> None:
    """Somebody let another system know of events, or told it elsewhere."""
    _tell(
        endpoint,
        f"{by.name} had events sent to an address outside. If you did not expect this, look at "
        "it and remove it:",
        but=by,
    )


def _tell(endpoint: WebhookEndpoint, text: str, *, but: User | None) -> None:
    institution = current_institution()
    page = urljoin(settings.SITE_URL, _page_of(endpoint, institution.slug))
    people = everybody_with(Permission.CLIENT_MANAGE)
    if but is not None:
        people = people.exclude(pk=but.pk)
    post(
        to=list(people.order_by("email").values_list("email", flat=True)),
        subject=f"A webhook at Tumorboard, {institution.name}",
        body=f"{text}\n\n{page}\n",
    )


def _page_of(endpoint: WebhookEndpoint, slug: str) -> str:
    if not endpoint.is_subscription:
        return reverse("webhook", args=[slug, endpoint.pk])
    return reverse("subscription", args=[slug, endpoint.subscriptions.get().pk])
