"""What the lesions say of the facts, and when they say nothing."""

import pytest

from cases.selectors.lesion_facts import lesion_facts
from cases.selectors.lesions import lesions_of
from cases.services import facts
from guidance.editions import shelf
from guidance.engine.facts import parse_facts
from tests.factories.cases import make_case, make_study
from tests.factories.lesions import make_course, make_lesion, measure

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


@pytest.fixture
def case(coordinator):
    return make_case(by=coordinator)


def known_of(case, current=None):
    return dict(lesion_facts(lesions_of(case), current=current))


def said(case, current=None):
    values = {name: known.value for name, known in known_of(case, current).items()}
    parse_facts(values, shelf.adopted().dictionary)
    return values


def test_nothing_is_said_without_lesions(case):
    assert said(case) == {}


def test_targets_and_growth(case, coordinator):
    make_course(case, 100, 103, by=coordinator)
    facts.answer(case=case, answers={"treatments": []}, by=coordinator)
    found = said(case)
    assert found["target_lesions"] == [
        {"organ": "liver", "longest_diameter_mm": 100, "date": "2025-01-10"}
    ]
    assert (found["recist_sum_mm_t0"], found["recist_sum_mm_t1"]) == (100, 103)
    assert (found["interval_days"], found["treatment_between_measurements"]) == (100, False)
    # ln(1.03) x 3 / (100/30.4375) = 0.0269912: 2.74 % a month.
    # The rate follows from the sums: the guidance reckons it, nobody enters it.
    assert "tgr_percent_per_month" not in found
    known = known_of(case)["recist_sum_mm_t1"]
    assert known.rule == "lesions.recist_sum_mm_t1"
    assert known.origin == "From the sums of diameters on 10 Jan 2025 and 20 Apr 2025"
    assert len(known.provenance["studies"]) == 2


def test_nodes_count_as_one_organ(case, coordinator):
    node = make_lesion(case=case, by=coordinator, label="N1", site="abdominal_ln")
    study = make_study(case=case, by=coordinator, modality="CT")
    measure(study, {node: 20}, by=coordinator)
    (target,) = said(case)["target_lesions"]
    assert (target["organ"], target["longest_diameter_mm"]) == ("lymph nodes", 20)


def test_lesions_without_a_target_name_none(case, coordinator):
    bone = make_lesion(case=case, by=coordinator, label="B1", site="bone", role="non_target")
    study = make_study(case=case, by=coordinator, modality="CT")
    measure(study, {bone: "present"}, by=coordinator)
    assert said(case, study) == {}


def test_growth_is_not_read_from_nothing_or_across_a_baseline(case, coordinator):
    _, studies = make_course(case, 40, "vanished", 20, by=coordinator)
    assert "recist_sum_mm_t0" not in said(case)
    measure(studies[2], {}, by=coordinator, baseline=True)
    assert "recist_sum_mm_t1" not in said(case)


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [((40, 60), "increase"), ((40, 41), "stable"), ((40, 20), "decrease"), ((40, "present"), None)],
)
def test_the_newest_study_says_how_size_changed(case, coordinator, sizes, expected):
    _, studies = make_course(case, *sizes, by=coordinator)
    assert said(case, studies[1]).get("size_change") == expected
    assert said(case, studies[1])["new_lesions"] is False
    # Not what belongs to another study.
    later = make_study(case=case, by=coordinator)
    assert not {"size_change", "new_lesions"} & set(said(case, later))


def test_new_lesions_are_said_by_lesion_or_sheet_alone(case, coordinator):
    _, studies = make_course(case, 40, 40, by=coordinator, new=None)
    assert "new_lesions" not in said(case, studies[1])
    new = make_lesion(case=case, by=coordinator, label="X1", role="new")
    measure(studies[1], {new: 8}, by=coordinator)
    assert said(case, studies[1])["new_lesions"] is True


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ({"attenuation_hu": 85}, "decrease"),
        ({"attenuation_hu": 86}, "stable"),
        ({"attenuation_hu": 115}, "increase"),
        ({"enhancing_mm": 10}, "decrease"),
        ({"enhancing_mm": 10, "attenuation_hu": 60}, "decrease"),
        ({"enhancing_mm": 10, "attenuation_hu": 120}, None),
        ({}, None),
    ],
)
def test_the_direction_of_attenuation_and_enhancement(case, coordinator, after, expected):
    before = {"longest_mm": 40, "enhancing_mm": 40, "attenuation_hu": 100}
    _, studies = make_course(case, before, {"longest_mm": 40, **after}, by=coordinator)
    found = said(case, studies[1])
    assert found.get("attenuation_or_enhancement_change") == expected


LIVER = {"liver_met_count", "liver_met_largest_mm", "liver_met_sum_diam_mm"}


def liver(case):
    return {name: value for name, value in said(case).items() if name in LIVER}


def test_liver_metastases_are_counted_where_every_one_is_recorded(case, coordinator):
    lesion, studies = make_course(case, 40, 30, by=coordinator)
    small = make_lesion(case=case, by=coordinator, label="L2", role="non_target")
    measure(studies[0], {small: 12}, by=coordinator, every_liver_lesion=True)
    # The newest study of the liver is the other one, and nobody says that it is complete.
    assert liver(case) == {}
    measure(studies[1], {small: 12.5}, by=coordinator, every_liver_lesion=True)
    assert liver(case) == {
        "liver_met_count": 2,
        "liver_met_largest_mm": 30,
        "liver_met_sum_diam_mm": 42.5,
    }
    assert known_of(case)["liver_met_count"].entered_at is not None
    measure(studies[1], {small: "too_small"}, by=coordinator)
    assert liver(case) == {"liver_met_count": 2, "liver_met_largest_mm": 30}
    measure(studies[1], {small: "present"}, by=coordinator)
    assert liver(case) == {"liver_met_count": 2}
    measure(studies[1], {small: "not_evaluable"}, by=coordinator)
    assert liver(case) == {}
    measure(studies[1], {small: "vanished", lesion: "vanished"}, by=coordinator)
    assert liver(case) == {"liver_met_count": 0}


def test_a_liver_lesion_that_nobody_mentions_again_is_not_known_to_be_gone(case, coordinator):
    lesion, studies = make_course(case, 40, 30, by=coordinator)
    other = make_lesion(case=case, by=coordinator, label="L2", role="non_target")
    unseen = make_lesion(case=case, by=coordinator, label="L3", role="non_target")
    assert unseen
    measure(studies[0], {other: 12}, by=coordinator)
    measure(studies[1], {}, by=coordinator, every_liver_lesion=True)
    assert liver(case) == {}
    measure(studies[0], {other: "vanished"}, by=coordinator)
    assert liver(case)["liver_met_count"] == 1
    part = make_lesion(case=case, by=coordinator, label="L1b", split_from=lesion)
    third = make_study(case=case, by=coordinator, modality="CT")
    measure(third, {part: 20}, by=coordinator, every_liver_lesion=True)
    assert liver(case)["liver_met_count"] == 1


def test_what_the_dictionary_does_not_take_is_not_said(case, coordinator):
    lesion, studies = make_course(case, 400, by=coordinator)
    assert lesion
    measure(studies[0], {}, by=coordinator, every_liver_lesion=True)
    assert liver(case) == {"liver_met_count": 1, "liver_met_sum_diam_mm": 400}


def test_growth_beyond_every_figure_has_no_rate(case, coordinator):
    make_course(case, 10, 490, by=coordinator)
    found = said(case)
    assert found["recist_sum_mm_t1"] == 490
    assert "tgr_percent_per_month" not in found
