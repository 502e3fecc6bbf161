"""Cases, and people who are signed in, for the tests of the case pages."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Case
from tests.factories.cases import STAGING, make_case
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
    """Stay in the institution's scope, to look at what was written."""
    with institution_scope(institution):
        yield


@pytest.fixture
def case(institution: Institution, coordinator: User) -> Case:
    """A case of initial staging, all of it known."""
    with institution_scope(institution):
        return make_case(by=coordinator, **STAGING)


@pytest.fixture
def browser(client: Client, coordinator: User) -> Client:
    """A browser in which the coordinator is signed in."""
    client.force_login(coordinator)
    return client


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
def at(institution: Institution) -> Callable[..., str]:
    """The address of a page of the institution."""

    def address(name: str, *args: object) -> str:
        return reverse(name, args=[institution.slug, *args])

    return address
