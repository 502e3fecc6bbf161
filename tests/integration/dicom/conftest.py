"""A real Orthanc, and somebody at a browser.

Where there is no Orthanc the tests skip, saying so, unless `TUMORBOARD_BROWSER=required`: what CI
runs may skip nothing.
"""

import json
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.archives import NAME
from tests.integration.dicom.orthanc import PASSWORD, USER, Orthanc
from tumorboard.accounts.models import User
from tumorboard.operations.orthanc import find
from tumorboard.tenancy.models import Institution


@pytest.fixture(scope="session")
def orthanc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orthanc]:
    """One Orthanc for the session; every test has patients of its own in it."""
    program = find()
    if program is None:
        reason = (
            "no Orthanc with a DICOMweb plugin found, so the tests against a real picture archive "
            "did not run (Debian: apt-get install orthanc orthanc-dicomweb)"
        )
        if os.environ.get("TUMORBOARD_BROWSER") == "required":
            pytest.fail(reason)
        pytest.skip(reason)
    running = Orthanc(program, tmp_path_factory.mktemp("orthanc"))
    yield running
    running.stop()


@pytest.fixture
def allowed(orthanc: Orthanc, settings: Any) -> Orthanc:
    """The Orthanc, which the operator allows the institution north to ask."""
    settings.PACS_HOSTS = f"north={orthanc.origin}"
    settings.PACS_CREDENTIALS = json.dumps(
        {
            NAME: {"institution": "north", "user": USER, "password": PASSWORD},
            "wrong": {"institution": "north", "user": USER, "password": "not it"},
        }
    )
    return orthanc


@pytest.fixture(autouse=True)
def _a_folder_of_static_files(settings: Any, tmp_path: Any) -> None:
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
