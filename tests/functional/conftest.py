"""A real Chromium against a real server.

The server runs in the test's process; pages are real, the worker's jobs are done by the test.
`TUMORBOARD_CHROMIUM` names the browser. Where there is none the tests skip, saying so, unless
`TUMORBOARD_BROWSER=required`. With `TUMORBOARD_SCREENSHOTS=1` the pages lie in `var/screenshots/`
afterwards, to be looked at.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.factories.people import PASSWORD, add_member, make_institution
from tumorboard.accounts.models import User
from tumorboard.tenancy.models import Institution

SCREENSHOTS = Path(__file__).resolve().parent.parent.parent / "var" / "screenshots"
#: The address with which the coordinator signs in.
CORA = "cora@north.example"
CANDIDATES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_chromium() -> str | None:
    """Path of the browser, or None."""
    named = os.environ.get("TUMORBOARD_CHROMIUM")
    return named or next(filter(None, map(shutil.which, CANDIDATES)), None)


@pytest.fixture(autouse=True)
def _no_second_factor(settings: pytest.FixtureRequest, _second_factor_is_proven: None) -> None:
    """Browsers sign in through the page as on a machine for trying out: with a password alone.

    What a second factor asks for is proven in `test_passkeys`, which requires it again.
    """
    settings.SECOND_FACTOR = "optional"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the session."""
    path = find_chromium()
    if path is None:
        reason = "no Chromium found, so the browser tests did not run"
        if os.environ.get("TUMORBOARD_BROWSER") == "required":
            pytest.fail(reason)
        pytest.skip(reason)
    # Playwright's own event loop would make Django refuse synchronous queries in this thread.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page, 1280 wide; what its console complains of fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))

    def complain(message: ConsoleMessage) -> None:
        # A form with errors answers 422, and the console calls every 4xx an error.
        if message.type == "error" and "status of 422" not in message.text:
            problems.append(message.text)

    page.on("console", complain)
    yield page
    context.close()
    assert not problems, problems


@pytest.fixture
def north(transactional_db: None, settings: pytest.FixtureRequest) -> Institution:
    """A hospital that the browser can reach."""
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    return make_institution(slug="north", name="North Hospital")


@pytest.fixture
def cora(north: Institution) -> User:
    """Its coordinator."""
    return add_member(north, "COORDINATOR", email=CORA, name="Cora Nottareal")


def sign_in(page: Page, address: str, email: str = CORA) -> None:
    """Come to a page that asks who is there, and say it."""
    page.goto(address)
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("navigation").first).to_be_visible()


@pytest.fixture
def shoot() -> "Shoot":
    """Show a page wide and narrow, light and dark, for its console to complain."""
    return Shoot(SCREENSHOTS if os.environ.get("TUMORBOARD_SCREENSHOTS") else None)


class Shoot:
    """Shows pages as different people see them, and takes pictures where a folder is given.

    No test looks at a picture, and drawing them is most of what a browser test costs.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        if folder:
            folder.mkdir(parents=True, exist_ok=True)

    def __call__(self, page: Page, name: str) -> None:
        """The page as it is, in four ways."""
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            for width in (1280, 390):
                page.set_viewport_size({"width": width, "height": 900})
                if not self.folder:
                    continue
                # Hiding the caret would put a style into the page, which its policy forbids.
                page.screenshot(
                    path=self.folder / f"{name}-{width}-{scheme}.png",
                    full_page=True,
                    caret="initial",
                )
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 1280, "height": 900})
