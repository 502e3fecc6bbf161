"""People, a listed case and a task that are made once for a file, where the file says so.

A file in which nothing commits begins with `usefixtures("kept_people", "scope")`. Then everybody
here is made once, and so are the item, its decision and the task, where a test asks for them. Each
test gets objects of its own, and what it writes is undone.
"""

from copy import copy
from typing import NamedTuple

import pytest

from cases.models import AgendaItem, Task
from tests.factories.boards import make_item
from tests.factories.people import add_member, make_institution
from tests.factories.tasks import PET, decided, tasks_of
from tumorboard.accounts.models import User
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope


class KeptPeople(NamedTuple):
    """An institution with those who write most."""

    institution: Institution
    coordinator: User
    chair: User


def north() -> Institution:
    return make_institution(slug="north", name="North Hospital")


def cora(institution: Institution) -> User:
    name = "Cora Coordinator"
    return add_member(institution, "COORDINATOR", email="cora@north.example", name=name)


def chris(institution: Institution) -> User:
    return add_member(institution, "BOARD_CHAIR", email="chris@north.example", name="Chris Chair")


@pytest.fixture(scope="module")
def kept_people(kept: None) -> KeptPeople:
    institution = north()
    return KeptPeople(institution, cora(institution), chris(institution))


@pytest.fixture(scope="module")
def kept_item(kept_people: KeptPeople) -> AgendaItem:
    with institution_scope(kept_people.institution):
        return make_item(by=kept_people.coordinator)


@pytest.fixture(scope="module")
def kept_task(kept_people: KeptPeople) -> Task:
    with institution_scope(kept_people.institution):
        return tasks_of(decided(PET, by=kept_people.chair))[0]


@pytest.fixture
def people(request: pytest.FixtureRequest, db: None) -> KeptPeople | None:
    """Those that the file keeps, copied; None where it keeps none."""
    if "kept_people" not in request.fixturenames:
        return None
    return KeptPeople(*map(copy, request.getfixturevalue("kept_people")))


@pytest.fixture
def institution(people: KeptPeople | None) -> Institution:
    return people.institution if people else north()


@pytest.fixture
def coordinator(people: KeptPeople | None, institution: Institution) -> User:
    return people.coordinator if people else cora(institution)


@pytest.fixture
def chair(people: KeptPeople | None, institution: Institution) -> User:
    return people.chair if people else chris(institution)


@pytest.fixture
def item(kept_item: AgendaItem, scope: None) -> AgendaItem:
    """A case on the list of a meeting, with nothing written yet."""
    return AgendaItem.objects.get(pk=kept_item.pk)


@pytest.fixture
def task(kept_task: Task, scope: None) -> Task:
    """A task that asks for a receptor PET, decided 30 days ago."""
    return Task.objects.get(pk=kept_task.pk)
