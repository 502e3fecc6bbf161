"""Institutions and people for tests that need a database."""

import pytest

from tests.factories.people import add_member, make_institution
from tumorboard.accounts.models import User
from tumorboard.tenancy.models import Institution


@pytest.fixture
def institution(db: None) -> Institution:
    """The institution most tests work in."""
    return make_institution(slug="north", name="North Hospital")


@pytest.fixture
def other_institution(db: None) -> Institution:
    """One whose rows must never be seen."""
    return make_institution(slug="south", name="South Hospital")


@pytest.fixture
def coordinator(institution: Institution) -> User:
    """A coordinator of the institution."""
    return add_member(
        institution, "COORDINATOR", email="cora@north.example", name="Cora Coordinator"
    )


@pytest.fixture
def chair(institution: Institution) -> User:
    """A board chair of the institution."""
    return add_member(institution, "BOARD_CHAIR", email="chris@north.example", name="Chris Chair")


@pytest.fixture
def administrator(institution: Institution) -> User:
    """An administrator of the institution."""
    return add_member(institution, "ADMINISTRATOR", email="ada@north.example", name="Ada Admin")
