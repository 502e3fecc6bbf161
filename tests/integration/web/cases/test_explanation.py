"""The page of why an assessment says what it says, and its parts under the lines of a case."""

import copy
import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Assessment, FactAnswer, Result
from cases.services import facts, results, treatments
from tests.factories.cases import FEASIBLE, STAGING, SURVEILLANCE, make_case, make_study
from tests.integration.web.cases.reading import text_of
from tumorboard.audit.models import AuditEntry
from tumorboard.formats import moment
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

#: Progression of treated liver metastases; nobody knows of an earlier PRRT (vignette V39).
PROGRESSION = {
    **FEASIBLE,
    "clinical_question": "treatment_followup",
    "resection_status": "none",
    "metastases_known": True,
    "dominant_site": "liver",
    "treated_for_current_disease": True,
    "ki67_percent": 9,
    "prior_prrt": "unknown",
}


@pytest.fixture(scope="module", autouse=True)
def kept_progression(house, kept_chair):
    """A case whose newest study shows progression, entered by the chair."""
    with institution_scope(house.institution):
        case = make_case(by=house.coordinator, **PROGRESSION)
        study = make_study(
            case=case,
            by=house.coordinator,
            procedure="MRI_AP_WWO",
            performed_on=datetime.date(2026, 9, 12),
            accession_number="A-4711",
        )
        results.enter(study=study, outcome="progression", new_lesions=True, by=kept_chair)
    return case


@pytest.fixture
def progression(kept_progression):
    return copy.deepcopy(kept_progression)


@pytest.fixture
def part(browser, at):
    """The part that htmx opens under a line."""

    def fetch(case, anchor, *, client=browser):
        headers = {"HX-Request": "true", "HX-Target": f"why-{anchor}"}
        return client.get(at("case_why", case.pk), headers=headers)

    return fetch


def article(response, anchor):
    """The words of one line of the page."""
    found = re.search(
        rf'(?s)<article class="why-line" id="{anchor}".*?</article>', response.content.decode()
    )
    return " ".join(re.sub(r"<[^>]*>", " ", found[0]).split())


def test_every_line_of_the_case_page_leads_to_its_reasons(browser, progression, at):
    page = browser.get(at("case", progression.pk)).content.decode()
    why = browser.get(at("case_why", progression.pk)).content.decode()

    anchors = re.findall(rf'href="{at("case_why", progression.pk)}#([^"]*)"', page)
    assert {
        "scenario",
        "grade",
        "branch",
        "action-OPT-LDT",
        "board-E-03",
        "study-CT_AP_WWO",
        "missing-prior_prrt",
        "option-TX-PRRT",
    } <= set(anchors)
    assert len(set(anchors)) == len(anchors)
    for anchor in anchors:
        assert f'id="{anchor}"' in why
    with_place = set(re.findall(r'id="why-([^"]*)"><a', page))
    assert with_place == set(anchors)


def test_checks_intervals_and_a_provisional_answer_lead_there_too(
    browser, at, institution, coordinator
):
    given = {**SURVEILLANCE, "metastases_known": "unknown", "cga_trend": "not_measured"}
    with institution_scope(institution):
        case = make_case(by=coordinator, **given)
        make_study(case=case, by=coordinator, modality="CT", outcome="negative")
    page = browser.get(at("case", case.pk)).content.decode()
    for anchor in ("check-W-MARKER-MISSING", "interval-FU-01", "provisional"):
        assert f'{at("case_why", case.pk)}#{anchor}"' in page


def test_a_line_shows_its_criteria_as_a_tree_with_what_is_unknown(browser, progression, at):
    response = browser.get(at("case_why", progression.pk))

    words = article(response, "action-OPT-PRRT")
    assert "Evaluate for PRRT. Option for the board, withheld" in words
    assert "Shown where Unknown All of Unknown Earlier PRRT: no (unknown)" in words
    assert "Met Krenning grade: not known to be below 3" in words
    assert "What would change this: Earlier PRRT" in words


def test_the_way_to_the_scenario_is_told_step_by_step(browser, progression, at):
    words = article(browser.get(at("case_why", progression.pk)), "scenario")

    assert "Follow-up of treated, liver-dominant disease Scenario, SC-05" in words
    assert "1 The patient is pregnant. does not apply" in words
    assert words.index("decided here") > words.index("After complete resection")


