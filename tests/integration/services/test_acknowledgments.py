"""Acknowledging checks: who, why, on which assessment, until what, and taking it back."""

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError, ProgrammingError
from django.utils import timezone

from cases.models import Acknowledgment, Assessment
from cases.models.acknowledgment import AcknowledgmentReason
from cases.selectors.acknowledgments import (
    acknowledgments_of_each,
    history_of,
    stands,
    states_of,
)
from cases.selectors.cases import one
from cases.services import acknowledgments, facts, studies
from cases.services.errors import Invalid, Refused
from tests.factories.cases import STAGING, make_case, make_study
from tumorboard.audit.models import AuditEntry
from tumorboard.tenancy.scope import institution_scope

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_people", "scope")]

#: A staging order without contrast: W-NONCONTRAST is critical, W-CHEST a caution.
CRITICAL, CAUTION = "W-NONCONTRAST", "W-CHEST"
TODAY = timezone.localdate()


@pytest.fixture(scope="module")
def kept_case(kept_people):
    by = kept_people.coordinator
    with institution_scope(kept_people.institution):
        case = make_case(by=by, **STAGING)
        order(case, by)
        return case


@pytest.fixture
def case(kept_case, scope):
    return one(kept_case.pk)


def order(case, by, **columns):
    given = {"modality": "CT", "procedure": "CT_AP_WO", "ordered_on": TODAY, **columns}
    return studies.add(case=case, by=by, **given)


@pytest.fixture
def acknowledge(case, coordinator):
    """Acknowledges a check of the case as it is now."""

    def call(code=CRITICAL, reason="accepted", **more):
        now = one(case.pk)
        given = {"assessment_id": now.assessment_id, "by": coordinator, **more}
        return acknowledgments.acknowledge(case=now, code=code, reason=reason, **given)

    return call


@pytest.fixture
def answer(case, coordinator):
    """Answers facts of the case."""

    def call(**answers):
        facts.answer(case=one(case.pk), answers=answers, by=coordinator)

    return call


@pytest.fixture
def state(case):
    """What holds of a check of the case as it is now."""

    def read(code=CRITICAL):
        assessment = one(case.pk).assessment
        given = acknowledgments_of_each([case.pk])[case.pk]
        return next(s for s in states_of(assessment, given) if s.code == code)

    return read


