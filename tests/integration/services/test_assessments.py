"""Assessing a case, and what follows from it."""

import datetime

import pytest
from django.db import transaction
from django.db.utils import ProgrammingError
from django.utils import timezone

from cases.models import Assessment, Case, FactAnswer
from cases.services import assessments, cases, facts, patients, results, studies
from cases.services.assessments import reassess
from cases.services.errors import Invalid
from guidance.editions import adoptions
from guidance.engine.assess import assess
from guidance.engine.edition import load_edition
from guidance.engine.facts import parse_facts
from tests.factories.boards import make_item, sign
from tests.factories.cases import STAGING, make_case
from tests.factories.editions import item, loaded, mri_less_appropriate

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

TODAY = timezone.localdate()
DAY = datetime.timedelta(days=1)

#: Complete resection of a small early tumor, a year ago.
SURVEILLANCE = {
    **STAGING,
    "clinical_question": "routine_surveillance",
    "definitive_treatment_done": True,
    "resection_status": "complete",
    "residual_disease_known": False,
    "recurrence_status": "none",
    "metastases_known": False,
    "new_symptoms": [],
    "cga_trend": "normal",
    "mitoses_per_10hpf": 1,
    "stage_class": "early",
}


@pytest.fixture
def make(coordinator):
    """A fresh case with facts."""

    def write(**given) -> Case:
        return make_case(by=coordinator, **given)

    return write


def stored(case: Case) -> list[Assessment]:
    return list(Assessment.objects.filter(case=case).order_by("made_at"))


def test_an_assessment_keeps_what_it_was_made_of(make):
    case = make(**STAGING)
    last = stored(case)[-1]
    edition = load_edition()
    assert case.assessment == last
    assert (last.edition_version, last.edition_hash) == (edition.version, edition.hash)
    assert (last.scenario, last.branch, last.evaluated_on) == ("SC-01", "", TODAY)
    assert last.board_level == last.answer["board"]["level"]
    assert set(last.origins) >= set(STAGING) | {"who_version", "evaluated_on"}
    # What is known from the start is assessed at once.
    assert stored(case) == [last]


def test_an_assessment_is_replayed_to_the_same_answer(make, coordinator):
    case = make(**SURVEILLANCE, resection_date=(TODAY - 400 * DAY).isoformat())
    study = studies.add(case=case, modality="CT", performed_on=TODAY, by=coordinator)
    results.enter(study=study, outcome="negative", by=coordinator)
    for each in stored(case):
        assert assess(parse_facts(each.facts), load_edition()) == each.answer


def test_nothing_new_stores_nothing_new(make):
    case = make(**STAGING)
    before = stored(case)
    assert reassess(case=Case.objects.get()) == before[-1]
    assert stored(case) == before


def test_a_day_that_changes_nothing_stores_nothing_new(make):
    case = make(**SURVEILLANCE, resection_date=(TODAY - 400 * DAY).isoformat())
    before = stored(case)
    for days in range(1, 40):
        reassess(case=case, on=TODAY + days * DAY)
    assert stored(case) == before


def test_a_day_that_changes_the_interval_is_new(make, coordinator):
    """FU-01 to FU-03 have other intervals in the first year after resection than later."""
    case = make(**SURVEILLANCE, resection_date=(TODAY - 300 * DAY).isoformat())
    study = studies.add(case=case, modality="CT", performed_on=TODAY, by=coordinator)
    results.enter(study=study, outcome="negative", by=coordinator)
    case.refresh_from_db()
    first = case.assessment
    assert first.answer["next_interval"]
    found = reassess(case=case, on=TODAY + 365 * DAY)
    assert found.answer["next_interval"] != first.answer["next_interval"]
    assert found != first
    assert found.evaluated_on == TODAY + 365 * DAY
    assert stored(case)[-1] == found


def test_a_birthday_is_new(make, coordinator):
    case = make(**STAGING)
    born = datetime.date(TODAY.year - 40, 1, 1)
    patients.change(patient=case.patient, birth_date=born, by=coordinator)
    case.refresh_from_db()
    count = len(stored(case))
    assert reassess(case=case, on=datetime.date(TODAY.year + 1, 1, 1)).facts["age_years"] == 41
    assert len(stored(case)) == count + 1


def test_months_that_were_typed_are_new(make, coordinator):
    """They are no clock: a person said something else."""
    case = make(**SURVEILLANCE, months_since_resection=13)
    facts.answer(case=case, answers={"months_since_resection": 14}, by=coordinator)
    case.refresh_from_db()
    assert case.assessment.facts["months_since_resection"] == 14


def test_unknown_after_not_asked_is_new(make, coordinator):
    case = make(**STAGING)
    count = len(stored(case))
    facts.answer(case=case, answers={"rcc_history": "unknown"}, by=coordinator)
    assert len(stored(case)) == count + 1


def test_a_value_that_cannot_be_is_refused_and_named(make):
    make(**STAGING)
    FactAnswer.objects.filter(fact="ki67_percent").update(value=101)
    with pytest.raises(Invalid) as caught:
        reassess(case=Case.objects.get())
    assert list(caught.value.errors) == ["ki67_percent"]


def test_assessments_are_append_only(make):
    make(**STAGING)
    rows = Assessment.objects.all()
    for change in (lambda: rows._raw_delete("default"), lambda: rows.update(facts={})):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            change()


