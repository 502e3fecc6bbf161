"""The rules by which the record says facts, each by its name."""

import datetime

import pytest
from django.utils import timezone

from cases.models import Result
from cases.selectors.facts import RULES, facts_of, facts_of_new, policy
from cases.services import facts, patients, results, studies, treatments
from guidance.editions import local_studies, policies
from guidance.editions.models import GuidancePolicy
from tests.factories.cases import make_case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

TODAY = timezone.localdate()
DAY = datetime.timedelta(days=1)


@pytest.fixture
def case(scope, coordinator):
    return make_case(by=coordinator)


@pytest.fixture
def known(case):
    """What is known of the case today: the value of a fact, and the rule that says so."""

    def read(name: str) -> tuple[object, str | None]:
        case.patient.refresh_from_db()
        found = facts_of(case, on=TODAY)
        assert set(found.values) == set(found.origins)
        return found.values.get(name), found.origins.get(name, {}).get("rule")

    return read


@pytest.fixture
def say(case, coordinator):
    """Answers facts directly."""

    def answer(**answers):
        facts.answer(case=case, answers=answers, by=coordinator)

    return answer


@pytest.fixture
def study(case, coordinator):
    """Adds a study so many days ago, performed unless `ordered`, with its result."""

    def add(modality="MRI", *, days=0, ordered=False, outcome="", procedure="", **columns):
        on = "ordered_on" if ordered else "performed_on"
        made = studies.add(
            case=case,
            modality=modality,
            procedure=procedure,
            by=coordinator,
            **{on: TODAY - days * DAY, **columns},
        )
        if outcome:
            results.enter(study=made, outcome=outcome, by=coordinator)
        return made

    return add


# --- The day, the institution's choices, the patient -------------------------------------------


def test_an_empty_record_says_only_what_is_always_known(case):
    found = facts_of(case, on=TODAY)
    assert found.values == {
        "evaluated_on": TODAY.isoformat(),
        "who_version": "WHO2022",
        "tnm_system": "ENETS",
        "ordered_procedure": "none",
    }


def test_day(known):
    assert known("evaluated_on") == (TODAY.isoformat(), "day")


def test_policy(known):
    GuidancePolicy.objects.create(who_version="WHO2010", tnm_system="AJCC8")
    assert known("who_version") == ("WHO2010", "policy")
    assert known("tnm_system") == ("AJCC8", "policy")


def test_patient_birth_date(case, known, coordinator, say):
    assert known("age_years") == (None, None)
    say(age_years=60)
    assert known("age_years") == (60, "answer")
    patients.change(
        patient=case.patient,
        birth_date=TODAY.replace(year=TODAY.year - 40, day=1),
        by=coordinator,
    )
    assert known("age_years") == (40, "patient.birth_date")


def test_the_age_changes_on_the_birthday(case, coordinator):
    born = datetime.date(1980, 6, 15)
    patients.change(patient=case.patient, birth_date=born, by=coordinator)
    case.patient.refresh_from_db()
    ages = [
        facts_of(case, on=datetime.date(2026, 6, day)).values["age_years"] for day in (14, 15, 16)
    ]
    assert ages == [45, 46, 46]


def test_patient_sex(case, known, coordinator):
    assert known("sex") == (None, None)
    patients.change(patient=case.patient, sex="female", by=coordinator)
    assert known("sex") == ("female", "patient.sex")


# --- Answers ------------------------------------------------------------------------------------


def test_an_answer_says_when_and_from_where(case, coordinator):
    facts.answer(case=case, answers={"ki67_percent": 4}, source="<b>Report</b>", by=coordinator)
    facts.answer(case=case, answers={"rcc_history": "unknown"}, by=coordinator)
    origins = facts_of(case, on=TODAY).origins
    at = f"{timezone.now():%-d %b %Y}"
    assert origins["ki67_percent"]["text"] == f"Answered on {at}, from <b>Report</b>"
    assert origins["rcc_history"]["text"] == f"Answered on {at}"


def test_unknown_no_and_not_asked_are_three_things(case, say):
    say(prior_prrt="unknown", rapid_growth=False)
    values = facts_of(case, on=TODAY).values
    assert values["prior_prrt"] == "unknown"
    assert values["rapid_growth"] is False
    assert "bone_pain" not in values


# --- Treatments ---------------------------------------------------------------------------------


