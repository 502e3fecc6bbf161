"""People who are signed in, for the tests of all pages.

Institution, coordinator and their session are made once for each file: `house`. A test gets
copies of its own, and what it writes is undone.
"""

import copy
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories.people import add_member, make_institution
from tumorboard.accounts import second_factor, sessions
from tumorboard.accounts.models import User
from tumorboard.tenancy.models import Institution


@dataclass(frozen=True)
class House:
    """What every test of a file finds."""

    institution: Institution
    coordinator: User
    #: By which a browser is known as the coordinator's, whose second factor is proven.
    cookies: SimpleCookie


@pytest.fixture(scope="module", autouse=True)
def house(kept: None) -> House:
    """What is made once for a file; not for a file with a test that commits."""
    institution = make_institution(slug="north", name="North Hospital")
    coordinator = add_member(
        institution, "COORDINATOR", email="cora@north.example", name="Cora Coordinator"
    )
    client = Client()
    client.force_login(coordinator)
    session = client.session
    session[second_factor.PROVEN] = str(coordinator.pk)
    session.save()
    return House(institution, coordinator, client.cookies)


@pytest.fixture(autouse=True)
def _a_folder_of_static_files(settings, tmp_path):
    """WhiteNoise warns when it starts without one."""
    settings.STATIC_ROOT = tmp_path


@pytest.fixture
def institution(house: House) -> Institution:
    """The institution most tests work in."""
    return copy.deepcopy(house.institution)


@pytest.fixture
def coordinator(house: House) -> User:
    """A coordinator of the institution."""
    return copy.deepcopy(house.coordinator)


@pytest.fixture(scope="module")
def kept_chair(house: House) -> User:
    """`chair`, once for a file that makes rows of the chair's once."""
    return add_member(
        house.institution, "BOARD_CHAIR", email="chris@north.example", name="Chris Chair"
    )


@pytest.fixture
def chair(request: pytest.FixtureRequest, institution: Institution) -> User:
    """A board chair of the institution."""
    if "kept_chair" in request.fixturenames:
        return copy.deepcopy(request.getfixturevalue("kept_chair"))
    return add_member(institution, "BOARD_CHAIR", email="chris@north.example", name="Chris Chair")


@pytest.fixture
def browser(client: Client, house: House) -> Client:
    """A browser in which the coordinator has signed in just now, however long the file takes."""
    # A copy: a cookie that is loaded stays the same object, and signing in changes it.
    client.cookies = copy.deepcopy(house.cookies)
    session = client.session
    session[sessions.SIGNED_IN_AT] = session[sessions.ACTIVE_AT] = time.time()
    session.save()
    return client


@pytest.fixture
def url(institution: Institution) -> Callable[..., str]:
    """The address of a page of the institution."""

    def address(name: str, *args: Any) -> str:
        return reverse(name, args=[institution.slug, *args])

    return address