class TestAcknowledging:
    def test_keeps_the_check_its_ground_and_who_said_why(self, case, acknowledge, chair):
        row = acknowledge(reason="not_feasible", text="  Contrast was refused. ", by=chair)

        row.refresh_from_db()
        assert (row.case, row.assessment) == (case, case.assessment)
        assert (row.check_code, row.severity) == (CRITICAL, "CRITICAL")
        assert row.check_text.startswith("Without IV contrast")
        assert (row.reason, row.text, row.by) == ("not_feasible", "Contrast was refused.", chair)
        assert row.basis["ordered_procedure"] == "CT_AP_WO"
        assert row.basis["@scenario"] == "SC-01"
        assert len(row.basis["@study"]) == 1
        entry = AuditEntry.objects.get(action="case.check.acknowledged")
        assert (entry.person, entry.subject_id) == (chair, case.id)

    def test_stands_beside_its_check_and_no_other(self, acknowledge, state, coordinator):
        acknowledge(reason="done_elsewhere", text="In town.")

        standing = state().standing
        assert (standing.reason, standing.text) == ("Done elsewhere", "In town.")
        assert standing.by == coordinator.name
        assert "Done elsewhere: In town. (Cora Coordinator, " in standing.words
        assert state(CAUTION).standing is None
        assert state(CAUTION).lapsed is None

    def test_says_nothing_more_where_no_words_were_given(self, acknowledge, state):
        acknowledge()
        assert state().standing.words.startswith("Reviewed and accepted (Cora Coordinator, ")

    def test_a_caution_is_acknowledged_likewise(self, acknowledge, state):
        acknowledge(CAUTION)
        assert state(CAUTION).standing
        assert state().standing is None

    @pytest.mark.parametrize("reason", AcknowledgmentReason.values)
    def test_every_reason_there_is(self, acknowledge, reason):
        assert acknowledge(reason=reason, text="Because.").reason == reason

    @pytest.mark.parametrize(
        ("given", "field", "words"),
        [
            ({"reason": ""}, "reason", "Choose why"),
            ({"reason": "whatever"}, "reason", "Choose why"),
            ({"reason": "other"}, "text", "Say in words why."),
            ({"reason": "other", "text": "  "}, "text", "Say in words why."),
            ({"reason": "other", "text": "\u200b\u2060"}, "text", "Say in words why."),
            ({"text": "x" * 1_001}, "text", "at most 1000"),
            ({"text": "a\x00"}, "text", "cannot be stored"),
            ({"text": "\ud800"}, "text", "cannot be stored"),
        ],
    )
    def test_what_cannot_be_accepted_is_told_by_field(self, acknowledge, given, field, words):
        with pytest.raises(Invalid) as caught:
            acknowledge(**given)

        (name, reasons), *others = caught.value.errors.items()
        assert (name, others) == (field, [])
        assert words in reasons[0]
        assert not Acknowledgment.objects.exists()

    def test_a_check_that_is_not_raised(self, acknowledge):
        with pytest.raises(Refused, match="W-NEC is not raised"):
            acknowledge("W-NEC")

    def test_mere_information_needs_none(self, acknowledge, answer):
        answer(renal_impairment_significant=True)
        with pytest.raises(Refused, match="needs no acknowledgment"):
            acknowledge("W-CONTRAST-CROSS")

    def test_not_on_an_assessment_that_is_no_longer_the_newest(self, case, acknowledge, answer):
        seen = case.assessment_id
        answer(bone_pain=True)
        with pytest.raises(Refused, match="guidance for this case has changed"):
            acknowledge(assessment_id=seen)
        assert not Acknowledgment.objects.exists()

    def test_a_second_person_learns_who_was_first(self, acknowledge, chair):
        acknowledge()
        with pytest.raises(Refused, match="Cora Coordinator acknowledged this check already"):
            acknowledge(by=chair)
        assert Acknowledgment.objects.count() == 1

    def test_of_two_checks_with_one_code_each_is_acknowledged(self, case, acknowledge, state):
        """An edition may raise one code twice, in other words."""
        answer = case.assessment.answer
        first = next(check for check in answer["checks"] if check["code"] == CRITICAL)
        twice = {**answer, "checks": [*answer["checks"], {**first, "text": "Said otherwise."}]}
        case.assessment = assessment_like(case.assessment, answer=twice)
        case.save(update_fields=["assessment"])

        rows = [acknowledge(), acknowledge()]

        assert {row.check_text for row in rows} == {first["text"], "Said otherwise."}
        with pytest.raises(Refused, match="already"):
            acknowledge()


def assessment_like(assessment, **changes):
    """A new assessment that differs in `changes` alone."""
    columns = {f.attname: getattr(assessment, f.attname) for f in assessment._meta.concrete_fields}
    del columns["id"]
    return Assessment.objects.create(**{**columns, **changes})


class TestLapsing:
    def test_what_it_does_not_rest_on_may_change(self, acknowledge, answer, state):
        acknowledge()
        answer(bone_pain=True, ki67_percent=12)
        assert state().standing

    def test_it_lapses_with_the_facts_that_it_rests_on(self, acknowledge, answer, state):
        acknowledge(text="For good reason.")
        answer(gbca_permitted=False)

        found = state()
        assert found.standing is None
        assert found.lapsed.text == "For good reason."
        assert found.lapsed_because == "Gadolinium permitted"

    def test_it_lapses_when_something_becomes_unknown(self, acknowledge, answer, state):
        acknowledge()
        answer(gbca_permitted=None)
        assert state().standing is None

    def test_it_stands_again_on_the_same_facts(self, acknowledge, answer, state):
        acknowledge()
        answer(gbca_permitted=False)
        answer(gbca_permitted=True)
        assert state().standing

    def test_after_a_lapse_it_can_be_said_anew(self, acknowledge, answer, state):
        acknowledge(text="Before.")
        answer(gbca_permitted=False)
        acknowledge(text="After.")
        assert state().standing.text == "After."

    def test_a_further_order_is_another_question(self, case, acknowledge, coordinator, state):
        acknowledge()
        order(case, coordinator, accession_number="A-2")

        found = state()
        assert found.standing is None
        assert found.lapsed_because == "the study"

    def test_the_order_may_be_performed(self, case, acknowledge, coordinator, state):
        acknowledge()
        (study,) = case.studies.all()
        studies.change(study=study, performed_on=TODAY, by=coordinator)
        assert state().standing

    def test_other_words_or_another_severity_are_another_check(self, case, acknowledge):
        row = acknowledge()
        assessment = one(case.pk).assessment
        assert stands(row, assessment)
        given = [row]
        for change, words in (
            ({"text": "Otherwise."}, "what the check says"),
            ({"severity": "CAUTION"}, "how severe it is"),
        ):
            changed = one(case.pk).assessment
            checks = changed.answer["checks"]
            place = next(i for i, c in enumerate(checks) if c["code"] == CRITICAL)
            checks[place] = {**checks[place], **change}
            state = states_of(changed, given)[place]
            assert (state.standing, state.lapsed_because) == (None, words)
            assert not stands(row, changed)

    def test_another_scenario_is_another_ground(self, acknowledge, answer, state):
        acknowledge()
        answer(
            clinical_question="routine_surveillance",
            definitive_treatment_done=True,
            resection_status="complete",
            residual_disease_known=False,
            recurrence_status="none",
            new_symptoms=[],
            cga_trend="normal",
        )
        assert "the scenario" in state().lapsed_because

    def test_it_is_silent_where_the_check_is_no_longer_raised(self, case, acknowledge, answer):
        row = acknowledge(CAUTION)
        answer(chest_imaging_done=True)
        assessment = one(case.pk).assessment
        assert CAUTION not in [state.code for state in states_of(assessment, [row])]
        assert not stands(row, assessment)