def test_treatments(case, known, coordinator):
    assert known("treatments") == (None, None)
    treatments.add(case=case, type="SSA", start=TODAY, ongoing=True, by=coordinator)
    treatments.add(case=case, type="TACE", ongoing=False, by=coordinator)
    value, rule = known("treatments")
    assert rule == "treatments"
    assert value == [
        {"type": "SSA", "start": TODAY.isoformat(), "ongoing": True},
        {"type": "TACE", "ongoing": False},
    ]
    assert known("prior_prrt") == (None, None)


def test_none_given_is_an_answer_until_one_is_entered(case, known, coordinator, say):
    say(treatments=[])
    assert known("treatments") == ([], "answer")
    treatments.add(case=case, type="SSA", by=coordinator)
    assert known("treatments") == ([{"type": "SSA"}], "treatments")


def test_a_treatment_entered_later_hides_none_that_was_answered(case, known, coordinator, say):
    say(treatments=["PRRT", "SSA"])
    assert known("treatments") == ([{"type": "PRRT"}, {"type": "SSA"}], "answer")
    treatments.add(case=case, type="SSA", by=coordinator)
    assert known("treatments") == ([{"type": "SSA"}, {"type": "PRRT"}], "treatments")


def test_treatments_prrt(case, known, coordinator, say):
    say(prior_prrt=False)
    assert known("prior_prrt") == (False, "answer")
    treatments.add(case=case, type="PRRT", by=coordinator)
    assert known("prior_prrt") == (True, "treatments.prrt")


def test_treatments_prrt_from_an_answer(known, say):
    say(treatments=["PRRT"])
    assert known("prior_prrt") == (True, "treatments.prrt")


# --- What performed studies say -----------------------------------------------------------------


def test_studies(known, study):
    study("CT", days=30, outcome="stable")
    study("MRI", days=60)
    study("US", days=5, ordered=True)
    assert known("studies") == (
        [
            {"modality": "MRI", "date": (TODAY - 60 * DAY).isoformat()},
            {"modality": "CT", "date": (TODAY - 30 * DAY).isoformat(), "outcome": "stable"},
        ],
        "studies",
    )


def test_studies_modalities_are_those_before_the_one_in_play(known, study):
    study("MRI", days=60)
    assert known("prior_followup_modalities") == (None, None)
    study("CT", days=30)
    assert known("prior_followup_modalities") == (["MRI"], "studies.modalities")
    study("EUS", days=10)
    study("MRI", days=1, ordered=True)
    assert known("prior_followup_modalities") == (["CT", "MRI"], "studies.modalities")


@pytest.mark.parametrize("procedure", ["CT_CAP_W", "CT_CHEST_WO"])
def test_studies_chest(known, study, say, procedure):
    say(chest_imaging_done=False)
    study("CT", procedure=procedure, ordered=True, days=2)
    assert known("chest_imaging_done") == (False, "answer")
    study("CT", procedure=procedure, days=1)
    assert known("chest_imaging_done") == (True, "studies.chest")


def test_an_abdominal_study_says_nothing_of_the_chest(known, study):
    study("CT", procedure="CT_AP_W")
    assert known("chest_imaging_done") == (None, None)


@pytest.mark.parametrize("modality", ["PET_SSTR", "SRS"])
def test_studies_sstr(known, study, modality):
    study(modality, ordered=True, days=2)
    assert known("sstr_imaging_done") == (None, None)
    study(modality, days=1)
    assert known("sstr_imaging_done") == (True, "studies.sstr")


def test_studies_last(known, study):
    assert known("last_imaging_date") == (None, None)
    study("CT", days=30)
    study("MRI", days=60)
    study("US", days=1, ordered=True)
    assert known("last_imaging_date") == ((TODAY - 30 * DAY).isoformat(), "studies.last")


def test_studies_say_region_contrast_and_phases_as_far_as_they_were_noted(known, study):
    study("CT", days=3, coverage=["abdomen", "pelvis"], contrast="none", phases=["unenhanced"])
    study("MRI", days=2, contrast="gadolinium")
    (ct, mri), rule = known("studies")
    assert rule == "studies"
    assert (ct["region"], ct["contrast"], ct["phases"]) == (
        "abdomen, pelvis",
        False,
        ["unenhanced"],
    )
    assert mri == {"modality": "MRI", "date": (TODAY - 2 * DAY).isoformat(), "contrast": True}


def test_studies_chest_and_brain_by_what_was_covered(known, study):
    study("MRI", days=3, coverage=["chest"])
    study("PET_FDG", days=2, coverage=["head", "chest"])
    assert known("chest_imaging_done") == known("brain_imaging_done") == (None, None)
    study("CT", days=1, coverage=["head", "chest"])
    assert known("chest_imaging_done") == (True, "studies.chest")
    assert known("brain_imaging_done") == (True, "studies.brain")


