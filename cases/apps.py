"""App configuration."""

from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from cases.models import Subscription, WebhookDelivery


class CasesConfig(AppConfig):
    """The clinical record and the board's work on it."""

    name = "cases"

    def ready(self) -> None:
        """Say what stands higher: what doors hide, who is forgotten, how FHIR tells of events."""
        from cases.selectors.sight import sight_of  # noqa: PLC0415 - models come first
        from cases.services.restrictions import forget_person  # noqa: PLC0415 - as above
        from cases.services.webhooks.messages import (  # noqa: PLC0415 - as above
            notifications_by,
        )
        from tumorboard.accounts.leaving import when_leaving  # noqa: PLC0415 - as above
        from tumorboard.tenancy.sight import decided_by  # noqa: PLC0415 - as above

        decided_by(sight_of)
        when_leaving(forget_person)
        notifications_by(_notified)


def _notified(delivery: "WebhookDelivery", subscription: "Subscription") -> bytes | None:
    # With the first one and not at start-up: most programs never tell a subscriber anything.
    from cases.fhir.subscriptions.notifying import notified  # noqa: PLC0415 - as above

    return notified(delivery, subscription)