class TestWithdrawing:
    def test_is_a_row_of_its_own(self, case, acknowledge, state, chair):
        row = acknowledge(text="For now.")
        taken_back = acknowledgments.withdraw(acknowledgment=row, text=" No more. ", by=chair)

        assert state().standing is None
        assert state().lapsed is None
        assert (taken_back.withdraws, taken_back.reason) == (row, "")
        assert (taken_back.text, taken_back.by) == ("No more.", chair)
        assert taken_back.check_code == CRITICAL
        assert history_of(case, code=CRITICAL) == [taken_back, row]
        entry = AuditEntry.objects.get(action="case.acknowledgment.withdrawn")
        assert (entry.person, entry.subject_id) == (chair, case.id)

    def test_then_it_can_be_acknowledged_anew(self, acknowledge, state, chair):
        acknowledgments.withdraw(acknowledgment=acknowledge(), by=chair)
        acknowledge(text="Again.")
        assert state().standing.text == "Again."

    def test_happens_once(self, acknowledge, chair):
        row = acknowledge()
        taken_back = acknowledgments.withdraw(acknowledgment=row, by=chair)
        for passed in (row, taken_back):
            with pytest.raises(Refused, match="withdrawn already"):
                acknowledgments.withdraw(acknowledgment=passed, by=chair)

    def test_needs_words_that_can_be_kept(self, acknowledge, chair):
        row = acknowledge()
        with pytest.raises(Invalid) as caught:
            acknowledgments.withdraw(acknowledgment=row, text="x" * 1_001, by=chair)
        assert set(caught.value.errors) == {"text"}


class TestTheTable:
    @pytest.mark.parametrize(
        "statement",
        ["UPDATE cases_acknowledgment SET text = 'x'", "DELETE FROM cases_acknowledgment"],
    )
    def test_is_never_changed(self, acknowledge, statement):
        acknowledge()
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(statement)

    @pytest.mark.parametrize(
        "columns",
        [
            {"severity": "INFO"},
            {"reason": ""},
            {"reason": "whatever"},
            {"reason": "other", "text": ""},
        ],
    )
    def test_holds_nothing_else(self, acknowledge, columns):
        row = acknowledge()
        given = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields}
        del given["id"]
        with pytest.raises(IntegrityError), transaction.atomic():
            Acknowledgment.objects.create(**{**given, **columns})

    def test_holds_one_withdrawal(self, acknowledge, chair):
        row = acknowledge()
        taken_back = acknowledgments.withdraw(acknowledgment=row, by=chair)
        given = {f.attname: getattr(taken_back, f.attname) for f in row._meta.concrete_fields}
        del given["id"]
        with pytest.raises(IntegrityError), transaction.atomic():
            Acknowledgment.objects.create(**given)


def test_many_cases_are_read_in_one_query(
    case, acknowledge, coordinator, django_assert_num_queries
):
    acknowledge()
    other = make_case(by=coordinator, **STAGING)
    make_study(case=other, by=coordinator)
    with django_assert_num_queries(1):
        found = acknowledgments_of_each([case.pk, other.pk])
        names = [row.by.name for row in found[case.pk]]
    assert names == ["Cora Coordinator"]
    assert found[other.pk] == []
