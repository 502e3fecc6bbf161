"""The chain of a board, and what a check of it finds."""

import pytest

from cases.models import Decision
from cases.services.chain_checks import Head, check_chains, check_heads
from cases.services.chains import NOTHING, is_linked, link_hash
from tests.factories.boards import make_board, make_item, make_meeting, sign

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


def signed_on(board, *, coordinator, chair):
    """A decision signed on a further meeting of a board."""
    return sign(
        make_item(by=coordinator, meeting=make_meeting(by=coordinator, board=board)), by=chair
    )


def test_each_link_follows_the_one_before(coordinator, chair):
    board = make_board(by=coordinator)
    chain = [signed_on(board, coordinator=coordinator, chair=chair) for _ in range(3)]

    assert [decision.chain_position for decision in chain] == [1, 2, 3]
    assert [d.previous_hash for d in chain] == [NOTHING, chain[0].chain_hash, chain[1].chain_hash]
    for decision in chain:
        assert decision.board_id == board.pk
        assert decision.chain_hash == link_hash(
            board_id=board.pk,
            position=decision.chain_position,
            previous_hash=decision.previous_hash,
            content_hash=decision.content_hash,
        )


def test_each_board_has_its_own(coordinator, chair):
    boards = [make_board(by=coordinator) for _ in range(2)]
    first, second = (signed_on(b, coordinator=coordinator, chair=chair) for b in boards)

    assert (first.chain_position, second.chain_position) == (1, 1)
    faults, heads = check_chains()
    assert faults == []
    assert {head.board_id: head.chain_hash for head in heads} == {
        boards[0].pk: first.chain_hash,
        boards[1].pk: second.chain_hash,
    }


@pytest.mark.parametrize(
    "change", [{"board_id": 1}, {"position": 2}, {"previous_hash": "1" * 64}, {"content_hash": ""}]
)
def test_a_link_covers_all_that_it_is_made_of(change):
    link = {"board_id": 0, "position": 1, "previous_hash": NOTHING, "content_hash": "a"}

    assert link_hash(**link) != link_hash(**{**link, **change})


def test_the_content_may_be_gone_and_the_chain_still_holds(coordinator, chair):
    decision = signed_on(make_board(by=coordinator), coordinator=coordinator, chair=chair)

    # The link is made of the hash alone, not of what was hashed.
    assert decision.chain_hash == link_hash(
        board_id=decision.board_id,
        position=1,
        previous_hash=NOTHING,
        content_hash=decision.content_hash,
    )


def test_nothing_signed_is_no_fault():
    assert check_chains() == ([], [])


def test_a_head_kept_earlier(coordinator, chair):
    board = make_board(by=coordinator)
    first = signed_on(board, coordinator=coordinator, chair=chair)
    _, (kept,) = check_chains()
    signed_on(board, coordinator=coordinator, chair=chair)

    assert kept == Head("north", board.pk, 1, first.chain_hash)
    assert check_heads([kept]) == []
    (other,) = check_heads([Head("north", board.pk, 1, "f" * 64)])
    assert (other.decision_id, "written anew" in other.what) == (first.pk, True)
    (gone,) = check_heads([Head("north", board.pk, 3, "f" * 64)])
    assert (gone.decision_id, "end of the chain" in gone.what) == (None, True)


def test_nothing_is_signed_outside_a_chain(coordinator, chair):
    signed_on(make_board(by=coordinator), coordinator=coordinator, chair=chair)

    assert not Decision.objects.filter(chain_position=None).exists()


def test_whether_a_decision_agrees_with_its_own_link(coordinator, chair):
    decision = signed_on(make_board(by=coordinator), coordinator=coordinator, chair=chair)

    assert is_linked(decision)
    decision.content_hash = "f" * 64
    assert not is_linked(decision)
    assert is_linked(Decision()), "what was signed before there were chains has no link"
    assert not is_linked(Decision(chain_hash="f" * 64))
