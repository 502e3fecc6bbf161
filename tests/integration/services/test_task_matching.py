"""What arrives in the record carries tasks out, and stops doing so."""

import datetime

import pytest

from cases.models import Candidacy, Result, Task
from cases.models.conclusion import Recommended
from cases.selectors.tasks import lines_of
from cases.services import facts, results, studies, task_links, tasks, treatments
from cases.services.errors import Refused
from tests.factories.cases import FEASIBLE, SURVEILLANCE, make_case, make_study
from tests.factories.tasks import CT, PET, PRRT, REFERRAL, ago, amended, decided, tasks_of

#: One under treatment of liver metastases (SC-05).
TREATED = {
    **FEASIBLE,
    "clinical_question": "treatment_followup",
    "resection_status": "none",
    "metastases_known": True,
    "dominant_site": "liver",
    "treated_for_current_disease": True,
    "treatments": ["SSA"],
}

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_people", "scope")]


def arrive(task, *, by, procedure="PET_DOTATATE", modality="PET_SSTR", **fields):
    """A study of the task's case."""
    given = {"performed_on": ago(10), **fields}
    return make_study(case=task.case, by=by, modality=modality, procedure=procedure, **given)


def fresh(task: Task) -> Task:
    return Task.objects.get(pk=task.pk)


def test_a_study_is_ordered_then_done_then_has_its_result(task, chair):
    study = arrive(task, by=chair, ordered_on=ago(30), performed_on=None)
    ordered = fresh(task)
    assert (ordered.state, ordered.ordered_on, ordered.study) == ("ordered", ago(30), study)
    studies.change(study=study, performed_on=ago(9), by=chair)
    done = fresh(task)
    assert (done.state, done.done_on) == ("done", ago(9))
    assert done.closed_at
    result = results.enter(study=study, outcome="positive", by=chair)
    found = fresh(task)
    assert (found.state, found.result, found.resulted_on) == ("resulted", result, ago(0))
    assert found.version == 4


def test_a_corrected_result_does_not_move_the_day_on_which_it_came(task, chair):
    study = arrive(task, by=chair, outcome="positive")
    Task.objects.filter(pk=task.pk).update(resulted_on=ago(8))
    results.change(result=Result.objects.get(study=study), outcome="negative", by=chair)
    assert fresh(task).resulted_on == ago(8)


@pytest.mark.parametrize(
    "fields",
    [
        {"performed_on": ago(30)},
        {"performed_on": ago(40)},
        {"ordered_on": ago(31), "performed_on": None},
        {"procedure": "PET_DOTATOC"},
        {"procedure": ""},
    ],
)
def test_what_was_there_before_or_is_another_study_carries_nothing_out(task, chair, fields):
    arrive(task, by=chair, **fields)
    assert fresh(task).state == "open"


def test_a_performed_study_takes_the_place_of_an_order_of_its_own(task, chair):
    arrive(task, by=chair, ordered_on=ago(20), performed_on=None)
    study = arrive(task, by=chair)
    found = fresh(task)
    assert (found.state, found.study) == ("done", study)


def test_of_two_orders_the_first_is_kept(task, chair):
    first = arrive(task, by=chair, ordered_on=ago(20), performed_on=None)
    arrive(task, by=chair, ordered_on=ago(19), performed_on=None)
    assert fresh(task).study == first


def test_a_study_that_becomes_another_one_undoes_its_match(task, chair):
    study = arrive(task, by=chair)
    studies.change(study=study, procedure="PET_DOTATOC", by=chair)
    # Another tracer can stand for the one asked for, once it was linked.
    assert fresh(task).state == "done"
    studies.change(study=study, procedure="", by=chair)
    undone = fresh(task)
    assert (undone.state, undone.study, undone.done_on, undone.closed_at) == (
        "open",
        None,
        None,
        None,
    )


def test_what_a_person_said_before_stands_again(task, chair):
    tasks.order(task=task, on=ago(25), by=chair)
    study = arrive(task, by=chair, ordered_on=ago(12))
    assert (fresh(task).state, fresh(task).ordered_on) == ("done", ago(25))
    studies.change(study=study, procedure="", by=chair)
    assert (fresh(task).state, fresh(task).ordered_on) == ("ordered", ago(25))


