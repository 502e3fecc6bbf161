"""A standing board in a browser: set up, planned ahead, one meeting moved, one canceled."""

import datetime
import re

import pytest
from playwright.sync_api import Page, expect

from cases.models import Meeting
from cases.services import board_members, boards
from tests.factories.boards import make_item
from tests.factories.people import add_member
from tests.functional.conftest import Shoot, sign_in
from tumorboard.tenancy.scope import institution_scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_board_from_its_rhythm_to_a_canceled_meeting(
    live_server, north, cora, settings, page: Page, shoot: Shoot
):
    settings.SITE_URL = live_server.url
    chris = add_member(north, "BOARD_CHAIR", email="chris@north.example", name="Chris Nottareal")
    with institution_scope(north):
        board = boards.add(name="Pancreatic NET board", place="https://video.example/net", by=cora)
        boards.add(name="Liver board", place="Room 2", by=cora)
        board_members.add(board=board, person=cora, duty="coordinator", by=cora)

    def look(name: str) -> None:
        shoot(page, name)
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name

    sign_in(page, f"{live_server.url}/i/north/boards/")
    page.get_by_role("link", name="Pancreatic NET board", exact=True).click()

    page.get_by_label("Rhythm").select_option(label="Every month, on the same weekday of the month")
    page.get_by_label("Begins at").fill("14:00")
    page.get_by_label("Time zone").select_option("Europe/Berlin")
    page.get_by_label("Nuclear medicine", exact=True).check()
    page.get_by_role("button", name="Save settings").click()
    expect(page.locator(".error-summary")).to_contain_text("Enter the day of a meeting")
    look("board-settings-errors")
    page.get_by_label("Counted from the meeting on").fill("13 Jan 2026")
    page.get_by_role("button", name="Save settings").click()
    expect(page.get_by_text("Every month on the second Tuesday at 14:00")).to_be_visible()

    page.get_by_label("Person").select_option(label=chris.name)
    page.get_by_label("Duty").select_option(label="Chair")
    page.get_by_label("Stands for").select_option(label="Nuclear medicine")
    page.get_by_role("button", name="Add member").click()
    expect(
        page.get_by_role("row", name=re.compile("Chris Nottareal Chair Nuclear"))
    ).to_be_visible()

    page.get_by_role("link", name="Plan the next meetings").click()
    page.get_by_label("How many meetings").fill("3")
    page.get_by_role("button", name="Show dates").click()
    look("board-series")
    page.get_by_role("button", name="Plan these 3 meetings").click()
    expect(page.get_by_text("3 meetings are planned.")).to_be_visible()
    look("board-page")

    with institution_scope(north):
        first, second, third = Meeting.objects.order_by("starts_at")
        make_item(meeting=first, by=cora)
    page.get_by_role("link", name=re.compile("^Move")).nth(1).click()
    page.get_by_label("Place or video link").fill("Room 9")
    look("meeting-move")
    page.get_by_role("button", name="Move meeting").click()
    expect(page.get_by_text("The meeting is moved.")).to_be_visible()

    page.goto(f"{live_server.url}/i/north/meetings/{first.pk}/cancel/")
    page.get_by_label("Its undecided cases").select_option(str(second.pk))
    page.get_by_label("Why").fill("Congress")
    look("meeting-cancel")
    page.get_by_role("button", name="Cancel meeting").click()
    expect(page.get_by_text("The meeting is canceled.")).to_be_visible()
    page.goto(f"{live_server.url}/i/north/meetings/{first.pk}/")
    expect(page.get_by_text("This meeting was canceled on")).to_be_visible()
    look("meeting-canceled")

    page.goto(f"{live_server.url}/i/north/boards/")
    expect(page.get_by_role("cell", name="Chris Nottareal")).to_be_visible()
    look("boards")
    page.get_by_role("link", name="Your calendar").click()
    page.get_by_role("button", name="Make an address").click()
    expect(page.get_by_text("Copy the address now")).to_be_visible()
    look("calendar")
    with institution_scope(north):
        moved = Meeting.objects.get(pk=second.pk)
        assert moved.place == "Room 9"
        assert moved.items.count() == 1
        assert third.starts_at - second.starts_at > datetime.timedelta(days=20)
