"""People who are signed in, and a meeting with a case on its list.

A file of which nearly every test needs the item says `usefixtures("kept_item")`: then it is made
once for the file, and every test finds it on the list, whether it asks for it or not.
"""

import copy

import pytest
from django.test import Client

from cases.models import AgendaItem, Meeting
from tests.factories.boards import make_item, make_meeting
from tests.factories.people import add_member
from tests.integration.web.conftest import House
from tumorboard.accounts.models import User
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope

QUESTION = "Resect or treat?"


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


@pytest.fixture(scope="module")
def kept_item(house: House) -> AgendaItem:
    """`item` and its meeting, once for the file."""
    with institution_scope(house.institution):
        meeting = make_meeting(by=house.coordinator)
        return make_item(by=house.coordinator, meeting=meeting, question=QUESTION)


@pytest.fixture
def meeting(request: pytest.FixtureRequest, scope: None, coordinator: User) -> Meeting:
    """A coming meeting."""
    if "kept_item" in request.fixturenames:
        return copy.deepcopy(request.getfixturevalue("kept_item").meeting)
    return make_meeting(by=coordinator)


@pytest.fixture
def item(request: pytest.FixtureRequest, meeting: Meeting, coordinator: User) -> AgendaItem:
    """A case on the list of the meeting."""
    if "kept_item" in request.fixturenames:
        item = copy.deepcopy(request.getfixturevalue("kept_item"))
        item.meeting = meeting
        return item
    return make_item(by=coordinator, meeting=meeting, question=QUESTION)
