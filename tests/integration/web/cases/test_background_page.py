"""What the sources say of a case beyond its answer, and what of it stands on the case page."""

import pytest

from cases.selectors.facts import RECORD_ONLY
from tests.factories.cases import SURVEILLANCE, make_case
from tests.integration.web.cases.reading import text_of
from tests.unit.guidance.cases import read_data
from tumorboard.audit.models import AuditEntry
from tumorboard.tenancy.scope import institution_scope


@pytest.fixture
def case_with(institution, coordinator):
    """A case with the given facts."""

    def make(**given):
        with institution_scope(institution):
            return make_case(by=coordinator, **given)

    return make


def test_the_page_names_stage_intervals_and_what_is_open(browser, at, case_with):
    case = case_with(**{**SURVEILLANCE, "ki67_percent": 12, "invades_duodenum": True})
    words = text_of(browser.get(at("case_background", case.pk)))
    assert "at least T3 N? M? (ENETS)" in words
    assert "Missing: " in words
    assert "Where sources differ" in words


def test_what_the_sources_leave_open_is_said(browser, at, case_with):
    vignette = next(entry for entry in read_data("vignettes") if entry["id"] == "V32")
    facts = {n: v for n, v in vignette["facts"].items() if n not in RECORD_ONLY}
    words = text_of(browser.get(at("case_background", case_with(**facts).pk)))
    assert "Not covered by the source documents" in words


def test_a_proposed_treatment_stands_beside_its_criteria_on_both_pages(browser, at, case_with):
    case = case_with(**{**SURVEILLANCE, "proposed_treatment": "ablation", "liver_met_count": 6})
    full = text_of(browser.get(at("case_background", case.pk)))
    assert "Options and their criteria" in full
    assert "Hints for the discussion, not decisions" in full
    short = text_of(browser.get(at("case", case.pk)))
    assert "More from the sources" in short
    assert "Ablation" in short


def test_the_stage_stands_at_the_head_of_the_case_where_anything_of_it_is_known(
    browser, at, case_with
):
    known = case_with(**SURVEILLANCE, invades_duodenum=True)
    assert "Stage at least T3 N? M? (ENETS)" in text_of(browser.get(at("case", known.pk)))
    unknown = case_with(**SURVEILLANCE)
    assert "(ENETS)" not in text_of(browser.get(at("case", unknown.pk)))


def test_growth_is_shown_with_what_limits_it(browser, at, case_with):
    case = case_with(**SURVEILLANCE, recist_sum_mm_t0=100, recist_sum_mm_t1=104, interval_days=90)
    words = text_of(browser.get(at("case_background", case.pk)))
    assert "4.06 % of volume per month (high, computed)" in words
    assert "16.23 % of the sum of diameters per year" in words


def test_each_reading_is_recorded(browser, at, case_with, institution):
    case = case_with(**SURVEILLANCE)
    browser.get(at("case_background", case.pk))
    with institution_scope(institution):
        assert AuditEntry.objects.filter(action="case.read", subject_id=case.pk).count() == 1


def test_every_vignette_has_a_page(browser, at, case_with):
    for vignette in read_data("vignettes"):
        answers = {n: v for n, v in vignette["facts"].items() if n not in RECORD_ONLY}
        case = case_with(**answers)
        assert browser.get(at("case_background", case.pk)).status_code == 200, vignette["id"]
