"""The application of a real worker process, with handlers for the tests.

Started as `celery -A tests.integration.outbox.worker worker`; it connects to the database of the
test that started it.
"""

import signal

import django
import psycopg
from django.conf import settings
from django.db import connection

from tumorboard.celery import app

django.setup()

from cases.models import Patient  # noqa: E402 - models need a Django that is set up
from tumorboard.outbox.queue import handles  # noqa: E402

__all__ = ["CHANNEL", "add", "app", "hang"]

#: Where handlers say what they have done.
CHANNEL = "test_outbox"


@handles("test.real.add")
def add(payload: dict[str, str]) -> None:
    """Add a patient, and say so when the transaction commits."""
    Patient.objects.create(record_number=payload["number"], family_name="Testperson")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, 'done')", [CHANNEL])


@handles("test.real.hang")
def hang(payload: dict[str, str]) -> None:
    """Add a patient, say at once that this has begun, and never end."""
    add(payload)
    with psycopg.connect(settings.DATABASE_DIRECT_URL, autocommit=True) as outside:
        outside.execute("SELECT pg_notify(%s, 'begun')", [CHANNEL])
    signal.pause()
