"""Subscription: what somebody follows, without the secrets that are sent with it."""

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet

from cases.fhir.references import instant
from cases.fhir.resources.elements import said
from cases.fhir.source import Source, Stand
from cases.fhir.subscriptions import guide
from cases.models import Subscription
from cases.models.subscription import Status
from cases.models.webhook import Fault
from cases.selectors.subscriptions import visible
from cases.selectors.topics import BOARD, FILTERS, PATIENT, address_of

JSON = "application/fhir+json"


class EventSubscription(Source):
    """One subscription of whoever asks.

    Only its present version can be read: what it was before would show addresses to who may see
    it now and might not then.
    """

    resource_type: ClassVar[str] = "Subscription"
    model = Subscription
    patient: ClassVar[str] = ""
    case: ClassVar[str] = ""
    profiles: ClassVar = (guide.SUBSCRIPTION,)

    def rows(self) -> QuerySet[Any]:
        """Those that the caller may know of."""
        return visible()

    def project(self, row: Any) -> dict[str, Any]:
        """What is followed and where it is told; headers are there and masked."""
        has_failed = row.status == Status.ERROR and row.fault
        return said(
            resourceType=self.resource_type,
            status=row.status.value,
            contact=row.contact,
            end=instant(row.ends_at) if row.ends_at else None,
            reason=row.reason,
            criteria=address_of(row.kind),
            _criteria=said(extension=filters_of(row)),
            error=Fault(row.fault).label if has_failed else "",
            channel=_channel(row),
        )

    def stand(self, row: Any) -> Stand:
        """Counted with each change by its owner, and when it is switched off."""
        return Stand(row.version, row.changed_at, row)


def filters_of(row: Subscription) -> list[dict[str, Any]]:
    """What narrows its topic, as extensions."""
    given: dict[str, UUID | None] = {PATIENT: row.patient_id, BOARD: row.board_id}
    return [
        {"url": guide.FILTER, "valueString": f"{name}={FILTERS[name]}/{key}"}
        for name, key in given.items()
        if key is not None
    ]


def _channel(row: Subscription) -> dict[str, Any]:
    times = [
        {"url": guide.HEARTBEAT, "valueUnsignedInt": row.heartbeat_seconds},
        {"url": guide.TIMEOUT, "valueUnsignedInt": row.timeout_seconds},
        {"url": guide.MOST, "valuePositiveInt": row.max_count},
    ]
    headers = row.endpoint.secrets.get("headers", [])
    return said(
        extension=[each for each in times if None not in each.values()],
        type="rest-hook",
        endpoint=row.endpoint.address,
        payload=JSON,
        _payload={"extension": [{"url": guide.CONTENT, "valueCode": row.content}]},
        _header=[{"extension": [guide.MASKED]} for _ in headers],
    )
