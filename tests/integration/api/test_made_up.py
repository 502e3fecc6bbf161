"""Whatever is made up from the description: no 500, nothing against the schema, nothing of others.

`python -m tests.schemathesis_run` does the same at length against a running server.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction

from tests.integration.isolation.answers import OF_THE_DOOR
from tests.integration.isolation.world import EVERYTHING, make_world
from tests.made_up import MadeUp, schema_at, schema_of
from tests.server import Server
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope

IS_WHOLE = os.environ.get("TUMORBOARD_MADE_UP", "")
#: Requests of each kind (allowed, forbidden) to each operation.
FEW, MANY = 2, int(os.environ.get("TUMORBOARD_MADE_UP_MOST", "25"))


class Undone(MadeUp):
    """Undoes what each request wrote, so that the next one finds all rows as they were."""

    def send(self, case: Any) -> Any:
        """What is answered."""
        with transaction.atomic():
            answer = super().send(case)
            transaction.set_rollback(True)
        return answer


@pytest.fixture
def connected() -> Iterator[None]:
    """The end of a request leaves the connection of the test open."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.django_db
@pytest.mark.usefixtures("connected")
def test_a_few_made_up_requests_to_every_operation(settings):
    """ASVS v5.0.0-16.5.1 and v5.0.0-8.4.1: no detail of a fault, nothing of another tenant."""
    settings.RATE_PERSONAL_TOKEN = 1_000_000
    world = make_world()
    made_up = Undone(
        schema_of(get_wsgi_application()), world, token=world.tokens[EVERYTHING], number=7
    )
    found = made_up.try_every_operation(most=FEW)
    assert not found.faults, str(found)
    assert found.statuses[200] > 50
    assert sum(found.statuses.values()) > 250


@pytest.fixture
def server(transactional_db, monkeypatch) -> Iterator[Server]:
    """A real server that lets a script ask as often as it wants."""
    monkeypatch.setenv("TUMORBOARD_RATE_PERSONAL_TOKEN", "1000000")
    server = Server()
    server.start()
    yield server
    server.kill()


@pytest.mark.skipif(not IS_WHOLE, reason="python -m tests.schemathesis_run")
@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_many_made_up_requests_to_a_running_server(server):
    world = make_world()
    before = rows_of(world.south)
    made_up = MadeUp(
        schema_at(server.url), world, token=world.tokens[EVERYTHING], number=int(IS_WHOLE)
    )
    found = made_up.try_every_operation(most=MANY)
    print(found)
    assert not found.faults
    assert rows_of(world.south) == before


def rows_of(institution: Institution) -> dict[str, int]:
    """How many rows of each model an institution has."""
    with institution_scope(institution):
        return {
            model._meta.db_table: model._default_manager.count()
            for model in apps.get_app_config("cases").get_models()
            if model._meta.db_table not in OF_THE_DOOR
        }
