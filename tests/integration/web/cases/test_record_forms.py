"""Treatments, studies and results as forms."""

import datetime

import pytest

from cases.models import FactAnswer, Result, Study, Treatment
from cases.services.row_versions import version_of
from tests.factories.cases import make_study
from tests.integration.web.cases.reading import checked_of, error_at, text_of, value_of
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.usefixtures("kept_case")

STUDY = {
    "modality": "MRI",
    "procedure": "MRI_AP_WWO",
    "ordered_on": "1 Jan 2026",
    "performed_on": "2026-01-12",
    "target": "whole_body",
    "multiphasic": "true",
    "dwi": "false",
    "covers_pelvis": "",
    "accession_number": "ACC-1",
    "report": "Two lesions.",
}


def test_a_treatment_is_added(browser, at, case, scope):
    data = {"type": "TACE", "start": "1 Feb 2025", "ongoing": "true", "target": "liver"}
    response = browser.post(at("treatment_new", case.pk), data)

    treatment = Treatment.objects.get()
    assert response["Location"] == at("treatments", case.pk)
    assert (treatment.type, treatment.ongoing, treatment.end) == ("TACE", True, None)
    assert "Chemoembolization (TACE)" in text_of(browser.get(at("treatments", case.pk)))


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("type", "", "Choose the treatment."),
        ("type", "leeches", "Select a valid choice"),
        ("start", "spring", "Enter a date like 21 Nov 2026."),
        ("start", "2999-01-01", "in the future"),
        ("end", "2999-01-01", "in the future"),
        ("end", "1 Jan 2024", "before it started"),
        ("ongoing", "true", "cannot still go on"),
        ("target", "x" * 121, "at most 120 characters"),
    ],
)
def test_a_treatment_that_cannot_be_is_told(browser, at, case, scope, field, typed, message):
    data = {"type": "SSA", "start": "1 Feb 2025", "end": "1 Mar 2025", "target": "typed"}
    response = browser.post(at("treatment_new", case.pk), {**data, field: typed})

    assert response.status_code == 422
    assert message in error_at(response, field)
    assert not Treatment.objects.exists()
    if field != "target":
        assert value_of(response, "target") == "typed"
    if field in ("start", "end"):
        assert value_of(response, field) == typed


def test_a_treatment_is_taken_back(browser, at, case, scope):
    browser.post(at("treatment_new", case.pk), {"type": "SSA"})
    treatment = Treatment.objects.get()

    assert browser.get(at("treatment_remove", treatment.pk)).status_code == 405
    browser.post(at("treatment_remove", treatment.pk))
    assert not Treatment.objects.exists()


@pytest.mark.parametrize(("answer", "known"), [("none", []), ("unknown", "unknown")])
def test_that_no_treatment_was_given_is_an_answer(browser, at, case, scope, answer, known):
    browser.post(at("treatments_none", case.pk), {"answer": answer, "source": "Letter"})

    row = FactAnswer.objects.get(fact="treatments")
    assert (row.value, row.source) == (known, "Letter")
    assert checked_of(browser.get(at("treatments", case.pk)), "answer") == [answer]
    browser.post(at("treatments_none", case.pk), {"answer": ""})
    assert not FactAnswer.objects.filter(fact="treatments").exists()


def test_an_answer_about_treatment_that_cannot_be_is_told(browser, at, case, scope):
    response = browser.post(at("treatments_none", case.pk), {"answer": "some"})

    assert "Select a valid choice" in error_at(response, "answer")


def test_a_study_is_added_with_its_protocol(browser, at, case, scope):
    response = browser.post(at("study_new", case.pk), STUDY)

    study = Study.objects.get()
    assert response["Location"] == at("case", case.pk)
    assert (study.multiphasic, study.dwi, study.covers_pelvis) == (True, False, None)
    page = browser.get(at("study_edit", study.pk))
    assert value_of(page, "performed_on") == "12 Jan 2026"
    assert checked_of(page, "dwi") == ["false"]
    assert checked_of(page, "covers_pelvis") == [""]
    assert "Two lesions." in page.content.decode()


def test_a_study_is_changed(browser, at, case, scope, coordinator):
    study = make_study(case=case, by=coordinator, report="old")
    data = {**STUDY, "row_version": version_of(study)}
    response = browser.post(at("study_edit", study.pk), data, follow=True)

    assert response.redirect_chain == [(at("case", case.pk), 302)]
    assert "The study was changed." in text_of(response)
    study.refresh_from_db()
    assert (study.procedure, study.report, study.dwi) == ("MRI_AP_WWO", "Two lesions.", False)