def test_facts_stand_with_who_when_and_which_study(
    browser, progression, at, scope, coordinator, chair
):
    words = text_of(browser.get(at("case_why", progression.pk)))
    used = words[words.index("Facts used, and where each comes from") :]

    result = Result.objects.get()
    assert (
        "Result of the study Progression From the result of the MRI of 12 Sep 2026 "
        f"Entered by Chris Chair, {moment(result.entered_at)} "
        "MRI abdomen and pelvis without and with IV contrast, 12 Sep 2026 , accession A-4711"
    ) in used
    answer = FactAnswer.objects.get(fact="dominant_site")
    assert f"Entered by Cora Coordinator, {moment(answer.answered_at)}" in used


def test_a_study_is_linked_for_who_may_change_it(browser, progression, at, sign_in_as, scope):
    study = Result.objects.get().study
    body = browser.get(at("case_why", progression.pk)).content.decode()
    assert at("study_edit", study.pk) in body

    reader = sign_in_as("PATHOLOGIST").get(at("case_why", progression.pk)).content.decode()
    assert at("study_edit", study.pk) not in reader
    assert f'{at("case", progression.pk)}#imaging"' in reader


def test_who_recorded_a_study_is_read_from_its_history(browser, at, case, scope):
    browser.post(
        at("study_new", case.pk),
        {"modality": "CT", "performed_on": "2026-01-20", "procedure": "CT_CAP_W"},
    )
    words = text_of(browser.get(at("case_why", case.pk)))
    assert re.search(r"20 Jan 2026 ; recorded by Cora Coordinator, \d+ \w+ 20\d\d", words)


def test_both_sides_of_a_contradiction_are_shown(
    browser, progression, at, institution, coordinator
):
    with institution_scope(institution):
        facts.answer(
            case=progression, answers={"prior_prrt": False}, source="letter", by=coordinator
        )
        treatments.add(case=progression, type="PRRT", by=coordinator)
    words = text_of(browser.get(at("case_why", progression.pk)))
    assert "Earlier PRRT Yes From the treatments" in words
    assert "Answered otherwise: No, from letter, by Cora Coordinator" in words
    case_page = text_of(browser.get(at("case", progression.pk)))
    assert "From the treatments. Answered otherwise: No" in case_page
    answers = text_of(browser.get(at("case_facts", progression.pk, "E")))
    assert "From the treatments. Answered otherwise: No." in answers


def test_what_each_answer_would_change(part, progression):
    words = text_of(part(progression, "missing-prior_prrt"))

    assert "Wanted by what follows this result: Unequivocal progression." in words
    assert (
        "What would change this Has the patient received PRRT before? No Shown: Evaluate" in words
    )


def test_what_else_would_change_the_answer_stands_once(browser, progression, at):
    body = browser.get(at("case_why", progression.pk)).content.decode()

    anchors = re.findall(r'id="(criteria-[^"]*)"', body)
    assert "criteria-sstr_result" in anchors
    assert len(set(anchors)) == len(anchors)
    for link in re.findall(r'href="#([^"]*)"', body):
        assert f'id="{link}"' in body, link


def test_a_part_holds_one_line_and_no_page(part, progression):
    response = part(progression, "board-E-03")

    body = response.content.decode()
    assert body.startswith("<details")
    assert "<html" not in body
    words = text_of(response)
    assert "In the source: “could involve”" in words
    assert "Met What the result shows: unequivocal progression" in words
    assert "Entered by Chris Chair" in words
    assert set(response["Vary"].split(", ")) >= {"HX-Request", "HX-Target"}


def test_which_line_is_asked_for_stands_in_no_address(browser, progression, at):
    page = browser.get(at("case", progression.pk)).content.decode()
    addresses = set(re.findall(r'hx-get="([^"]*)"', page))
    assert at("case_why", progression.pk) in addresses
    assert not [address for address in addresses if "PRRT" in address or "?" in address]


def test_a_line_that_is_not_there_is_not_found(part, progression):
    assert part(progression, "check-W-NOTHING").status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"HX-Request": "true", "HX-Target": "messages"},
        {"HX-Request": "true"},
        {"HX-Request": "true", "HX-Target": "why-scenario", "HX-History-Restore-Request": "true"},
        {"HX-Target": "why-scenario"},
    ],
)
def test_any_other_request_gets_the_whole_page(browser, progression, at, headers):
    response = browser.get(at("case_why", progression.pk), headers=headers)
    assert "<h1>Why this answer</h1>" in response.content.decode()


