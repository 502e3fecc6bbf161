"""Every page of the library: for everybody signed in, of one edition, with no loose end."""

import re
from urllib.parse import urldefrag

import pytest

from guidance.editions import shelf
from guidance.editions.loading import keep
from guidance.engine.edition import compile_edition
from tests.integration.web.cases.reading import text_of
from tests.integration.web.guidance.library import EDITION, PAGES, SCENARIO_PAGES, Page, read

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", PAGES)
def test_a_page_names_its_edition_and_has_one_heading(browser, path):
    page = read(browser, path)
    words = text_of(page.response)

    assert page.body.count("<h1") == 1
    assert f"Edition {EDITION.version} of 21 Nov 2026, content {EDITION.hash[:12]}" in words
    assert "style=" not in page.body
    assert "{'" not in words, "a value from inside"
    assert "Wording(" not in words
    assert "guidance.engine" not in words


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_no_id_twice(browser, path):
    ids = read(browser, path).ids

    assert sorted(ids) == sorted(set(ids))


def test_every_link_leads_to_a_place_that_is_there(browser):
    pages: dict[str, Page] = {f"/guidance/{path}": read(browser, path) for path in PAGES}
    checked = set()
    for address, page in pages.items():
        for link in page.links:
            target, anchor = urldefrag(link)
            if not target.startswith("/guidance/") and target:
                continue
            target = target or address
            if target not in pages and target not in checked:
                assert browser.get(target).status_code == 200, f"{link} on {address}"
                checked.add(target)
            elif anchor and target in pages:
                assert anchor in pages[target].ids, f"{link} on {address}"


@pytest.mark.parametrize("path", PAGES)
def test_only_those_who_are_signed_in_read_it(client, path):
    response = client.get(f"/guidance/{path}")

    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


def test_a_page_of_a_named_edition_stays_in_it(browser):
    root = f"/guidance/{EDITION.version}/"
    page = read(browser, "scenarios/SC-01/", root)

    inside = [link for link in page.links if link.startswith("/guidance/")]
    assert inside
    assert all(link.startswith(root) for link in inside if link != "/guidance/")
    assert f"{root}sources/#source-002" in inside
    assert f"{root}decisions/#A-02" in inside
    assert "Not the newest" not in text_of(page.response)


def test_an_older_edition_says_that_it_is_not_the_newest(browser):
    about = {**EDITION.content["edition"], "version": "2027.1", "date": "2027-01-15"}
    newer = compile_edition({**EDITION.content, "edition": about})
    keep(newer)

    old = text_of(browser.get(f"/guidance/{EDITION.version}/checks/"))
    new = text_of(browser.get("/guidance/checks/"))

    assert "Not the newest: edition 2027.1 is" in old
    assert f"Edition 2027.1 of 15 Jan 2027, content {newer.hash[:12]}" in new
    contents = text_of(browser.get("/guidance/"))
    assert "2027.1 shown here" in contents
    assert EDITION.version in contents


@pytest.mark.parametrize(
    "path", ["2099.1/", "2099.1/checks/", "scenarios/SC-99/", "dosage/", "2026/", "schema/x.json"]
)
def test_what_there_is_not_is_not_found(browser, path):
    assert browser.get(f"/guidance/{path}").status_code == 404


def test_without_any_edition_the_library_is_not_there(browser, monkeypatch):
    def none() -> None:
        raise shelf.NoEdition

    monkeypatch.setattr(shelf, "newest", none)
    assert browser.get("/guidance/").status_code == 404


@pytest.mark.parametrize("path", ["", "checks/", "facts/", "fhir/PlanDefinition/SC-01"])
def test_reading_changes_nothing(browser, path):
    assert browser.post(f"/guidance/{path}").status_code == 405


def test_the_navigation_marks_where_one_is(browser):
    body = read(browser, "scenarios/SC-01/").body

    assert re.search(r'href="/guidance/scenarios/" aria-current="page"', body)
    assert re.search(r'href="/guidance/" aria-current="page">Guidance', body)


def test_the_contents_page_leads_everywhere(browser):
    links = read(browser, "").links

    for path in SCENARIO_PAGES:
        assert f"/guidance/{path}" in links
    assert f"/guidance/{EDITION.version}/fhir.json" in links
    assert "/guidance/schema/facts.json" in links


def test_the_institutions_navigation_leads_to_the_library(browser, url):
    response = browser.get(url("overview"))

    assert '<a href="/guidance/">Guidance</a>' in response.content.decode()
