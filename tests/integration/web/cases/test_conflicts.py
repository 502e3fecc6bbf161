"""Two people at one form: the second sees what the first wrote, and keeps what they typed."""

import datetime

import pghistory
import pytest

from cases.models import FactAnswer
from cases.services import cases, facts, patients, results, studies
from tests.factories.cases import make_case, make_study
from tests.integration.web.cases.reading import (
    checked_of,
    row_version_of,
    summary_of,
    text_of,
    value_of,
)
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.usefixtures("kept_case")


@pytest.fixture
def meanwhile(institution, chair):
    """Write something as the board chair, as if in another browser."""

    def write(service, **given):
        with institution_scope(institution), pghistory.context(person=str(chair.pk)):
            return service(by=chair, **given)

    return write


def test_who_changes_a_patient_second_sees_both_sides(browser, at, case, institution, meanwhile):
    address = at("patient_edit", case.patient_id)
    seen = row_version_of(browser, address)
    meanwhile(
        patients.change,
        patient=case.patient,
        family_name="Riviera",
        birth_date=datetime.date(1961, 4, 3),
        sex="female",
    )
    typed = {"record_number": case.patient.record_number, "family_name": "Rivers"}
    response = browser.post(address, {**seen, **typed, "given_name": "Ana"})

    words = text_of(response)
    assert response.status_code == 422
    assert "Somebody else changed this" in summary_of(response)
    assert "Family name Before: Rivera Now: Riviera (Chris Chair, " in words
    assert "You typed: Rivers" in words
    assert "Date of birth Before: empty Now: 3 Apr 1961" in words
    assert "Sex Before: Unknown Now: Female" in words
    assert "You left this as it was, so the form now holds what is there." in words
    assert value_of(response, "family_name") == "Rivers"
    assert value_of(response, "birth_date") == "3 Apr 1961"
    assert checked_of(response, "sex") == ["female"]

    again = {name: value_of(response, name) for name in (*typed, "given_name", "birth_date")}
    again |= {"sex": "female", "row_version": value_of(response, "row_version")}
    assert browser.post(address, again).status_code == 302
    with institution_scope(institution):
        case.patient.refresh_from_db()
    assert (case.patient.family_name, case.patient.sex) == ("Rivers", "female")
    assert case.patient.birth_date == datetime.date(1961, 4, 3)


def test_what_both_typed_alike_is_no_conflict(browser, at, case, meanwhile):
    address = at("patient_edit", case.patient_id)
    seen = row_version_of(browser, address)
    meanwhile(patients.change, patient=case.patient, family_name="Riviera")
    typed = {"record_number": case.patient.record_number, "family_name": " Riviera "}

    assert browser.post(address, {**seen, **typed, "given_name": "Ana"}).status_code == 302


def test_typed_text_that_is_refused_stands_beside_what_is_there(browser, at, case, meanwhile):
    address = at("patient_edit", case.patient_id)
    seen = row_version_of(browser, address)
    meanwhile(patients.change, patient=case.patient, birth_date=datetime.date(1961, 4, 3))
    typed = {"record_number": case.patient.record_number, "birth_date": "around 1960"}
    response = browser.post(address, {**seen, **typed})

    assert "Before: empty Now: 3 Apr 1961" in text_of(response)
    assert "You typed: around 1960" in text_of(response)
    assert value_of(response, "birth_date") == "around 1960"


def test_a_wrong_form_keeps_the_version_it_saw(browser, at, case, meanwhile):
    address = at("patient_edit", case.patient_id)
    seen = row_version_of(browser, address)
    response = browser.post(address, {**seen, "record_number": ""})
    assert value_of(response, "row_version") == seen["row_version"]

    meanwhile(patients.change, patient=case.patient, family_name="Riviera")
    typed = {"record_number": case.patient.record_number, "family_name": "Rivers"}
    assert browser.post(address, {**seen, **typed}).status_code == 422


def test_who_changes_the_head_of_a_case_second_sees_it(browser, at, case, institution, meanwhile):
    address = at("case_edit", case.pk)
    seen = row_version_of(browser, address)
    meanwhile(cases.change, case=case, title="Theirs", referral_text="x" * 400)
    response = browser.post(address, {**seen, "title": "Mine", "board_question": ""})

    words = text_of(response)
    assert response.status_code == 422
    assert "Before: pNET of the tail Now: Theirs (Chris Chair, " in words
    assert "You typed: Mine" in words
    assert value_of(response, "title") == "Mine"
    assert "<details" in response.content.decode()

    again = {"row_version": value_of(response, "row_version"), "title": "Mine"}
    assert browser.post(address, again).status_code == 302
    with institution_scope(institution):
        case.refresh_from_db()
    assert case.title == "Mine"


def test_a_study_added_meanwhile_is_no_conflict_at_the_head(browser, at, case, meanwhile):
    address = at("case_edit", case.pk)
    seen = row_version_of(browser, address)
    meanwhile(lambda *, by: make_study(case=case, by=by))

    assert browser.post(address, {**seen, "title": "Mine"}).status_code == 302


