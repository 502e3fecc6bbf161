"""What the laboratory says of the facts, and what it does not."""

import datetime

import pytest

from cases.selectors.lab_facts import lab_facts
from guidance.engine.facts import parse_facts
from tests.factories.labs import lab_result

ON = datetime.date(2026, 7, 1)
FRESH, FRESH_ENOUGH, STALE = "2026-06-01", "2026-01-01", "2025-12-31"


def said(*rows, subtype="", on=ON):
    return dict(lab_facts(rows, on=on, subtype=subtype))


def cga(value, date, **fields):
    return lab_result("chromogranin_a", value, "ng/mL", date, **{"upper": "100", **fields})


def test_a_rise_is_said_with_the_values_behind_it():
    before, now = cga("200", "2026-01-01"), cga("300", FRESH)
    known = said(before, now)["cga_trend"]
    assert (known.value, known.rule) == ("rising", "lab.cga_trend")
    assert known.origin == (
        "Computed from the laboratory: Chromogranin A 300 ng/mL on 1 Jun 2026 "
        "after 200 ng/mL on 1 Jan 2026, +50.0 %"
    )
    assert known.provenance == {"lab_results": [str(now.id), str(before.id)]}
    assert known.entered_at == max(before.entered_at, now.entered_at)


@pytest.mark.parametrize(
    ("value", "date", "word"),
    [("300", STALE, "rising"), ("50", STALE, None), ("50", FRESH_ENOUGH, "normal"),
     ("200", STALE, None), ("200", FRESH, "stable"), ("90", "2026-08-01", None),
     ("120", FRESH, "falling"), ("120", STALE, None)],
)  # fmt: skip
def test_what_reassures_stands_while_it_is_fresh_and_a_rise_until_a_newer_value(value, date, word):
    found = said(cga("200", "2025-01-01"), cga(value, date))
    assert (found["cga_trend"].value if "cga_trend" in found else None) == word


def test_nothing_is_said_without_a_trend():
    assert said() == {}
    assert "cga_trend" not in said(cga("300", FRESH))


def test_the_tumors_own_hormone_is_that_of_its_subtype():
    rows = [
        lab_result("insulin", "20", "µU/mL", "2026-03-01", upper="10"),
        lab_result("insulin", "40", "µU/mL", FRESH, upper="10"),
    ]
    assert said(*rows, subtype="insulinoma")["hormone_marker_trend"].value == "rising"
    for subtype in ("", "gastrinoma", "other", "none"):
        assert "hormone_marker_trend" not in said(*rows, subtype=subtype)


@pytest.mark.parametrize(
    ("value", "limits", "date", "raised"),
    [("200", {"upper": "120"}, FRESH, True), ("200", {"upper": "120"}, STALE, True),
     ("120", {"upper": "120"}, FRESH, False), ("120", {"upper": "120"}, STALE, None),
     ("120", {}, FRESH, None), ("120", {"lower": "30"}, FRESH, None),
     ("20", {"lower": "30", "upper": "120"}, FRESH, None)],
)  # fmt: skip
def test_alkaline_phosphatase_is_judged_by_its_own_limit(value, limits, date, raised):
    found = said(lab_result("alp", value, "U/L", date, **limits))
    assert (found["alp_elevated"].value if "alp_elevated" in found else None) == raised


def test_where_alkaline_phosphatase_stands_is_in_the_origin():
    known = said(lab_result("alp", "240", "U/L", FRESH, upper="120"))["alp_elevated"]
    assert known.origin == "Alkaline phosphatase 240 U/L on 1 Jun 2026, 2.0 x ULN"


@pytest.mark.parametrize(
    ("value", "unit", "fact"),
    [("1200", "pg/mL", 1200), ("1200.5", "ng/L", 1200.5), ("600", "pmol/L", None),
     (">1000", "pg/mL", None)],
)  # fmt: skip
def test_gastrin_is_said_in_the_unit_of_its_limit_only(value, unit, fact):
    found = said(lab_result("gastrin", value, unit, FRESH))
    assert (found["gastrin_value"].value if "gastrin_value" in found else None) == fact
    assert "hormone_lab_results" not in found


def test_the_newest_of_each_hormone_is_listed_as_the_dictionary_allows():
    rows = [
        lab_result("insulin", "20", "µU/mL", "2026-03-01", upper="10"),
        lab_result("insulin", "40", "µU/mL", FRESH, upper="10"),
        lab_result("acth", "<5", "pg/mL", "2026-05-01", upper="46"),
        lab_result("calcium", "2.4", "mmol/L", FRESH),
    ]
    known = said(*rows)["hormone_lab_results"]
    assert known.value == [
        {"analyte": "insulin", "value": 40, "unit": "µU/mL",
         "flag": "above the upper limit, 4.0 x ULN"},
        {"analyte": "other", "value": 5, "unit": "pg/mL",
         "flag": "ACTH, beyond detection, within limits, <0.1 x ULN"},
    ]  # fmt: skip
    assert known.origin == "The newest value of each hormone, last on 1 Jun 2026"
    assert parse_facts({"hormone_lab_results": known.value})


def test_a_hormone_without_a_limit_has_no_flag():
    known = said(lab_result("insulin", "20", "pmol/L", FRESH))["hormone_lab_results"]
    assert known.value == [{"analyte": "insulin", "value": 20, "unit": "pmol/L"}]
    assert parse_facts({"hormone_lab_results": known.value})


def test_every_fact_is_as_the_dictionary_allows():
    rows = [
        cga("200", "2026-01-01"), cga("300", FRESH),
        lab_result("gastrin", "1200", "pg/mL", FRESH, upper="100"),
        lab_result("alp", "240", "U/L", FRESH, upper="120"),
    ]  # fmt: skip
    found = said(*rows, subtype="gastrinoma")
    assert set(found) == {"cga_trend", "gastrin_value", "alp_elevated"}
    parse_facts({name: known.value for name, known in found.items()})
