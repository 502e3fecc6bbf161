"""Two institutions full of rows, made once for all tests of a file: they are dear."""

import logging
from collections.abc import Iterator

import pytest
from django.db import transaction

from tests.integration.isolation.world import World, make_world


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[World]:
    """Both institutions, in one transaction that is undone after the last test of the file."""
    logging.disable(logging.WARNING)
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)
    logging.disable(logging.NOTSET)


@pytest.fixture
def undone(world: World) -> Iterator[None]:
    """Undo what the test writes."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
