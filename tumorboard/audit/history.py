"""History of every clinical row, kept by database triggers."""

from collections.abc import Callable
from typing import TypeVar

import pghistory
from django.db import models

M = TypeVar("M", bound=models.Model)


def keep_history(model: type[M]) -> type[M]:
    """Class decorator: every insert, update and delete leaves a row in a history table.

    The migration that makes the history table protects it with
    `ProtectTenantTables(history=[...])`.
    """
    return _tracked(model, fields=None)


def keep_history_of(*fields: str) -> Callable[[type[M]], type[M]]:
    """Class decorator: as `keep_history`, of these columns only; what changes others leaves none.

    For a row that is also written by computation, which would bury what people wrote.
    """

    def decorate(model: type[M]) -> type[M]:
        return _tracked(model, fields=["id", "institution", *fields])

    return decorate


def _tracked(model: type[M], *, fields: list[str] | None) -> type[M]:
    # Trackers belong to one model each: pghistory writes the model's fields into them.
    track = pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        fields=fields,
        model_name=f"{model.__name__}Event",
        obj_field=pghistory.ObjForeignKey(db_index=False, related_name="events"),
    )
    tracked: type[M] = track(model)
    return tracked
