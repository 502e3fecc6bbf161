"""The picture as bytes: the same each time, safe in a page, readable by the typesetter."""

import datetime
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import pytest

from cases.documents.timeline.colors import LIGHT
from cases.documents.timeline.picture import describe, picture_of
from cases.documents.timeline.rendering import _renderers
from cases.selectors.timeline_events import Band, MarkerValue, Row, StudyPoint, Timeline
from tests.factories.timeline import story

UNTIL = datetime.date(2025, 12, 10)
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '<script>alert(1)</script> & "quoted" \x00\x0b\u202e~0'


@pytest.fixture
def parsed():
    return ElementTree.fromstring(picture_of(story()).svg)


def words(svg):
    return [text.text for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_the_same_story_gives_the_same_bytes():
    first = picture_of(story())
    for renderer in _renderers:
        renderer._kept.clear()
        renderer.close()
    assert picture_of(story()) == first


def test_it_has_a_title_and_a_description_and_is_one_image(parsed):
    assert parsed.get("role") == "img"
    assert parsed.get("aria-labelledby") == "title desc"
    assert parsed.find(f"{SVG}title").text == "Timeline of the case"
    assert parsed.find(f"{SVG}desc").text.startswith("7 treatments, 2 procedures, 2 specimens")


def test_nothing_in_it_could_act_or_load():
    svg = picture_of(story()).svg
    for forbidden in ("<script", "style=", "href=", "url(", "<image", "<foreignObject"):
        assert forbidden not in svg
    assert re.search(r"\son\w+=", svg) is None


def test_every_color_has_a_dark_one(parsed):
    used = {
        element.get(name)
        for element in parsed.iter()
        for name in ("fill", "stroke")
        if element.get(name)
    }
    assert used - {"none", "transparent"} <= set(LIGHT.values())


def test_what_a_person_typed_is_text_and_nothing_else():
    band = Band(Row.TREATMENT, HOSTILE, HOSTILE, UNTIL, UNTIL)
    picture = picture_of(Timeline(UNTIL, bands=(band,)))
    shown = '<script>alert(1)</script> & "quoted"    ~0'
    assert shown in words(picture.svg)
    assert shown in words(picture.paper)


def test_what_a_person_typed_does_not_reach_the_one_who_draws(monkeypatch):
    asked = []
    draw = _renderers[0].svg
    monkeypatch.setattr(
        "cases.documents.timeline.picture.draw", lambda spec: asked.append(spec) or draw(spec)
    )
    band = Band(Row.TREATMENT, "Typed", "Typed", UNTIL, UNTIL)
    value = MarkerValue(UNTIL, "Typed marker", 2, "")
    picture_of(Timeline(UNTIL, bands=(band,), markers=(value,)))
    assert "Typed" not in str(asked)


def test_the_paper_has_the_typesetters_font_and_no_style():
    picture = picture_of(story())
    assert "Libertinus Serif" in picture.paper
    assert "Segoe" not in picture.paper
    assert "<style" not in picture.paper
    assert words(picture.paper) == words(picture.svg)


@pytest.mark.parametrize("studies", [1, 500])
@pytest.mark.parametrize("days", [0, 30, 7300])
def test_one_study_and_500_over_a_day_a_month_and_20_years(studies, days):
    root = ElementTree.fromstring(picture_of(story(studies=studies, days=days)).svg)
    assert root.get("width") == "720"
    assert float(root.get("height")) < 1000


def test_a_single_study_is_a_picture_with_dates():
    study = StudyPoint(UNTIL, "CT", "CT", "stable", is_performed=True)
    shown = words(picture_of(Timeline(UNTIL, studies=(study,))).svg)
    assert {"CT", "Stable", "7 Dec 2025"} <= set(shown)


def test_no_date_at_all_is_said_in_the_picture_too():
    picture = picture_of(Timeline(UNTIL))
    assert any(text.startswith("No treatment") for text in words(picture.svg))
    assert picture.description == "Nothing with a known date."


def test_further_markers_are_counted():
    values = tuple(MarkerValue(UNTIL, f"Marker {n}", 1, "") for n in range(9))
    shown = words(picture_of(Timeline(UNTIL, markers=values)).svg)
    assert "and 3 more markers, see the table" in shown


def test_the_description_counts_what_there_is():
    study = StudyPoint(UNTIL, "CT", "CT", "", is_performed=True)
    timeline = Timeline(UNTIL, studies=(study,))
    assert describe(timeline).startswith("1 study, from 10 Dec 2025 to 10 Dec 2025. ")
    timeline = replace(timeline, studies=(study, study))
    assert describe(timeline).startswith("2 studies, ")
