"""The standards of a board: added, changed, retired."""

import pytest

from cases.models import Standard
from cases.services import standards
from cases.services.errors import Invalid, Refused
from tests.factories.boards import make_board
from tests.factories.standards import SETTLED, make_standard
from tumorboard.audit.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

GIVEN = {"name": "Surveillance", "source": "SOP 7", "audit_percent": 10, **SETTLED}


def test_is_added(coordinator):
    row = standards.add(
        board=make_board(by=coordinator), by=coordinator, **{**GIVEN, "name": "  Surveillance "}
    )

    assert (row.name, row.is_active, row.entered_by) == ("Surveillance", True, coordinator)
    assert AuditEntry.objects.filter(action="board.standard.added", subject_id=row.pk).exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("name", "x" * 201),
        ("source", ""),
        ("source", "a\x00b"),
        ("scenario", "SC-99"),
        ("scenario", ""),
        ("branch", "B-01-POS"),
        ("branch", "B-99"),
        ("audit_percent", 101),
        ("audit_percent", 0),
        ("audit_percent", -1),
        ("audit_percent", None),
    ],
)
def test_refuses_what_cannot_be(coordinator, field, value):
    with pytest.raises(Invalid) as caught:
        standards.add(board=make_board(by=coordinator), by=coordinator, **{**GIVEN, field: value})

    assert list(caught.value.errors) == [field]
    assert not Standard.objects.exists()


def test_a_held_progression_may_be_named(coordinator):
    row = make_standard(by=coordinator, scenario="SC-05", branch="B-05-REVIEW")

    assert row.branch == "B-05-REVIEW"


@pytest.mark.parametrize(
    ("scenario", "branch"), [("SC-05", "B-05-PROG"), ("SC-05", "B-05-COMP"), ("SC-03", "B-03-POS")]
)
def test_what_the_guidance_sends_to_the_board_is_confirmed(coordinator, scenario, branch):
    given = {**GIVEN, "scenario": scenario, "branch": branch}
    board = make_board(by=coordinator)

    with pytest.raises(Invalid) as caught:
        standards.add(board=board, by=coordinator, **given)
    assert list(caught.value.errors) == ["despite_guidance"]
    assert "The guidance asks for the board: " in str(caught.value)
    assert "(E-" not in str(caught.value)
    assert not Standard.objects.exists()

    row = standards.add(board=board, by=coordinator, despite_guidance=True, **given)

    confirmed = "board.standard.confirmed_despite_guidance"
    assert AuditEntry.objects.filter(action=confirmed, subject_id=row.pk).count() == 1


def test_it_is_confirmed_anew_with_a_change(coordinator):
    standard = make_standard(by=coordinator)
    progression = {**GIVEN, "scenario": "SC-05", "branch": "B-05-PROG"}

    with pytest.raises(Invalid, match="Confirm that the board"):
        standards.change(standard=standard, by=coordinator, **progression)

    standards.change(standard=standard, by=coordinator, despite_guidance=True, **progression)
    standard.refresh_from_db()
    assert standard.branch == "B-05-PROG"


@pytest.mark.parametrize("branch", ["", "B-03-NEG", "B-03-IND"])
def test_nothing_is_confirmed_where_the_guidance_does_not_ask(coordinator, branch):
    row = standards.add(
        board=make_board(by=coordinator), by=coordinator, **{**GIVEN, "branch": branch}
    )

    confirmed = "board.standard.confirmed_despite_guidance"
    assert not AuditEntry.objects.filter(action=confirmed, subject_id=row.pk).exists()


def test_one_name_and_one_place_each(coordinator):
    standard = make_standard(by=coordinator)

    with pytest.raises(Invalid) as named:
        make_standard(by=coordinator, board=standard.board, name=standard.name, branch="B-03-POS")
    with pytest.raises(Invalid) as placed:
        make_standard(by=coordinator, board=standard.board)

    assert "with this name" in str(named.value)
    assert "Retire that one" in str(placed.value)


def test_another_for_the_same_after_the_first_is_retired(coordinator):
    standard = make_standard(by=coordinator)
    standards.retire(standard=standard, by=coordinator)

    assert make_standard(by=coordinator, board=standard.board).is_active


def test_is_changed(coordinator):
    standard = make_standard(by=coordinator)

    standards.change(standard=standard, by=coordinator, **{**GIVEN, "audit_percent": 50})

    standard.refresh_from_db()
    assert (standard.name, standard.audit_percent) == ("Surveillance", 50)
    assert AuditEntry.objects.filter(action="board.standard.changed").exists()


def test_history_knows_the_share_before_and_who_changed_it(coordinator, chair):
    standard = make_standard(by=coordinator, audit_percent=30)

    standards.change(standard=standard, by=chair, **{**GIVEN, "audit_percent": 1})

    events = Standard.pgh_event_model.objects.filter(pgh_obj_id=standard.pk).order_by("pgh_id")
    assert list(events.values_list("audit_percent", "entered_by")) == [
        (30, coordinator.pk),
        (1, chair.pk),
    ]


def test_a_retired_one_stays_as_it_is(coordinator):
    standard = make_standard(by=coordinator)
    standards.retire(standard=standard, by=coordinator)

    with pytest.raises(Refused, match="no longer in use"):
        standards.change(standard=standard, by=coordinator, **GIVEN)
    with pytest.raises(Refused, match="no longer in use"):
        standards.retire(standard=standard, by=coordinator)

    assert AuditEntry.objects.filter(action="board.standard.retired").count() == 1
