"""Pasted laboratory values: what is read, and what is left to a person."""

import datetime
import re

import pytest

from cases.web import lab_text
from cases.web.lab_text import LONGEST_LINE, MOST_LINES, read

MARCH = datetime.date(2026, 3, 12)


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("Chromogranin A 345 ng/mL (<100)  12.03.2026",
         ("chromogranin_a", "345", "ng/mL", "", "100", MARCH)),
        ("CgA: 345 ug/l", ("chromogranin_a", "345", "µg/L", "", "", None)),
        ("Chromogranin A\t345\tng/mL\t<100\t2026-03-12",
         ("chromogranin_a", "345", "ng/mL", "", "100", MARCH)),
        ("CA 19-9 35 U/mL (<37)", ("ca_19_9", "35", "U/mL", "", "37", None)),
        ("5-HIAA 8.2 mg/24 h (up to 10) 12 Mar 2026",
         ("hiaa_urine", "8.2", "mg/24 h", "", "10", MARCH)),
        ("Creatinine 0,9 mg/dl (0,5-1,2)", ("creatinine", "0.9", "mg/dL", "0.5", "1.2", None)),
        ("Creatinine: 90 H µmol/L [45 - 84]", ("creatinine", "90", "µmol/L", "45", "84", None)),
        ("eGFR >90 mL/min/1.73 m² (>60)",
         ("egfr", ">90", "mL/min/1.73 m²", "60", "", None)),
        ("eGFR 72 ml/min/1,73m2", ("egfr", "72", "mL/min/1.73 m²", "", "", None)),
        ("Gastrin <= 10 pg/mL", ("gastrin", "<10", "pg/mL", "", "", None)),
        ("Platelets 1,234 10^9/L", ("platelets", "1,234", "10⁹/L", "", "", None)),
        ("Glucose 95 stones (70-99)", ("glucose", "95", "", "70", "99", None)),
        ("Insulin 20", ("insulin", "20", "", "", "", None)),
        ("Mar 12, 2026 Insulin 20", ("insulin", "20", "", "", "", MARCH)),
        ("Insulin 20 12 pcs 2026", ("insulin", "20", "", "", "", None)),
        ("Insulin 20 99.99.2026", ("insulin", "20", "", "", "", None)),
    ],
)  # fmt: skip
def test_a_line_is_read(line, value):
    pasted = read(line)
    assert [tuple(found) for found in pasted.values] == [value]
    assert pasted.unread == ()


@pytest.mark.parametrize(
    "line",
    ["Phlogiston 345 ng/mL", "Chromogranin A", "Chromogranin A pending", "Calcium 2.20-2.65",
     "Glucose 1.234,5 mg/dL", "Dear colleague,", "Seen in 2025 by 3 people"],
)  # fmt: skip
def test_a_line_that_is_not_understood_is_shown_as_it_was_typed(line):
    assert read(line) == ((), (line,)) or (read(line).values, read(line).unread) == ((), (line,))


def test_a_date_in_a_line_of_its_own_holds_for_the_lines_after_it():
    pasted = read("Laboratory of 12.03.2026\n\nInsulin 20 µU/mL\nGastrin 80 pg/mL 1 Feb 2026")
    dates = [value.taken_on for value in pasted.values]
    assert dates == [MARCH, datetime.date(2026, 2, 1)]
    assert pasted.unread == ()


def test_a_day_that_could_be_a_month_is_left_to_the_person():
    pasted = read("12.03.2026\nInsulin 20 µU/mL 03/04/2026")
    assert pasted.values[0].taken_on is None


def test_a_long_paste_is_read_to_a_limit_and_the_rest_is_shown():
    pasted = read("Insulin 20\n" * (MOST_LINES + 2) + "\n")
    assert len(pasted.values) == MOST_LINES
    assert pasted.unread == ("Insulin 20", "Insulin 20")


def test_a_line_longer_than_any_of_a_report_is_not_understood():
    line = "CgA 5 ng/mL " + "1" * 19_900
    assert read(line) == lab_text.Pasted((), (line,))
    long = "Insulin 20 ".ljust(LONGEST_LINE + 1, "x")
    assert read(f"{long}\n{long[:-1]}").unread == (long,)


@pytest.mark.parametrize(
    ("line", "limits"),
    [
        ("Insulin 20 1234567890123-5", ("", "")),
        ("Insulin 20 <1234567890123", ("", "")),
        ("Insulin 20 2.3456789-5", ("", "")),
        ("Insulin 20 2.5-9.75", ("2.5", "9.75")),
    ],
)
def test_a_limit_is_no_part_of_a_longer_number(line, limits):
    (value,) = read(line).values
    assert (value.lower, value.upper) == limits


def test_a_value_of_too_many_digits_is_not_understood():
    for number in ("1" * 13, "1.2345678"):
        assert read(f"Insulin {number}") == lab_text.Pasted((), (f"Insulin {number}",))


def test_no_pattern_repeats_digits_without_end():
    patterns = [value for value in vars(lab_text).values() if isinstance(value, re.Pattern)]
    for pattern in (*patterns, *lab_text.DATES):
        assert not re.search(r"(\\d|\[[^]]*\d[^]]*\])([+*]|\{\d*,\})", pattern.pattern)