@pytest.fixture
def blank(institution, coordinator):
    """A case of which nothing is known."""
    with institution_scope(institution):
        return make_case(by=coordinator)


def test_facts_answered_meanwhile_say_by_whom_and_when(browser, at, blank, meanwhile, institution):
    address = at("case_facts", blank.pk, "B")
    meanwhile(facts.answer, case=blank, answers={"ki67_percent": 4, "rcc_history": True})
    page = browser.get(address)
    meanwhile(facts.answer, case=blank, answers={"ki67_percent": 5, "rcc_history": None})
    typed = {"ki67_percent_0": "3", "rcc_history": "true"}
    response = browser.post(address, {"seen": value_of(page, "seen"), **typed})

    words = text_of(response)
    assert response.status_code == 422
    assert "now 5 % positive nuclei; you typed 3 % positive nuclei (before: 4 % " in words
    assert "now not asked (before: Yes; Chris Chair, " in words
    assert words.count("Chris Chair, ") == 2
    with institution_scope(institution):
        assert FactAnswer.objects.get(case=blank).value == 5


def test_a_fact_answered_badly_meets_another_answer(browser, at, blank, meanwhile):
    address = at("case_facts", blank.pk, "B")
    page = browser.get(address)
    meanwhile(facts.answer, case=blank, answers={"ki67_percent": 5})
    response = browser.post(address, {"seen": value_of(page, "seen"), "ki67_percent_0": "high"})

    assert "now 5 % positive nuclei; you typed an answer that is refused below" in text_of(response)
    assert value_of(response, "ki67_percent_0") == "high"


def test_a_study_added_meanwhile_is_no_conflict_of_facts(browser, at, blank, meanwhile):
    address = at("case_facts", blank.pk, "C")
    page = browser.get(address)
    meanwhile(lambda *, by: make_study(case=blank, by=by))
    data = {"seen": value_of(page, "seen"), "bone_pain": "true"}

    assert browser.post(address, data).status_code == 302


def test_an_answer_that_the_record_overtook_is_not_lost_in_silence(browser, at, blank, meanwhile):
    address = at("case_facts", blank.pk, "I")
    page = browser.get(address)
    meanwhile(lambda *, by: make_study(case=blank, by=by, modality="PET_SSTR"))
    data = {"seen": value_of(page, "seen"), "sstr_imaging_done": "false"}
    response = browser.post(address, data)

    assert response.status_code == 422
    assert "now Yes; you typed No (from the record, and changed there)" in text_of(response)


@pytest.fixture
def study(case, institution, coordinator):
    with institution_scope(institution):
        return make_study(case=case, by=coordinator, report="Old.")


def test_a_report_pasted_meanwhile_stays(browser, at, study, institution, meanwhile):
    address = at("result_enter", study.pk)
    page = browser.get(address)
    seen = {name: value_of(page, name) for name in ("row_version", "beside_version")}
    meanwhile(studies.change, study=study, report="New metastasis.")
    response = browser.post(address, {**seen, "outcome": "stable", "report": "Old."})

    assert response.status_code == 422
    assert "Report Before: Old. Now: New metastasis. (Chris Chair, " in text_of(response)
    again = {name: value_of(response, name) for name in seen}
    data = {**again, "outcome": "stable", "report": "New metastasis."}
    assert browser.post(address, data).status_code == 302
    with institution_scope(institution):
        study.refresh_from_db()
    assert study.report == "New metastasis."


def test_who_types_a_report_second_sees_both(browser, at, study, institution, meanwhile):
    address = at("result_enter", study.pk)
    page = browser.get(address)
    seen = {name: value_of(page, name) for name in ("row_version", "beside_version")}
    meanwhile(studies.change, study=study, report="New metastasis.")
    typed = {"outcome": "stable", "report": "No change."}
    response = browser.post(address, {**seen, **typed})

    assert response.status_code == 422
    assert "You typed: No change." in text_of(response)
    assert ">\nNo change.</textarea>" in response.content.decode()
    with institution_scope(institution):
        study.refresh_from_db()
    assert study.report == "New metastasis."
    again = {name: value_of(response, name) for name in seen}
    assert browser.post(address, {**again, **typed}).status_code == 302
    with institution_scope(institution):
        study.refresh_from_db()
    assert study.report == "No change."


def test_both_rows_of_a_result_page_are_told_at_once(browser, at, study, institution, meanwhile):
    with institution_scope(institution):
        result = meanwhile(results.enter, study=study, outcome="stable", summary="One.")
    address = at("result_enter", study.pk)
    page = browser.get(address)
    seen = {name: value_of(page, name) for name in ("row_version", "beside_version")}
    meanwhile(results.change, result=result, summary="Two.")
    meanwhile(studies.change, study=study, report="New.")
    typed = {"outcome": "stable", "summary": "Three.", "report": "Typed."}
    response = browser.post(address, {**seen, **typed})

    words = text_of(response)
    assert "You typed: Three." in words
    assert "You typed: Typed." in words
    assert summary_of(response).count("Somebody else changed this") == 1
