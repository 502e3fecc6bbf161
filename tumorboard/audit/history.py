"""History of every clinical row, kept by database triggers."""

from typing import TypeVar

import pghistory
from django.db import models

M = TypeVar("M", bound=models.Model)


def keep_history(model: type[M]) -> type[M]:
    """Class decorator: every insert, update and delete leaves a row in a history table.

    The migration that makes the history table protects it with
    `ProtectTenantTables(history=[...])`.
    """
    # Trackers belong to one model each: pghistory writes the model's fields into them.
    track = pghistory.track(
        pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent()
    )
    tracked: type[M] = track(model)
    return tracked
