"""Courses of lesions against categories worked out by hand (`data/courses.yaml`)."""

from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml

from guidance.calculators.course import assess_course
from guidance.calculators.course_sizes import CourseLesion, CourseStudy, Reading

START = date(2026, 1, 1)
DATA = Path(__file__).parent.parent / "data" / "courses.yaml"
COURSES = yaml.safe_load(DATA.read_text(encoding="utf-8"))
OF_THE_STUDY = {"day", "by", "new", "nodules", "arterial"}


def lesion(key, organ="liver", role="target", node=False, split_from=None, merged_into=None):
    return CourseLesion(key, organ, role, node, split_from, merged_into)


def reading(said, is_node):
    if isinstance(said, str):
        return Reading(said)
    parts = said if isinstance(said, dict) else {"mm": said}
    counts = parts.get("mm")
    return Reading(
        state=parts.get("state", "measured"),
        longest_mm=parts.get("long", None if is_node else counts),
        short_mm=parts.get("short", counts if is_node else None),
        enhancing_mm=parts.get("enh"),
        attenuation_hu=parts.get("hu"),
    )


def study(number, said, lesions):
    nodes = {found.key for found in lesions if found.is_node}
    return CourseStudy(
        key=str(number),
        examined_on=START + timedelta(days=said["day"]),
        modality=said.get("by", "CT"),
        readings={
            key: reading(value, key in nodes)
            for key, value in said.items()
            if key not in OF_THE_STUDY
        },
        new_lesions=said.get("new", False),
        growing_nodules=said.get("nodules", False),
        arterial_phase=said.get("arterial", True),
    )


def assess(lesions, studies, **more):
    made = [lesion(key, **parts) for key, parts in lesions.items()]
    return assess_course(
        made, [study(number, said, made) for number, said in enumerate(studies)], **more
    )


def rounded(value):
    return "-" if value is None else round(value, 2)


def codes(category):
    return [reason.code for reason in category.why]


LOOK = {
    "recist": lambda visit: visit.recist.response or "-",
    "sum": lambda visit: rounded(visit.recist.sum_mm),
    "nadir": lambda visit: rounded(visit.recist.nadir_mm),
    "base": lambda visit: rounded(visit.recist.from_baseline_percent),
    "low": lambda visit: rounded(visit.recist.from_nadir_percent),
    "why": lambda visit: codes(visit.recist),
    "mrecist": lambda visit: visit.mrecist.response or "-",
    "mrecist_sum": lambda visit: rounded(visit.mrecist.sum_mm),
    "mrecist_base": lambda visit: rounded(visit.mrecist.from_baseline_percent),
    "mrecist_why": lambda visit: codes(visit.mrecist),
    "choi": lambda visit: visit.choi.response or "-",
    "choi_hu": lambda visit: rounded(visit.choi.attenuation_percent),
    "choi_why": lambda visit: codes(visit.choi),
    "others": lambda visit: visit.non_targets,
    "changed_from": lambda visit: visit.modality_changed,
    "tgr": lambda visit: rounded(visit.growth.growth.tgr_percent_per_month),
    "slope": lambda visit: rounded(visit.growth.growth.slope_percent_per_year),
    "L1": lambda visit: visit.sizes["L1"].mm,
    "L2": lambda visit: visit.sizes["L2"].mm,
}


def test_there_are_at_least_25_courses_each_with_its_arithmetic():
    assert len({course["id"] for course in COURSES}) == len(COURSES) >= 25
    assert all(course["by_hand"] for course in COURSES)


@pytest.mark.parametrize("course", COURSES, ids=lambda course: course["id"])
def test_a_course_has_the_categories_worked_out_by_hand(course):
    got = assess(course["lesions"], course["studies"])
    visits = got.visits[1:]
    assert len(visits) == len(course["expect"])
    found = [
        {key: LOOK[key](visit) for key in expected}
        for visit, expected in zip(visits, course["expect"], strict=True)
    ]
    assert found == course["expect"]
    if "best" in course:
        assert vars_of(got.best_recist) == course["best"]
    if "best_mrecist" in course:
        assert vars_of(got.best_mrecist) == course["best_mrecist"]
    left_out = [key for reason in got.recist_left_out for key in reason.lesions]
    assert left_out == course.get("left_out", [])
    assert got.beyond_sources


def vars_of(best):
    return {"confirmed": best.confirmed, "unconfirmed": best.unconfirmed}
