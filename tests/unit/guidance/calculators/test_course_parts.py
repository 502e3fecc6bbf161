"""What the hand-computed courses do not reach: days, baselines, chains."""

from datetime import date

import pytest

from guidance.calculators.course import assess_course
from guidance.calculators.course_sizes import CourseLesion, CourseStudy, Reading
from tests.unit.guidance.calculators.test_course import assess, codes

FIRST, LAST = date(2026, 1, 1), date(2026, 4, 1)
#: Baseline and last study of the course whose growth is looked at.
DAYS = (FIRST, date(2026, 9, 28))


def categories(lesions, *studies, **more):
    got = assess(lesions, [{"day": 30 * n, **said} for n, said in enumerate(studies)], **more)
    return [visit.recist.response for visit in got.visits]


def test_a_course_without_studies_is_empty():
    got = assess_course([], [])
    assert (got.visits, got.targets, got.best_recist) == ((), (), None)


def test_studies_before_the_first_size_of_a_target_are_left_out():
    got = assess({"L1": {}}, [{"day": 0}, {"day": 60, "L1": 20}, {"day": 120, "L1": 20}])
    assert [visit.study for visit in got.visits] == ["1", "2"]
    assert got.visits[0].is_baseline
    assert codes(got.visits[0].recist) == ["baseline"]
    assert got.visits[0].recist.sum_mm == 20


def test_a_chosen_baseline_begins_the_course_anew():
    studies = [{"day": 0, "L1": 40}, {"day": 60, "L1": 60}, {"day": 120, "L1": 42}]
    assert [v.recist.response for v in assess({"L1": {}}, studies).visits] == [None, "PD", "SD"]
    again = assess({"L1": {}}, studies, baseline="1")
    assert [visit.recist.response for visit in again.visits] == [None, "PR"]
    with pytest.raises(ValueError, match="no study '9'"):
        assess({"L1": {}}, studies, baseline="9")


def test_of_two_studies_on_one_day_the_first_is_read():
    studies = [{"day": 0, "L1": 40}, {"day": 60, "L1": 20}, {"day": 60, "by": "PET_SSTR", "L1": 90}]
    got = assess({"L1": {}}, studies)
    assert [visit.recist.response for visit in got.visits] == [None, "PR", None]
    last = got.visits[2]
    assert codes(last.recist) == ["same_day"]
    assert last.growth is None
    assert last.modality_changed == "CT"


def test_choi_leaves_out_the_second_study_of_a_day():
    sized = {"L1": {"mm": 40, "hu": 100}}
    studies = [{"day": 0, **sized}, {"day": 60, **sized}, {"day": 60, **sized}]
    got = assess({"L1": {}}, studies)
    assert [visit.choi.response for visit in got.visits] == [None, "SD", None]
    assert codes(got.visits[2].choi) == ["same_day"]


def test_choi_needs_a_baseline_by_ct():
    sized = {"L1": {"mm": 40, "hu": 100}}
    got = assess({"L1": {}}, [{"day": 0, "by": "MRI", **sized}, {"day": 60, **sized}])
    assert [reason.code for reason in got.choi_faults] == ["baseline_not_by_ct"]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"new": None, "L1": {"mm": 40, "hu": 100}}, ["new_lesions_unknown"]),
        ({"L1": "not_evaluable"}, ["no_sum", "no_attenuation"]),
    ],
)
def test_choi_says_what_is_not_known(said, why):
    got = assess({"L1": {}}, [{"day": 0, "L1": {"mm": 40, "hu": 100}}, {"day": 60, **said}])
    assert (got.visits[1].choi.response, codes(got.visits[1].choi)) == ("NE", why)


def test_choi_takes_the_mean_of_fragments_and_leaves_out_what_vanished():
    lesions = {"L1": {}, "L1b": {"split_from": "L1"}, "L2": {}}
    studies = [
        {"day": 0, "L1": {"mm": 50, "hu": 100}, "L2": {"mm": 50, "hu": 60}},
        {
            "day": 60,
            "L1": {"mm": 50, "hu": 90},
            "L1b": {"mm": 50, "hu": 70},
            "L2": "vanished",
        },
        {"day": 120, "L1": "vanished", "L1b": "vanished", "L2": "vanished"},
    ]
    got = assess(lesions, studies)
    assert got.visits[1].choi.attenuation_percent == -20
    assert [visit.choi.response for visit in got.visits] == [None, "PR", "CR"]


