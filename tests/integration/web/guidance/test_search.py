"""Searching the library."""

import re

import pytest

from tests.integration.web.cases.reading import text_of

pytestmark = pytest.mark.django_db


def search(browser, typed: str):
    return browser.post("/guidance/search/", {"q": typed})


def test_a_result_names_its_place_and_leads_there(browser):
    response = search(browser, "W-CHEST")
    body = response.content.decode()

    first = re.search(r'(?s)<ol class="results">.*?<a href="([^"]+)"', body)
    assert first is not None
    assert first[1] == "/guidance/checks/#W-CHEST"
    words = text_of(response)
    assert "1 statement" in words
    assert "Check, caution, in “Checks”" in words
    assert "002 L64" in words


def test_a_result_of_a_scenario_names_the_scenario(browser):
    words = text_of(search(browser, "SC-01.I5"))

    assert "Who belongs, in “Initial staging for distant disease”" in words


def test_what_was_typed_is_marked_and_stays_in_the_field(browser):
    body = search(browser, "chest").content.decode()

    assert "<mark>chest</mark>" in body
    assert 'value="chest"' in body


def test_some_of_the_words_are_better_than_nothing_and_it_says_so(browser):
    words = text_of(search(browser, "chest zebra"))

    assert "with some of these words; none has all of them" in words


def test_only_the_best_are_shown(browser):
    words = text_of(search(browser, "tumor"))

    assert re.search(r"\d+ statements, the best 50 are shown\.", words)


def test_a_long_statement_is_cut_around_what_was_found(browser):
    words = text_of(search(browser, "PR-05"))
    assert " …" in words
    words = text_of(search(browser, "encasement venous delayed"))
    assert "… " in words


@pytest.mark.parametrize("typed", ["", "   ", "\x00", "?!"])
def test_nothing_typed_is_answered_with_what_to_type(browser, typed):
    assert "Type words or a code" in text_of(search(browser, typed))


def test_without_a_query_there_is_the_same_page(browser):
    assert "Type words or a code" in text_of(browser.get("/guidance/search/"))


def test_nothing_found_says_so(browser):
    assert "Nothing found" in text_of(search(browser, "zzzzqqq"))


@pytest.mark.parametrize(
    "typed", ["<script>alert(1)</script>", "'\"<b>", "x" * 5000, "a " * 2000, "%00%ff", "\ud83d"]
)
def test_odd_input_behaves(browser, typed):
    response = search(browser, typed.encode("utf-8", "replace").decode())

    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()
    assert len(response.content) < 120_000


def test_a_link_may_name_what_is_searched_and_a_form_never_does(browser):
    response = browser.get("/guidance/search/", {"q": "W-CHEST"})

    assert "1 statement" in text_of(response)
    assert '<form class="library-search" role="search" method="post"' in response.content.decode()


def test_searching_stays_in_the_edition(browser):
    response = browser.get("/guidance/2026.1/search/", {"q": "W-CHEST"})

    assert 'href="/guidance/2026.1/checks/#W-CHEST"' in response.content.decode()
