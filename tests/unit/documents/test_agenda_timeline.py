"""The picture of the story on paper, with its table."""

from dataclasses import replace

import pytest

from cases.documents.agenda import render_agenda
from cases.documents.build_timeline import timeline_lines
from cases.selectors.timeline_events import Band, Row, Timeline
from tests.factories.timeline import story
from tests.unit.documents.people import BARE_ITEM, CREATED_AT, agenda
from tests.unit.documents.printed import open_pdf, text


def printed(timeline, *, with_picture=True):
    lines = timeline_lines(timeline)
    if not with_picture:
        lines = replace(lines, picture="")
    item = replace(BARE_ITEM, timeline=lines)
    return render_agenda(agenda(item), created_at=CREATED_AT)


def figures(pdf):
    """The alternative texts of the pictures in the document's structure."""

    def walk(node):
        node = node.get_object()
        if isinstance(node, list):
            for child in node:
                yield from walk(child)
        elif isinstance(node, dict):
            if node.get("/S") == "/Figure":
                yield str(node.get("/Alt"))
            if "/K" in node and not isinstance(node["/K"], int):
                yield from walk(node["/K"])

    return list(walk(open_pdf(pdf).trailer["/Root"]["/StructTreeRoot"]))


def test_the_picture_stands_on_the_page_of_the_case_and_says_everything_in_words():
    pdf = printed(story())
    words = text(pdf)
    for expected in ("Markers, as multiples of the upper limit", "SSTR PET"):
        assert expected in words
    (alternative,) = figures(pdf)
    assert alternative.startswith("7 treatments, 2 procedures")
    for expected in ("from 1 Feb 2019, still going on", "date unknown", "Chromogranin A: value"):
        assert expected in alternative
    assert "The table beside it" not in alternative


def test_the_same_story_gives_the_same_paper():
    assert printed(story()) == printed(story())


def test_without_a_picture_a_table_stands_in_its_place():
    pdf = printed(story(), with_picture=False)
    assert figures(pdf) == []
    assert "from 1 Feb 2019, still going on" in text(pdf)


def test_a_character_that_no_font_has_is_printed_as_its_code_in_the_picture_too():
    band = Band(Row.TREATMENT, "山 treatment", "山 treatment", story().until, story().until)
    words = text(printed(Timeline(story().until, bands=(band,))))
    assert words.count("[U+5C71] treatment") == 1


@pytest.mark.parametrize(("studies", "days"), [(1, 0), (500, 7300)])
def test_the_picture_fits_on_a_page(studies, days):
    timeline = replace(story(studies=studies, days=days), bands=story().bands * 5)
    pdf = printed(timeline)
    assert len(figures(pdf)) == 1


def test_a_case_without_a_story_has_no_heading_for_it():
    assert "Timeline" not in text(render_agenda(agenda(BARE_ITEM), created_at=CREATED_AT))
