"""Who follows what by FHIR, and whether they may go on."""

from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from cases.models import Event, RestrictionMember, Subscription, WebhookDelivery, WebhookEndpoint
from cases.models.restriction import Restriction
from cases.models.subscription import Phase
from cases.models.webhook import DeliveryState, EndpointState
from cases.selectors.topics import TOPICS
from tumorboard.accounts.client_models import ApiClient
from tumorboard.accounts.permissions import Permission
from tumorboard.accounts.rights import rights_of
from tumorboard.accounts.selectors import holders
from tumorboard.tenancy.scope import current_person_id

#: What it must be able to read of its own kind, to be told.
KIND, LETTER = "Subscription", "r"


def visible() -> QuerySet[Subscription]:
    """Those of whoever asks; all, for a person who manages API clients. Newest first.

    Each has `fault`, why the last attempt failed that did; empty where none did.
    """
    person = current_person_id()
    rows = Subscription.objects.exclude(endpoint__state=EndpointState.REMOVED)
    if person is None:
        rows = rows.none()
    elif not holders(Permission.CLIENT_MANAGE, among=[person]):
        rows = rows.filter(owner=person)
    tried = WebhookDelivery.objects.filter(endpoint=OuterRef("endpoint")).exclude(fault="")
    last = tried.order_by("-tried_at", "-id").values("fault")[:1]
    return (
        rows.select_related("endpoint", "owner")
        .annotate(fault=Subquery(last))
        .order_by("-made_at", "-id")
    )


def counted() -> list[Subscription]:
    """The visible ones, with `client`, the API client that each is of, `dead` and `waiting`."""
    of_events = Q(endpoint__deliveries__event__isnull=False)
    state = "endpoint__deliveries__state"
    dead, waiting = ({state: each} for each in (DeliveryState.DEAD, DeliveryState.WAITING))
    client = ApiClient.objects.filter(user=OuterRef("owner")).values("label")[:1]
    rows = visible().annotate(
        dead=Count("endpoint__deliveries", filter=of_events & Q(**dead)),
        waiting=Count("endpoint__deliveries", filter=of_events & Q(**waiting)),
        client=Subquery(client),
    )
    return list(rows)


def numbered(
    subscription: Subscription, *, since: int | None, until: int | None
) -> QuerySet[WebhookDelivery]:
    """What it was to be told that is still kept, by number, from `since` to `until`."""
    rows = WebhookDelivery.objects.filter(endpoint=subscription.endpoint_id)
    rows = rows.filter(number__isnull=False).exclude(state=DeliveryState.WITHHELD)
    if since is not None:
        rows = rows.filter(number__gte=since)
    if until is not None:
        rows = rows.filter(number__lte=until)
    return rows.select_related("event").order_by("number")


def wanting(event: Event, *, among: list[WebhookEndpoint]) -> set[UUID]:
    """The endpoints of `among` whose subscription an event is for.

    Of a restricted case only those whose owner is on its list; as one who sees the case sees it.
    """
    patient = event.case.patient_id if event.case else None
    board = event.meeting.board_id if event.meeting else None
    rows = (
        Subscription.objects.filter(endpoint__in=among)
        .filter(Q(patient=None) | Q(patient=patient), Q(board=None) | Q(board=board))
        .filter(Q(ends_at=None) | Q(ends_at__gt=event.occurred_at))
        .exclude(phase=Phase.OFF)
    )
    found = dict(rows.values_list("endpoint_id", "owner_id"))
    if not found or patient is None or not _is_restricted(patient):
        return set(found)
    listed = _listed(patient)
    return {endpoint for endpoint, owner in found.items() if owner in listed}


def may_hear(subscription: Subscription, delivery: WebhookDelivery) -> bool:
    """Whether its owner may be told this now: by rights that they have, of a case that they see."""
    rights = rights_of(subscription.owner)
    if not rights.may(KIND, LETTER) or not rights.may(TOPICS[subscription.kind].focus, "r"):
        return False
    if delivery.case is None or not _is_restricted(delivery.case.patient_id):
        return True
    return subscription.owner_id in _listed(delivery.case.patient_id)


def _is_restricted(patient_id: UUID) -> bool:
    return Restriction.objects.filter(patient=patient_id, lifted_at=None).exists()


def _listed(patient_id: UUID) -> set[UUID]:
    rows = RestrictionMember.objects.filter(
        restriction__patient=patient_id, restriction__lifted_at=None
    )
    return set(rows.values_list("person_id", flat=True))
