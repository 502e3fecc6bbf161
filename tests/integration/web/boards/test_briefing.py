"""What a board sees of a case: story, key numbers, imaging, and the guidance in words."""

import datetime

import pytest

from cases.services import studies, treatments
from cases.services.results import enter
from tests.factories.boards import make_item
from tests.factories.cases import FEASIBLE, STAGING, make_case, make_study
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
            "Chemoembolization (TACE) (segment VI), from 1 Mar 2024, to 2 Mar 2024",
            "Somatostatin analog, from 1 Mar 2025, still going on",
            "Peptide receptor radionuclide therapy (PRRT)",
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

    for told in on_page_and_paper(case):
        lines = [
            "1 Mar 2026 SSTR PET/CT Ordered, not performed yet",
            "1 Feb 2026 CT No result yet",
            "12 Jan 2026 MRI abdomen and pelvis without and with IV contrast "
            "Indeterminate: A 9 mm focus.",
        ]
        assert sorted(lines, key=told.index) == lines


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

    assert "Grade (WHO 2022) G2" in on_page_and_paper(known)[0]
    assert "Grade (WHO 2022) unknown" in on_page_and_paper(unknown)[0]


def test_what_follows_a_result_with_alternatives_and_interval(on_page_and_paper, coordinator):
    case = make_case(by=coordinator, **STAGING)
    make_study(case=case, by=coordinator, outcome="indeterminate")
    case.refresh_from_db()
    branch = case.assessment.answer["branch_detail"]
    assert branch["actions"][0]["group"] == branch["actions"][1]["group"]

    for told in on_page_and_paper(case):
        assert f"{branch['actions'][0]['text']} Or: {branch['actions'][1]['text']}" in told
        assert branch["interval"][0]["words"] in told
        assert branch["trigger"] in told


def test_a_situation_that_is_named_and_not_rated(on_page_and_paper, coordinator):
    case = make_case(by=coordinator, **FEASIBLE, clinical_question="local_staging")
    answer = case.assessment.answer
    assert answer["studies"] == []

    page, printed = on_page_and_paper(case)

    assert answer["hint"]["points"][0]["text"] in page
    assert "Recommended" not in page
    assert answer["scenario_name"] in printed
    assert "Recommended" not in printed


def test_who_the_patient_is_may_be_unknown(on_page_and_paper, coordinator):
    case = make_case(by=coordinator, family_name="", given_name="", **STAGING)

    page, printed = on_page_and_paper(case)

    assert "Born unknown Sex unknown" in page
    assert f"{case.patient.record_number}, born unknown, unknown" in printed


def test_the_agenda_takes_as_many_queries_for_many_cases(
    browser, url, meeting, coordinator, django_assert_max_num_queries
):
    for _ in range(6):
        make_item(by=coordinator, meeting=meeting)

    for name in ("meeting", "agenda_pdf"):
        with django_assert_max_num_queries(17):
            browser.get(url(name, meeting.pk))
