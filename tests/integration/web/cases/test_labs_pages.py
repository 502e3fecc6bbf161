"""The pages of laboratory values."""

import datetime

import pytest
from django.utils import timezone

from cases.models import LabResult
from cases.services import facts
from cases.web.lab_page import labs_section
from tests.factories.labs import make_lab_result
from tests.integration.web.cases.reading import checked_of, error_at, summary_of, text_of, value_of

pytestmark = pytest.mark.usefixtures("kept_case")

CGA = "chromogranin_a"
TODAY = timezone.localdate()
MONTH = datetime.timedelta(days=30)


@pytest.fixture
def values(case, coordinator, scope):
    """Chromogranin A that rises, and a creatinine."""
    rows = [
        (CGA, "210", "ng/mL", TODAY - 6 * MONTH, {"upper": "100", "laboratory": "City"}),
        (CGA, "345", "ng/mL", TODAY - MONTH, {"upper": "100", "laboratory": "Country"}),
        ("creatinine", "0.9", "mg/dL", TODAY - MONTH, {"upper": "1.2", "laboratory": "City"}),
    ]
    return [
        make_lab_result(case, *row, date.isoformat(), by=coordinator, **fields)
        for *row, date, fields in rows
    ]


def grid(**typed):
    """A grid of tumor markers: chromogranin A is its first line."""
    return {
        "taken_on": "2 Nov 2026", "laboratory": "City", "r0_unit": "ng/mL", "r1_unit": "ng/mL",
        "r2_unit": "nmol/L", "r3_unit": "mg/24 h", "r4_unit": "U/mL", "r5_unit": "pg/mL", **typed,
    }  # fmt: skip


def test_values_stand_with_multiples_and_trend(browser, at, case, values):
    page = text_of(browser.get(at("labs", case.pk)))
    assert "345" in page
    assert "3.5 x ULN" in page
    assert "Rising" in page
    assert "+64.3 %" in page
    assert "From different laboratories: Country, before City." in page
    assert "rising or falling from a change of 25 % on" in page


def test_what_is_computed_stands_beside_what_was_answered(browser, at, case, values, coordinator):
    facts.answer(case=case, answers={"cga_trend": "stable"}, by=coordinator)
    page = text_of(browser.get(at("labs", case.pk)))
    assert "The two differ" in page
    assert "Stable Cora Coordinator" in page
    facts.answer(case=case, answers={"cga_trend": "rising"}, by=coordinator)
    assert "The two differ" not in text_of(browser.get(at("labs", case.pk)))
    facts.answer(case=case, answers={"cga_trend": "unknown"}, by=coordinator)
    assert "The two differ" not in text_of(browser.get(at("labs", case.pk)))


def test_a_functioning_tumor_asks_for_its_own_hormone(browser, at, case, scope, coordinator):
    facts.answer(case=case, answers={"functional_subtype": "gastrinoma"}, by=coordinator)
    page = text_of(browser.get(at("labs", case.pk)))
    assert "No value of Gastrin yet." in page
    assert "Does the laboratory support it? unknown" in page
    facts.answer(case=case, answers={"secretin_test_positive": True}, by=coordinator)
    assert "Does the laboratory support it? Yes" in text_of(browser.get(at("labs", case.pk)))
    facts.answer(
        case=case, answers={"secretin_test_positive": False, "gastrin_value": 10}, by=coordinator
    )
    assert "Does the laboratory support it? No" in text_of(browser.get(at("labs", case.pk)))
    make_lab_result(case, "gastrin", "1200", "pg/mL", "2026-10-01", by=coordinator)
    page = text_of(browser.get(at("labs", case.pk)))
    assert "Does the laboratory support it? Yes" in page
    assert "the tumor's own hormone" in page
    assert "No value of Gastrin" not in page


def test_a_case_without_values_says_so(browser, at, case):
    page = text_of(browser.get(at("labs", case.pk)))
    assert "No value yet" in page
    assert "Laboratory of the functioning tumor" not in page


