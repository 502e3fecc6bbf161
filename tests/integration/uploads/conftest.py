"""A virus scanner that is really there, and a study to bring files to.

Where there is no ClamAV the tests skip, saying so, unless `TUMORBOARD_BROWSER=required`: what CI
runs may skip nothing.
"""

import io
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Study, StudyFile
from cases.services import study_files
from tests.factories.cases import make_case, make_study
from tests.integration.uploads.clamd import Clamd
from tumorboard.accounts.models import User
from tumorboard.operations.clamav import find
from tumorboard.tenancy.models import Institution


@pytest.fixture(scope="session")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clamd]:
    """One daemon for the session."""
    program = find()
    if program is None:
        reason = (
            "no ClamAV daemon found, so the tests against a real virus scanner did not run "
            "(Debian: apt-get install clamav-daemon)"
        )
        if os.environ.get("TUMORBOARD_BROWSER") == "required":
            pytest.fail(reason)
        pytest.skip(reason)
    running = Clamd(program, tmp_path_factory.mktemp("clamd"))
    yield running
    running.stop()


@pytest.fixture
def scanner(clamd: Clamd, settings: Any) -> Clamd:
    """The daemon, which the operator has named."""
    settings.CLAMD_ADDRESS = clamd.address
    return clamd


@pytest.fixture
def study(coordinator: User, scope: None) -> Study:
    """A study of a case."""
    return make_study(case=make_case(by=coordinator), by=coordinator, modality="CT")


@pytest.fixture
def put(study: Study, coordinator: User) -> Callable[..., StudyFile]:
    """Upload a file of the study."""

    def upload(content: bytes, name: str = "report.pdf") -> StudyFile:
        return study_files.upload(
            study=study, name=name, content=io.BytesIO(content), by=coordinator
        )

    return upload


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
