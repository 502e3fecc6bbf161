"""How far cases are prepared, for lists: what is stored, corrected for what went stale since."""

import datetime
from typing import Any

from django.db import models
from django.db.models import Count, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from cases.models import Case, Gap
from cases.models.case import Preparation

#: Scenarios that say nothing yet of what else is needed.
UNSETTLED = ("", "UNDETERMINED", "CONFLICT")
#: Ready ones first.
RANK = (Preparation.READY, Preparation.READY_WITH_GAPS, Preparation.NOT_READY)


def with_preparation(cases: QuerySet[Case], *, on: datetime.date | None = None) -> QuerySet[Any]:
    """`cases`, each with `effective_preparation`, `preparation_rank` and `open_gap_count`.

    What was current when the case was last written may be stale by now, with no write: then it is
    not ready. `preparation_rank` sorts ready cases first; `open_gap_count` counts what is missing
    or stale on that day and nobody accepted.

    Args:
        on: the day; today where not given.
    """
    day = on or timezone.localdate()
    return cases.annotate(
        effective_preparation=effective_preparation(day),
        preparation_rank=_rank(day),
        open_gap_count=_open_gaps(day),
    )


def effective_preparation(day: datetime.date) -> models.Case:
    """The expression behind `effective_preparation`, for filters."""
    return models.Case(
        models.When(preparation_until__lt=day, then=Value(Preparation.NOT_READY.value)),
        default="preparation",
        output_field=models.CharField(),
    )


def _rank(day: datetime.date) -> models.Case:
    last = Value(RANK.index(Preparation.NOT_READY))
    kept = [models.When(preparation=value, then=Value(n)) for n, value in enumerate(RANK)]
    return models.Case(models.When(preparation_until__lt=day, then=last), *kept, default=last)


def _open_gaps(day: datetime.date) -> Coalesce:
    gaps = Gap.objects.filter(case=OuterRef("pk"), begins_on__lte=day, is_accepted=False)
    counted = gaps.order_by().values("case").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted), 0)


def preparation_words(case: Any) -> str:
    """How far a case of `with_preparation` is prepared, in words."""
    return str(Preparation(case.effective_preparation).label)
