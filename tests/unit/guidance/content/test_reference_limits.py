"""Limits in the reference tables: those that the calculators use."""

import re

import pytest

from guidance.calculators import choi, function, growth, response, targets
from guidance.calculators.grade import grade_by_ki67, grade_by_mitoses
from guidance.calculators.tnm import Extent, classify_extent
from guidance.engine.edition import load_edition

EDITION = load_edition()
ROWS = {row.id: row for tables in EDITION.tables.values() for table in tables for row in table.rows}


def holds(limit, value):
    """Return whether `value` keeps to a limit: "< 2", "≤ 2", "2 to 20", "> 20 per 10 HPF"."""
    if match := re.match(r"(\d+) to (\d+)", limit):
        return int(match[1]) <= value <= int(match[2])
    sign, bound = re.match(r"([<≤>]) (\d+)", limit).groups()
    return {"<": value < int(bound), "≤": value <= int(bound), ">": value > int(bound)}[sign]


def classes(prefix, names, column, value):
    return [name for name in names if holds(ROWS[f"{prefix}-{name}"].cells[column], value)]


@pytest.mark.parametrize("version", ["WHO2010", "WHO2017", "WHO2019", "WHO2022"])
def test_grades_have_the_limits_of_the_calculator(version):
    names = ("G1", "G2", "G3")
    ki67 = "ki67_table" if version == "WHO2010" else "ki67"
    for value in (tenth / 10 for tenth in range(301)):
        grade = grade_by_ki67(value, version)
        assert classes(version, names, ki67, value) == ([grade] if grade else []), value
        assert classes(version, names, "mitoses", value) == [grade_by_mitoses(value)], value


@pytest.mark.parametrize(
    ("system", "prefix", "names"),
    [
        ("ENETS", "TNM-1", ("T1", "T2", "T3")),
        ("UICC", "TNM-2", ("T1", "T2")),
        ("AJCC8", "TNM-3", ("T1", "T2", "T3")),
    ],
)
def test_sizes_have_the_limits_of_the_calculator(system, prefix, names):
    for size_mm in range(1, 61):
        extent = Extent(size_mm, True, False, False, (), False, False)
        category = classify_extent(system, extent).category
        found = classes(prefix, names, "size", size_mm / 10)
        assert found == ([category] if category else []), size_mm


@pytest.mark.parametrize(
    ("row", "column", "figures"),
    [
        ("RSP-01", "rule", [f"{targets.MAX_PER_ORGAN} per", f"{targets.MAX_TARGETS} in total"]),
        (
            "RECIST-MEASURABLE",
            "limit",
            [
                f"diameter ≥ {targets.MIN_LESION_MM} mm",
                f"short axis ≥ {targets.MIN_TARGET_NODE_MM} mm",
                f"below {targets.MIN_ABNORMAL_NODE_MM} mm",
            ],
        ),
        ("RECIST-CR", "limit", [f"< {targets.MIN_ABNORMAL_NODE_MM} mm"]),
        ("RECIST-PR", "limit", [f"{response.RECIST.fall_percent} % below baseline"]),
        (
            "RECIST-PD",
            "limit",
            [f"{response.RECIST.rise_percent} %", f"{response.RECIST.rise_min_mm} mm"],
        ),
        ("RECIST-SD", "limit", [f"{response.STABLE_AFTER_DAYS} days"]),
        ("RECIST-CONFIRMED", "limit", [f"{response.CONFIRMED_AFTER_DAYS} days"]),
        ("MRECIST-PR", "limit", [f"{response.MRECIST.fall_percent} % below baseline"]),
        ("MRECIST-PD", "limit", [f"{response.MRECIST.rise_percent} % above the smallest"]),
        (
            "CHOI-PR",
            "limit",
            [f"{choi.SIZE_PERCENT} % smaller", f"{choi.ATTENUATION_PERCENT} % lower"],
        ),
        ("CHOI-PD", "limit", [f"{choi.SIZE_PERCENT} % larger"]),
        ("GRW-01", "threshold", [f"< {growth.SLOPE_LOW_BELOW} %"]),
        ("GRW-02", "threshold", [f"> {growth.TGR_HIGH_ABOVE} % per month"]),
        ("GRW-02", "caveat", [f"TG = {growth.DIMENSIONS} ln", f"{growth.DAYS_PER_MONTH} days"]),
        ("PRG-19", "finding", [f"> {growth.TGR_HIGH_ABOVE} % per month"]),
        ("CLS-08-GASTRINOMA", "laboratory", [f"> {function.GASTRIN_ABOVE},"]),
        ("PRG-01", "finding", ["> 30 mm"]),
        ("PRG-07", "finding", ["< 1.19 x 10^-3 mm2/s"]),
    ],
)
def test_limits_are_those_of_the_code(row, column, figures):
    assert [figure for figure in figures if figure not in ROWS[row].cells[column]] == []


def test_examples_of_growth_are_those_of_the_calculator():
    yearly = 100 * ((1 + growth.TGR_HIGH_ABOVE / 100) ** (12 / growth.DIMENSIONS) - 1)
    assert f"equals {yearly:.2f} % per year" in ROWS["GRW-03"].cells["threshold"]
    found = growth.assess_growth(
        recist_sum_mm_t0=100,
        recist_sum_mm_t1=104,
        interval_days=90,
        treatment_between_measurements=False,
    )
    said = f"TGR {found.tgr_percent_per_month:.2f} and slope {found.slope_percent_per_year:.2f} %"
    assert said in ROWS["GRW-03"].cells["caveat"]
    assert found.flags == (growth.DISCORD,)


def test_one_figure_is_the_same_wherever_it_stands():
    assert ROWS["DP-23"].cells["modality"].endswith(ROWS["PRG-07"].cells["finding"])
    assert ROWS["DP-23"].cells["sensitivity"] == "100"
    assert ROWS["DP-23"].cells["specificity"] == "92"
    assert "sensitivity 100 %, specificity 92 %" in ROWS["PRG-07"].cells["direction"]
    assert ROWS["DP-07"].cells["sensitivity"] in ROWS["PR-14"].cells["purpose"]
    for figure in ("48 (53.3 %)", "86", "67", "15.7", "19.3"):
        assert figure in " ".join(ROWS["DP-04"].cells.values())
        assert figure in ROWS["CLS-10-STUDY"].cells["statement"]
