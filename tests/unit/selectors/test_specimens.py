"""Grades of specimens side by side, and what does not fit together."""

from cases.selectors.specimens import graded
from guidance.engine import content
from guidance.engine.checks import load_checks
from tests.factories.history import some_specimen

EDITION = content.read_edition(content.versions()[-1])
CHECKS = load_checks(EDITION["checks"])["CONFLICT"]


def read(*specimens, who_version="WHO2022"):
    rows = sorted(specimens, key=lambda row: row.taken_on)
    return graded(rows, who_version=who_version, checks=CHECKS)


def findings(*specimens, **kwargs):
    return {
        finding.code: finding
        for row in read(*specimens, **kwargs).specimens
        for finding in row.findings
    }


def test_the_newest_stands_first_and_the_one_that_speaks_is_marked():
    older, newer = some_specimen("2024-01-01", ki67_percent=8), some_specimen("2026-01-01")
    rows = read(older, newer).specimens
    assert [row.specimen for row in rows] == [newer, older]
    assert [row.speaks for row in rows] == [False, True]
    assert [row.grade for row in rows] == ["unknown", "G2 (WHO 2022)"]


def test_a_grade_stands_by_the_edition_in_force_and_by_the_reports_own():
    specimen = some_specimen(ki67_percent=2.5, grade="G2", who_version="WHO2010")
    row = read(specimen).specimens[0]
    assert row.grade == "G1 (WHO 2022)"
    assert row.reported == "G2 (WHO 2010)"
    assert row.recomputed == "no class (WHO 2010)"
    found = findings(specimen)["GRADE-EDITIONS"]
    assert found.text == (
        "By the report's edition it is G2 (WHO 2010), by the edition in force G1 (WHO 2022)."
    )


def test_a_report_by_the_edition_in_force_is_not_recomputed():
    row = read(some_specimen(ki67_percent=8, grade="G2", who_version="WHO2022")).specimens[0]
    assert row.recomputed == ""
    assert row.findings == ()


def test_without_an_edition_the_report_stands_alone():
    row = read(some_specimen(ki67_percent=8, grade="G2")).specimens[0]
    assert (row.reported, row.by_report, row.recomputed) == ("G2", None, "")
    assert read(some_specimen()).specimens[0].reported == "unknown"


def test_ki67_against_mitoses_is_shown_with_both_sides():
    found = findings(some_specimen(ki67_percent=1, mitoses_per_10hpf=4))["W-GRADE-DISCORDANT"]
    assert found.severity == "CAUTION"
    assert found.text.startswith("Ki-67 1 %: G1; mitoses 4 per 10 HPF: G2. ")
    assert "A-16" in found.source


def test_a_side_in_the_gap_has_no_class():
    specimen = some_specimen(ki67_percent=2.5, mitoses_per_10hpf=4)
    found = findings(specimen, who_version="WHO2010")["W-GRADE-DISCORDANT"]
    assert found.text.startswith("Ki-67 2.5 %: no class; mitoses 4 per 10 HPF: G2. ")


def test_the_checks_on_a_grade_speak_for_the_edition():
    specimen = some_specimen(ki67_percent=30, differentiation="well")
    by_2010 = findings(specimen, who_version="WHO2010")["W-G3-WELL-DIFF"]
    by_2022 = findings(specimen)["W-G3-WELL-DIFF"]
    assert (by_2010.severity, by_2022.severity) == ("CAUTION", "INFO")
    assert by_2010.text != by_2022.text
    assert "W-GRADE-GAP" in findings(some_specimen(ki67_percent=2.5), who_version="WHO2010")
    assert "W-GRADE-BOUNDARY" in findings(some_specimen(ki67_percent=2), who_version="WHO2010")


def test_a_reported_grade_against_the_counts_is_shown_with_both_sides():
    specimen = some_specimen(ki67_percent=12, mitoses_per_10hpf=3, grade="G1")
    found = findings(specimen)["GRADE-REPORTED"]
    assert found.text == (
        "The report says G1; Ki-67 12 % and mitoses 3 per 10 HPF give G2 (WHO 2022)."
    )


