"""Record numbers that belong to another row or column are noticed; odd ones alone are not."""

from cases.services.imports.identifiers import swapped

COLUMNS = ["sample", "patient", "size"]


def rows(*pairs):
    return [(line, [sample, patient, "20"]) for line, (sample, patient) in enumerate(pairs, 2)]


def reasons(*pairs):
    return swapped(COLUMNS, rows(*pairs), record_number=1)


GOOD = [(f"S-P_{n:03}-x{n}", f"P_{n:03}") for n in range(10)]


def test_rows_in_order_are_left_alone():
    assert reasons(*GOOD) == {}


def test_a_sample_that_names_another_rows_patient_is_noticed_on_both():
    found = reasons(*GOOD, ("S-P_998-a", "P_999"), ("S-P_999-b", "P_998"))
    assert set(found) == {12, 13}
    assert "names the record number of line 13, not P_999; are the two swapped?" in found[12]


def test_a_sample_that_names_nobody_is_left_alone():
    assert reasons(*GOOD, ("S-OTHER-1", "P_999")) == {}


def test_two_cells_of_one_row_that_changed_places_are_noticed():
    pairs = [(f"S{n}-{n}", f"M{n:04}") for n in range(9)]
    found = reasons(*pairs, ("M0009", "S9-9"))
    assert found == {11: "looks like a sample; are the two swapped?"}


def test_a_record_number_of_its_own_shape_is_left_alone():
    pairs = [(f"S{n}-{n}", f"M{n:04}") for n in range(9)]
    assert reasons(*pairs, ("S9-9", "KLM-4-x")) == {}


def test_another_column_without_a_shape_of_its_own_says_nothing():
    notes = [
        "pain",
        "no pain",
        "pain, 2 weeks",
        "seen 3 times; well",
        "9 mm",
        "(old)",
        "a-b",
        "x/y",
    ]
    assert reasons(*[(note, f"M{n:04}") for n, note in enumerate(notes)]) == {}


def test_two_columns_of_one_shape_cannot_be_told_apart():
    pairs = [(f"S{n:04}", f"M{n:04}") for n in range(9)]
    assert reasons(*pairs, ("M0009", "S0009")) == {}


def test_few_rows_make_no_rule():
    assert reasons(*GOOD[:2], ("S-P_001-z", "P_000")) == {}