def test_mrecist_needs_an_arterial_phase_at_baseline_and_a_target_that_enhances():
    sized = {"L1": {"mm": 40, "enh": 40}}
    without = assess({"L1": {}}, [{"day": 0, "arterial": False, **sized}, {"day": 60, **sized}])
    assert [reason.code for reason in without.mrecist_faults] == ["no_arterial_phase"]
    small = assess({"L1": {}}, [{"day": 0, "L1": {"mm": 40, "enh": 5}}, {"day": 60, **sized}])
    assert [reason.code for reason in small.mrecist_faults] == ["no_baseline_enhancing"]
    none = assess({"B1": {"role": "non_target"}}, [{"day": 0, "B1": "present"}])
    assert [reason.code for reason in none.mrecist_faults] == ["no_targets"]


def test_mrecist_takes_a_node_by_its_short_axis_beside_what_enhances():
    lesions = {"L1": {}, "N1": {"node": True, "organ": "abdominal_ln"}}
    before, after = {"mm": 40, "enh": 40}, {"mm": 40, "enh": 20}
    studies = [{"day": 0, "L1": before, "N1": 20}, {"day": 60, "L1": after, "N1": 14}]
    visit = assess(lesions, studies).visits[1]
    assert (visit.mrecist.response, visit.mrecist.sum_mm) == ("PR", 34)
    without = [{"day": 0, "L1": 40, "N1": 20}, {"day": 60, "L1": 40, "N1": 14}]
    alone = assess(lesions, without)
    assert [r.code for r in alone.mrecist_faults] == ["no_baseline_enhancing"]
    assert [r.lesions for r in alone.mrecist_faults] == [("L1", "N1")]


def test_a_new_lesion_that_is_not_recorded_again_is_not_known_to_have_gone():
    lesions = {"L1": {}, "X": {"role": "new"}}
    seen = [{"L1": 40}, {"L1": 40, "X": 8}]
    assert categories(lesions, *seen, {"L1": 40}) == [None, "PD", "NE"]
    assert categories(lesions, *seen, {"L1": 40, "X": "vanished"}) == [None, "PD", "SD"]
    # What was there at baseline already is not new.
    assert categories(lesions, {"L1": 40, "X": 8}, {"L1": 40}) == [None, "SD"]


def test_a_fragment_of_a_fragment_belongs_to_the_first():
    lesions = {"L1": {}, "L1b": {"split_from": "L1"}, "L1c": {"split_from": "L1b"}}
    got = assess(
        lesions, [{"day": 0, "L1": 60}, {"day": 60, "L1": 20, "L1b": 10, "L1c": "too_small"}]
    )
    size = got.visits[1].sizes["L1"]
    assert (size.mm, size.parts, size.default) == (35, 3, True)
    assert got.targets == ("L1",)


def test_lesions_that_name_one_another_are_no_endless_chain():
    lesions = {"L1": {"merged_into": "L2"}, "L2": {"merged_into": "L1"}}
    got = assess(
        lesions, [{"day": 0, "L1": 20, "L2": 20}, {"day": 60, "L1": "merged", "L2": "merged"}]
    )
    assert got.visits[1].sizes["L1"].why == "merged_into_no_target"
    circle = {"A": {"split_from": "B"}, "B": {"split_from": "A"}}
    assert assess(circle, [{"day": 0, "A": 20}]).targets == ()


def test_a_chain_of_merged_lesions_is_measured_once():
    lesions = {"L1": {}, "L2": {"merged_into": "L1"}, "P1": {"merged_into": "L2", "organ": "p"}}
    studies = [
        {"day": 0, "L1": 20, "L2": 20, "P1": 20},
        {"day": 60, "L1": 66, "L2": "merged", "P1": "merged"},
    ]
    assert assess(lesions, studies).visits[1].recist.sum_mm == 66


