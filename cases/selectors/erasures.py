"""Erasures that were done, and the patients who are due for one."""

import datetime

from dateutil.relativedelta import relativedelta
from django.db.models import Max
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from cases.models import Erasure, Patient, Retention

#: How many of each the page shows.
SHOWN = 100


def done() -> list[Erasure]:
    """The last erasures, newest first."""
    return list(Erasure.objects.select_related("by").order_by("-at", "-id")[:SHOWN])


def years_kept() -> int | None:
    """After how many years without activity a patient is due; None where nobody is."""
    return Retention.objects.values_list("years", flat=True).first()


def due(*, on: datetime.date | None = None) -> list[Patient]:
    """Patients whose last activity is longer ago than they are kept, the longest ago first.

    Each has `last_activity`: when the patient was added, or a case last changed.
    """
    years = years_kept()
    if years is None:
        return []
    until = timezone.now() if on is None else _midnight(on)
    last = Greatest("created_at", Coalesce(Max("cases__changed_at"), "created_at"))
    patients = Patient.objects.filter(wrapped_key__isnull=False).annotate(last_activity=last)
    late = patients.filter(last_activity__lt=until - relativedelta(years=years))
    return list(late.order_by("last_activity", "id")[:SHOWN])


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))
