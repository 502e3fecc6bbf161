"""Pages of treatments and procedures."""

import datetime

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext

from cases.models import Procedure
from cases.selectors.cases import one
from cases.services import facts, procedures, treatments
from cases.services.row_versions import version_of
from cases.web.specimens import pathology_section
from cases.web.treatments import treatments_section
from tests.factories.history import make_specimen
from tests.integration.web.cases.reading import checked_of, error_at, text_of, value_of

pytestmark = pytest.mark.usefixtures("kept_case")

TYPED = {
    "type": "PRRT",
    "agent": "Lu-177 DOTATATE",
    "target": "liver",
    "intent": "disease_control",
    "line": "2",
    "start": "1 Feb 2025",
    "end": "1 Nov 2025",
    "ongoing": "false",
    "cycles": "4",
    "activity_gbq": "29.6",
    "best_response": "PR",
    "stop_reason": "completed",
    "note": "Well tolerated.",
}
DAY = datetime.date(2025, 2, 1)


def test_everything_of_a_treatment_is_entered_and_shown(browser, at, case, scope):
    browser.post(at("treatment_new", case.pk), TYPED)

    page = text_of(browser.get(at("treatments", case.pk)))
    for words in (
        "PRRT) Lu-177 DOTATATE aimed at: liver",
        "Line 2 Disease control",
        "From 1 Feb 2025, to 1 Nov 2025 4 cycles 29.6 GBq",
        "Partial response",
        "Completed as planned Well tolerated.",
        "No treatment of line 1.",
    ):
        assert words in page


def test_a_treatment_is_changed(browser, at, case, scope, coordinator):
    treatment = treatments.add(
        case=case, type="SSA", start=DAY, ongoing=True, line=1, by=coordinator
    )
    address = at("treatment_edit", treatment.pk)
    page = browser.get(address)
    assert value_of(page, "start") == "1 Feb 2025"
    assert checked_of(page, "ongoing") == ["true"]

    response = browser.post(
        address,
        {
            "type": "SSA",
            "line": "1",
            "start": "1 Feb 2025",
            "end": "1 Nov 2025",
            "ongoing": "false",
            "stop_reason": "progression",
            "best_response": "SD",
            "row_version": version_of(treatment),
        },
    )
    assert response.status_code == 302, text_of(response)
    assert response["Location"] == at("treatments", case.pk)
    treatment.refresh_from_db()
    assert (treatment.ongoing, treatment.stop_reason) == (False, "progression")


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("line", "first", "Enter a whole number, like 12."),
        ("line", "0", "greater than or equal to 1"),
        ("cycles", "201", "less than or equal to 200"),
        ("activity_gbq", "7400", "7400 MBq are 7.4"),
        ("activity_gbq", "much", "Enter a number, like 12 or 2.5."),
        ("margin", "R0", "Only surgery has a resection margin."),
        ("best_response", "great", "Select a valid choice"),
        ("intent", "good", "Select a valid choice"),
        ("note", "x" * 501, "at most 500 characters"),
    ],
)
def test_what_cannot_be_is_told_and_what_was_typed_stays(
    browser, at, case, scope, coordinator, field, typed, message
):
    treatment = treatments.add(case=case, type="PRRT", by=coordinator)
    response = browser.post(
        at("treatment_edit", treatment.pk),
        {**TYPED, "row_version": version_of(treatment), field: typed},
    )

    assert response.status_code == 422
    assert message in error_at(response, field)
    assert value_of(response, "agent") == "Lu-177 DOTATATE"
    treatment.refresh_from_db()
    assert treatment.agent == ""


def test_two_people_at_one_treatment(browser, at, case, scope, coordinator):
    treatment = treatments.add(case=case, type="SSA", start=DAY, by=coordinator)
    address = at("treatment_edit", treatment.pk)
    version = value_of(browser.get(address), "row_version")
    treatments.change(treatment=treatment, stop_reason="toxicity", by=coordinator)
    response = browser.post(
        address,
        {
            "type": "SSA",
            "start": "1 Feb 2025",
            "stop_reason": "progression",
            "row_version": version,
        },
    )
    assert response.status_code == 422
    assert "Changed by somebody else" in text_of(response)
    assert checked_of(response, "stop_reason") == ["progression"]
    treatment.refresh_from_db()
    assert treatment.stop_reason == "toxicity"


