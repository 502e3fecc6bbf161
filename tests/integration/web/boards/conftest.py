"""People who are signed in, and a meeting with a case on its list."""

from typing import Any

import pytest
from django.test import Client

from cases.models import AgendaItem
from tests.factories.boards import make_item, make_meeting
from tests.factories.people import add_member
from tumorboard.accounts.models import User
from tumorboard.tenancy.models import Institution


@pytest.fixture
def chairs_browser(chair: User) -> Client:
    """A browser in which the chair is signed in."""
    client = Client()
    client.force_login(chair)
    return client


@pytest.fixture
def radiologists_browser(institution: Institution) -> Client:
    """A browser of somebody who may look at boards and change nothing of them."""
    client = Client()
    client.force_login(
        add_member(institution, "RADIOLOGIST", email="rita@north.example", name="Rita Radiologist")
    )
    return client


@pytest.fixture
def meeting(scope: None, coordinator: User) -> Any:
    """A coming meeting."""
    return make_meeting(by=coordinator)


@pytest.fixture
def item(meeting: Any, coordinator: User) -> AgendaItem:
    """A case on the list of the meeting."""
    return make_item(by=coordinator, meeting=meeting, question="Resect or treat?")