def test_the_newest_days_come_first_and_the_others_on_request(
    browser, at, case, scope, coordinator
):
    for number in range(8):
        date = (TODAY - number * MONTH).isoformat()
        make_lab_result(case, CGA, str(200 + number), "ng/mL", date, by=coordinator)
    page = browser.get(at("labs", case.pk))
    assert "Show 2 earlier days too" in text_of(page)
    assert "> 207<" not in page.content.decode()
    every = text_of(browser.get(at("labs", case.pk) + "?days=all"))
    assert "207" in every
    assert "earlier days" not in every


def test_a_value_in_another_unit_names_its_unit(browser, at, case, values, coordinator):
    make_lab_result(case, CGA, "30", "U/L", TODAY.isoformat(), by=coordinator, upper="22")
    page = text_of(browser.get(at("labs", case.pk)))
    assert "several units" in page
    assert "The unit has changed, and the two do not convert." in page


def test_a_value_below_its_limit_is_marked(browser, at, case, scope, coordinator):
    make_lab_result(case, "hemoglobin", "9", "g/dL", "2026-10-01", by=coordinator, lower="12")
    assert "below the lower limit" in text_of(browser.get(at("labs", case.pk)))


def test_who_may_not_write_sees_no_way_to(sign_in_as, at, case, values):
    browser = sign_in_as("RADIOLOGIST")
    page = browser.get(at("labs", case.pk))
    assert "345" in text_of(page)
    assert at("labs_new", case.pk) not in page.content.decode()
    assert at("lab_result_edit", values[0].pk) not in page.content.decode()
    assert browser.get(at("labs_new", case.pk)).status_code == 403


def test_a_panel_is_entered_with_its_filled_lines_only(browser, at, case, scope):
    typed = grid(r0_reading="345", r0_upper="100", r1_reading="<5", r4_lower="1")
    response = browser.post(at("labs_new", case.pk), typed)
    assert response["Location"] == at("labs", case.pk)
    rows = {row.analyte: row for row in LabResult.objects.all()}
    assert set(rows) == {CGA, "nse"}
    assert (rows[CGA].value, rows[CGA].upper_limit, rows[CGA].laboratory) == (345, 100, "City")
    assert (rows["nse"].comparator, rows["nse"].value) == ("<", 5)
    assert rows["nse"].taken_on == datetime.date(2026, 11, 2)


def test_a_panel_begins_with_unit_and_limits_as_they_last_were(browser, at, case, values):
    page = browser.get(at("labs_new", case.pk))
    assert value_of(page, "laboratory") == "City"
    assert value_of(page, "r0_upper") == "100"
    assert value_of(page, "r0_reading") == ""
    assert "345 ng/mL" in text_of(page)
    organs = browser.get(at("labs_new", case.pk) + "?panel=organs")
    assert checked_of(organs, "r0_unit") == ["mg/dL"]
    assert value_of(organs, "r0_upper") == "1.2"
    assert "Neuron-specific" in text_of(browser.get(at("labs_new", case.pk) + "?panel=soul"))


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"r0_reading": "many"}, "r0_reading", "Enter a number like 345"),
        ({"r0_reading": "1,234"}, "r0_reading", "with a point"),
        ({"r0_reading": "-3"}, "r0_reading", "Enter a number like 345"),
        ({"r0_reading": "345", "r0_upper": "x"}, "r0_upper", "Enter a number"),
        ({"r0_reading": "345", "r0_upper": "0"}, "r0_upper", "must be above 0"),
        ({"r0_reading": "345", "r0_lower": "9", "r0_upper": "5"}, "r0_upper", "below the lower"),
        ({"r0_reading": "345", "r0_unit": "stones"}, "r0_unit", "valid choice"),
        ({"r0_reading": "345", "r0_unit": ""}, "r0_unit", "Give the unit"),
        ({"r0_reading": "0.01"}, "r0_reading", "Check the value and its unit"),
        ({"r0_reading": "345", "taken_on": ""}, "taken_on", "Give the day"),
        ({"r0_reading": "345", "taken_on": "soon"}, "taken_on", "Enter a date"),
        ({"r0_reading": "345", "r1_reading": "9", "taken_on": "2999-01-01"}, "taken_on", "future"),
    ],
)
def test_a_panel_that_cannot_be_is_told_and_keeps_what_was_typed(
    browser, at, case, scope, typed, field, message
):
    response = browser.post(at("labs_new", case.pk), grid(r3_reading="8", **typed))
    assert response.status_code == 422
    assert message in error_at(response, field)
    assert error_at(response, field).count(message) == 1
    assert value_of(response, "r3_reading") == "8"
    assert value_of(response, "r0_reading") == typed["r0_reading"]
    assert not LabResult.objects.exists()