def test_a_study_can_go_on_to_its_result(browser, at, case, scope):
    response = browser.post(at("study_new", case.pk), {**STUDY, "and_result": "yes"})

    assert response["Location"] == at("result_enter", Study.objects.get().pk)


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("modality", "", "Choose the modality."),
        ("modality", "XRAY", "Select a valid choice"),
        ("procedure", "MRI_OF_SOUL", "Select a valid choice"),
        ("procedure", "CT_AP_W", "This procedure is done by CT"),
        ("ordered_on", "soon", "Enter a date like 21 Nov 2026."),
        ("ordered_on", "2999-01-01", "in the future"),
        ("performed_on", "1/1", "Enter a date like 21 Nov 2026."),
        ("performed_on", "2999-01-01", "in the future"),
        ("performed_on", "31 Dec 2025", "before it was ordered"),
        ("target", "aura", "Select a valid choice"),
        ("multiphasic", "x", "Select a valid choice"),
        ("dwi", "x", "Select a valid choice"),
        ("covers_pelvis", "x", "Select a valid choice"),
        ("accession_number", "x" * 61, "at most 60 characters"),
        ("report", "x" * 50_001, "at most 50000 characters"),
    ],
)
@pytest.mark.parametrize("is_new", [True, False])
def test_a_study_that_cannot_be_is_told(
    browser, at, case, scope, coordinator, field, typed, message, is_new
):
    data = {**STUDY, field: typed}
    if is_new:
        address = at("study_new", case.pk)
    else:
        study = make_study(case=case, by=coordinator, report="old")
        address = at("study_edit", study.pk)
        data["row_version"] = version_of(study)
    response = browser.post(address, data)

    assert response.status_code == 422
    assert message in error_at(response, field)
    assert Study.objects.count() == (0 if is_new else 1)
    assert is_new or Study.objects.get().report == "old"
    if field != "report":
        assert "Two lesions." in response.content.decode()
    if field.endswith("_on"):
        assert value_of(response, field) == typed


def test_a_study_needs_one_of_its_dates(browser, at, case, scope):
    data = {**STUDY, "ordered_on": "", "performed_on": ""}
    response = browser.post(at("study_new", case.pk), data)

    assert "ordered or performed" in error_at(response, "performed_on")


@pytest.fixture
def study(case, institution, coordinator):
    """A performed study without a result."""
    with institution_scope(institution):
        return make_study(case=case, by=coordinator)


def test_a_result_is_entered_and_corrected(browser, at, study, scope):
    address = at("result_enter", study.pk)
    data = {"outcome": "progression", "summary": "Larger.", "new_lesions": "true"}
    response = browser.post(address, {**data, "size_change": "increase"})

    assert response["Location"] == at("case", study.case_id)
    result = Result.objects.get()
    assert (result.new_lesions, result.size_change) == (True, "increase")
    assert result.report_complex_or_subtle is None
    page = browser.get(address)
    assert checked_of(page, "outcome") == ["progression"]
    assert checked_of(page, "new_lesions") == ["true"]
    assert checked_of(page, "report_complex_or_subtle") == [""]
    assert "Correct result" in text_of(page)

    seen = {"row_version": version_of(result)}
    browser.post(address, {**data, **seen, "outcome": "stable", "new_lesions": "false"})
    result.refresh_from_db()
    assert (result.outcome, result.new_lesions, result.size_change) == ("stable", False, "")


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("outcome", "", "Choose what the study showed."),
        ("outcome", "miracle", "Select a valid choice"),
        ("summary", "x" * 5_001, "at most 5000 characters"),
        ("new_lesions", "maybe", "Select a valid choice"),
        ("size_change", "maybe", "Select a valid choice"),
        ("response_basis", "maybe", "Select a valid choice"),
        ("complication_type", "maybe", "Select a valid choice"),
    ],
)
def test_a_result_that_cannot_be_is_told(browser, at, study, scope, field, typed, message):
    data = {"outcome": "stable", "summary": "Typed words", field: typed}
    response = browser.post(at("result_enter", study.pk), data)

    assert response.status_code == 422
    assert message in error_at(response, field)
    assert not Result.objects.exists()
    if field != "summary":
        assert "Typed words" in response.content.decode()


def test_a_study_that_was_not_performed_has_no_result(browser, at, case, scope, coordinator):
    ordered = datetime.date(2026, 1, 1)
    study = make_study(case=case, by=coordinator, ordered_on=ordered, performed_on=None)
    page = browser.get(at("result_enter", study.pk))
    response = browser.post(at("result_enter", study.pk), {"outcome": "stable"})

    assert at("study_edit", study.pk) in page.content.decode()
    assert "performed first" in error_at(response, "outcome")


def test_the_questions_follow_the_outcome_and_keep_what_was_chosen(browser, at, study, scope):
    every = browser.get(at("result_enter", study.pk)).content.decode()
    assert 'name="complication_type"' in every
    assert 'name="result_hinges_on_sstr_status"' in every

    part = browser.post(
        at("result_questions", study.pk),
        {"outcome": "negative", "new_lesions": "true", "imaging_clinical_discordant": "false"},
        headers={"HX-Request": "true"},
    )
    body = part.content.decode()
    assert "<html" not in body
    assert 'name="complication_type"' not in body
    assert 'name="size_change"' not in body
    assert checked_of(part, "new_lesions") == ["true"]
    assert checked_of(part, "imaging_clinical_discordant") == ["false"]
    assert not Result.objects.exists()