def test_a_target_that_merged_with_another_lesion_has_no_size():
    lesions = {"L1": {"merged_into": "B1"}, "B1": {"role": "non_target"}}
    got = assess(lesions, [{"day": 0, "L1": 20, "B1": 9}, {"day": 60, "L1": "merged", "B1": 40}])
    assert codes(got.visits[1].recist) == ["merged_into_no_target"]


def test_a_merged_lesion_among_the_others_is_there_with_its_partner():
    lesions = {
        "L1": {},
        "B1": {"role": "non_target", "merged_into": "B2"},
        "B2": {"role": "non_target", "merged_into": "B1"},
    }
    start = {"L1": 20, "B1": "present", "B2": "present"}
    gone = {"L1": "vanished", "B1": "merged", "B2": "vanished"}
    lost = {"L1": "vanished", "B1": "merged", "B2": "merged"}
    assert categories(lesions, start, gone, lost) == [None, "CR", "PR"]


def test_nodes_among_the_others_are_gone_below_10_mm_and_never_reappear():
    lesions = {"L1": {}, "N1": {"role": "non_target", "node": True}}
    start, normal, large = ({"L1": mm, "N1": node} for mm, node in ((20, 12), (0, 9.9), (0, 10)))
    assert categories(lesions, start, normal, large) == [None, "CR", "PR"]


def test_a_lesion_that_is_present_and_not_measured_has_no_size():
    got = assess({"L1": {}}, [{"day": 0, "L1": 20}, {"day": 60, "L1": "present"}])
    assert codes(got.visits[1].recist) == ["not_measured"]


def test_bleeding_is_a_caveat_of_all_three():
    got = assess({"L1": {}}, [{"day": 0, "L1": 20}], hemorrhage=True)
    assert got.caveats == {
        "recist": ("RSP-04", "W-HAEMORRHAGE"),
        "mrecist": ("RSP-05", "W-HAEMORRHAGE"),
        "choi": ("RSP-05", "W-HAEMORRHAGE"),
    }


def test_growth_is_since_the_last_sum_and_since_baseline():
    studies = [
        {"day": 0, "L1": 100},
        {"day": 90, "L1": 103},
        {"day": 180, "L1": "not_evaluable"},
        {"day": 270, "L1": 120},
    ]
    last = assess({"L1": {}}, studies, treated=lambda *days: days == DAYS).visits[3]
    assert (last.growth.study, last.growth.interval_days) == ("1", 180)
    assert (last.growth_from_baseline.study, last.growth_from_baseline.interval_days) == ("0", 270)
    assert last.growth.treated is False
    assert last.growth_from_baseline.treated is True
    assert last.growth_from_baseline.growth.flags == ("W-GROWTH-TREATED",)
    assert (last.growth.sum_mm_t0, last.growth.sum_mm_t1) == (103, 120)
    assert assess({"L1": {}}, studies).visits[2].growth is None


def test_growth_without_an_earlier_sum_is_not_known():
    got = assess({}, [{"day": 0}, {"day": 90}])
    assert got.visits[1].growth is None
    doubled = [{"day": 0, "L1": 40}, {"day": 0, "L1": 50}]
    assert assess({"L1": {}}, doubled).visits[1].growth is None


def test_impossible_values_are_refused():
    with pytest.raises(ValueError, match="a size must be"):
        Reading(longest_mm=-1)
    with pytest.raises(ValueError, match="must be finite"):
        Reading(attenuation_hu=float("nan"))


def test_a_lesion_may_name_one_that_is_not_there():
    lone = CourseLesion("L1", "liver", "target", split_from="gone", merged_into="gone")
    studies = [
        CourseStudy("0", FIRST, "CT", {"L1": Reading(longest_mm=20)}, False),
        CourseStudy("1", LAST, "CT", {"L1": Reading("merged")}, False),
    ]
    assert codes(assess_course([lone], studies).visits[1].recist) == ["merged_into_no_target"]
