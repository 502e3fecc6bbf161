"""`manage.py verify` notices whatever is done to what was signed."""

import io
import uuid

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from cases.models import Assessment, Decision, Participant, Recommendation
from cases.services import chain_checks
from cases.services.chain_checks import check_chains
from cases.services.chains import link_hash
from cases.services.content_hash import (
    DECISION_COLUMNS,
    PARTICIPANT_COLUMNS,
    RECOMMENDATION_COLUMNS,
    content_hash,
)
from tests.factories.boards import make_board, make_item, make_meeting, sign
from tests.factories.cases import make_case
from tests.factories.people import add_member, make_institution
from tests.integration.services.tampering import as_owner, other, write
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def north():
    return make_institution(slug="north", name="North Hospital")


@pytest.fixture
def signed(north):
    """Three decisions of one board, as they stand in its chain."""
    coordinator = add_member(north, "COORDINATOR", email="cora@north.example", name="Cora")
    chair = add_member(north, "BOARD_CHAIR", email="chris@north.example", name="Chris Chair")
    with institution_scope(north):
        meeting = make_meeting(by=coordinator, board=make_board(by=coordinator))
        for _ in range(3):
            # What the cases are matters to no check; an unknown one is made soonest.
            case = make_case(by=coordinator)
            sign(make_item(by=coordinator, meeting=meeting, case=case), by=chair)
        return list(Decision.objects.order_by("chain_position"))


def verified(**options):
    """What a check without faults prints."""
    out = io.StringIO()
    call_command("verify", stdout=out, **options)
    return out.getvalue()


def faults(**options):
    """The faults that a check prints, and how it ends."""
    out = io.StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("verify", stdout=out, **options)
    assert caught.value.returncode == 1
    return [line for line in out.getvalue().splitlines() if line.startswith("fault: ")]


def test_what_is_as_it_was_signed(signed, monkeypatch):
    monkeypatch.setattr(chain_checks, "CHUNK", 2)
    last = signed[-1]

    assert verified() == (
        f"head north {last.board_id} 3 {last.chain_hash}\nWhat was signed is as it was signed.\n"
    )


def test_one_flipped_byte_in_any_signed_column(signed, north):
    """HIPAA 164.312(c)(2): that a record was not altered can be shown."""
    decision = signed[1]
    with institution_scope(north):
        rows = [
            (decision, DECISION_COLUMNS),
            (decision.recommendations.first(), RECOMMENDATION_COLUMNS),
            (decision.participants.first(), PARTICIPANT_COLUMNS),
        ]
    for row, columns in rows:
        # Without its own id a decision loses its recommendations; its institution is the scope.
        for column in [name for name in columns if name not in ("id", "institution_id")]:
            before = getattr(row, column)
            write(type(row), column, pk=row.pk, value=other(row, column))
            with institution_scope(north):
                found, _ = check_chains()
            assert any("content differs" in fault.what for fault in found), column
            write(type(row), column, pk=row.pk, value=before)
    with institution_scope(north):
        assert check_chains()[0] == []


@pytest.mark.parametrize(
    ("model", "column"),
    [(Decision, "rationale"), (Recommendation, "text"), (Participant, "name")],
)
def test_a_byte_flipped_by_the_owner_of_the_tables(signed, north, model, column):
    """HIPAA 164.312(c)(2): not even the tables' owner alters one unseen."""
    table = model._meta.db_table
    owner = "id" if model is Decision else "decision_id"
    as_owner(
        north,
        f"UPDATE \"{table}\" SET {column} = overlay({column} placing '~' from 1) "
        f"WHERE {owner} = %s",
        signed[1].pk,
    )

    (fault,) = faults()
    assert fault == (
        f"fault: institution north, board {signed[1].board_id}, position 2, "
        f"decision {signed[1].pk}: content differs from what was signed"
    )


def test_an_assessment_that_was_edited_since(signed, north):
    """All three decisions quote assessments of their own; one is edited by the tables' owner."""
    as_owner(
        north,
        "UPDATE cases_assessment SET answer = answer || '{\"board_reasons\": []}', "
        "facts = facts || '{\"adult\": false}' WHERE id = %s",
        signed[1].assessment_id,
    )

    (fault,) = faults()
    assert fault == (
        f"fault: institution north, board {signed[1].board_id}, position 2, "
        f"decision {signed[1].pk}: what the board saw differs from what was signed"
    )


def test_an_assessment_that_is_gone(signed):
    write(Decision, "assessment_id", pk=signed[1].pk, value=uuid.uuid4())

    assert any("what the board saw differs" in fault for fault in faults())


def test_an_edited_assessment_outside_the_chain(signed, north):
    write(Decision, "chain_position", pk=signed[2].pk, value=None)
    write(Assessment, "branch", pk=signed[2].assessment_id, value="forged")

    assert any("what the board saw differs" in fault for fault in faults())


@pytest.mark.parametrize("column", ["previous_hash", "chain_hash", "content_hash"])
def test_a_byte_of_the_chain_itself(signed, column):
    write(Decision, column, pk=signed[1].pk, value=other(signed[1], column))

    assert any("link broken" in fault for fault in faults())


def test_a_content_whose_hash_was_made_anew(signed, north):
    decision = signed[1]
    write(Decision, "rationale", pk=decision.pk, value="Forged")
    with institution_scope(north):
        decision.rationale = "Forged"
        asked, present = decision.recommendations.all(), decision.participants.all()
        forged = content_hash(decision, asked, present)
    write(Decision, "content_hash", pk=decision.pk, value=forged)

    (fault,) = faults()
    assert "its own hash is not that of what it holds" in fault


def test_a_deleted_middle_one_leaves_a_hole(signed, north):
    delete(signed[1], north)

    assert any("position 3" in fault and "hole: position 2" in fault for fault in faults())


