"""The people of `conftest.py`, made once for all tests of a file instead of for each.

A file takes those it wants:

    institution, coordinator = once.institution, once.coordinator

Other fixtures of the file can then have `scope="module"` too; what a test does to the rows, and
to the objects that it asked for, is undone. A test that commits stands in a file of its own.
"""

import pytest

from tests.factories.people import add_member, make_institution
from tumorboard.accounts.models import User
from tumorboard.tenancy.models import Institution


@pytest.fixture(scope="module")
def institution(kept: None) -> Institution:
    """The institution most tests work in."""
    return make_institution(slug="north", name="North Hospital")


@pytest.fixture(scope="module")
def other_institution(kept: None) -> Institution:
    """One whose rows must never be seen."""
    return make_institution(slug="south", name="South Hospital")


@pytest.fixture(scope="module")
def coordinator(institution: Institution) -> User:
    """A coordinator of the institution."""
    return add_member(
        institution, "COORDINATOR", email="cora@north.example", name="Cora Coordinator"
    )


@pytest.fixture(scope="module")
def chair(institution: Institution) -> User:
    """A board chair of the institution."""
    return add_member(institution, "BOARD_CHAIR", email="chris@north.example", name="Chris Chair")


@pytest.fixture(scope="module")
def administrator(institution: Institution) -> User:
    """An administrator of the institution."""
    return add_member(institution, "ADMINISTRATOR", email="ada@north.example", name="Ada Admin")
