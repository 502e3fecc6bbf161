"""Resources as they leave, made from rows of the database and held against R4."""

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.fhir.found import of_rows
from cases.fhir.source import Source
from tests.unit.fhir.resources.valid import assert_valid


def leaving(source: Source, **narrowed: Any) -> list[dict[str, Any]]:
    """Every resource of a source, valid, for which nothing was asked beside its rows."""
    rows = list(source.rows().filter(**narrowed).order_by("pk"))
    with CaptureQueriesContext(
        connection,
    ) as asked:
        for row in rows:
            source.project(row)
    assert [each["sql"] for each in asked.captured_queries] == []
    return [assert_valid(each.resource) for each in of_rows(source, rows)]


def queries_of(source: Source) -> int:
    """How often the database is asked for all resources of a source."""
    with CaptureQueriesContext(connection) as asked:
        of_rows(source, list(source.rows()))
    return len(asked)