def test_an_empty_panel_is_told(browser, at, case):
    response = browser.post(at("labs_new", case.pk), grid())
    assert "Enter at least one value." in summary_of(response)


def test_an_unlikely_value_is_confirmed(browser, at, case, scope):
    typed = grid(r0_reading="\u22640.01")
    browser.post(at("labs_new", case.pk), typed)
    typed = grid(r1_reading="0.01", as_reported="on")
    browser.post(at("labs_new", case.pk), typed)
    assert set(LabResult.objects.values_list("analyte", "comparator")) == {(CGA, "<"), ("nse", "")}


def test_another_analyte_is_entered_by_its_name(browser, at, case, scope):
    address = at("labs_new", case.pk) + "?panel=other"
    typed = {"taken_on": "2 Nov 2026", "r0_reading": "12", "r0_unit": "µmol/L"}
    assert "Say what was measured" in error_at(browser.post(address, typed), "r0_note")
    browser.post(address, {**typed, "r0_note": "Zinc"})
    assert LabResult.objects.get().note == "Zinc"
    assert "Zinc" in text_of(browser.get(at("labs", case.pk)))


PASTED = """Laboratory of 12.03.2026
Chromogranin A 345 ng/mL (<100)
Insulin 20
Dear colleague"""


def test_pasted_values_are_confirmed_before_anything_is_saved(browser, at, case, scope):
    address = at("labs_paste", case.pk)
    assert browser.get(address).status_code == 200
    page = browser.post(address, {"text": PASTED})
    assert not LabResult.objects.exists()
    assert "Dear colleague" in text_of(page)
    assert value_of(page, "r0_reading") == "345"
    assert value_of(page, "r0_date") == "12 Mar 2026"
    assert checked_of(page, "r0_analyte") == [CGA]

    typed = {
        "text": PASTED, "confirmed": "yes", "laboratory": "City",
        "r0_analyte": CGA, "r0_reading": "345", "r0_unit": "ng/mL", "r0_upper": "100",
        "r0_date": "12 Mar 2026", "r1_analyte": "insulin", "r1_reading": "20", "r1_unit": "",
        "r1_date": "",
    }  # fmt: skip
    refused = browser.post(address, typed)
    assert refused.status_code == 422
    assert "Give the unit." in error_at(refused, "r1_unit")
    assert "Give the day" in error_at(refused, "r1_date")
    assert not LabResult.objects.exists()

    browser.post(
        address, {**typed, "r1_unit": "uU/mL", "r1_date": "12.03.2026 "[:0] or "2026-03-12"}
    )
    rows = LabResult.objects.order_by("analyte").values_list("analyte", "unit", "taken_on")
    day = datetime.date(2026, 3, 12)
    assert list(rows) == [(CGA, "ng/mL", day), ("insulin", "µU/mL", day)]


