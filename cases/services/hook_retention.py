"""Removing old cards of CDS Hooks; how many there were, and what became of them, is kept."""

import datetime
from collections import Counter
from typing import Any

from django.utils import timezone

from cases.models import HookCard, HookClient, HookFeedback, HookTally
from cases.selectors.hook_numbers import COLUMNS, midnight, with_outcomes
from cases.services.sweeps import in_each_institution
from tumorboard.audit.record import record
from tumorboard.tenancy.models import Institution

#: [INT] So that a year can be looked through, and the month before it.
KEPT_DAYS = 400
#: Days that one sweep counts: what was left lying for long takes several.
MOST_DAYS = 50


def sweep() -> None:
    """Remove the old cards of every institution, one at a time."""
    in_each_institution(_remove)


def _remove(institution: Institution) -> None:
    """Count and remove whole days, so that no day is counted twice."""
    # One sweep at a time: rows of cards cannot be locked, since nobody may change them.
    list(HookClient.objects.select_for_update().order_by("pk").values_list("pk"))
    oldest = HookCard.objects.order_by("given_at").values_list("given_at", flat=True).first()
    before = timezone.localdate() - datetime.timedelta(days=KEPT_DAYS)
    if oldest is None or timezone.localdate(oldest) >= before:
        return
    before = min(before, timezone.localdate(oldest) + datetime.timedelta(days=MOST_DAYS))
    rows = HookCard.objects.filter(given_at__lt=midnight(before))
    tallied: Counter[tuple[Any, ...]] = Counter()
    for given_at, client, *key in with_outcomes(rows).values_list(
        "given_at", "client_id", *COLUMNS
    ):
        tallied[timezone.localdate(given_at), client, *key] += 1
    HookTally.objects.bulk_create(
        [
            HookTally(
                day=day, client_id=client, cards=number, **dict(zip(COLUMNS, key, strict=True))
            )
            for (day, client, *key), number in tallied.items()
        ]
    )
    HookFeedback.objects.filter(card__in=rows).delete()
    rows.delete()
    record(action="hook.cards.removed", subject=institution, by=None)
