"""Where a result and the measurements of its study contradict, and what a person decides."""

import pytest

from cases.models import Result
from cases.selectors.lesion_contradictions import contradictions_of
from cases.selectors.lesions import lesions_of
from cases.services import results
from cases.services.results import Contradicted
from tests.factories.cases import make_case, make_study
from tests.factories.lesions import make_course, make_lesion, measure

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


@pytest.fixture
def case(coordinator):
    return make_case(by=coordinator)


def fields(case, study, **typed):
    return [one.field for one in contradictions_of(typed, study=study, record=lesions_of(case))]


@pytest.mark.parametrize(
    ("sizes", "typed", "expected"),
    [
        ((40, 60), {"outcome": "stable"}, ["outcome"]),
        ((40, 60), {"outcome": "response"}, ["outcome"]),
        ((40, 60), {"outcome": "progression"}, []),
        ((40, 60), {"outcome": "indeterminate"}, []),
        ((40, 60), {"outcome": "complication"}, []),
        ((40, 40), {"outcome": "stable"}, []),
        ((40, 40), {"outcome": "progression"}, ["outcome"]),
        # Evidence of progression that no size shows (RSP-03).
        ((40, 40), {"outcome": "progression", "new_enhancement_in_treated_lesion": True}, []),
        ((40, 40), {"outcome": "response"}, ["outcome"]),
        # A response that no size shows (RSP-02).
        ((40, 40), {"outcome": "response", "necrosis_without_shrinkage": True}, []),
        ((40, 40), {"outcome": "response", "response_basis": "size_and_enhancement"}, []),
        ((40, 60), {"outcome": "response", "response_basis": "size_and_enhancement"}, ["outcome"]),
        ((40, 20), {"outcome": "stable"}, ["outcome"]),
        ((40, 20), {"outcome": "negative"}, ["outcome"]),
        ((40, "vanished"), {"outcome": "negative"}, []),
        ((40, "vanished"), {"outcome": "response"}, []),
        ((40, "not_evaluable"), {"outcome": "stable"}, []),
        ((40, 60), {"size_change": "decrease"}, ["size_change"]),
        ((40, 60), {"size_change": "stable"}, ["size_change"]),
        ((40, 60), {"size_change": "increase"}, []),
        ((40, 20), {"size_change": "increase"}, ["size_change"]),
        ((40, 42), {"size_change": "increase"}, []),
        ((40, 42), {"new_lesions": True}, ["new_lesions"]),
        ((40, 42), {"new_lesions": False}, []),
        ((9, 42), {"outcome": "negative"}, ["outcome"]),
        ((9, 42), {"outcome": "stable"}, []),
    ],
)
def test_what_contradicts(case, coordinator, sizes, typed, expected):
    _, studies = make_course(case, *sizes, by=coordinator)
    assert fields(case, studies[-1], **typed) == expected


def test_a_baseline_is_only_against_nothing_found(case, coordinator):
    _, (study,) = make_course(case, 40, by=coordinator)
    assert fields(case, study, outcome="stable") == []
    assert fields(case, study, outcome="negative") == ["outcome"]
    assert fields(case, make_study(case=case, by=coordinator), outcome="negative") == []


def test_any_of_the_three_systems_supports(case, coordinator):
    before = {"longest_mm": 40, "enhancing_mm": 40, "attenuation_hu": 100}
    after = {"longest_mm": 40, "enhancing_mm": 10, "attenuation_hu": 60}
    _, studies = make_course(case, before, after, by=coordinator)
    assert fields(case, studies[1], outcome="response") == []
    assert fields(case, studies[1], outcome="stable") == []


def test_a_new_lesion_that_is_denied_is_named(case, coordinator):
    _, studies = make_course(case, 40, 40, by=coordinator)
    new = make_lesion(case=case, by=coordinator, label="X1", role="new")
    measure(studies[1], {new: 8}, by=coordinator)
    typed = {"outcome": "stable", "new_lesions": False}
    found = contradictions_of(typed, study=studies[1], record=lesions_of(case))
    assert [(one.field, one.typed) for one in found] == [
        ("outcome", "Stable"),
        ("new_lesions", "No"),
    ]
    assert "PD, progression (new lesion X1)" in found[0].measured
    assert "sum 40 mm, 0 % from baseline" in found[0].measured
    assert found[1].measured == "New lesion recorded: X1"


def test_a_new_lesion_that_nobody_follows_is_said_too(case, coordinator):
    _, studies = make_course(case, 40, 40, by=coordinator, new=True)
    (one,) = contradictions_of({"new_lesions": False}, study=studies[1], record=lesions_of(case))
    assert one.measured == "A new lesion is recorded"


def test_what_the_result_itself_says_counts(case, coordinator):
    _, studies = make_course(case, 40, 20, by=coordinator, new=None)
    with pytest.raises(Contradicted):
        results.enter(study=studies[1], outcome="stable", new_lesions=False, by=coordinator)
    results.enter(study=studies[1], outcome="stable", by=coordinator)


def test_a_person_keeps_a_result_with_a_reason(case, coordinator):
    _, studies = make_course(case, 40, 60, by=coordinator)
    with pytest.raises(Contradicted) as caught:
        results.enter(study=studies[1], outcome="stable", kept_reason=" ", by=coordinator)
    assert list(caught.value.errors) == ["kept_reason"]
    assert "PD" in caught.value.errors["kept_reason"][0]
    assert not Result.objects.exists()

    result = results.enter(
        study=studies[1], outcome="stable", kept_reason=" Bleeding. ", by=coordinator
    )
    assert (result.outcome, result.kept_reason) == ("stable", "Bleeding.")
    assert [side["field"] for side in result.kept_against] == ["outcome"]
    # The same again needs no new reason; other measurements do.
    results.change(result=result, summary="Seen twice.", by=coordinator)
    lesion = case.lesions.get()
    measure(studies[1], {lesion: 70}, by=coordinator)
    with pytest.raises(Contradicted):
        results.change(result=result, summary="Again.", by=coordinator)
    # Nor does a reason that was given to something else count.
    with pytest.raises(Contradicted):
        results.change(
            result=result, kept_reason="Old.", kept_against=result.kept_against, by=coordinator
        )
    results.change(result=result, outcome="progression", by=coordinator)
    stored = Result.objects.get()
    assert (stored.kept_against, stored.kept_reason) == (None, "")


def test_measuring_overwrites_no_result(case, coordinator):
    lesion, studies = make_course(case, 40, 40, by=coordinator)
    results.enter(study=studies[1], outcome="stable", by=coordinator)
    measure(studies[1], {lesion: 60}, by=coordinator)
    assert Result.objects.get().outcome == "stable"