def test_a_day_above_the_grid_holds_where_a_line_has_none(browser, at, case, scope):
    typed = {
        "text": "Insulin 20", "confirmed": "yes", "taken_on": "2026-03-12",
        "r0_analyte": "insulin", "r0_reading": "20", "r0_unit": "mU/L",
    }  # fmt: skip
    browser.post(at("labs_paste", case.pk), typed)
    assert LabResult.objects.get().taken_on == datetime.date(2026, 3, 12)


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "Paste at least one line."), ("Dear colleague", "No line was understood"),
     ("x" * 20_001, "at most 20000")],
)  # fmt: skip
def test_text_without_values_is_told(browser, at, case, text, message):
    response = browser.post(at("labs_paste", case.pk), {"text": text})
    assert response.status_code == 422
    assert message in error_at(response, "text")
    assert text in response.content.decode()


def correction(row, **typed):
    return {
        "analyte": row.analyte, "comparator": "", "value": "345", "unit": row.unit,
        "lower_limit": "", "upper_limit": "100", "taken_on": row.taken_on.isoformat(),
        "laboratory": row.laboratory, "note": "",
        "row_version": str(LabResult.pgh_event_model.objects.filter(pgh_obj_id=row.pk)
                           .latest("pgh_id").pgh_id),
        **typed,
    }  # fmt: skip


def test_a_value_is_corrected(browser, at, case, values):
    row = values[1]
    page = browser.get(at("lab_result_edit", row.pk))
    assert value_of(page, "value") == "345"
    assert value_of(page, "lower_limit") == ""
    response = browser.post(at("lab_result_edit", row.pk), correction(row, value="354"))
    assert response["Location"] == at("labs", case.pk)
    row.refresh_from_db()
    assert row.value == 354


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("value", "", "Enter a number"),
        ("value", "x", "Enter a number"),
        ("value", "0.001", "confirm it"),
        ("unit", "", "Give the unit."),
        ("unit", "stones", "Use one of"),
        ("upper_limit", "0", "above 0"),
        ("taken_on", "2999-01-01", "in the future"),
        ("analyte", "soul", "valid choice"),
    ],
)
def test_a_correction_that_cannot_be_is_told(browser, at, values, field, typed, message):
    row = values[1]
    response = browser.post(at("lab_result_edit", row.pk), correction(row, **{field: typed}))
    assert response.status_code == 422
    assert message in error_at(response, field)
    row.refresh_from_db()
    assert row.value == 345


def test_two_people_who_correct_a_value_see_each_other(browser, at, values):
    row = values[1]
    mine = correction(row, value="400")
    browser.post(at("lab_result_edit", row.pk), correction(row, value="354"))
    refused = browser.post(at("lab_result_edit", row.pk), mine)
    assert refused.status_code == 422
    assert "Changed by somebody else" in text_of(refused)
    assert value_of(refused, "value") == "400"
    row.refresh_from_db()
    assert row.value == 354


def test_a_value_is_removed(browser, at, case, values):
    assert browser.get(at("lab_result_remove", values[0].pk)).status_code == 405
    browser.post(at("lab_result_remove", values[0].pk))
    assert LabResult.objects.count() == 2


def test_the_page_asks_the_database_as_often_for_many_values(
    browser, at, case, scope, coordinator, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for number in range(12):
        date = (TODAY - number * MONTH).isoformat()
        make_lab_result(case, CGA, str(200 + number), "ng/mL", date, by=coordinator)
        if number in (2, 11):
            with CaptureQueriesContext(connection) as queries:
                browser.get(at("labs", case.pk))
            counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_section_of_the_case_page(rf, case, values, django_assert_num_queries):
    with django_assert_num_queries(1):
        section = labs_section(case)
    assert [(row["series"].name, row["weeks"]) for row in section["rows"]] == [
        ("Chromogranin A", 4), ("Creatinine", 4),
    ]  # fmt: skip
    with django_assert_num_queries(0):
        assert labs_section(case, results=[]) == {"rows": []}
