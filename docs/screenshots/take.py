"""Take the picture of the product for the README from a running demo.

    make run                                             (in another terminal)
    .venv/bin/python docs/screenshots/take.py

Needs what `make test` installs, and a Chromium. Writes `case.png` beside this file.
"""

import os
import sys
from pathlib import Path

import django
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tumorboard.settings")
django.setup()

from tests.functional.conftest import FLAGS, find_chromium  # noqa: E402
from tumorboard.operations.demo.loading import SIGN_INS  # noqa: E402

#: The demo case that shows most: progression under treatment, with options for the board.
CASE = "V26"


def take(site: str, picture: Path) -> None:
    """Sign in as the coordinator, open the case, and write what a screen shows of it."""
    person = SIGN_INS[0]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(site + person.path)
        page.get_by_label("Email").fill(person.email)
        page.get_by_label("Password").fill(person.password)
        page.get_by_role("button", name="Sign in").click()
        page.goto(f"{site}{person.path}cases/")
        page.get_by_role("row", name=CASE).get_by_role("link").click()
        page.wait_for_load_state()
        page.screenshot(path=picture, caret="initial")
        browser.close()


if __name__ == "__main__":
    address = sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8000"
    take(address, Path(__file__).with_name("case.png"))
