"""How values look on every page."""

import datetime

import pytest
from django.template import Context, Template

from tumorboard import formats


def test_a_day_cannot_be_misread():
    assert formats.day(datetime.date(2026, 11, 2)) == "2 Nov 2026"
    assert formats.day(None) == "unknown"


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("002 L35, L45", '<a href="/guidance/sources/#source-002">002 L35, L45</a>'),
        (
            "000 L9; BS; A-01; N-22",
            '<a href="/guidance/sources/#source-000">000 L9</a>; '
            '<a href="/guidance/sources/#source-BS">BS</a>; '
            '<a href="/guidance/decisions/#A-01">A-01</a>; '
            '<a href="/guidance/disagreements/#N-22">N-22</a>',
        ),
        ("INT", '<a href="/guidance/sources/#source-INT">INT</a>'),
        ("<b>", "&lt;b&gt;"),
        ("002 <b>", '<a href="/guidance/sources/#source-002">002 &lt;b&gt;</a>'),
        ("2026 L1", "2026 L1"),
        ("A-01x", "A-01x"),
    ],
)
def test_a_citation_leads_to_each_of_its_documents(source, shown):
    assert formats.cite(source) == shown


def test_a_citation_stays_in_the_edition_that_is_shown():
    template = Template('{% include "components/source.html" %}')
    context = Context({"source": "002 L35", "library_root": "/guidance/2026.1/"})
    assert 'href="/guidance/2026.1/sources/#source-002"' in template.render(context)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("SC-01", "Initial staging for distant disease"),
        ("UNDETERMINED", "Undetermined"),
        ("CONFLICT", "Contradiction"),
        ("NOT_COVERED:PREGNANCY", "Not covered"),
        ("", "Not assessed"),
        ("SC-99", "SC-99"),
    ],
)
def test_a_scenario_has_words(code, words):
    assert formats.scenario(code, "2026.1") == words


@pytest.mark.parametrize(
    ("level", "symbol", "range_words"),
    [
        ("O, 0 mSv", "O", "0 mSv"),
        ("☢☢☢, 1-10 mSv", "☢☢☢", "1-10 mSv"),
        ("not stated for this scenario", "", "not stated for this scenario"),
    ],
)
def test_a_radiation_level_is_symbol_and_range(level, symbol, range_words):
    assert formats.radiation_symbol(level) == symbol
    assert formats.radiation_range(level) == range_words


def test_a_time_has_the_day_of_the_installations_clock(settings):
    settings.TIME_ZONE = "Europe/Berlin"
    late = datetime.datetime(2026, 11, 2, 23, 30, tzinfo=datetime.UTC)
    page = Template("{{ late|day }}, {{ late|moment }}").render(Context({"late": late}))

    assert formats.day(late) == "3 Nov 2026"
    assert page == "3 Nov 2026, 3 Nov 2026, 00:30"


def test_a_time_that_is_not_there_is_unknown():
    assert formats.moment(None) == "unknown"
