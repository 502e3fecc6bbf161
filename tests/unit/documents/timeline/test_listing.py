"""The table beside the picture."""

import datetime

import pytest

from cases.documents.timeline.listing import listing_of
from cases.selectors.timeline_events import (
    Band,
    DiameterSum,
    MarkerValue,
    Row,
    StudyPoint,
    Timeline,
)
from tests.factories.timeline import story

DATE = datetime.date
UNTIL = DATE(2025, 12, 10)
DAY = DATE(2025, 1, 2)


@pytest.mark.parametrize(
    ("row", "start", "end", "is_ongoing", "words"),
    [
        (Row.TREATMENT, DAY, DATE(2025, 3, 1), False, "2 Jan 2025 to 1 Mar 2025"),
        (Row.TREATMENT, DAY, DAY, False, "2 Jan 2025"),
        (Row.TREATMENT, DAY, None, False, "from 2 Jan 2025, end unknown"),
        (Row.TREATMENT, DAY, None, True, "from 2 Jan 2025, still going on"),
        (Row.TREATMENT, None, DAY, False, "to 2 Jan 2025, start unknown"),
        (Row.TREATMENT, None, None, False, "date unknown"),
        (Row.TREATMENT, None, None, True, "date unknown, still going on"),
        (Row.PROCEDURE, DAY, None, True, "from 2 Jan 2025, still in place"),
    ],
)
def test_dates_are_said_as_far_as_they_are_known(row, start, end, is_ongoing, words):
    band = Band(row, "", "Name", start, end, is_ongoing=is_ongoing)
    (line,) = listing_of(Timeline(UNTIL, bands=(band,))).events
    assert line.dates == words


def test_it_goes_from_the_oldest_to_what_has_no_date():
    lines = listing_of(story()).events
    assert (lines[0].dates, lines[-1].dates) == ("11 Apr 2018", "date unknown")
    assert len(lines) == 9 + 24 + 3


def test_a_study_says_its_modality_its_result_and_how_the_board_reads_it():
    study = StudyPoint(DAY, "PET_SSTR", "DOTATATE PET/CT", "stable", True, ("read again",))
    (line,) = listing_of(Timeline(UNTIL, studies=(study,))).events
    assert (line.kind, line.name) == ("SSTR PET/CT", "DOTATATE PET/CT")
    assert line.details == "Stable; read again"


def test_studies_may_be_left_to_another_table():
    assert len(listing_of(story(), with_studies=False).events) == 9 + 3


def test_values_of_one_day_stand_in_one_line():
    timeline = Timeline(
        UNTIL,
        sums=(DiameterSum(DAY, 41.26, details=("RECIST 1.1: SD",)), DiameterSum(DAY, 20, course=1)),
        markers=(MarkerValue(DAY, "Gastrin", 2, "200 pg/mL"), MarkerValue(UNTIL, "CgA", 1, "9")),
    )
    first, second = listing_of(timeline).values
    assert (first.date, first.sum_mm) == ("2 Jan 2025", "41.3, RECIST 1.1: SD; 20")
    assert first.markers == ("Gastrin: 200 pg/mL",)
    assert (second.sum_mm, second.markers) == ("", ("CgA: 9",))
