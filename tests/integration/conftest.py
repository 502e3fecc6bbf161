"""Institutions, people and a meeting for tests that need a database."""

import json
import warnings
from collections.abc import Generator, Iterator
from typing import Any, BinaryIO

import pytest
from django.db import transaction
from django.db.models import Model

from cases.dicom import inspection
from cases.dicom.child import UNFIT
from cases.dicom.judging import judge
from cases.dicom.limits import ProcessLimits
from cases.dicom.reasons import Unfit
from cases.models import AgendaItem, Meeting, Standard
from tests.factories.boards import bring_near, make_item, make_meeting
from tests.factories.cases import make_case
from tests.factories.people import add_member, make_institution
from tests.factories.standards import make_standard
from tumorboard.accounts.models import User
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope


@pytest.fixture(scope="module")
def kept(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: pytest.FixtureRequest
) -> Iterator[None]:
    """One transaction for all tests of a file, undone after the last of them.

    What a fixture of the file makes in it is made once, and each test finds it as it was made:
    what a test writes is undone as ever, and so is what it does to a model's object that it asks
    for by name. Not for a file with a test that commits, which would wait for this transaction
    for ever (`tests/integration/once.py`).
    """
    here = (each for each in request.session.items if each.path == request.path)
    marks = (each.get_closest_marker("django_db") for each in here)
    assert not any(mark.kwargs.get("transaction") for mark in marks if mark), "one would wait"
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _what_is_kept_stays_as_it_was(request: pytest.FixtureRequest) -> None:
    """Undo what a test writes beside what is kept, also where it does not ask for the database."""
    if "kept" in request.fixturenames:
        request.getfixturevalue("db")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Undo what a test does to the objects it asked for, where they are those of a whole file."""
    given = getattr(item, "funcargs", {}) if "kept" in getattr(item, "fixturenames", ()) else {}
    rows = [value for value in given.values() if isinstance(value, Model)]
    before = [(vars(row).copy(), row._state.fields_cache.copy()) for row in rows]
    try:
        yield
    finally:
        for row, (values, parents) in zip(rows, before, strict=True):
            vars(row).clear()
            vars(row).update(values)
            row._state.fields_cache = parents


@pytest.fixture
def institution(db: None) -> Institution:
    """The institution most tests work in."""
    return make_institution(slug="north", name="North Hospital")


@pytest.fixture
def other_institution(db: None) -> Institution:
    """One whose rows must never be seen."""
    return make_institution(slug="south", name="South Hospital")


@pytest.fixture
def scope(institution: Institution) -> Iterator[None]:
    """Work as the institution, as every face does that calls a selector or a service."""
    with institution_scope(institution):
        yield


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


@pytest.fixture
def meeting(scope: None, coordinator: User) -> Meeting:
    """A meeting on its day."""
    return bring_near(make_meeting(by=coordinator))


@pytest.fixture
def items(meeting: Meeting, coordinator: User) -> list[AgendaItem]:
    """Three cases on its list."""
    return [
        make_item(by=coordinator, meeting=meeting, case=make_case(by=coordinator)) for _ in range(3)
    ]


@pytest.fixture
def inspected_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Uploaded files are judged in this process, where the one that judges is not the subject.

    To start it takes most of a second. tests/unit/dicom/test_inspection.py proves it and its
    limits, and the tests of the pages that upload go through it.
    """

    def said(file: BinaryIO, extension: str, _: ProcessLimits) -> dict[str, Any]:
        # As there, whoever parses may warn.
        with warnings.catch_warnings(action="ignore"):
            try:
                found = judge(file, extension)
            except Unfit as error:
                found = {UNFIT: error.reason.value}
        return json.loads(json.dumps(found, default=bytes.hex))

    monkeypatch.setattr(inspection, "_said", said)


@pytest.fixture
def standard(scope: None, coordinator: User) -> Standard:
    """A standard of care in use, of a board of its own."""
    return make_standard(by=coordinator)
