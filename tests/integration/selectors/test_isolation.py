"""Another institution's rows are not there, whatever is asked for."""

import pytest
from django.utils import timezone

from cases.models import Case
from cases.selectors import cases
from cases.selectors.acknowledgments import acknowledgments_of_each
from cases.selectors.facts import facts_of
from cases.selectors.imaging import imaging_of
from cases.selectors.local_words import local_words
from cases.services import acknowledgments, facts, patients, studies
from cases.services.cases import open_case
from guidance.editions import local_studies
from tests.factories.people import add_member
from tumorboard.tenancy.scope import institution_scope

TODAY = timezone.localdate()


@pytest.fixture
def theirs(other_institution):
    """A case of the other institution with a study and an answer."""
    by = add_member(other_institution, "COORDINATOR", email="sam@south.example", name="Sam South")
    with institution_scope(other_institution):
        patient = patients.add(record_number="CANARY", family_name="Canary", by=by)
        case = open_case(patient=patient, title="Canary", by=by)
        studies.add(case=case, modality="CT", performed_on=TODAY, by=by)
        facts.answer(case=case, answers={"ki67_percent": 4, "differentiation": "poor"}, by=by)
        case.refresh_from_db()
        acknowledgments.acknowledge(
            case=case, code="W-NEC", assessment_id=case.assessment_id, reason="accepted", by=by
        )
        local_studies.mark_unavailable(
            procedure="PET_FDG",
            reason="Canary",
            review_on=TODAY + timezone.timedelta(days=9),
            by=by,
        )
        return cases.one(case.pk)


def test_nothing_of_theirs_is_found(theirs, institution):
    with institution_scope(institution):
        assert list(cases.search()) == list(cases.search(text="canary")) == []
        assert cases.patient_by_record_number("CANARY") is None
        assert cases.cases_of(theirs.patient) == []
        with pytest.raises(Case.DoesNotExist):
            cases.one(theirs.pk)


def test_nothing_of_theirs_is_read_with_their_case_in_hand(theirs, institution):
    with institution_scope(institution):
        assert imaging_of(theirs).current is None
        found = facts_of(theirs, on=TODAY).values
        assert not found.keys() & {"ki67_percent", "fdg_pet_available"}
        assert acknowledgments_of_each([theirs.pk]) == {theirs.pk: []}
        assert local_words(on=TODAY) == ()


def test_nothing_is_written_into_theirs_with_their_case_in_hand(theirs, institution, coordinator):
    with institution_scope(institution), pytest.raises(Case.DoesNotExist):
        facts.answer(case=theirs, answers={"ki67_percent": 5}, by=coordinator)


def test_a_record_number_is_once_in_each_institution(theirs, institution, coordinator):
    with institution_scope(institution):
        assert patients.add(record_number="CANARY", by=coordinator)
