"""Another institution's boards, meetings, items and cases are not there."""

import pytest
from django.test import Client
from django.urls import reverse

from cases.services.attendances import note_present
from tests.factories.boards import make_board, make_item, make_meeting
from tests.factories.people import add_member, make_institution
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

GET = (
    ("meeting_new", "board"),
    ("agenda_put_on", "case"),
    ("meeting", "meeting"),
    ("agenda_pdf", "meeting"),
    ("meeting_cancel", "meeting"),
    ("decision", "item"),
    ("decision_sign", "item"),
    ("decision_pdf", "item"),
    ("agenda_question", "item"),
    ("agenda_take_off", "item"),
)
POST = (
    *((name, thing) for name, thing in GET if not name.endswith("pdf") and name != "meeting"),
    ("attendance_add", "meeting"),
    ("attendance_remove", "attendance"),
    ("agenda_move", "item"),
)


@pytest.fixture(scope="module", autouse=True)
def theirs(kept):
    """Ids of the rows of another institution."""
    south = make_institution(slug="south", name="South Hospital")
    by = add_member(south, "BOARD_CHAIR", email="s@south.example", name="Sue South")
    with institution_scope(south):
        meeting = make_meeting(by=by, board=make_board(by=by))
        item = make_item(by=by, meeting=meeting)
        attendance = note_present(meeting=meeting, name="Otto", by=by)
        return {
            "board": meeting.board_id,
            "meeting": meeting.pk,
            "item": item.pk,
            "case": item.case_id,
            "attendance": attendance.pk,
        }


@pytest.mark.parametrize(
    ("method", "name", "thing"),
    [*(("get", *route) for route in GET), *(("post", *route) for route in POST)],
)
def test_is_a_404(institution, chair, theirs, method, name, thing):
    browser = Client()
    browser.force_login(chair)

    response = getattr(browser, method)(reverse(name, args=[institution.slug, theirs[thing]]))

    assert response.status_code == 404
