"""The timeline in a real browser: drawn in light and dark, stopped by no policy, easy to read."""

import io
import itertools
from dataclasses import replace

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from cases.documents.timeline.colors import DARK, LIGHT
from cases.documents.timeline.picture import picture_of
from tests.factories.cases import SURVEILLANCE, make_case
from tests.factories.timeline import make_story, story
from tests.functional.conftest import sign_in
from tumorboard.tenancy.scope import institution_scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BOXES = """() => [...document.querySelectorAll('svg text')].filter(t => t.textContent.trim())
  .map(t => { const b = t.getBoundingClientRect();
    return [t.textContent, b.left, b.top + 2, b.right, b.bottom - 2]; })"""


@pytest.fixture
def address(live_server, north, cora):
    """The page of a case with a story."""
    with institution_scope(north):
        case = make_case(by=cora, **SURVEILLANCE)
        make_story(case, by=cora, studies=12)
    return f"{live_server.url}/i/north/cases/{case.pk}/"


def is_drawn(page: Page) -> bool:
    """Whether the picture on the page has arrived, whole."""
    picture = page.locator(".picture img")
    picture.evaluate("image => image.decode()")
    return bool(picture.evaluate("image => image.naturalWidth > 0"))


def corner(page: Page) -> tuple[int, ...]:
    """The color of the picture's background."""
    shot = page.locator(".picture img").screenshot(caret="initial")
    return Image.open(io.BytesIO(shot)).convert("RGB").getpixel((2, 2))


def rgb(color: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(color[1:]))


def test_the_picture_follows_the_reader_into_the_dark(address, page: Page, shoot):
    sign_in(page, address)
    page.goto(f"{address}timeline/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Timeline")
    assert is_drawn(page)
    page.emulate_media(color_scheme="light")
    assert corner(page) == rgb(LIGHT["page"])
    page.emulate_media(color_scheme="dark")
    assert corner(page) == rgb(DARK["page"])
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    shoot(page, "timeline")


def test_the_picture_by_itself_is_stopped_by_no_policy(address, page: Page):
    sign_in(page, address)
    page.emulate_media(color_scheme="dark")
    page.goto(f"{address}timeline.svg")
    # What the console complains of fails the test, see `page`.
    fill = page.evaluate("getComputedStyle(document.querySelector('rect')).fill")
    assert fill == f"rgb{rgb(DARK['page'])}"


@pytest.mark.parametrize(
    "timeline",
    [
        story(),
        story(studies=500, days=7300),
        story(studies=500, days=30),
        replace(story(studies=1), bands=story().bands * 4),
    ],
    ids=["some years", "20 years", "a month", "many treatments"],
)
def test_no_word_covers_another(page: Page, timeline):
    page.set_content(picture_of(timeline).svg)
    boxes = page.evaluate(BOXES)
    assert len(boxes) > 10
    for one, other in itertools.combinations(boxes, 2):
        apart = one[3] <= other[1] or other[3] <= one[1] or one[4] <= other[2] or other[4] <= one[2]
        assert apart, (one, other)
    edge = page.evaluate("document.querySelector('svg').getBoundingClientRect().right")
    assert max(box[3] for box in boxes) <= edge
