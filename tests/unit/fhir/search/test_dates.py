"""Dates of any precision, compared as R4 says."""

import pytest

from cases.fhir.search.dates import matches_when, read_when, span_of


@pytest.mark.parametrize(
    ("wanted", "there", "is_found"),
    [
        # The day lies in the year; the year does not lie in the day.
        ("2026", "2026-11-02", True),
        ("2026-11-02", "2026", False),
        ("eq2026-11", "2026-11", True),
        ("2026-11-02", "2026-11-02T23:59:59Z", True),
        ("ne2026-11-02", "2026-11-03", True),
        ("ne2026", "2026-11-03", False),
        ("gt2026-11-02", "2026-11-02", False),
        ("gt2026-11-02", "2026-11-03", True),
        # The year ends after the day.
        ("gt2026-11-02", "2026", True),
        ("ge2026-11-02", "2026-11-02", True),
        ("ge2026-11-02", "2026-11-01", False),
        ("lt2026-11-02", "2026-11-01", True),
        ("lt2026-11-02", "2026-11-02", False),
        ("le2026-11-02", "2026-11-02T08:00:00Z", True),
        ("sa2026-11-02", "2026-11-03", True),
        ("sa2026-11-02", "2026", False),
        ("eb2026-11-02", "2026-11-01", True),
        ("eb2026-11-02", "2026-11-02", False),
        ("2026-11-02T08:00:00+02:00", "2026-11-02T06:00:00Z", True),
        ("2026-11-02T08:00:00 02:00", "2026-11-02T06:00:00Z", True),
        ("2026-11-02T08:00", "2026-11-02T08:00:59Z", True),
        ("2026-11-02T08:00:00.5Z", "2026-11-02T08:00:00.500Z", True),
        # Without an end it goes on for ever.
        ("gt2030", {"start": "2026-01-01"}, True),
        ("lt2020", {"end": "2026-01-01"}, True),
        ("2026", {"start": "2026-01-01", "end": "2026-03-01"}, True),
        ("2026", {"start": "2026-01-01"}, False),
        ("2026", {"event": ["2026-01-01", "2026-03-01"]}, True),
        ("2026", {"repeat": {"boundsPeriod": {"start": "2026-01", "end": "2026-02"}}}, True),
        ("2026", {"repeat": {"frequency": 1}}, False),
        ("2026", "no date", False),
        ("2026", 2026, False),
        ("ap1990", "1991", True),
        ("ap1990", "2020", False),
        ("ap0001", "0500", True),
    ],
)
def test_a_span_is_compared(wanted, there, is_found):
    assert matches_when(there, read_when(wanted)) is is_found


@pytest.mark.parametrize(
    "text", ["", "gt", "2026-13", "2026-02-30", "2026-1-1", "20260101", "0000", "T08:00", "x2026"]
)
def test_what_is_no_date_is_refused(text):
    with pytest.raises(ValueError, match="Give a date"):
        read_when(text)


def test_the_ends_of_time_are_no_fault():
    for text in (
        "0001",
        "9999",
        "9999-12",
        "9999-12-31T23:59:59.999999Z",
        "0001-01-01T00:00:00+14:00",
    ):
        span_of(text)
