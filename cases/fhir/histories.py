"""How often rows were written, and when last: what the version of a composed resource counts.

A list changes when one of its items does, and a board when a member joins. Such resources count
the entries of every history that they are made from: the number only ever goes up.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db.models import (
    Count,
    DateTimeField,
    F,
    IntegerField,
    Max,
    Model,
    OuterRef,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce, Greatest


class Part(NamedTuple):
    """A table with a history, and which column of its entries is which column of the row."""

    model: type[Model]
    column: str = "pgh_obj_id"
    of_row: str = "pk"


def counted(rows: QuerySet[Any], parts: Sequence[Part], *, begun: str) -> QuerySet[Any]:
    """`rows` with `entries`, how often any part was written, and `written_at`, when last.

    Args:
        begun: the column that says when the row was made, for one from before there was a history.
    """
    count, latest = _aggregates(parts[0])
    for part in parts[1:]:
        more, later = _aggregates(part)
        # PostgreSQL's GREATEST passes over what is not there.
        count, latest = count + more, Greatest(latest, later)
    return rows.annotate(entries=count, written_at=Coalesce(latest, F(begun)))


def _aggregates(part: Part) -> tuple[Any, Any]:
    events: Any = part.model.pgh_event_model  # type: ignore[attr-defined]
    mine = events.objects.filter(**{part.column: OuterRef(part.of_row)}).order_by()
    grouped = mine.values(part.column)
    count = Subquery(grouped.values(n=Count("pk")), output_field=IntegerField())
    latest = Subquery(grouped.values(at=Max("pgh_created_at")), output_field=DateTimeField())
    return Coalesce(count, 0), latest
