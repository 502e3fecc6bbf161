"""What goes wrong in one institution keeps no sweep from the others."""

import logging

import pytest

from cases.models import Board
from cases.services import cutoffs, task_reminders
from cases.services.sweeps import in_each_institution
from tests.factories.boards import make_board
from tests.factories.people import add_member
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def broken(institution, other_institution) -> Institution:
    """The one that comes first."""
    return Institution.objects.order_by("id").first()


def test_the_others_are_swept_and_the_log_quotes_nothing(
    broken, institution, other_institution, caplog
):
    done = []

    def work(institution):
        by = add_member(institution, "COORDINATOR", email=f"x@{institution.slug}.example", name="X")
        make_board(by=by)
        if institution == broken:
            message = "Patient Otto Imaginary"
            raise ValueError(message)
        done.append(institution)

    with caplog.at_level(logging.ERROR):
        in_each_institution(work)

    (other,) = {institution, other_institution} - {broken}
    assert done == [other]
    assert f"failed in {broken.pk}: ValueError" in caplog.text
    assert "Otto" not in caplog.text
    with institution_scope(broken):
        assert not Board.objects.exists()
    with institution_scope(other):
        assert Board.objects.exists()


@pytest.mark.parametrize(
    ("sweep", "module", "part"),
    [
        (cutoffs.sweep, cutoffs, "_due"),
        (task_reminders.sweep, task_reminders, "ask_for_rediscussions"),
        (task_reminders.sweep, task_reminders, "_waiting"),
    ],
)
def test_each_sweep_goes_on(broken, sweep, module, part, monkeypatch):
    works = getattr(module, part)
    asked = []

    def breaks_once():
        asked.append(part)
        if len(asked) == 1:
            raise ValueError
        return works()

    monkeypatch.setattr(module, part, breaks_once)

    sweep()

    assert len(asked) == 2
