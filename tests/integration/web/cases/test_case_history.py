"""The history of a case: every change to it and to its rows, with what was there before."""

import pghistory
import pytest
from django.utils import timezone

from cases.models import AgendaItem, Lesion
from cases.selectors.case_history import CHOICES, history_of
from cases.services import (
    allergies,
    facts,
    lab_results,
    lesions,
    opinions,
    patients,
    studies,
)
from cases.services import cases as services
from cases.web import case_history as pages
from tests.factories.boards import draft, make_item, sign
from tests.factories.cases import make_case, make_study
from tests.integration.web.cases.reading import text_of
from tumorboard.audit.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


@pytest.fixture
def mine(coordinator):
    """A case about which the coordinator writes."""
    with pghistory.context(person=str(coordinator.pk)):
        yield make_case(by=coordinator)


@pytest.fixture
def read(browser, url, mine):
    return lambda **given: text_of(browser.get(url("case_history", mine.pk), given))


def rows_of(case, kind):
    case.refresh_from_db()
    return [(row, moment) for moment in history_of(case, kind=kind) for row in moment.rows]


def test_a_change_says_who_when_and_from_what_to_what(read, mine, coordinator):
    """ASVS v5.0.0-16.2.1; HIPAA 164.312(c)(1): what was altered can be seen to be."""
    services.change(case=mine, title="Insulinoma", board_question="Surgery?", by=coordinator)
    before = mine.title
    mine.refresh_from_db()
    services.change(case=mine, title="Gastrinoma", board_question="Surgery?", by=coordinator)
    words = read(kind="case")
    assert "by Cora Coordinator" in words
    assert "Case changed Field Before After Diagnosis in a few words Insulinoma Gastrinoma" in words
    assert f"Diagnosis in a few words {before} Insulinoma" in words or before == "Insulinoma"
    assert f"{timezone.localdate():%-d %b %Y}, " in words


def test_values_stand_in_the_words_of_their_fields(mine, coordinator):
    study = make_study(case=mine, by=coordinator)
    studies.change(study=study, modality="MRI", sequences=["DWI"], multiphasic=True, by=coordinator)
    lab_results.add(
        case=mine,
        analyte="alp",
        value=77,
        unit="U/L",
        taken_on=timezone.localdate(),
        by=coordinator,
    )
    facts.answer(case=mine, answers={"ki67_percent": 12}, by=coordinator)
    *_, (changed, _) = rows_of(mine, "study")
    said = {change.label: change.after for change in changed.changes}
    assert (changed.title, changed.done) == ("MRI", "Changed")
    # What stayed as it was is not said again.
    assert "Modality" not in said
    assert said["Multiphasic protocol"] == "Yes"
    assert said["Sequences acquired"] == "Diffusion-weighted"
    (result, _), *_ = rows_of(mine, "labresult")
    assert "U/L" in {change.after for change in result.changes}
    (answer, _), *_ = rows_of(mine, "factanswer")
    assert any(change.after.startswith("12 %") for change in answer.changes)


def test_what_was_removed_is_still_here(read, mine, coordinator):
    lesion = lesions.add(case=mine, label="Gone one", site="liver", role="target", by=coordinator)
    lesions.remove(lesion=lesion, by=coordinator)
    assert not Lesion.objects.exists()
    words = read(kind="lesion")
    assert "Lesion: Gone one removed" in words
    assert "Lesion: Gone one added" in words
    assert words.count("Site Liver") == 2


def test_rows_of_the_patient_and_of_the_agenda_belong_to_it(mine, coordinator):
    allergies.add(patient=mine.patient, substance="other", agent="Latex", by=coordinator)
    patients.change(patient=mine.patient, family_name="Newname", by=coordinator)
    item = make_item(case=mine, by=coordinator)
    opinions.give(item=item, specialty="surgery", text="Operate.", by=coordinator)
    draft(item, by=coordinator)
    kinds = {row.kind for moment in history_of(mine) for row in moment.rows}
    assert kinds >= {"Allergy", "Patient", "Agenda item", "Opinion", "Draft of the decision"}
    *_, (renamed, _) = rows_of(mine, "patient")
    assert [(c.label, c.after) for c in renamed.changes] == [("Family name", "Newname")]
    assert AgendaItem.objects.exists()


def test_a_signed_decision_points_to_its_version(browser, url, mine, coordinator, chair):
    item = make_item(case=mine, by=coordinator)
    draft(item, by=coordinator)
    sign(item, by=chair)
    response = browser.get(url("case_history", mine.pk), {"kind": "decision"})
    assert "Signed decision: Version 1 signed" in text_of(response)
    assert url("decision_version", item.pk, 1) in response.content.decode()


def test_the_chosen_kind_stands_in_the_address_as_a_code(browser, url, mine):
    address = url("case_history", mine.pk)
    assert browser.post(address, {"kind": "lesion"}).url == f"{address}?kind=lesion"
    assert browser.post(address, {"kind": "nonsense"}).url == address


def test_a_kind_that_is_none_is_all(read, mine):
    assert read(kind="nonsense") == read()
    assert "Nothing was written" in read(kind="lesion")


def test_it_is_read_page_by_page(read, mine, coordinator, monkeypatch):
    monkeypatch.setattr(pages, "PAGE_SIZE", 1)
    for title in ("One", "Two", "Three"):
        services.change(case=mine, title=title, board_question="", by=coordinator)
    # Everything that one transaction writes has one time.
    assert "Previous" not in read(kind="case")
    assert "Nothing was written" in read(kind="case", page="9")


def test_other_cases_are_not_in_it(mine, coordinator):
    other = make_case(by=coordinator)
    lesions.add(case=other, label="Not mine", site="liver", role="target", by=coordinator)
    assert rows_of(mine, "lesion") == []


def test_its_queries_do_not_grow_with_its_rows(mine, coordinator, django_assert_max_num_queries):
    for label in "abc":
        lesions.add(case=mine, label=label, site="liver", role="target", by=coordinator)
    with django_assert_max_num_queries(len(CHOICES) + 3):
        history_of(mine)


def test_reading_it_is_noted(read, mine, coordinator):
    read()
    entry = AuditEntry.objects.get(action="case.history.read")
    assert (entry.case_id, entry.patient_id, entry.person) == (
        mine.pk,
        mine.patient_id,
        coordinator,
    )


def test_the_page_of_the_case_leads_here(browser, url, mine):
    assert url("case_history", mine.pk) in browser.get(url("case", mine.pk)).content.decode()