def test_the_next_line_is_suggested(browser, at, case, scope, coordinator):
    assert "The next would be 1." in text_of(browser.get(at("treatment_new", case.pk)))
    treatments.add(case=case, type="SSA", line=2, by=coordinator)
    assert "The next would be 3." in text_of(browser.get(at("treatment_new", case.pk)))


def test_a_procedure_is_added_changed_and_taken_back(browser, at, case, scope):
    response = browser.post(
        at("procedure_new", case.pk), {"kind": "biliary_drain", "done_on": "1 Feb 2025"}
    )
    assert response["Location"] == at("treatments", case.pk)
    drain = Procedure.objects.get()
    page = text_of(browser.get(at("treatments", case.pk)))
    assert "Biliary drain 1 Feb 2025 not removed Concerns it" in page
    assert "Biliary drain: A biliary anastomosis, drain or stent contraindicates most" in page

    address = at("procedure_edit", drain.pk)
    assert value_of(browser.get(address), "done_on") == "1 Feb 2025"
    data = {"kind": "biliary_drain", "done_on": "1 Feb 2025", "removed_on": "1 Mar 2025"}
    browser.post(address, {**data, "row_version": version_of(drain)})
    page = text_of(browser.get(at("treatments", case.pk)))
    assert "Biliary drain 1 Feb 2025 1 Mar 2025 no" in page
    assert "Concerns it" not in page

    browser.post(at("procedure_remove", drain.pk))
    assert not Procedure.objects.exists()


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("kind", "", "Choose the procedure."),
        ("done_on", "2999-01-01", "in the future"),
        ("done_on", "lately", "Enter a date like 21 Nov 2026."),
        ("removed_on", "1 Jan 2025", "removed before it was put in"),
        ("note", "x" * 301, "at most 300 characters"),
    ],
)
@pytest.mark.parametrize("is_new", [True, False])
def test_a_procedure_that_cannot_be_is_told(
    browser, at, case, scope, coordinator, field, typed, message, is_new
):
    address, data = at("procedure_new", case.pk), {}
    if not is_new:
        row = procedures.add(case=case, kind="whipple", by=coordinator)
        address, data = at("procedure_edit", row.pk), {"row_version": version_of(row)}
    data |= {"kind": "biliary_stent", "done_on": "1 Feb 2025", "note": "typed", field: typed}
    response = browser.post(address, data)

    assert response.status_code == 422
    assert message in error_at(response, field)
    if field != "note":
        assert value_of(response, "note") == "typed"
    assert not Procedure.objects.filter(kind="biliary_stent").exists()


def test_two_people_at_one_procedure(browser, at, case, scope, coordinator):
    drain = procedures.add(case=case, kind="biliary_drain", by=coordinator)
    version = value_of(browser.get(at("procedure_edit", drain.pk)), "row_version")
    procedures.change(procedure=drain, note="right duct", by=coordinator)
    data = {"kind": "biliary_drain", "note": "left duct", "row_version": version}
    response = browser.post(at("procedure_edit", drain.pk), data)
    assert "Changed by somebody else" in text_of(response)
    assert value_of(response, "note") == "left duct"


def test_what_treatments_suggest_leads_to_where_it_is_answered(
    browser, at, case, scope, coordinator
):
    treatments.add(case=case, type="surgery_primary", start=DAY, margin="R0", by=coordinator)
    page = browser.get(at("treatments", case.pk))
    assert "What the treatments suggest" in text_of(page)
    link = at("case_facts", case.pk, "E") + "#fact-resection_status"
    assert link in page.content.decode()

    facts.answer(case=one(case.pk), answers={"resection_status": "complete"}, by=coordinator)
    assert link not in browser.get(at("treatments", case.pk)).content.decode()