def test_the_words_of_the_guidance_carry_their_source_and_markers(browser, case, at):
    words = article(browser.get(at("case_why", case.pk)), "study-MRI_AP_WWO")
    assert "002 L7, L35-L37" in words
    assert "INT Interpretation of this product" in words


def test_a_recorded_absence_of_recurrence_is_shown_as_overridden(
    browser, at, institution, coordinator
):
    with institution_scope(institution):
        case = make_case(by=coordinator, **{**SURVEILLANCE, "cga_trend": "rising"})
    words = article(browser.get(at("case_why", case.pk)), "scenario")
    assert "Overridden: Recurrence is recorded as absent." in words


def test_an_undetermined_case_says_why(browser, at, institution, coordinator):
    given = {name: value for name, value in SURVEILLANCE.items() if name != "new_symptoms"}
    with institution_scope(institution):
        case = make_case(by=coordinator, **given)
    page = browser.get(at("case", case.pk)).content.decode()
    assert page.count(f'{at("case_why", case.pk)}#scenario"') == 1
    words = article(browser.get(at("case_why", case.pk)), "scenario")
    assert "Unknown New symptoms: none (unknown)" in words


def test_a_contradiction_says_why(browser, at, institution, coordinator):
    with institution_scope(institution):
        case = make_case(by=coordinator, **{**SURVEILLANCE, "residual_disease_known": True})
    words = article(browser.get(at("case_why", case.pk)), "scenario")
    assert "Met Residual disease known: yes" in words


def test_reasons_of_another_software_are_said_to_be_such(browser, case, at, scope):
    wrong = {**case.assessment.answer, "grade": "G9"}
    changed = Assessment.objects.create(
        **{
            field.attname: getattr(case.assessment, field.attname)
            for field in Assessment._meta.concrete_fields
            if field.attname not in ("id", "answer")
        },
        answer=wrong,
    )
    type(case).objects.filter(pk=case.pk).update(assessment=changed)
    assert "given by an earlier state of the software" in text_of(
        browser.get(at("case_why", case.pk))
    )


def test_only_what_the_reader_may_answer_is_linked(progression, at, sign_in_as):
    body = sign_in_as("RADIOLOGIST").get(at("case_why", progression.pk)).content.decode()
    assert "/facts/" not in body


def test_reading_it_is_noted(browser, progression, at, scope, coordinator):
    browser.get(at("case_why", progression.pk))
    entry = AuditEntry.objects.filter(action="case.read").latest("at")
    assert (entry.subject_id, entry.person) == (progression.pk, coordinator)


def test_who_may_not_read_cases_may_not_read_why(progression, at, sign_in_as):
    response = sign_in_as("ADMINISTRATOR").get(at("case_why", progression.pk))
    assert response.status_code == 403
    assert b"Rivera" not in response.content


def test_it_is_only_read(browser, progression, at):
    assert browser.post(at("case_why", progression.pk)).status_code == 405


def test_what_was_typed_is_shown_as_text(browser, at, institution, coordinator):
    with institution_scope(institution):
        case = make_case(by=coordinator, **STAGING, family_name="<b>Bold</b>")
        facts.answer(
            case=case, answers={"chest_imaging_done": True}, source="<img src=x>", by=coordinator
        )
    body = browser.get(at("case_why", case.pk)).content.decode()
    assert "<img src=x>" not in body
    assert "<b>Bold" not in body


def test_the_number_of_queries_does_not_grow_with_the_record(
    browser, progression, at, institution, coordinator
):
    browser.get(at("case_why", progression.pk))
    with CaptureQueriesContext(connection) as before:
        browser.get(at("case_why", progression.pk))
    with institution_scope(institution):
        for day in range(1, 9):
            make_study(
                case=progression,
                by=coordinator,
                outcome="stable",
                performed_on=datetime.date(2026, 1, day),
            )
            treatments.add(case=progression, type="SSA", by=coordinator)
    # The treatments are new among the facts, and one query for their rows and history each.
    with CaptureQueriesContext(connection) as after:
        browser.get(at("case_why", progression.pk))
    assert len(after) <= len(before) + 2
