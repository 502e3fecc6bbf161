"""Where things lie: days on a scale, spans in lanes, events in rows."""

import datetime
import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.documents.timeline.arrangement import BAND_LANES, STUDY_LANES, arrange
from cases.documents.timeline.lanes import cut, pack, text_width
from cases.documents.timeline.time_scale import milliseconds, scale_of
from cases.selectors.timeline_events import Band, Point, Row, StudyPoint, Timeline
from tests.factories.timeline import story

DATE = datetime.date
UNTIL = DATE(2025, 12, 10)
WIDTH = 600.0


def arranged(**events):
    timeline = Timeline(UNTIL, **events)
    return arrange(timeline, scale_of(timeline.dates, UNTIL, WIDTH))


JANUARY, JUNE = DATE(2025, 1, 1), DATE(2025, 6, 1)


def band(label="Everolimus", start=JANUARY, end=JUNE, **given):
    return Band(Row.TREATMENT, label, label, start, end, **given)


def ct(date, outcome="stable"):
    return StudyPoint(date, "CT", "CT", outcome, is_performed=True)


@given(st.lists(st.dates(), max_size=5), st.dates())
def test_every_day_has_a_place_on_the_scale(dates, until):
    scale = scale_of(dates, until, WIDTH)
    places = [scale.position(date) for date in sorted([*dates, until])]
    assert places == sorted(places)
    assert 0 <= places[0] <= places[-1] <= WIDTH


def test_a_single_day_lies_in_the_middle_of_a_month():
    scale = scale_of([UNTIL], UNTIL, WIDTH)
    assert (scale.last - scale.first).days >= 30
    assert scale.position(UNTIL) == pytest.approx(WIDTH / 2, abs=20)


def test_days_are_counted_in_utc():
    assert milliseconds(DATE(1970, 1, 2)) == 86_400_000
    assert milliseconds(DATE(1969, 12, 31)) == -86_400_000


spans = st.lists(
    st.tuples(st.floats(0, 600), st.floats(1, 300)).map(lambda pair: (pair[0], sum(pair))),
    max_size=30,
)


@given(spans, st.integers(1, 5))
def test_no_two_spans_of_one_lane_touch(given_spans, limit):
    given_spans.sort()
    packed = pack(given_spans, limit=limit, gap=4)
    assert packed.count <= limit
    for lane in range(packed.count):
        placed = [span for span, at in zip(given_spans, packed.lanes, strict=True) if at == lane]
        for one, other in itertools.pairwise(placed):
            assert one[1] + 4 <= other[0]


def test_a_span_without_a_lane_has_none():
    assert pack([(0, 9), (1, 9), (20, 30)], limit=1).lanes == (0, None, 0)


def test_broad_letters_take_more_room_than_narrow_ones():
    widths = [text_width(text, 10) for text in ("iiii", "eeee", "éééé", "WWWW", "腫瘍腫瘍")]
    assert widths == sorted(widths)
    assert widths[0] < widths[-1]


@given(st.text(max_size=60), st.floats(20, 200))
def test_a_text_that_was_cut_fits(text, width):
    assert text_width(cut(text, 11, width), 11) <= width


def test_a_text_that_fits_stays_as_it_is():
    assert cut("PRRT", 11, 100) == "PRRT"
    assert cut("Peptide receptor therapy", 11, 60).endswith("…")


def test_treatments_at_the_same_time_lie_in_lanes_of_their_own():
    found = arranged(bands=(band("One"), band("Two")))
    assert len({bar.y for bar in found.bars}) == 2


def test_treatments_one_after_the_other_share_a_lane():
    later = band("Two", DATE(2025, 9, 1), DATE(2025, 11, 1))
    found = arranged(bands=(band("One"), later))
    assert len({bar.y for bar in found.bars}) == 1


