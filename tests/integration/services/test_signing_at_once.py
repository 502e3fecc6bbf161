"""Several people sign at the same moment."""

from functools import partial

import pytest

from cases.models import Decision, Task
from cases.services.chain_checks import check_chains
from cases.services.decisions import AlreadySigned
from tests.factories.boards import (
    draft,
    make_asking_case,
    make_board,
    make_item,
    make_meeting,
    sign,
)
from tests.factories.people import add_member, make_institution
from tests.integration.services.writers import write_at_once
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

MEETINGS = 4
SIGNERS = 32


@pytest.fixture
def north():
    return make_institution(slug="north", name="North Hospital")


@pytest.fixture
def chair(north):
    return add_member(north, "BOARD_CHAIR", email="chris@north.example", name="Chris Chair")


@pytest.fixture
def other_chair(north):
    return add_member(north, "BOARD_CHAIR", email="dana@north.example", name="Dana Chair")


@pytest.fixture
def coordinator(north):
    return add_member(north, "COORDINATOR", email="cora@north.example", name="Cora")


def test_every_signature_has_a_place_of_its_own_in_the_chain(north, chair, coordinator):
    with institution_scope(north):
        board = make_board(by=coordinator)
        meetings = [make_meeting(by=coordinator, board=board) for _ in range(MEETINGS)]
        items = [
            make_item(
                by=coordinator,
                meeting=meetings[place % MEETINGS],
                case=make_asking_case(by=coordinator),
            )
            for place in range(SIGNERS)
        ]
        for item in items:
            draft(item, by=coordinator)

    ended = write_at_once(north, *(partial(sign, item, by=chair) for item in items))

    assert ended == [None] * SIGNERS
    with institution_scope(north):
        positions = Decision.objects.order_by("chain_position")
        assert list(positions.values_list("chain_position", flat=True)) == [*range(1, SIGNERS + 1)]
        faults, (head,) = check_chains()
        assert (faults, head.position) == ([], SIGNERS)


def test_two_people_and_a_double_click_make_one_signature(north, chair, other_chair, coordinator):
    """ASVS v5.0.0-2.3.4: a decision is signed once."""
    with institution_scope(north):
        item = make_item(by=coordinator)
        draft(item, by=coordinator)
    people = (chair, chair, other_chair)

    ended = write_at_once(north, *(partial(sign, item, by=person) for person in people))

    assert sorted(type(error).__name__ for error in ended) == [
        "AlreadySigned",
        "AlreadySigned",
        "NoneType",
    ]
    with institution_scope(north):
        signed = Decision.objects.get()
        assert signed.signed_by == people[ended.index(None)]
        for error in ended:
            if isinstance(error, AlreadySigned):
                assert error.decision == signed
                assert signed.signer_name in str(error)
        assert Task.objects.count() == signed.recommendations.count()
        assert check_chains()[0] == []