def test_a_reported_grade_is_held_against_its_own_edition():
    fits = some_specimen(ki67_percent=2.5, grade="G1", who_version="WHO2022")
    assert "GRADE-REPORTED" not in findings(fits, who_version="WHO2010")
    row = read(fits, who_version="WHO2010").specimens[0]
    assert (row.grade, row.reported) == ("no class (WHO 2010)", "G1 (WHO 2022)")
    assert findings(fits, who_version="WHO2010")["GRADE-EDITIONS"].text == (
        "By the report's edition it is G1 (WHO 2022), by the edition in force no class "
        "(WHO 2010). The guidance is not given a grade of another edition."
    )


def test_a_grade_of_another_edition_without_counts_stands_as_reported_only():
    row = read(some_specimen(grade="G3", who_version="WHO2010")).specimens[0]
    assert (row.grade, row.reported, row.recomputed) == ("unknown", "G3 (WHO 2010)", "")
    (found,) = row.findings
    assert found.text == (
        "By the report's edition it is G3 (WHO 2010), by the edition in force unknown. "
        "The guidance is not given a grade of another edition."
    )


def test_mitoses_counted_in_another_unit_than_the_editions_say_so():
    specimen = some_specimen(mitoses_per_10hpf=3)
    assert read(specimen).specimens[0].unit_remark == (
        "counted per 10 HPF; WHO 2022 counts per 2 mm2; not converted"
    )
    assert read(specimen, who_version="WHO2017").specimens[0].unit_remark == ""
    assert read(some_specimen(ki67_percent=3)).specimens[0].unit_remark == ""


def test_poor_differentiation_with_a_low_grade_is_shown():
    found = findings(some_specimen(ki67_percent=5, differentiation="poor"))["CLS-06"]
    assert found.text == (
        "The grade is G2, yet the report calls it poorly differentiated. Check both."
    )
    nec = findings(some_specimen(ki67_percent=5, subtype="NEC_small_cell"))["CLS-06"]
    assert "NEC, small cell" in nec.text
    assert "CLS-06" not in findings(some_specimen(ki67_percent=50, differentiation="poor"))


def test_a_grade_that_rose_or_fell_says_which_and_when():
    rows = (
        some_specimen("2022-05-01", kind="resection", site="pancreas", ki67_percent=1),
        some_specimen("2023-01-01"),
        some_specimen("2024-01-01", ki67_percent=8),
        some_specimen("2026-01-01", ki67_percent=2),
    )
    changes = read(*rows).changes
    assert [change.code for change in changes] == ["GRADE-ROSE", "GRADE-FELL"]
    assert changes[0].text == (
        "The grade rose from G1, resection specimen of 1 May 2022 (pancreas), "
        "to G2, biopsy of 1 Jan 2024 (liver) (WHO 2022)."
    )


def test_the_same_grade_twice_is_no_change():
    rows = some_specimen("2024-01-01", ki67_percent=4), some_specimen("2026-01-01", ki67_percent=9)
    assert read(*rows).changes == ()


def test_another_kind_of_tumor_is_a_change():
    net = some_specimen("2024-01-01", differentiation="well", subtype="NET")
    nec = some_specimen("2026-01-01", differentiation="poor", subtype="NEC_small_cell")
    assert [change.code for change in read(net, nec).changes] == [
        "DIFFERENTIATION-CHANGED",
        "SUBTYPE-CHANGED",
    ]
    same = some_specimen("2026-01-01", differentiation="well", subtype="NET")
    assert read(net, same).changes == ()


def test_what_a_specimen_says_in_words():
    row = read(
        some_specimen(
            chromogranin_a=True,
            synaptophysin=False,
            hormones=["gastrin", "insulin"],
            nodes_examined=14,
            nodes_positive=2,
            ki67_percent=4.5,
        )
    ).specimens[0]
    assert row.counts == "Ki-67 4.5 %"
    assert row.stains == (
        "chromogranin A positive, synaptophysin negative, hormones: Gastrin, Insulin"
    )
    assert row.nodes == "2 of 14"
    nothing = read(some_specimen()).specimens[0]
    assert (nothing.counts, nothing.stains, nothing.nodes) == ("", "", "")
    assert read(some_specimen(nodes_examined=9)).specimens[0].nodes == "9 examined"
    assert read(some_specimen(nodes_positive=3)).specimens[0].nodes == "3"