def test_what_goes_on_reaches_the_last_day_and_has_an_arrow():
    found = arranged(bands=(band(end=None, is_ongoing=True),))
    (bar,) = found.bars
    assert bar.x2 == found.scale.position(UNTIL)
    assert not bar.is_open
    assert [symbol.mark.words for symbol in found.symbols] == ["Still going on, or in place"]


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (DATE(2025, 1, 1), None, "Everolimus (end unknown)"),
        (None, DATE(2025, 1, 1), "Everolimus (start unknown)"),
    ],
)
def test_an_end_that_is_not_known_is_said_and_drawn_open(start, end, words):
    found = arranged(bands=(band(start=start, end=end),))
    assert [bar.is_open for bar in found.bars] == [True]
    assert words in [text.text for text in found.texts]


def test_one_day_is_wide_enough_to_see():
    day = DATE(2025, 1, 1)
    found = arranged(bands=(band(start=day, end=day),))
    assert found.bars[0].x2 - found.bars[0].x >= 5


def test_the_end_of_a_treatment_may_be_the_first_day_of_all():
    found = arranged(bands=(band(start=None, end=DATE(1995, 1, 1)),))
    assert found.bars[0].x >= 0


def test_what_has_no_date_is_not_drawn():
    found = arranged(bands=(band(start=None, end=None),))
    assert found.bars == []
    assert found.texts[0].text.startswith("No treatment")


def test_what_finds_no_lane_is_counted():
    bands = tuple(band(f"Drug {n}") for n in range(BAND_LANES + 3))
    found = arranged(bands=bands)
    assert len(found.bars) == BAND_LANES
    assert "and 3 more, see the table" in [text.text for text in found.texts]


def test_a_label_ends_inside_the_picture():
    label = "A treatment with a long name that begins late"
    found = arranged(bands=(band(label, UNTIL, UNTIL), band("x", DATE(2020, 1, 1))))
    (text,) = [text for text in found.texts if text.text == label]
    assert text.x + text_width(label, 11) <= WIDTH


def test_specimens_have_their_label_beside_them_on_the_side_with_room():
    points = (
        Point(Row.SPECIMEN, DATE(2025, 1, 1), "G1 (WHO 2022)", ""),
        Point(Row.SPECIMEN, UNTIL, "G3 (WHO 2022), Ki-67 30 %", ""),
    )
    found = arranged(points=points)
    early, late = found.symbols
    places = {text.text: text.x for text in found.texts}
    assert places["G1 (WHO 2022)"] > early.x
    assert places["G3 (WHO 2022), Ki-67 30 %"] < late.x


def test_many_specimens_of_one_day_are_counted():
    points = tuple(Point(Row.SPECIMEN, UNTIL, f"G1 {n}", "") for n in range(6))
    assert "and 2 more, see the table" in [text.text for text in arranged(points=points).texts]


def test_studies_of_one_day_lie_beneath_each_other():
    found = arranged(studies=(ct(UNTIL), ct(UNTIL, "progression")))
    assert len({symbol.y for symbol in found.symbols}) == 2
    assert len({symbol.x for symbol in found.symbols}) == 1


def test_studies_without_a_place_are_counted_where_they_belong():
    found = arranged(studies=tuple(ct(UNTIL) for _ in range(STUDY_LANES + 7)))
    assert len(found.symbols) == STUDY_LANES
    assert "+7" in [text.text for text in found.texts]


def test_each_modality_has_a_row_and_each_result_a_shape_of_its_own():
    found = arrange(story(), scale_of(story().dates, UNTIL, WIDTH))
    heads = [text.text for text in found.texts if text.is_head]
    assert heads == [
        "Treatments",
        "Procedures",
        "Pathology",
        "CT",
        "MRI",
        "SSTR PET",
        "Board",
    ]
    looks = [(mark.shape, mark.is_filled) for mark in found.used if mark.words != "Specimen"]
    assert len(looks) == len(set(looks))


def test_an_order_looks_unlike_a_study_without_result():
    order = replace(ct(UNTIL, ""), is_performed=False)
    found = arranged(studies=(ct(DATE(2025, 1, 1), ""), order))
    assert [mark.words for mark in found.used] == ["No result yet", "Ordered, not performed yet"]
