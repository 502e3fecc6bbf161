"""The list of cases, and the page a day starts with."""

import copy
import re

import pytest
from django.urls import reverse

from tests.factories.cases import STAGING, make_case, make_study
from tests.factories.people import add_member
from tests.integration.web.cases.reading import text_of
from tumorboard.tenancy.scope import institution_scope


@pytest.fixture(scope="module", autouse=True)
def kept_cases(house):
    """Three cases of different people."""
    coordinator = house.coordinator
    with institution_scope(house.institution):
        return [
            make_case(by=coordinator, family_name="Müller", **STAGING),
            make_case(by=coordinator, family_name="Munroe"),
            make_case(by=coordinator, family_name="Sato", title="<i>tail</i>"),
        ]


@pytest.fixture
def cases(kept_cases):
    return copy.deepcopy(kept_cases)


def test_it_shows_each_case_in_words(browser, cases, at):
    words = text_of(browser.get(at("case_list")))

    assert "Müller, Ana" in words
    assert cases[0].patient.record_number in words
    assert "Initial staging for distant disease No Ready" in words
    assert "<i>tail</i>" in words


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("ana", ["Müller", "Munroe", "Sato"]),
        ("mul", ["Müller"]),
        ("MULLER", ["Müller"]),
        ("mu", []),
        ("ler", []),
        ("sato, ana", []),
    ],
)
def test_it_searches_the_beginning_of_a_name(browser, cases, at, typed, found):
    words = text_of(browser.post(at("case_list"), {"q": typed}))

    assert [name for name in ("Müller", "Munroe", "Sato") if f"{name}, Ana" in words] == found
    assert ("No case matches" in words) == (not found)
    assert ("at least 3 letters" in words) == (typed == "mu")


def test_it_searches_the_record_number(browser, cases, at):
    words = text_of(browser.post(at("case_list"), {"q": cases[1].patient.record_number.lower()}))

    assert "Munroe" in words
    assert "Sato" not in words


def test_it_filters_by_status_and_scenario(browser, cases, at):
    ready = text_of(browser.get(at("case_list"), {"readiness": "ready"}))
    staging = text_of(browser.get(at("case_list"), {"scenario": "SC-01"}))

    for words in (ready, staging):
        assert "Müller" in words
        assert "Munroe" not in words


def test_a_live_search_gets_the_table_alone(browser, cases, at):
    response = browser.post(at("case_list"), {"q": "sat"}, headers={"HX-Request": "true"})

    assert "<html" not in response.content.decode()
    assert "Sato" in text_of(response)
    assert "HX-Request" in response["Vary"]


def test_going_back_gets_the_whole_page(browser, cases, at):
    headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}

    assert "<html" in browser.get(at("case_list"), headers=headers).content.decode()


def test_it_goes_on_in_pages(browser, cases, at, monkeypatch):
    monkeypatch.setattr("cases.web.case_list.PAGE_SIZE", 2)

    asked = {"q": "", "scenario": ""}
    first = browser.get(at("case_list")).content.decode()
    second = browser.post(at("case_list"), {**asked, "page": "2"}, follow=True).content.decode()

    assert 'name="page" value="2"' in first
    assert "Müller" not in first
    assert "Müller" in second
    assert 'name="page" value="1"' in second


def test_the_pages_carry_the_search(browser, cases, at, monkeypatch):
    monkeypatch.setattr("cases.web.case_list.PAGE_SIZE", 1)

    first = browser.post(at("case_list"), {"q": "ana"}).content.decode()
    second = text_of(browser.post(at("case_list"), {"q": "ana", "page": "2"}))

    form = re.search(r'(?s)<form id="list-form".*?</form>', first)[0]
    assert 'name="q" value="ana"' in form
    assert 'form="list-form" name="page" value="2"' in first
    assert "Sato" not in second
    assert "Munroe" in second


def test_search_and_filters_combine(browser, cases, at):
    found = text_of(browser.post(at("case_list"), {"q": "ana", "scenario": "SC-01"}))

    assert "Müller" in found
    assert "Munroe" not in found


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_what_is_typed_stands_in_no_address(browser, cases, at, headers):
    response = browser.post(at("case_list"), {"q": "Munroe"}, headers=headers)

    assert response.status_code == 200
    assert "Munroe" not in str(response.headers)
    addresses = re.findall(r'(?:href|action|hx-[a-z-]+)="([^"]*)"', response.content.decode())
    assert not [address for address in addresses if "Munroe" in address]


def test_a_name_in_the_address_is_not_searched(browser, cases, at):
    assert "Sato" in text_of(browser.get(at("case_list"), {"q": "Munroe"}))


@pytest.mark.parametrize("where", ["case_list", "board_queue"])
@pytest.mark.parametrize("page", ["-1", "0", "x", "٣", "9" * 20, "9" * 5000])
def test_a_page_that_cannot_be_is_no_error(browser, cases, at, where, page):
    assert browser.get(at(where), {"page": page}).status_code == 200


def test_a_filter_that_cannot_be_finds_nothing(browser, cases, at):
    asked = {"q": "\x00", "readiness": "' OR 1=1", "scenario": "\x00"}
    response = browser.post(at("case_list"), asked)

    assert response.status_code == 200
    assert "No case matches" in text_of(response)


def test_its_queries_do_not_grow_with_the_cases(
    browser, institution, coordinator, at, django_assert_max_num_queries
):
    with institution_scope(institution):
        for _ in range(12):
            make_case(by=coordinator)
    with django_assert_max_num_queries(19):
        browser.get(at("case_list"))


def test_an_empty_institution_is_offered_the_first_case(browser, coordinator, other_institution):
    add_member(other_institution, "COORDINATOR", email=coordinator.email, name=coordinator.name)

    response = browser.get(reverse("case_list", args=["south"]))

    assert "No cases yet" in text_of(response)
    assert reverse("case_new", args=["south"]) in response.content.decode()


def test_the_day_starts_with_what_asks_for_the_board(
    browser, cases, at, institution, coordinator, django_assert_max_num_queries
):
    with institution_scope(institution):
        make_study(case=cases[0], by=coordinator, outcome="positive")
    with django_assert_max_num_queries(19):
        response = browser.get(at("overview"))

    words = text_of(response)
    assert words.index("Cases that ask for the board") < words.index("Metastatic disease")
    assert words.index("Changed last") < words.index("Sato, Ana")
    assert "None planned" in words
