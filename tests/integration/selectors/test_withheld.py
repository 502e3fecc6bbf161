"""Options that the guidance keeps back, with what does, on the worked cases."""

import pytest

from cases.models import Assessment
from cases.selectors.withheld import NO_GUIDANCE, NOT_NAMED, _said, withheld_options
from guidance.engine.edition import load_edition
from tests.unit.guidance.cases import answer, read_data

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

VIGNETTES = {entry["id"]: entry["facts"] for entry in read_data("vignettes")}
#: Progression that qualifies for PRRT.
PROGRESSION = {**read_data("d0"), **VIGNETTES["V26"]}
SELECTION = {"clinical_question": "prrt_selection", "study_outcome": "unknown"}
NOT_A_CANDIDATE = "Not a candidate by uptake or differentiation"


def words(facts, *, is_asked=True):
    """What is said of a case with these facts."""
    version = load_edition().version
    assessment = Assessment(facts=facts, answer=answer(facts), edition_version=version)
    return [each.words for each in withheld_options(assessment, is_about_prrt=is_asked)]


@pytest.mark.parametrize("is_asked", [True, False])
@pytest.mark.parametrize(
    ("more", "because"),
    [
        ({"sstr_uptake_homogeneous": False}, "Uptake homogeneous (No)"),
        ({"krenning_grade": 2}, "Krenning grade (2)"),
        ({"prior_prrt": "unknown"}, "Earlier PRRT (unknown)"),
        (
            {"prior_prrt": True, "sstr_result": "negative"},
            "Earlier PRRT (Yes); SSTR imaging result (Negative)",
        ),
    ],
)
def test_an_option_of_the_branch_is_named_with_the_fact_that_keeps_it_back(more, because, is_asked):
    assert words({**PROGRESSION, **more}, is_asked=is_asked) == [f"PRRT not shown: {because}"]


def test_what_is_shown_is_not_told():
    assert words(PROGRESSION) == []


@pytest.mark.parametrize(
    ("facts", "because"),
    [
        ({**PROGRESSION, "study_outcome": "stable"}, NOT_NAMED),
        (
            {**PROGRESSION, "study_outcome": "unknown"},
            "No result is entered, so nothing follows from one",
        ),
        (
            {**PROGRESSION, **SELECTION, "krenning_grade": 2},
            f"{NOT_A_CANDIDATE}; Krenning grade (2)",
        ),
        (read_data("d0"), NO_GUIDANCE),
    ],
)
def test_prrt_that_is_asked_for_says_why_nothing_has_it(facts, because):
    assert words(facts) == [f"PRRT not shown: {because}"]
    assert words(facts, is_asked=False) == []


def test_a_candidate_is_not_called_kept_back():
    assert words({**PROGRESSION, **SELECTION}) == []


def test_what_is_no_fact_is_told_in_the_words_of_its_condition():
    node = {"fact": "scenario", "text": "The situation is", "shown": "SC-05"}
    assert _said(node, load_edition()) == "The situation is SC-05"
