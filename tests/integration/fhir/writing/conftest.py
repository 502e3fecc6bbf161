"""A coordinator's FHIR server, with a patient who came in by it."""

from typing import Any

import pytest

from tests.integration.fhir.writing import samples
from tests.integration.fhir.writing.server import Server, server_of
from tumorboard.accounts.models import User
from tumorboard.tenancy.models import Institution


@pytest.fixture
def server(institution: Institution, coordinator: User) -> Server:
    """A coordinator's."""
    return server_of(institution, coordinator)


@pytest.fixture
def ada(server: Server) -> str:
    """A patient who is here: "Patient/…"."""
    return f"Patient/{server.made(samples.patient())['id']}"


@pytest.fixture
def her_tumor(server: Server, ada: str) -> dict[str, Any]:
    """The patient's only case."""
    return server.made(samples.tumor(ada))
