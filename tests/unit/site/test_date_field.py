"""Dates as people type them: whatever cannot be misread is taken, whatever can is not."""

import datetime

import pytest
from django.core.exceptions import ValidationError

from tumorboard.date_field import DateField, parse_day


@pytest.mark.parametrize(
    "typed",
    [
        "1961-04-03",
        "19610403",
        "3 Apr 1961",
        "03 April 1961",
        " 3  APR  1961 ",
        "3apr1961",
        "3-Apr-1961",
        "3. April 1961",
        "Apr 3, 1961",
        "april 3 1961",
    ],
)
def test_the_third_of_april_in_every_way_that_cannot_be_misread(typed):
    assert parse_day(typed) == datetime.date(1961, 4, 3)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("21/11/2026", (2026, 11, 21)),
        ("11/21/2026", (2026, 11, 21)),
        ("21.11.2026", (2026, 11, 21)),
        ("4/4/1961", (1961, 4, 4)),
        ("29/2/2024", (2024, 2, 29)),
    ],
)
def test_numbers_are_read_where_only_one_reading_is_a_date(typed, day):
    assert parse_day(typed) == datetime.date(*day)


def test_numbers_that_could_be_two_dates_name_both():
    with pytest.raises(ValidationError) as refused:
        parse_day("3/4/1961")
    assert refused.value.messages == [
        "3/4/1961 could be 3 Apr 1961 or 4 Mar 1961. Enter it with the month's name."
    ]


@pytest.mark.parametrize(
    "typed",
    [
        "yesterday", "1961", "3 Apr 61", "31 Apr 1961", "32/1/1961", "0/0/0000", "3 Avr 1961",
        "1961-0403", "3 ma 1961", "٣ Apr 1961", "00000000", "3/4/61",
    ],
)  # fmt: skip
def test_what_is_no_date_is_told(typed):
    assert parse_day(typed) is None
    with pytest.raises(ValidationError, match="Enter a date like 21 Nov 2026"):
        DateField().clean(typed)


def test_a_field_takes_dates_and_nothing():
    field = DateField(required=False)
    assert field.clean("") is None
    assert field.clean(datetime.date(1961, 4, 3)) == datetime.date(1961, 4, 3)
