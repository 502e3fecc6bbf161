"""The library as a reader walks it: its pages, their anchors and their links."""

import html
import re
from dataclasses import dataclass

from django.http import HttpResponse
from django.test import Client

from guidance.engine.edition import load_edition
from guidance.web.pages import PLACES

EDITION = load_edition()
SCENARIO_PAGES = tuple(f"scenarios/{code}/" for code in EDITION.catalogue.scenarios)
PAGES = (*(place.path for place in PLACES), *SCENARIO_PAGES, "search/")


@dataclass(frozen=True)
class Page:
    """One page: its answer, its markup, the ids on it and the addresses that it links to."""

    response: HttpResponse
    body: str

    @property
    def ids(self) -> list[str]:
        """Every id, as often as it stands there."""
        return [html.unescape(found) for found in re.findall(r'\bid="([^"]+)"', self.body)]

    @property
    def links(self) -> list[str]:
        """Addresses of the links."""
        return [html.unescape(found) for found in re.findall(r'<a\b[^>]*href="([^"]+)"', self.body)]


def read(browser: Client, path: str, root: str = "/guidance/") -> Page:
    """Read one page of the library."""
    response = browser.get(f"{root}{path}")
    assert response.status_code == 200, path
    return Page(response, response.content.decode())