def test_an_answer_that_the_treatments_contradict_is_shown_with_both_sides(
    browser, at, institution, case, scope, coordinator
):
    treatments.add(case=case, type="TACE", start=DAY, by=coordinator)
    page = text_of(browser.get(at("treatments", case.pk)))
    assert "Yes, yet answered: No. (Chemoembolization (TACE), from 1 Feb 2025)" in page
    section = render_to_string(
        "cases/parts/treatments_section.html",
        {"case": case, "institution": institution, "may": {}, **treatments_section(one(case.pk))},
    )
    assert "was answered “No”, the treatments suggest “Yes”" in section


def test_a_reader_sees_treatments_and_changes_nothing(sign_in_as, at, case, scope, coordinator):
    reader = sign_in_as("RADIOLOGIST")
    assert "Not asked yet." in text_of(reader.get(at("treatments", case.pk)))
    treatment = treatments.add(case=case, type="SSA", by=coordinator)
    drain = procedures.add(case=case, kind="biliary_drain", by=coordinator)
    body = reader.get(at("treatments", case.pk)).content.decode()
    assert "Somatostatin analog" in body
    for name, row in (("treatment_edit", treatment), ("procedure_edit", drain)):
        assert at(name, row.pk) not in body


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ([], "No treatment was given."),
        ("unknown", "Unknown whether any treatment was given."),
        ([{"type": "SSA"}], "Answered directly, not listed one by one."),
    ],
)
def test_what_was_answered_instead_of_a_list(
    sign_in_as, at, case, scope, coordinator, answer, words
):
    facts.answer(case=case, answers={"treatments": answer}, by=coordinator)
    assert words in text_of(sign_in_as("RADIOLOGIST").get(at("treatments", case.pk)))


def test_the_page_asks_the_same_for_any_number_of_rows(
    browser, at, case, scope, coordinator, django_assert_num_queries
):
    def add(count):
        for number in range(count):
            told_apart = f"{count}-{number}"
            treatments.add(case=case, type="SSA", by=coordinator)
            procedures.add(case=case, kind="biliary_stent", note=told_apart, by=coordinator)
            make_specimen(case=case, by=coordinator, report_number=told_apart)

    add(1)
    address = at("treatments", case.pk)
    with CaptureQueriesContext(connection) as asked:
        browser.get(address)
    add(6)
    with django_assert_num_queries(len(asked)):
        browser.get(address)


def test_the_sections_of_the_page_of_a_case(institution, case, scope, coordinator):
    make_specimen(case=case, by=coordinator, ki67_percent=1, mitoses_per_10hpf=5)
    make_specimen(case=case, by=coordinator, ki67_percent=1, taken_on=DAY)
    treatments.add(case=case, type="SSA", line=1, stop_reason="progression", by=coordinator)
    treatments.add(case=case, type="surgery_primary", start=DAY, margin="R1", by=coordinator)
    procedures.add(case=case, kind="biliary_stent", done_on=DAY, by=coordinator)
    context = {"case": one(case.pk), "institution": institution, "may": {"CASE_WRITE": True}}

    html = render_to_string(
        "cases/parts/pathology_section.html", {**context, **pathology_section(case)}
    )
    for words in ("G2 (WHO 2022)", "used by the guidance", "Discordant", "The grade rose from G1"):
        assert words in html
    html = render_to_string(
        "cases/parts/treatments_section.html", {**context, **treatments_section(case)}
    )
    for words in (
        "Line 1",
        "Progression",
        "Margin R1, microscopic",
        "concerns liver-directed therapy",
        "What does not fit together (1)",
    ):
        assert words in html


def test_the_sections_of_a_case_without_anything(institution, case, scope):
    context = {"case": case, "institution": institution, "may": {}}
    pathology = render_to_string(
        "cases/parts/pathology_section.html", {**context, **pathology_section(case)}
    )
    assert "No specimen yet." in pathology
    treated = render_to_string(
        "cases/parts/treatments_section.html", {**context, **treatments_section(case)}
    )
    assert "Not asked yet." in treated