def test_a_changed_case_comes_first_in_lists(make, coordinator):
    first, second = make(), make()
    assert list(Case.objects.order_by("-changed_at")) == [second, first]
    assessments.changed(case=first)
    assert list(Case.objects.order_by("-changed_at")) == [first, second]
    first.refresh_from_db()
    assert first.version == 2


# --- Readiness ---------------------------------------------------------------------------------


def test_a_case_without_a_question_is_not_started(make):
    assert make().readiness == "not started"
    assert make(clinical_question="unknown", ki67_percent=1).readiness == "not started"


def test_a_case_with_gaps_is_incomplete(make):
    case = make(clinical_question="distant_staging", definitive_treatment_done=False)
    assert case.readiness == "incomplete"
    assert case.missing_count > 0


def test_a_case_with_a_contradiction_is_incomplete(make):
    case = make(**{**SURVEILLANCE, "residual_disease_known": True, "metastases_known": True})
    assert (case.scenario, case.readiness) == ("CONFLICT", "incomplete")


def test_a_complete_case_that_needs_no_board_is_ready(make):
    case = make(**STAGING)
    assert (case.missing_count, case.board_level, case.readiness) == (0, "no", "ready")


def make_positive(make, coordinator) -> Case:
    case = make(**STAGING, bilioenteric_anastomosis_or_biliary_device=False)
    study = studies.add(case=case, modality="MRI", performed_on=TODAY, by=coordinator)
    results.enter(
        study=study,
        outcome="positive",
        imaging_clinical_discordant=False,
        report_complex_or_subtle=False,
        by=coordinator,
    )
    case.refresh_from_db()
    return case


def test_a_complete_case_that_the_guidance_sends_to_the_board_needs_a_decision(make, coordinator):
    case = make_positive(make, coordinator)
    assert (case.missing_count, case.board_level) == (0, "yes")
    assert case.readiness == "needs a decision"


def test_a_decided_case_is_signed_until_something_new_is_known(make, coordinator, chair):
    case = make_positive(make, coordinator)
    sign(make_item(case=case, by=coordinator), by=chair)
    case.refresh_from_db()
    assert case.readiness == "signed"
    cases.change(case=case, title="Another title says nothing new", by=coordinator)
    case.refresh_from_db()
    assert case.readiness == "signed"
    facts.answer(case=case, answers={"ki67_percent": 12}, by=coordinator)
    case.refresh_from_db()
    assert case.readiness == "needs a decision"


class TestAnotherEdition:
    @pytest.fixture
    def signed(self, make, coordinator, chair) -> Case:
        case = make_positive(make, coordinator)
        sign(make_item(case=case, by=coordinator), by=chair)
        return Case.objects.get(pk=case.pk)

    def adopt(self, revise, by) -> None:
        adoptions.adopt(edition=loaded("2027.1", revise), by=by)

    def test_the_institutions_edition_assesses(self, make, administrator):
        self.adopt(mri_less_appropriate, administrator)
        case = make(**STAGING)
        assert (case.assessment.edition_version, case.assessment.answer["top"]) == (
            "2027.1", "CT_AP_W",
        )  # fmt: skip

    def test_a_decided_case_that_it_answers_alike_stays_signed(self, signed, administrator):
        def reword(content):
            for action in content["actions"]["actions"]:
                action["text"] = f"{action['text']} Reworded."

        self.adopt(reword, administrator)
        assert reassess(case=signed) != signed.assessments.order_by("made_at").first()
        signed.refresh_from_db()
        assert signed.assessment.edition_version == "2027.1"
        assert "Reworded." in str(signed.assessment.answer)
        assert signed.readiness == "signed"

    def test_a_decided_case_that_it_answers_otherwise_asks_again(self, signed, administrator):
        def lose_an_action(content):
            content["branches"]["branches"][0]["actions"].pop(0)

        self.adopt(lose_an_action, administrator)
        reassess(case=signed)
        signed.refresh_from_db()
        assert signed.readiness == "needs a decision"

    def test_new_facts_ask_again_whatever_the_edition(self, signed, administrator, coordinator):
        self.adopt(lambda content: None, administrator)
        facts.answer(case=signed, answers={"bone_pain": False}, by=coordinator)
        signed.refresh_from_db()
        assert signed.readiness == "needs a decision"

    def test_facts_that_it_does_not_know_are_left_out(self, make, administrator):
        def forget(content):
            known = content["facts"]["facts"]
            known.remove(item(known, name="bone_pain"))
            item(known, name="sstr_tracer")["values"].pop("DOTANOC")

        self.adopt(forget, administrator)
        case = make(**STAGING, bone_pain=True, sstr_tracer="DOTANOC")
        assert not {"bone_pain", "sstr_tracer"} & case.assessment.facts.keys()
        assert case.scenario == "SC-01"

    def test_what_the_software_does_not_allow_either_is_refused(self, make, administrator):
        self.adopt(lambda content: None, administrator)
        case = make(**STAGING)
        FactAnswer.objects.filter(case=case, fact="age_years").delete()
        FactAnswer.objects.filter(case=case, fact="ki67_percent").update(value=999)
        with pytest.raises(Invalid) as caught:
            reassess(case=case)
        assert list(caught.value.errors) == ["ki67_percent"]