def test_study_tracer_is_that_of_the_newest_receptor_study(known, study):
    study("SRS", days=9, tracer="In111_pentetreotide")
    assert known("sstr_tracer") == ("In111_pentetreotide", "study.tracer")
    study("PET_SSTR", days=5, tracer="DOTATOC")
    study("PET_FDG", days=3, tracer="FDG")
    study("PET_SSTR", days=2)
    assert known("sstr_tracer") == ("DOTATOC", "study.tracer")


def test_studies_srs_without_a_tracer_count_as_scintigraphy(known, study, say):
    study("SRS", days=2)
    assert known("sstr_tracer") == ("In111_pentetreotide", "studies.srs")
    say(sstr_tracer="other")
    assert known("sstr_tracer") == ("other", "answer")


def test_result_of_the_newest_receptor_study_that_was_read(known, study, coordinator):
    older, newer = study("PET_SSTR", days=30), study("PET_SSTR", days=9)
    study("PET_SSTR", days=2)
    results.enter(
        study=older, outcome="positive", sstr_result="positive", krenning_grade=4, by=coordinator
    )
    results.enter(
        study=newer, outcome="negative", sstr_result="negative", sstr_suvmax="3.5", by=coordinator
    )
    assert known("sstr_result") == ("negative", "result.sstr_result")
    assert known("sstr_suvmax") == (3.5, "result.sstr_suvmax")
    # Readings of different studies are not mixed.
    assert known("krenning_grade") == (None, None)


def test_result_of_an_fdg_study(known, study, coordinator):
    study("PET_FDG", days=3)
    assert known("fdg_result") == (None, None)
    made = study("PET_FDG", days=2)
    results.enter(study=made, outcome="positive", fdg_result="positive", by=coordinator)
    assert known("fdg_result") == ("positive", "result.fdg_result")


# --- The order under review, and the result in play ---------------------------------------------


def test_study_none(known, study):
    assert known("ordered_procedure") == ("none", "study.none")
    study("CT", ordered=True, multiphasic=True)
    # Only its modality is known: nothing that a protocol could be held against.
    assert known("ordered_procedure") == ("none", "study.none")
    assert known("ordered_multiphasic") == (None, None)


def test_study_procedure(known, study):
    study(
        "MRI",
        procedure="MRI_AP_WWO",
        ordered=True,
        multiphasic=False,
        dwi=True,
        target="liver_metastases",
    )
    assert known("ordered_procedure") == ("MRI_AP_WWO", "study.procedure")
    assert known("ordered_multiphasic") == (False, "study.multiphasic")
    assert known("ordered_dwi") == (True, "study.dwi")
    assert known("ordered_target") == ("liver_metastases", "study.target")
    assert known("ordered_covers_pelvis") == (None, None)


def test_study_phases_sequences_and_coverage_say_yes_and_no(known, study):
    study(
        "MRI",
        procedure="MRI_AP_WWO",
        phases=["late_arterial"],
        sequences=["DWI"],
        coverage=["abdomen"],
        contrast_flow_ml_s="2.5",
    )
    assert known("ordered_phases") == (["late_arterial"], "study.phases")
    assert known("ordered_dwi") == (True, "study.sequences")
    assert known("mrcp_included") == (False, "study.sequences")
    assert known("ordered_covers_pelvis") == (False, "study.coverage")
    assert known("contrast_flow_rate_ml_s") == (2.5, "study.contrast_flow_ml_s")


def test_what_is_said_outright_is_not_read_from_a_list(known, study):
    study(
        "MRI", procedure="MRI_AP_WWO", dwi=True, sequences=["T1"], covers_pelvis=True, coverage=[]
    )
    assert known("ordered_dwi") == (True, "study.dwi")
    assert known("ordered_covers_pelvis") == (True, "study.covers_pelvis")


@pytest.mark.parametrize("ordered", [True, False])
def test_a_protocol_is_as_ordered_until_the_study_is_performed(case, study, ordered):
    study("CT", procedure="CT_AP_WWO", phases=["late_arterial"], ordered=ordered)
    case.patient.refresh_from_db()
    words = facts_of(case, on=TODAY).origins["ordered_phases"]["text"]
    assert words.endswith(", as ordered" if ordered else ", as acquired")


def test_result_outcome(known, study):
    assert known("study_outcome") == (None, None)
    study("CT", outcome="stable")
    assert known("study_outcome") == ("stable", "result.outcome")
    assert known("study_modality") == ("CT", "study.modality")