def test_a_study_that_was_performed_before_after_all_undoes_its_match(task, chair):
    study = arrive(task, by=chair)
    studies.change(study=study, performed_on=ago(35), by=chair)
    assert fresh(task).state == "open"


def test_a_withdrawn_result_leaves_the_study_done(task, chair):
    study = arrive(task, by=chair, outcome="positive")
    Task.objects.filter(pk=task.pk).update(result=None)
    Result.objects.filter(study=study).delete()
    studies.change(study=study, accession_number="A-1", by=chair)
    found = fresh(task)
    assert (found.state, found.result, found.resulted_on) == ("done", None, None)


def test_of_two_tasks_the_older_one_is_meant(task, chair):
    newer = tasks_of(decided(PET, by=chair, case=task.case, days_ago=20))[0]
    first = arrive(task, by=chair)
    assert (fresh(task).study, fresh(newer).state) == (first, "open")
    second = arrive(task, by=chair, performed_on=ago(5))
    assert fresh(newer).study == second


def test_what_a_person_closed_stays_so(task, chair):
    tasks.drop(task=task, reason="lost", by=chair)
    arrive(task, by=chair, outcome="positive")
    assert (fresh(task).state, fresh(task).study) == ("not_done", None)


def test_what_a_person_unlinked_is_not_matched_again(task, chair):
    arrive(task, by=chair)
    unlinked = task_links.unlink(task=fresh(task), reason="incomplete", by=chair)
    assert (unlinked.state, unlinked.study) == ("open", None)
    arrive(task, by=chair, performed_on=ago(4))
    assert fresh(task).state == "open"


def test_what_was_matched_is_not_reopened_without_saying_why(task, chair):
    arrive(task, by=chair)
    with pytest.raises(Refused, match="Say first why that is not so"):
        tasks.reopen(task=fresh(task), by=chair)
    assert fresh(task).state == "done"


def test_what_was_dropped_by_mistake_follows_the_record_again(task, chair):
    study = arrive(task, by=chair, ordered_on=ago(20), performed_on=None)
    tasks.drop(task=task, reason="lost", by=chair)
    studies.change(study=study, performed_on=ago(9), by=chair)
    assert fresh(task).state == "not_done"
    assert tasks.reopen(task=fresh(task), by=chair).state == "done"


def test_another_study_stands_for_one_that_a_rule_took_away(chair):
    task = tasks_of(decided(Recommended("imaging", "MRI_AP_WWO"), by=chair))[0]
    arrive(task, by=chair, procedure="CT_AP_W", modality="CT", performed_on=ago(20))
    assert fresh(task).state == "open"
    facts.answer(case=task.case, answers={"mri_contraindicated": True}, by=chair)
    found = fresh(task)
    assert (found.state, found.study.procedure) == ("done", "CT_AP_W")
    facts.answer(case=task.case, answers={"mri_contraindicated": False}, by=chair)
    assert fresh(task).state == "done"


def test_a_task_that_asks_for_it_goes_before_one_that_it_stands_for(chair):
    decision = decided(Recommended("imaging", "MRI_AP_WWO"), CT, by=chair)
    mri, ct = tasks_of(decision)
    facts.answer(case=mri.case, answers={"mri_contraindicated": True}, by=chair)
    arrive(ct, by=chair, procedure="CT_AP_W", modality="CT")
    assert [fresh(mri).state, fresh(ct).state] == ["open", "done"]


