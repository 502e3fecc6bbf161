"""Whoever looks into the audit."""

import pytest
from django.test import Client

from tests.factories.people import add_member


@pytest.fixture
def officer(institution):
    """The institution's privacy officer."""
    return add_member(institution, "PRIVACY_OFFICER", email="pia@north.example", name="Pia Privacy")


@pytest.fixture
def desk(officer):
    """A browser in which the privacy officer is signed in."""
    client = Client(REMOTE_ADDR="192.0.2.9")
    client.force_login(officer)
    return client
