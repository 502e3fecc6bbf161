"""Keeping what is wrong with rows."""

from collections.abc import Sequence

from django.db import connection

from cases.models import ImportRow

#: One statement for all, and no way through the ORM: only a row can seal what it holds.
KEPT = f"""
    UPDATE {ImportRow._meta.db_table} AS row SET state = found.state, sealed_errors = found.errors
    FROM unnest(%s::uuid[], %s::text[], %s::bytea[]) AS found (id, state, errors)
    WHERE row.id = found.id
"""  # noqa: S608 - names of the model


def keep_faults(rows: Sequence[ImportRow]) -> None:
    """Save the state and the errors of rows."""
    errors = ImportRow._meta.get_field("errors")
    with connection.cursor() as cursor:
        cursor.execute(
            KEPT,
            [
                [row.pk for row in rows],
                [str(row.state) for row in rows],
                [errors.pre_save(row, add=False) for row in rows],
            ],
        )
