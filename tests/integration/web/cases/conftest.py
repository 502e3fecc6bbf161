"""Cases, and people who are signed in, for the tests of the case pages."""

from collections.abc import Callable

import pytest
from django.test import Client

from cases.models import Case
from tests.factories.cases import STAGING, make_case
from tests.factories.people import add_member
from tumorboard.accounts.models import User
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope


@pytest.fixture
def case(institution: Institution, coordinator: User) -> Case:
    """A case of initial staging, all of it known."""
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
