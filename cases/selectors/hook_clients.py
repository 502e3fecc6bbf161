"""The EHRs that ask by CDS Hooks."""

from uuid import UUID

from django.db.models import F, QuerySet

from cases.models import HookClient


def hook_clients() -> list[HookClient]:
    """All of the current institution by name; those that are not answered any more last."""
    rows = _rows().order_by(
        F("client__disabled_at").asc(nulls_first=True),
        F("switched_off_at").asc(nulls_first=True),
        "client__label",
        "id",
    )
    return list(rows)


def hook_client(key: UUID) -> HookClient | None:
    """One of them."""
    return _rows().filter(pk=key).first()


def _rows() -> QuerySet[HookClient]:
    return HookClient.objects.select_related("client", "registered_by")
