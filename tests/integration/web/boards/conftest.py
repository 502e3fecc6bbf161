"""People who are signed in, and a meeting with a case on its list."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import AgendaItem
from tests.factories.boards import make_item, make_meeting
from tests.factories.people import add_member
from tumorboard.accounts.models import User
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope


@pytest.fixture(autouse=True)
def _a_folder_of_static_files(settings, tmp_path):
    """WhiteNoise warns when it starts without one."""
    settings.STATIC_ROOT = tmp_path


@pytest.fixture
def scope(institution: Institution) -> Iterator[None]:
    """Stay in the institution's scope, to prepare and to look at what was written."""
    with institution_scope(institution):
        yield


@pytest.fixture
def url(institution: Institution) -> Callable[..., str]:
    """The address of a page of the institution."""

    def address(name: str, *args: Any) -> str:
        return reverse(name, args=[institution.slug, *args])

    return address


@pytest.fixture
def browser(client: Client, coordinator: User) -> Client:
    """A browser in which the coordinator is signed in."""
    client.force_login(coordinator)
    return client


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