def test_result_columns(known, study, coordinator):
    made = study("MRI")
    results.enter(
        study=made, outcome="stable", new_lesions=False, size_change="stable", by=coordinator
    )
    assert known("new_lesions") == (False, "result.new_lesions")
    assert known("size_change") == ("stable", "result.size_change")
    assert known("response_basis") == (None, None)


def test_an_order_opens_the_next_question(known, study, coordinator):
    """Order, result, next order: the result in play goes when the next study is ordered."""
    first = study("CT", procedure="CT_AP_W", ordered=True, days=20)
    assert known("ordered_procedure")[0] == "CT_AP_W"
    studies.change(study=first, performed_on=TODAY - 15 * DAY, by=coordinator)
    assert known("study_outcome") == (None, None)
    results.enter(study=first, outcome="indeterminate", by=coordinator)
    assert known("study_outcome")[0] == "indeterminate"
    study("MRI", procedure="MRI_AP_WWO", ordered=True, days=3)
    assert known("study_outcome") == (None, None)
    assert known("ordered_procedure")[0] == "MRI_AP_WWO"
    assert known("prior_followup_modalities")[0] == ["CT"]


def test_a_result_of_an_older_study_is_not_in_play(known, study):
    study("MRI", days=1)
    study("CT", days=30, outcome="progression")
    assert known("study_outcome") == (None, None)


def test_a_corrected_report_is_what_is_in_play(known, study, coordinator):
    study("CT", outcome="positive")
    results.change(result=Result.objects.get(), outcome="negative", by=coordinator)
    assert known("study_outcome")[0] == "negative"


# --- Suspected recurrence -----------------------------------------------------------------------

SUSPECTED = ("suspected", "result.positive_surveillance")


@pytest.fixture
def resected(say):
    say(
        resection_status="complete",
        recurrence_status="none",
        resection_date=(TODAY - 400 * DAY).isoformat(),
    )


@pytest.mark.usefixtures("resected")
def test_result_positive_surveillance(known, study, case):
    study("CT", days=20, outcome="positive")
    # The positive result itself is read as surveillance: its branch says what follows.
    assert known("recurrence_status") == ("none", "answer")
    study("MRI", days=2, ordered=True)
    assert known("recurrence_status") == SUSPECTED
    text = facts_of(case, on=TODAY).origins["recurrence_status"]["text"]
    assert text == f"From the positive CT of {TODAY - 20 * DAY:%-d %b %Y}"


@pytest.mark.usefixtures("resected")
def test_the_next_order_after_a_positive_study_is_assessed_as_suspected_recurrence(
    say, study, case
):
    say(
        clinical_question="routine_surveillance",
        diagnosis_basis="pathology_confirmed",
        primary_site="pancreas",
        differentiation="well",
        age_years=58,
        pregnancy_status="not_applicable",
        residual_disease_known=False,
        metastases_known=False,
        new_symptoms=[],
        cga_trend="normal",
    )
    scenarios = []
    for step in (
        lambda: study("CT", days=20, outcome="positive"),
        lambda: study("MRI", days=2, ordered=True),
        lambda: say(recurrence_status="none"),
    ):
        step()
        case.refresh_from_db()
        scenarios.append(case.scenario)
    assert scenarios == ["SC-03", "SC-04", "SC-03"]


@pytest.mark.usefixtures("resected")
@pytest.mark.parametrize("outcome", ["negative", "indeterminate", "stable"])
def test_the_next_study_does_not_clear_the_suspicion(known, study, outcome):
    study("CT", days=20, outcome="positive")
    study("MRI", days=2, outcome=outcome)
    assert known("recurrence_status") == SUSPECTED


@pytest.mark.usefixtures("resected")
@pytest.mark.parametrize("status", ["none", "confirmed", "suspected", "unknown"])
def test_a_later_answer_wins(known, study, say, status):
    study("CT", days=20, outcome="positive")
    study("MRI", days=2, ordered=True)
    say(recurrence_status=status)
    assert known("recurrence_status") == (status, "answer")


@pytest.mark.usefixtures("resected")
def test_a_later_positive_study_is_suspect_again(known, study, say):
    study("CT", days=20, outcome="positive")
    say(recurrence_status="none")
    study("CT", days=10, outcome="positive")
    study("MRI", days=2, ordered=True)
    assert known("recurrence_status") == SUSPECTED


@pytest.mark.usefixtures("resected")
def test_a_positive_report_that_is_corrected_was_none(known, study, coordinator):
    study("CT", days=20, outcome="positive")
    study("MRI", days=2, ordered=True)
    results.change(result=Result.objects.get(), outcome="negative", by=coordinator)
    assert known("recurrence_status") == ("none", "answer")


