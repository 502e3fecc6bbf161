"""Cases, and people who are signed in, for the tests of the case pages.

A file of which nearly every test needs the case says `usefixtures("kept_case")`: then it is made
once for the file, and every test finds it, whether it asks for it or not.
"""

import copy
from collections.abc import Callable

import pytest
from django.test import Client

from cases.models import Case
from tests.factories.cases import STAGING, make_case
from tests.factories.people import add_member
from tests.integration.web.conftest import House
from tumorboard.accounts.models import User
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope


@pytest.fixture(scope="module")
def kept_case(house: House) -> Case:
    """`case`, once for the file."""
    with institution_scope(house.institution):
        return make_case(by=house.coordinator, **STAGING)


@pytest.fixture
def case(request: pytest.FixtureRequest, institution: Institution, coordinator: User) -> Case:
    """A case of initial staging, all of it known."""
    if "kept_case" in request.fixturenames:
        return copy.deepcopy(request.getfixturevalue("kept_case"))
    with institution_scope(institution):
        return make_case(by=coordinator, **STAGING)


@pytest.fixture
def sign_in_as(institution: Institution) -> Callable[[str], Client]:
    """A browser of a member with one role."""

    def sign_in(role: str) -> Client:
        person = add_member(institution, role, email=f"{role}@north.example", name=role.title())
        client = Client()
        client.force_login(person)
        return client

    return sign_in


@pytest.fixture
def at(url: Callable[..., str]) -> Callable[..., str]:
    """The address of a page of the institution."""
    return url
