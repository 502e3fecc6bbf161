"""Preparing a list in a browser: order by dragging and by keys, each said aloud."""

import pytest
from playwright.sync_api import Page, expect

from cases.models import AgendaItem, Meeting
from cases.services import agendas, board_members
from tests.factories.boards import make_asking_case, make_item, make_meeting, sign
from tests.factories.people import add_member
from tests.functional.conftest import Shoot, sign_in
from tumorboard.tenancy.scope import institution_scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NAMES = ("Adams", "Brown", "Clark", "Davis", "Evans")


def listed(page: Page) -> list[str]:
    """The family names on the list, from its top."""
    return [words.split(",")[0] for words in page.locator(".agenda-item h3 a").all_inner_texts()]


def drag(page: Page, name: str, onto: str, *, below: bool) -> None:
    """Take the row of one patient by its handle and let it go above or below another."""
    handle = page.locator(".agenda-item", has_text=name).locator("[data-drag]").bounding_box()
    row = page.locator(".agenda-item", has_text=onto).bounding_box()
    assert handle
    assert row
    page.mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2)
    page.mouse.down()
    page.mouse.move(row["x"] + 40, row["y"] + row["height"] * (0.9 if below else 0.1), steps=8)
    page.mouse.up()


def test_a_list_is_put_into_order(live_server, north, cora, page: Page, shoot: Shoot):
    chris = add_member(north, "BOARD_CHAIR", email="chris@north.example", name="Chris Nottareal")
    with institution_scope(north):
        meeting = make_meeting(by=cora)
        board_members.add(board=meeting.board, person=chris, specialty="surgery", by=cora)
        items = [
            make_item(
                by=cora,
                meeting=meeting,
                case=make_asking_case(by=cora, family_name=name),
                question=f"What next for case {n}?",
            )
            for n, name in enumerate(NAMES, start=1)
        ]
        Meeting.objects.update(minutes=30)
    address = f"{live_server.url}/i/north/meetings/{meeting.pk}/"
    page.set_viewport_size({"width": 1280, "height": 2400})
    sign_in(page, address)
    expect(page.get_by_text("minutes over")).to_be_visible()
    expect(page.get_by_text("Nobody on the board from medical oncology").first).to_be_visible()

    page.get_by_role("button", name="Publish").click()
    page.get_by_role("dialog").get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Version 1 is published.")).to_be_visible()

    drag(page, "Evans", "Brown", below=False)
    expect(page.locator("#announcer")).to_have_text("Now item 2.")
    assert listed(page) == ["Adams", "Evans", "Brown", "Clark", "Davis"]
    expect(page.get_by_text("moved from 5 to 2")).to_be_visible()

    # Keys work on the row that has the focus, and the focus stays on it.
    link = page.get_by_role("link", name="Adams, Ana", exact=True)
    link.focus()
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator(".agenda-item h3 a").nth(1)).to_have_text("Adams, Ana")
    expect(link).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator(".agenda-item h3 a").nth(0)).to_have_text("Adams, Ana")
    expect(page.locator("#announcer")).to_have_text("Now item 1.")

    # A signed case keeps its place; the others are dealt out around it.
    with institution_scope(north):
        sign(items[4], by=chris)
    page.reload()
    drag(page, "Davis", "Adams", below=False)
    expect(page.locator("#announcer")).to_have_text("Now item 1.")
    assert listed(page) == ["Davis", "Evans", "Adams", "Brown", "Clark"]

    # Somebody else changed the list: nothing is written over it, and that is said.
    with institution_scope(north):
        agendas.take_off(item=items[1], by=cora)
    drag(page, "Clark", "Davis", below=False)
    expect(page.locator(".agenda-fault")).to_contain_text("The list has changed.")
    assert listed(page) == ["Davis", "Evans", "Adams", "Clark"]
    with institution_scope(north):
        kept = AgendaItem.objects.filter(meeting=meeting).order_by("position")
        assert [item.pk for item in kept] == [items[n].pk for n in (3, 4, 0, 2)]

    page.goto(address)
    shoot(page, "agenda-prepared")
    page.goto(f"{live_server.url}/i/north/agenda/{items[0].pk}/postpone/")
    shoot(page, "agenda-postpone")
    page.goto(f"{live_server.url}/i/north/agenda/{items[0].pk}/question/")
    shoot(page, "agenda-details")
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("link", name="Version 1", exact=True).click()
    expect(page.get_by_role("heading", name="Version 1 of the agenda")).to_be_visible()
    shoot(page, "agenda-published")
