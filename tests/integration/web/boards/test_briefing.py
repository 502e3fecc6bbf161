"""What a board sees of a case: story, key numbers, imaging, and the guidance in words."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.services import studies, treatments
from cases.services.results import enter
from guidance.editions.models import GuidancePolicy
from tests.factories.boards import make_asking_case, make_item
from tests.factories.cases import FEASIBLE, STAGING, SURVEILLANCE, UNTREATED, make_case, make_study
from tests.integration.web.boards.page import pdf_text, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


@pytest.fixture
def on_page_and_paper(browser, url, meeting, coordinator):
    """The page of a case on the list, and the printed agenda."""

    def look(case):
        item = make_item(by=coordinator, meeting=meeting, case=case)
        return (
            text(browser.get(url("decision", item.pk))),
            pdf_text(browser.get(url("agenda_pdf", meeting.pk))),
        )

    return look


def test_treatments_in_order_with_what_is_known_of_them(on_page_and_paper, coordinator):
    case = make_case(by=coordinator, **STAGING)
    day = datetime.date(2025, 3, 1)
    treatments.add(case=case, type="SSA", start=day, ongoing=True, by=coordinator)
    treatments.add(
        case=case,
        type="TACE",
        start=datetime.date(2024, 3, 1),
        end=datetime.date(2024, 3, 2),
        target="segment VI",
        by=coordinator,
    )
    treatments.add(case=case, type="PRRT", by=coordinator)

    for told in on_page_and_paper(case):
        lines = [
            "Chemoembolization (TACE) (segment VI), from 1 Mar 2024 to 2 Mar 2024",
            "Somatostatin analog, from 1 Mar 2025 still going on",
            "Peptide receptor radionuclide therapy (PRRT), dates unknown",
        ]
        assert sorted(lines, key=told.index) == lines


def test_imaging_newest_first_with_what_it_showed(on_page_and_paper, coordinator):
    case = make_case(by=coordinator, **STAGING)
    old = make_study(case=case, by=coordinator, procedure="MRI_AP_WWO")
    enter(study=old, outcome="indeterminate", summary="A 9 mm focus.", by=coordinator)
    make_study(case=case, by=coordinator, modality="CT", performed_on=datetime.date(2026, 2, 1))
    studies.add(
        case=case, modality="PET_SSTR", ordered_on=datetime.date(2026, 3, 1), by=coordinator
    )

    page, printed = on_page_and_paper(case)
    name = "MRI abdomen and pelvis without and with IV contrast"
    for told, result in (
        (page, f"Current 12 Jan 2026 {name} Indeterminate A 9 mm focus."),
        (printed, f"Study {name} Result Indeterminate"),
    ):
        lines = [
            "Ordered, not performed yet: SSTR PET/CT, 1 Mar 2026",
            "No result yet: CT, 1 Feb 2026",
            result,
        ]
        assert sorted(lines, key=told.index) == lines
    assert "Result Indeterminate: A 9 mm focus." in printed
    lines = [
        "SSTR PET/CT ordered 1 Mar 2026, current none",
        "CT 1 Feb 2026 none",
        "MRI abdomen and pelvis without and with IV contrast 12 Jan 2026 "
        "Indeterminate A 9 mm focus.",
    ]
    assert sorted(lines, key=page.index) == lines


def test_key_numbers_with_units_and_unknown_as_an_answer(on_page_and_paper, coordinator):
    given = {
        **STAGING,
        "ki67_percent": 2.5,
        "primary_size_mm": 18,
        "metastatic_sites": ["liver", "bone"],
        "liver_burden_percent": "unknown",
    }
    case = make_case(by=coordinator, **given)

    page, printed = on_page_and_paper(case)

    for words in (
        "Ki-67 index 2.5 % positive nuclei",
        "Size of the primary 18 mm",
        "Metastatic sites Liver, Bone",
        "Liver burden unknown",
        "Differentiation Well differentiated",
    ):
        assert words in page
    for words in ("2.5 % positive nuclei", "18 mm", "Liver, Bone"):
        assert words in printed


def test_a_grade_names_its_edition_and_may_be_unknown(on_page_and_paper, coordinator):
    known = make_case(by=coordinator, **{**STAGING, "ki67_percent": 8})
    unknown = make_case(by=coordinator, clinical_question="distant_staging")

    for told in on_page_and_paper(known):
        assert "G2 (WHO 2022)" in told
    assert "Grade unknown" in on_page_and_paper(unknown)[0]


def test_what_follows_a_result_with_alternatives_and_interval(on_page_and_paper, coordinator):
    case = make_case(by=coordinator, **STAGING)
    make_study(case=case, by=coordinator, outcome="indeterminate")
    case.refresh_from_db()
    branch = case.assessment.answer["branch_detail"]
    assert branch["actions"][0]["group"] == branch["actions"][1]["group"]

    first, second = (action["text"] for action in branch["actions"][:2])
    page, printed = on_page_and_paper(case)
    assert re.search(rf"Either: {re.escape(first)} .{{0,60}} or: {re.escape(second)}", page)
    assert f"Either: {first} / {second}" in printed
    for told in (page, printed):
        assert branch["interval"][0]["words"] in told
        assert branch["trigger"] in told


def test_a_situation_that_is_named_and_not_rated(on_page_and_paper, coordinator):
    case = make_case(by=coordinator, **FEASIBLE, clinical_question="local_staging")
    answer = case.assessment.answer
    assert answer["studies"] == []

    page, printed = on_page_and_paper(case)

    for told in (page, printed):
        assert answer["hint"]["points"][0]["text"] in told
        assert answer["scenario_name"] in told
        assert "Recommended" not in told


def test_options_are_for_the_board_to_weigh(on_page_and_paper, coordinator):
    case = make_asking_case(by=coordinator)

    page, printed = on_page_and_paper(case)

    assert "Options for the board to weigh: Systemic therapy" in page
    assert "Options for the board to weigh: Systemic therapy" in printed
    assert "or: " not in page


def test_the_one_rating_that_is_known(on_page_and_paper, coordinator):
    case = make_case(by=coordinator, **UNTREATED)
    headline = case.assessment.answer["headline"]

    for told in on_page_and_paper(case):
        assert f"{headline['name']}: {headline['rating_label']}" in told
        assert headline["text"] in told


def test_a_provisional_answer_says_so(on_page_and_paper, coordinator):
    case = make_case(by=coordinator, **{**STAGING, "differentiation": "unknown"})

    for told in on_page_and_paper(case):
        assert "Provisional: this answer may change" in told


def test_a_provisional_answer_that_no_question_settles_points_to_the_checks(
    on_page_and_paper, coordinator
):
    GuidancePolicy.objects.create(who_version="WHO2010", tnm_system="ENETS")
    case = make_case(by=coordinator, **{**STAGING, "ki67_percent": 30})

    for told in on_page_and_paper(case):
        assert "Provisional: this answer may change. The checks say why." in told
        assert "WHO 2010 has no place for a well-differentiated G3 tumor" in told


@pytest.mark.parametrize(
    ("given", "title", "line", "next_step"),
    [
        (
            {**STAGING, "pregnancy_status": "pregnant"},
            "Not covered by this edition",
            "Pregnancy is not covered",
            "The board decides on this case without guidance",
        ),
        (
            {"resection_status": "complete", "residual_disease_known": True},
            "The record contradicts itself",
            "The resection is recorded as complete",
            "Correct the record",
        ),
        (
            {name: value for name, value in SURVEILLANCE.items() if name != "new_symptoms"},
            "Not enough is known to say which guidance applies",
            "It may be Surveillance after complete resection or Suspected recurrence",
            "Answer the open questions",
        ),
    ],
)
def test_no_guidance_is_said_first_and_what_to_do(
    on_page_and_paper, browser, url, meeting, coordinator, given, title, line, next_step
):
    case = make_case(by=coordinator, **given)

    told = on_page_and_paper(case)
    item = case.agenda_items.get()
    told = (*told, pdf_text(browser.get(url("decision_pdf", item.pk))))

    for words in told:
        assert words.index(title) < words.index(line) < words.index(next_step)
        assert "Recommended" not in words


def test_why_this_scenario_stands_apart_from_why_not_another(on_page_and_paper, coordinator):
    case = make_case(by=coordinator, **STAGING)
    exclusion = next(c for c in case.assessment.answer["criteria"] if c["kind"] == "exclusion")

    page, _ = on_page_and_paper(case)
    own = page.index("What makes it: Initial staging for distant disease")
    others = page.index("Why not another scenario")
    against = page.index(f"Surveillance after complete resection: {exclusion['text']}")
    assert own < others < against


def test_before_ordering_stands_apart_and_goes_once_a_result_is_there(
    on_page_and_paper, browser, url, meeting, coordinator
):
    given = {name: value for name, value in STAGING.items() if "mri" not in name}
    case = make_case(by=coordinator, **given)
    asked = [q for q in case.assessment.answer["questions"] if q["kind"] == "confirm"]
    assert asked

    page, printed = on_page_and_paper(case)

    for told in (page, printed):
        assert told.rindex("Before ordering") < told.index(asked[0]["question"])
    make_study(case=case, by=coordinator, outcome="positive")
    printed = pdf_text(browser.get(url("agenda_pdf", meeting.pk)))
    assert "Before ordering" not in printed


def test_who_the_patient_is_may_be_unknown(on_page_and_paper, coordinator):
    case = make_case(by=coordinator, family_name="", given_name="", **STAGING)

    page, printed = on_page_and_paper(case)

    assert "Born unknown Sex unknown" in page
    assert f"{case.patient.record_number}, born unknown, unknown" in printed


def test_the_agenda_takes_as_many_queries_for_many_cases(browser, url, meeting, coordinator):
    for name in ("meeting", "agenda_pdf"):
        counted = []
        for _ in range(2):
            for _ in range(3):
                make_item(by=coordinator, meeting=meeting)
            with CaptureQueriesContext(connection) as queries:
                browser.get(url(name, meeting.pk))
            counted.append(len(queries))
        assert counted[0] == counted[1]
        assert counted[1] <= 70
