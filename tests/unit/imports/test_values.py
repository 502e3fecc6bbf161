"""Cells become values; what may mean two things is an error that says what to write."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.services.imports.fields import FIELDS
from cases.services.imports.values import CellError, read_cell


def read(field, text):
    return read_cell(FIELDS[field], text)


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("pathologist_grade", "1", "G1"),
        ("pathologist_grade", " g2 ", "G2"),
        ("pathologist_grade", "Grade 3", "G3"),
        ("functional_status", "Yes", "functioning"),
        ("functional_status", "No", "non_functioning"),
        ("functional_status", "Non-functioning", "non_functioning"),
        ("extrapancreatic_spread", "Present", False),
        ("extrapancreatic_spread", "Absent", True),
        ("limited_to_pancreas", "yes", True),
        ("metastases_known", "Negative", False),
        ("stage_group", "IV", True),
        ("stage_group", "Stage 4B", True),
        ("stage_group", "IIIb", False),
        ("stage_group", "I", False),
        ("oncotree_code", "PANET", "pancreas"),
        ("primary_site", "Small bowel", "small_bowel"),
        ("sex", "F", "female"),
        ("sex", "Male", "male"),
        ("ki67_percent", "4,5", 4.5),
        ("ki67_percent", "5 %", 5),
        ("primary_size_mm", "20", 20),
        ("primary_size_mm", "2.5 cm", 25),
        ("primary_size_mm", "2,5cm", 25),
        ("primary_size_cm", "2.5", 25),
        ("primary_size_cm", "25 mm", 25),
        ("resection_date", "2026-01-31", "2026-01-31"),
        ("resection_date", "2026-01-31 00:00:00", "2026-01-31"),
        ("resection_date", "21.11.2025", "2025-11-21"),
        ("resection_date", "21 Nov 2025", "2025-11-21"),
        ("resection_date", "Sept 3, 2025", "2025-09-03"),
        ("resection_date", "3-September-2025", "2025-09-03"),
        ("resection_date", "21/11/2025", "2025-11-21"),
        ("resection_date", "11/21/2025", "2025-11-21"),
        ("resection_date", "05/05/2025", "2025-05-05"),
        ("clinical_question", "Routine surveillance", "routine_surveillance"),
        ("hereditary_syndrome", "none", "none"),
        ("record_number", "  0042 ", "0042"),
        ("full_name", "Rivera, Ana", "Rivera, Ana"),
        # nobody asked
        ("ki67_percent", "", None),
        ("ki67_percent", "-", None),
        ("ki67_percent", ".", None),
        # asked, and unknown
        ("ki67_percent", "Not documented", "unknown"),
        ("metastases_known", "UNKNOWN", "unknown"),
        ("resection_date", "n/a", "unknown"),
        ("cga_trend", "not measured", "not_measured"),
        # a name cannot be unknown in words
        ("family_name", "unknown", None),
    ],
)
def test_a_cell_that_can_be_understood(field, text, value):
    found = read(field, text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("field", "text", "reason"),
    [
        ("primary_size_mm", "2", "2 mm is smaller than imaging shows; if it is in cm write 20"),
        ("primary_size_mm", "2.8", "if it is in cm write 28"),
        ("primary_size_cm", "0.2", "2 mm is smaller than imaging shows"),
        ("primary_size_mm", "0", "smaller than imaging shows"),
        ("primary_size_mm", "20 %", "is in %"),
        ("primary_size_mm", "1,200", "may mean 1200 or 1.200"),
        ("primary_size_mm", "20-30", "not a number"),
        ("ki67_percent", "<1", "is a limit"),
        ("ki67_percent", "low", "not a number"),
        ("liver_met_count", "2.5", "not a whole number"),
        ("resection_date", "03/04/2026", "day or month first"),
        ("resection_date", "03-04-2026", "day or month first"),
        ("resection_date", "31.02.2026", "does not exist"),
        ("resection_date", "21.11.26", "four digits"),
        ("resection_date", "45000", "is not a date"),
        ("resection_date", "21 Foo 2026", "names no month"),
        ("pathologist_grade", "G4", "is not one of: G1, G2, G3, Unknown"),
        ("sex", "robot", "is not one of: Female, Male, Unspecified"),
        ("stage_group", "T2N0", "is not a stage group"),
        ("oncotree_code", "LUAD", "PANET"),
        ("extrapancreatic_spread", "some", "is not one of: Present, Absent"),
        ("ki67_percent", "#DIV/0!", "error of the spreadsheet"),
        ("full_name", "Ana Rivera", "comma"),
        ("record_number", "x" * 61, "longer than 60"),
    ],
)
def test_a_cell_that_cannot_says_what_to_write(field, text, reason):
    with pytest.raises(CellError, match=reason):
        read(field, text)


@given(st.sampled_from(sorted(FIELDS)), st.text(max_size=30))
def test_any_text_is_a_value_or_a_reason(field, text):
    with contextlib.suppress(CellError):
        read(field, text)
