"""History of every clinical row, kept by database triggers."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import pghistory
from django.db import models

M = TypeVar("M", bound=models.Model)


def keep_history(model: type[M]) -> type[M]:
    """Class decorator: every insert, update and delete leaves a row in a history table.

    The migration that makes the history table protects it with
    `ProtectTenantTables(history=[...])`.
    """
    return _tracked(model, fields=None)


def keep_history_of(
    *fields: str, attributes: Mapping[str, Any] | None = None
) -> Callable[[type[M]], type[M]]:
    """Class decorator: as `keep_history`, of these columns only; what changes others leaves none.

    For a row that is also written by computation, which would bury what people wrote, and for
    columns that must not outlive the row, such as keys.

    Args:
        attributes: what the rows of history have beside their columns.
    """

    def decorate(model: type[M]) -> type[M]:
        return _tracked(model, fields=["id", "institution", *fields], attributes=attributes)

    return decorate


def _tracked(
    model: type[M], *, fields: list[str] | None, attributes: Mapping[str, Any] | None = None
) -> type[M]:
    # Trackers belong to one model each: pghistory writes the model's fields into them.
    track = pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        fields=fields,
        model_name=f"{model.__name__}Event",
        obj_field=pghistory.ObjForeignKey(db_index=False, related_name="events"),
        attrs=dict(attributes or {}),
    )
    tracked: type[M] = track(model)
    return tracked