def test_a_hole_of_two(signed):
    write(Decision, "chain_position", pk=signed[2].pk, value=9)

    assert any("hole: position 3 to 8" in fault for fault in faults())


def test_a_deleted_last_one_is_missed_by_who_kept_the_head(signed, north, tmp_path):
    kept = tmp_path / "heads.txt"
    kept.write_text(verified(), encoding="utf-8")
    assert verified(expect=kept)
    delete(signed[2], north)

    assert verified(), "from within, a chain that ends earlier is whole"
    (fault,) = faults(expect=kept)
    assert fault == (
        f"fault: institution north, board {signed[2].board_id}, position 3, decision none: "
        "a head that was kept earlier is gone: the end of the chain is missing"
    )


def test_a_swapped_pair(signed):
    for decision, position in ((signed[0], 77), (signed[1], 1), (signed[0], 2)):
        write(Decision, "chain_position", pk=decision.pk, value=position)

    found = faults()
    assert sum("position 1," in fault for fault in found) >= 1
    assert sum("position 2," in fault for fault in found) >= 1


def test_two_heads(signed):
    second, third = signed[1:]
    forged = link_hash(
        board_id=third.board_id,
        position=3,
        previous_hash=second.previous_hash,
        content_hash=third.content_hash,
    )
    write(Decision, "previous_hash", pk=third.pk, value=second.previous_hash)
    write(Decision, "chain_hash", pk=third.pk, value=forged)

    (fault,) = faults()
    assert "two heads: position 2 follows the same link" in fault


def test_two_at_one_position(signed, north):
    """What the database refuses as long as nobody took that rule away."""
    table, rule = "ALTER TABLE cases_decision", "decision_chained_once"
    columns = "(institution_id, board_id, chain_position)"
    run_as_owner(f"{table} DROP CONSTRAINT {rule}")
    write(Decision, "chain_position", pk=signed[2].pk, value=2)
    try:
        assert any("two decisions at one position" in fault for fault in faults())
    finally:
        write(Decision, "chain_position", pk=signed[2].pk, value=3)
        run_as_owner(f"{table} ADD CONSTRAINT {rule} UNIQUE {columns}")


def test_one_taken_out_of_the_chain(signed):
    write(Decision, "chain_position", pk=signed[2].pk, value=None)

    (fault,) = faults()
    assert f"decision {signed[2].pk}: without a chain position" in fault
    assert "position none" in fault


class TestBeforeThereWereChains:
    """A decision of the first scheme, in no chain."""

    @pytest.fixture
    def old(self, signed, north):
        decision = signed[0]
        decision.hash_scheme, decision.chain_position, decision.board_id = 1, None, None
        with institution_scope(north):
            asked, present = decision.recommendations.all(), decision.participants.all()
            decision.content_hash = content_hash(decision, asked, present)
        for column in ("hash_scheme", "chain_position", "board_id", "content_hash"):
            write(Decision, column, pk=decision.pk, value=getattr(decision, column))
        # What came after begins the chain.
        previous = "0" * 64
        for position, later in enumerate(signed[1:], start=1):
            write(Decision, "chain_position", pk=later.pk, value=position)
            write(Decision, "previous_hash", pk=later.pk, value=previous)
            previous = link_hash(
                board_id=later.board_id,
                position=position,
                previous_hash=previous,
                content_hash=later.content_hash,
            )
            write(Decision, "chain_hash", pk=later.pk, value=previous)
        return decision

    def test_is_no_fault(self, old):
        assert verified()

    def test_its_content_is_checked_too(self, old):
        write(Decision, "rationale", pk=old.pk, value="Forged")

        (fault,) = faults()
        assert "position none" in fault
        assert "content differs" in fault

    def test_none_is_signed_so_any_more(self, old, signed, north):
        old.signed_at = signed[2].signed_at
        write(Decision, "signed_at", pk=old.pk, value=old.signed_at)

        assert any("signed after the chain began" in fault for fault in faults())


class TestWhichInstitution:
    def test_one_alone(self, signed):
        make_institution(slug="south", name="South Hospital")
        write(Decision, "rationale", pk=signed[0].pk, value="Forged")

        assert verified(institution="south")
        assert len(faults(institution="north")) == 1
        assert len(faults()) == 1

    def test_none_of_that_name(self):
        with pytest.raises(CommandError, match="no institution nowhere"):
            call_command("verify", institution="nowhere")

    def test_heads_of_one_that_is_gone(self, signed, tmp_path):
        kept = tmp_path / "heads.txt"
        kept.write_text(verified().replace("head north", "head gone"), encoding="utf-8")

        (fault,) = faults(expect=kept)
        assert "institution gone" in fault
        assert verified(expect=kept, institution="north")


class TestFileOfHeads:
    @pytest.mark.parametrize("line", ["head north 1", "head north x 1 f", "head north x y z w"])
    def test_a_line_that_tells_of_no_head(self, tmp_path, line):
        kept = tmp_path / "heads.txt"
        kept.write_text(line, encoding="utf-8")

        with pytest.raises(CommandError, match="tells of no head"):
            call_command("verify", expect=kept)

    def test_a_file_that_is_not_there(self, tmp_path):
        with pytest.raises(CommandError, match="cannot be read"):
            call_command("verify", expect=tmp_path / "none.txt")


def run_as_owner(statement):
    """Run what only the owner of a table may do to it."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement)


def delete(decision, institution):
    """Delete a decision with all that hangs on it, as the owner of the tables can."""
    for table in ("cases_task", "cases_recommendation", "cases_participant"):
        as_owner(institution, f"DELETE FROM {table} WHERE decision_id = %s", decision.pk)
    as_owner(institution, "DELETE FROM cases_decision WHERE id = %s", decision.pk)
