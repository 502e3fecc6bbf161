import pytest
from hypothesis import given
from hypothesis import strategies as st

from guidance.calculators.function import SUBTYPES, classify_function, supports_gastrinoma
from guidance.engine.dictionary import DICTIONARY


def classify(syndrome, laboratory, stained=()):
    return classify_function(
        clinical_syndrome=syndrome, laboratory_support=laboratory, hormone_ihc_positive=stained
    )


@pytest.mark.parametrize(
    ("syndrome", "laboratory", "expected", "missing"),
    [
        (True, True, True, ()),
        (True, False, False, ()),
        (False, True, False, ()),
        (False, None, False, ()),
        (True, None, None, ("laboratory_support",)),
        (None, True, None, ("clinical_syndrome",)),
        (None, None, None, ("clinical_syndrome", "laboratory_support")),
    ],
)
def test_function_needs_syndrome_and_laboratory(syndrome, laboratory, expected, missing):
    got = classify(syndrome, laboratory)
    assert (got.functioning, got.missing, got.flags) == (expected, missing, ())


@pytest.mark.parametrize(
    ("syndrome", "laboratory", "flags"),
    [
        (True, True, ()),
        (True, False, ("W-IHC-FUNCTION",)),
        (None, None, ("W-IHC-FUNCTION",)),
    ],
)
def test_a_hormone_stain_proves_nothing_and_is_flagged(syndrome, laboratory, flags):
    assert classify(syndrome, laboratory, ("insulin",)).flags == flags
    assert classify(syndrome, laboratory, None).flags == ()


truths = st.booleans() | st.none()


@given(truths, truths, st.lists(st.sampled_from(["insulin", "gastrin"])))
def test_staining_never_changes_the_answer(syndrome, laboratory, stained):
    with_stain = classify(syndrome, laboratory, stained)
    assert with_stain.functioning is classify(syndrome, laboratory).functioning
    assert with_stain.functioning is classify(laboratory, syndrome).functioning


@pytest.mark.parametrize(
    ("gastrin", "secretin", "expected"),
    [
        (1000, False, False),
        (1000.1, False, True),
        (1000.1, None, True),
        (1000, None, None),
        (None, True, True),
        (None, False, None),
        (None, None, None),
    ],
)
def test_laboratory_of_a_gastrinoma(gastrin, secretin, expected):
    assert supports_gastrinoma(gastrin=gastrin, secretin_test_positive=secretin) is expected


def test_the_subtypes_and_their_hormones_are_those_of_the_dictionary():
    assert set(SUBTYPES) == set(DICTIONARY["functional_subtype"].allowed) - {"other", "none"}
    hormones = {subtype.hormone for subtype in SUBTYPES.values()}
    assert hormones <= set(DICTIONARY["hormone_ihc_positive"].allowed)


def test_the_table_prints_no_laboratory_test_for_acthoma():
    assert [code for code, found in SUBTYPES.items() if not found.laboratory] == ["acthoma"]