@pytest.mark.usefixtures("resected")
def test_a_confirmed_recurrence_is_not_lowered_to_a_suspicion(known, study, say):
    say(recurrence_status="confirmed")
    study("CT", days=20, outcome="positive")
    study("MRI", days=2, ordered=True)
    assert known("recurrence_status") == ("confirmed", "answer")


@pytest.mark.usefixtures("resected")
def test_a_positive_study_before_the_resection_was_no_surveillance(known, study):
    study("CT", days=401, outcome="positive")
    study("CT", days=400, outcome="positive")
    study("MRI", days=2, ordered=True)
    assert known("recurrence_status") == ("none", "answer")


def test_without_an_answer_a_positive_study_makes_it_suspected(known, study, say):
    study("CT", days=20, outcome="positive")
    study("MRI", days=2, ordered=True)
    assert known("recurrence_status") == (None, None)
    say(resection_status="complete", resection_date="unknown")
    assert known("recurrence_status") == SUSPECTED


@pytest.mark.parametrize("status", ["none", "incomplete", "unknown"])
def test_without_a_complete_resection_nothing_recurs(known, study, say, status):
    say(resection_status=status)
    study("CT", days=20, outcome="positive")
    study("MRI", days=2, ordered=True)
    assert known("recurrence_status") == (None, None)


# --- Local policy -------------------------------------------------------------------------------

AVAILABLE = sorted(local_studies.AVAILABILITY.items())


@pytest.fixture
def lacking(administrator):
    """Marks a study as one that cannot be had."""

    def mark(procedure: str) -> None:
        local_studies.mark_unavailable(
            procedure=procedure,
            reason="No scanner",
            review_on=TODAY + 100 * DAY,
            by=administrator,
        )

    return mark


@pytest.mark.parametrize(("procedure", "fact"), AVAILABLE)
def test_what_cannot_be_had_here_is_a_fact_where_nobody_answered(
    case, known, lacking, procedure, fact
):
    assert known(fact) == (None, None)
    lacking(procedure)
    assert known(fact) == (False, "policy.study")
    origin = facts_of(case, on=TODAY).origins[fact]["text"]
    assert origin.startswith("Local policy: not available (Ada Admin on ")
    assert origin.endswith(": No scanner)")


@pytest.mark.parametrize("answer", [True, False, "unknown"])
def test_an_answer_for_the_patient_is_stronger_than_local_policy(known, say, lacking, answer):
    lacking("PET_FDG")
    say(fdg_pet_available=answer)
    assert known("fdg_pet_available") == (answer, "answer")


def test_any_other_study_that_cannot_be_had_changes_no_fact(case, lacking):
    before = facts_of(case, on=TODAY)
    lacking("CT_AP_W")
    lacking("MRI_AP_WO")
    assert facts_of(case, on=TODAY) == before


def test_the_institution_chooses_a_followup_policy_where_nobody_did(known, say, administrator):
    assert known("followup_policy") == (None, None)
    policies.choose(
        who_version="WHO2022", tnm_system="ENETS", followup_policy="FU-03", by=administrator
    )
    assert known("followup_policy") == ("FU-03", "policy.followup")
    say(followup_policy="FU-01")
    assert known("followup_policy") == ("FU-01", "answer")


def test_a_case_that_is_just_opened_is_under_the_same_policy(case, lacking):
    lacking("PET_FDG")
    found = facts_of_new(case, answers=[], policy=policy(), on=TODAY)
    assert found.values["fdg_pet_available"] is False


def test_what_a_study_says_names_the_study(case, study):
    made = study("CT", procedure="CT_AP_W", outcome="stable")
    origins = facts_of(case, on=TODAY).origins
    named = {name for name, origin in origins.items() if origin.get("study") == str(made.id)}
    assert {"ordered_procedure", "study_outcome", "study_modality"} <= named
    assert "study" not in origins["who_version"]


# --- All together -------------------------------------------------------------------------------


def test_every_rule_says_what_it_is_for():
    assert all(rule.__doc__ for rule in RULES)


def test_reading_takes_the_same_queries_for_a_long_story(
    case, study, say, coordinator, django_assert_max_num_queries
):
    case.patient.refresh_from_db()
    say(ki67_percent=1, differentiation="well")
    counted = []
    for some_days in (range(1, 2), range(2, 12)):
        for days in some_days:
            study("CT", days=days, outcome="stable")
            treatments.add(case=case, type="SSA", by=coordinator)
        with django_assert_max_num_queries(19) as queries:
            facts_of(case, on=TODAY)
        counted.append(len(queries))
    assert counted[0] == counted[1]
