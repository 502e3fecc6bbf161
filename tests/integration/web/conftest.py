"""People who are signed in, for the tests of all pages."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tumorboard.accounts.models import User
from tumorboard.tenancy.models import Institution


@pytest.fixture(autouse=True)
def _a_folder_of_static_files(settings, tmp_path):
    """WhiteNoise warns when it starts without one."""
    settings.STATIC_ROOT = tmp_path


@pytest.fixture
def browser(client: Client, coordinator: User) -> Client:
    """A browser in which the coordinator is signed in."""
    client.force_login(coordinator)
    return client


@pytest.fixture
def url(institution: Institution) -> Callable[..., str]:
    """The address of a page of the institution."""

    def address(name: str, *args: Any) -> str:
        return reverse(name, args=[institution.slug, *args])

    return address