@pytest.mark.parametrize(
    ("code", "kind", "is_done"),
    [
        ("OPT-PRRT", "PRRT", True),
        ("OPT-PRRT", "SSA", False),
        ("OPT-SYSTEMIC", "SSA", True),
        ("OPT-SYSTEMIC", "everolimus", True),
        ("OPT-SYSTEMIC", "PRRT", False),
        ("OPT-SWITCH-SYSTEMIC", "sunitinib", True),
        ("OPT-LDT", "TACE", True),
        ("OPT-LDT", "surgery_liver", False),
    ],
)
def test_a_treatment_carries_out_the_option_it_belongs_to(chair, code, kind, is_done):
    task = tasks_of(decided(Recommended("treatment", code), by=chair))[0]
    treatments.add(case=task.case, type=kind, start=ago(10), by=chair)
    assert fresh(task).state == ("done" if is_done else "open")


def test_the_same_agent_again_is_no_other_one(chair):
    task = tasks_of(decided(Recommended("treatment", "OPT-SWITCH-SYSTEMIC"), by=chair))[0]
    treatments.add(case=task.case, type="SSA", agent="Lanreotide", start=ago(300), by=chair)
    treatments.add(case=task.case, type="SSA", agent="lanreotide ", start=ago(9), by=chair)
    assert fresh(task).state == "open"
    treatments.add(case=task.case, type="SSA", agent="Octreotide", start=ago(8), by=chair)
    assert fresh(task).done_on == ago(8)


def test_a_treatment_begun_before_or_on_an_unknown_day_carries_nothing_out(chair):
    task = tasks_of(decided(PRRT, by=chair))[0]
    treatments.add(case=task.case, type="PRRT", start=ago(30), by=chair)
    treatments.add(case=task.case, type="PRRT", by=chair)
    assert fresh(task).state == "open"


def test_a_treatment_that_is_taken_back_undoes_its_match(chair):
    task = tasks_of(decided(PRRT, by=chair))[0]
    treatment = treatments.add(case=task.case, type="PRRT", start=ago(10), by=chair)
    assert (fresh(task).treatment, fresh(task).done_on) == (treatment, ago(10))
    treatments.change(treatment=treatment, start=ago(9), by=chair)
    assert fresh(task).done_on == ago(9)
    treatments.remove(treatment=treatment, by=chair)
    assert (fresh(task).state, fresh(task).done_on) == ("open", None)


def test_a_treatment_of_another_kind_after_all_undoes_its_match(chair):
    task = tasks_of(decided(PRRT, by=chair))[0]
    treatment = treatments.add(case=task.case, type="PRRT", start=ago(10), by=chair)
    treatments.change(treatment=treatment, type="SSA", by=chair)
    assert (fresh(task).state, fresh(task).treatment) == ("open", None)


def test_one_treatment_carries_out_one_task(chair):
    first = decided(PRRT, by=chair)
    (older,) = tasks_of(first)
    (newer,) = tasks_of(decided(PRRT, by=chair, case=older.case, days_ago=20))
    treatments.add(case=older.case, type="PRRT", start=ago(10), by=chair)
    assert [fresh(older).state, fresh(newer).state] == ["done", "open"]


def test_an_alternative_that_arrived_replaces_the_others_until_it_is_withdrawn(chair):
    other = Recommended("imaging", "CT_AP_W", alternative_to=1)
    decision = decided(PET, other, by=chair)
    pet, ct = tasks_of(decision)
    study = arrive(pet, by=chair)
    assert [fresh(pet).state, fresh(ct).state] == ["done", "replaced"]
    version = fresh(ct).version
    studies.change(study=study, accession_number="A-1", by=chair)
    assert fresh(ct).version == version
    studies.change(study=study, procedure="", by=chair)
    assert [fresh(pet).state, fresh(ct).state] == ["open", "open"]


def test_what_was_matched_goes_on_after_an_amendment(chair):
    decision = decided(PET, by=chair)
    (task,) = tasks_of(decision)
    study = arrive(task, by=chair)
    (again,) = tasks_of(amended(decision, [PET, REFERRAL], by=chair))[:1]
    assert (again.state, again.study) == ("done", study)
    results.enter(study=study, outcome="positive", by=chair)
    assert (fresh(again).state, fresh(task).state) == ("resulted", "replaced")
    studies.change(study=study, procedure="", by=chair)
    assert fresh(again).state == "open"


def test_a_case_that_is_not_overdue_any_more_does_not_ask_for_the_board(task, chair):
    overdue = Candidacy.objects.filter(case=task.case, reason="overdue")
    Task.objects.filter(pk=task.pk).update(due_on=ago(2))
    facts.answer(case=task.case, answers={"age_years": 59}, by=chair)
    assert overdue.get().begins_on <= ago(0)
    arrive(task, by=chair)
    begins = overdue.values_list("begins_on", flat=True).first() or datetime.date.max
    assert begins > ago(2) + datetime.timedelta(days=1)


class TestInWordsOfTheGuidance:
    """What is asked for without a code is carried out by a study of the modality it names."""

    @pytest.fixture
    def asked(self, chair):
        """A task in words, of a decision after a result."""

        def make(text, outcome, situation=SURVEILLANCE):
            case = make_case(by=chair, **situation)
            make_study(
                case=case,
                by=chair,
                modality="CT",
                procedure="CT_AP_W",
                outcome=outcome,
                performed_on=ago(40),
            )
            case.refresh_from_db()
            due_on = ago(-60)
            words = Recommended("imaging", text=text, due_on=due_on)
            return tasks_of(decided(words, by=chair, case=case))[0]

        return make

    @pytest.mark.parametrize(
        ("text", "outcome", "procedure", "modality", "state"),
        [
            ("Keep the surveillance schedule.", "negative", "CT_AP_W", "CT", "done"),
            ("Keep the surveillance schedule.", "negative", "MRI_AP_WWO", "MRI", "done"),
            ("Keep the surveillance schedule.", "negative", "CT_CHEST_WO", "CT", "open"),
            ("Keep the surveillance schedule.", "negative", "", "CT", "open"),
            ("Keep the surveillance schedule.", "negative", "PET_DOTATATE", "PET_SSTR", "open"),
            ("Repeat CT after a short interval.", "indeterminate", "CT_AP_W", "CT", "done"),
            ("Repeat CT after a short interval.", "indeterminate", "MRI_AP_WWO", "MRI", "open"),
            ("Liver MRI (multiphasic)", "positive", "MRI_LIVER_HB", "MRI", "done"),
            ("Liver MRI (multiphasic)", "positive", "MRI_SPINE", "MRI", "open"),
            ("Something else.", "negative", "CT_AP_W", "CT", "open"),
        ],
    )
    def test_by_modality_and_region(self, asked, chair, text, outcome, procedure, modality, state):
        task = asked(text, outcome)
        arrive(task, by=chair, procedure=procedure, modality=modality)
        assert fresh(task).state == state

    @pytest.mark.parametrize(
        ("procedure", "modality", "state"),
        [
            ("PET_DOTATATE", "PET_SSTR", "done"),
            ("", "PET_SSTR", "done"),
            ("PET_FDG", "PET_FDG", "open"),
        ],
    )
    def test_by_modality_alone_where_no_region_is_named(
        self, asked, chair, procedure, modality, state
    ):
        text = "Check receptor status again before therapy is changed."
        task = asked(text, "progression", TREATED)
        arrive(task, by=chair, procedure=procedure, modality=modality)
        assert fresh(task).state == state

    def test_it_says_so_and_can_be_unlinked(self, asked, chair):
        task = asked("Keep the surveillance schedule.", "negative")
        study = arrive(task, by=chair, procedure="CT_AP_W", modality="CT")
        (line,) = lines_of([fresh(task)])
        assert line.by_modality
        assert not line.by_equivalent

        task_links.unlink(task=fresh(task), reason="mistake", by=chair)

        assert (fresh(task).state, fresh(task).study) == ("open", None)
        studies.change(study=study, performed_on=ago(9), by=chair)
        assert fresh(task).state == "open"

    def test_a_linked_study_that_turns_out_another_one_is_let_go(self, asked, chair):
        task = asked("Keep the surveillance schedule.", "negative")
        study = arrive(task, by=chair, procedure="CT_AP_W", modality="CT")
        studies.change(study=study, procedure="CT_CHEST_WO", by=chair)
        assert fresh(task).state == "open"
