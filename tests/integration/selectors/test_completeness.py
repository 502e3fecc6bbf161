"""Whether everything is there that a board needs, and by what it is shown."""

import datetime

import pytest
from django.utils import timezone

from cases.models import (
    DataSetItem,
    GapAcceptance,
    GapRequest,
    LabResult,
    Lesion,
    Measurement,
    Rereading,
    Specimen,
    StudyFile,
)
from cases.models.case import Preparation
from cases.selectors.cases import one
from cases.selectors.completeness import (
    State,
    completeness_of,
    completeness_of_each,
    completeness_on_list,
)
from cases.services import agendas, facts, treatments
from cases.services import cases as case_services
from tests.factories.boards import make_board, make_item, make_meeting, sign
from tests.factories.cases import FEASIBLE, STAGING, SURVEILLANCE, make_case, make_study
from tests.factories.completeness import (
    STUDY_UID,
    days_ago,
    make_complete_case,
    make_surveillance_ct,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

CONTRAST_CT = {"coverage": ["abdomen", "pelvis"], "contrast": "iodinated"}


def item(case, code, **given):
    return completeness_of(one(case.pk), **given).item(code)


def states(case):
    return {state.code: str(state.state) for state in completeness_of(one(case.pk)).items}


def test_a_new_case_lacks_its_question_and_its_scenario(coordinator):
    case = make_case(by=coordinator)
    assert states(case) == {
        "board-question": "missing",
        "scenario": "missing",
        "differentiation": "missing",
        "ki67": "missing",
        "result": "not applicable",
        "images": "not applicable",
    }
    assert completeness_of(case).preparation is Preparation.NOT_READY


def test_a_case_with_everything_is_ready_until_the_first_thing_is_too_old(coordinator):
    case = make_complete_case(by=coordinator)
    found = completeness_of(case)
    assert found.gaps == []
    assert found.preparation is Preparation.READY
    # The CT is a week old and may be eight; everything else was answered today.
    assert found.preparation_until == days_ago(7) + datetime.timedelta(weeks=8)
    assert found.count(State.NOT_APPLICABLE) == 1


def test_a_case_of_which_nothing_grows_old_is_ready_for_good(coordinator):
    case = make_complete_case(by=coordinator)
    for code in ("surveillance-imaging", "symptoms", "chromogranin-a", "renal-function"):
        DataSetItem.objects.create(item=code, entered_by=coordinator, reason="r")
    found = completeness_of(case)
    assert (found.preparation, found.preparation_until) == (Preparation.READY, None)


@pytest.mark.parametrize(("days", "state"), [(56, State.CURRENT), (57, State.STALE)])
def test_the_limit_of_eight_weeks_includes_its_last_day(coordinator, days, state):
    case = make_complete_case(by=coordinator, performed_on=days_ago(days))
    found = item(case, "surveillance-imaging")
    assert found.state is state
    assert (found.age_days, found.age) == (days, "8 weeks")
    assert found.last_day == days_ago(days - 56)


def test_what_is_stale_is_a_gap_since_the_day_after_its_last_day(coordinator):
    case = make_complete_case(by=coordinator, performed_on=days_ago(60))
    found = item(case, "surveillance-imaging")
    assert found.since == days_ago(3)
    assert found.is_gap
    assert found.is_open
    assert completeness_of(case).preparation is Preparation.NOT_READY
    assert completeness_of(case).preparation_until is None


def test_what_is_current_today_is_stale_on_a_later_day(coordinator):
    case = make_complete_case(by=coordinator)
    later = timezone.localdate() + datetime.timedelta(weeks=8)
    assert item(case, "surveillance-imaging", on=later).state is State.STALE


@pytest.mark.parametrize(("days", "words"), [(0, "0 days"), (1, "1 day"), (7, "1 week")])
def test_an_age_in_words(coordinator, days, words):
    case = make_complete_case(by=coordinator, performed_on=days_ago(days))
    assert item(case, "surveillance-imaging").age == words


def test_evidence_names_the_study_and_its_day(coordinator):
    case = make_case(by=coordinator, **SURVEILLANCE)
    study = make_surveillance_ct(case=case, by=coordinator)
    found = item(case, "surveillance-imaging").evidence
    assert (found.text, found.on, found.study_id) == ("CT", days_ago(7), study.pk)


def test_the_newest_of_several_studies_counts(coordinator):
    case = make_case(by=coordinator, **SURVEILLANCE)
    for days in (200, 10, 90):
        make_surveillance_ct(case=case, by=coordinator, performed_on=days_ago(days))
    assert item(case, "surveillance-imaging").evidence.on == days_ago(10)


@pytest.mark.parametrize(
    ("fields", "remark"),
    [
        ({"modality": "CT"}, "abdomen and pelvis not noted as covered, contrast not noted"),
        ({"modality": "CT", "coverage": ["abdomen"], "contrast": "none"}, "pelvis not noted as"),
        ({"modality": "MRI", **CONTRAST_CT, "contrast": "none"}, ": without contrast"),
        ({"modality": "CT", **CONTRAST_CT}, ": not reported"),
        ({"modality": "CT", "procedure": "CT_AP_W"}, ": not reported"),
        ({"modality": "CT", "procedure": "CT_CHEST_WO", "report": "x"}, "not noted as covered"),
    ],
)
def test_a_study_that_is_not_enough_says_why(coordinator, fields, remark):
    case = make_case(by=coordinator, **STAGING)
    study = make_study(case=case, by=coordinator, performed_on=days_ago(3), **fields)
    found = item(case, "staging-imaging")
    assert found.state is State.MISSING
    assert remark in found.remark
    assert found.remark.startswith(study.get_modality_display())
    assert found.study_id == study.pk


@pytest.mark.parametrize(
    "fields",
    [
        {"procedure": "CT_AP_W", "report": "No spread."},
        {"procedure": "CT_AP_W", "reported_on": days_ago(2)},
        {"procedure": "CT_AP_W", "outcome": "negative"},
        {**CONTRAST_CT, "report": "No spread."},
    ],
)
def test_a_study_is_enough_by_its_code_or_by_what_is_noted_and_reported(coordinator, fields):
    case = make_case(by=coordinator, **STAGING)
    make_study(case=case, by=coordinator, modality="CT", performed_on=days_ago(3), **fields)
    assert item(case, "staging-imaging").state is State.CURRENT


def test_of_several_studies_that_are_not_enough_the_newest_is_named(coordinator):
    case = make_case(by=coordinator, **STAGING)
    for days in (30, 3, 20):
        make_study(case=case, by=coordinator, modality="CT", performed_on=days_ago(days))
    assert f"{days_ago(3):%-d %b %Y}" in item(case, "staging-imaging").remark


def test_mrcp_before_a_resection_is_known_by_its_sequences(coordinator):
    question = {"clinical_question": "local_staging", "pancreatic_resection_planned": True}
    case = make_case(by=coordinator, **{**STAGING, **question})
    make_study(case=case, by=coordinator, performed_on=days_ago(9), report="x", sequences=["T2"])
    assert item(case, "mrcp").remark.endswith("MRCP not noted")
    make_study(case=case, by=coordinator, performed_on=days_ago(8), report="x", sequences=["MRCP"])
    assert item(case, "mrcp").state is State.CURRENT


def test_an_ordered_study_is_not_there_yet(coordinator):
    case = make_case(by=coordinator, **STAGING)
    make_study(case=case, by=coordinator, modality="CT", performed_on=None, ordered_on=days_ago(3))
    found = item(case, "staging-imaging")
    assert (found.state, found.remark[:10]) == (State.MISSING, "CT ordered")
    assert found.remark.endswith(", not performed")
    assert item(case, "result").state is State.NOT_APPLICABLE


def test_the_newest_study_needs_a_result_and_images(coordinator):
    case = make_case(by=coordinator, **SURVEILLANCE)
    make_surveillance_ct(case=case, by=coordinator)
    assert (states(case)["result"], states(case)["images"]) == ("current", "current")
    newest = make_study(case=case, by=coordinator, performed_on=days_ago(1))
    assert item(case, "result").remark == "MRI of {}: no result entered".format(
        f"{days_ago(1):%-d %b %Y}"
    )
    assert item(case, "images").study_id == newest.pk


@pytest.mark.parametrize(("state", "expected"), [("stored", "current"), ("held", "missing")])
def test_a_stored_file_is_images_at_hand_and_a_held_one_is_not(coordinator, state, expected):
    case = make_case(by=coordinator, **SURVEILLANCE)
    study = make_surveillance_ct(case=case, by=coordinator, study_uid="")
    StudyFile.objects.create(
        study=study, case=case, kind="pdf", name="a", size=1, state=state, uploaded_by=coordinator
    )
    assert states(case)["images"] == expected


def test_a_study_uid_is_images_at_hand(coordinator):
    case = make_case(by=coordinator, **SURVEILLANCE)
    make_surveillance_ct(case=case, by=coordinator, study_uid=STUDY_UID)
    assert states(case)["images"] == "current"


TREATED = {
    **FEASIBLE,
    "clinical_question": "treatment_followup",
    "resection_status": "none",
    "metastases_known": True,
    "dominant_site": "liver",
    "treated_for_current_disease": True,
}


def test_lesions_are_measured_on_the_newest_ct_or_mri(coordinator):
    case = make_case(by=coordinator, **TREATED)
    assert states(case)["lesions-measured"] == "not applicable"
    study = make_study(case=case, by=coordinator, performed_on=days_ago(5))
    make_study(case=case, by=coordinator, modality="PET_SSTR", performed_on=days_ago(1))
    assert item(case, "lesions-measured").remark.endswith("no lesion measured")
    lesion = Lesion.objects.create(case=case, label="1", site="liver", role="target")
    Measurement.objects.create(
        lesion=lesion, study=study, case=case, longest_mm=12, entered_by=coordinator
    )
    assert states(case)["lesions-measured"] == "current"


def test_the_boards_own_reading_is_asked_for_where_an_institution_says_so(coordinator):
    case = make_case(by=coordinator, **SURVEILLANCE)
    study = make_surveillance_ct(case=case, by=coordinator)
    assert "rereading" not in states(case)
    DataSetItem.objects.create(item="rereading", entered_by=coordinator, reason="r")
    assert states(case)["rereading"] == "missing"
    Rereading.objects.create(
        study=study,
        case=case,
        outcome="negative",
        agreement="agree",
        read_on=days_ago(1),
        read_by="R",
        entered_by=coordinator,
    )
    assert states(case)["rereading"] == "current"


def specimen(case, by, **fields):
    given = {"taken_on": days_ago(900), "kind": "biopsy", "site": "pancreas", **fields}
    return Specimen.objects.create(case=case, entered_by=by, **given)


def test_ki67_is_shown_by_a_specimen_however_old(coordinator):
    case = make_case(by=coordinator)
    specimen(case, coordinator, ki67_percent=3)
    specimen(case, coordinator, taken_on=days_ago(20))
    found = item(case, "ki67")
    assert (found.state, found.evidence.text) == (State.CURRENT, "Biopsy (core)")
    assert (found.evidence.on, found.stale_from) == (days_ago(900), None)


def test_a_specimen_without_it_is_named(coordinator):
    case = make_case(by=coordinator)
    specimen(case, coordinator, taken_on=days_ago(20))
    specimen(case, coordinator, taken_on=days_ago(30))
    remark = item(case, "ki67").remark
    assert remark == f"Biopsy (core) of {days_ago(20):%-d %b %Y}: Ki-67 in % not noted"


def test_pathology_is_not_asked_of_a_tumor_that_is_only_suspected(coordinator):
    case = make_case(by=coordinator, diagnosis_basis="highly_suspected")
    assert item(case, "ki67").state is State.NOT_APPLICABLE
    assert item(case, "ki67").remark == "Not for this patient."


def test_treatments_are_there_when_listed_or_answered_as_none(coordinator):
    case = make_case(by=coordinator, **TREATED)
    assert states(case)["treatments"] == "missing"
    facts.answer(case=case, answers={"treatments": []}, by=coordinator)
    assert item(case, "treatments").evidence.text == "None, as answered"
    treatments.add(case=case, type="SSA", by=coordinator)
    assert item(case, "treatments").evidence.text == "1 treatment"
    treatments.add(case=case, type="TACE", by=coordinator)
    assert item(case, "treatments").evidence.text == "2 treatments"


def test_treatments_that_were_answered_directly_are_there(coordinator):
    case = make_case(by=coordinator, **TREATED, treatments=[{"type": "SSA"}])
    assert "answered" in item(case, "treatments").evidence.text


def lab(case, by, analyte, days, value=60):
    return LabResult.objects.create(
        case=case,
        analyte=analyte,
        value=value,
        unit="mL/min/1.73 m²",
        taken_on=days_ago(days),
        entered_by=by,
    )


def test_an_old_egfr_shows_as_old(coordinator):
    given = {k: v for k, v in SURVEILLANCE.items() if k != "renal_impairment_significant"}
    case = make_case(by=coordinator, **given)
    assert states(case)["renal-function"] == "missing"
    lab(case, coordinator, "creatinine", 1)
    assert states(case)["renal-function"] == "missing"
    lab(case, coordinator, "egfr", 100)
    found = item(case, "renal-function")
    assert (found.state, found.evidence.text, found.age) == (State.STALE, "eGFR", "14 weeks")
    lab(case, coordinator, "egfr", 3)
    assert item(case, "renal-function").state is State.CURRENT


def test_an_answer_is_as_fresh_as_its_day(coordinator):
    case = make_case(by=coordinator, **SURVEILLANCE)
    found = item(case, "renal-function")
    assert found.evidence.on == timezone.localdate()
    assert found.evidence.text.endswith(": answered")


def test_what_is_answered_as_unknown_is_missing_and_says_so(coordinator):
    case = make_case(by=coordinator, **{**STAGING, "iodinated_contrast_severe_allergy": "unknown"})
    found = item(case, "contrast-allergy")
    assert (found.state, found.remark) == (State.MISSING, "Answered as unknown")


def test_a_fact_that_the_record_says_is_known(coordinator):
    case = make_case(by=coordinator, **STAGING)
    make_study(case=case, by=coordinator, modality="CT", procedure="CT_CHEST_WO")
    assert states(case)["chest-imaging"] == "current"


def test_where_age_counts_a_fact_without_a_day_is_not_enough(coordinator):
    case = make_case(by=coordinator, **STAGING)
    make_study(case=case, by=coordinator, modality="PET_SSTR")
    receptor = DataSetItem(item="receptor-imaging", max_age_weeks=520, reason="r")
    receptor.entered_by = coordinator
    receptor.save()
    # The study itself has a day; the fact that one was done has none.
    assert item(case, "receptor-imaging").evidence.text == "SSTR PET/CT"
    bare = DataSetItem(item="comparison", scenario="SC-01", max_age_weeks=10, reason="r")
    bare.entered_by = coordinator
    bare.save()
    make_study(case=case, by=coordinator, modality="CT", performed_on=days_ago(2))
    found = item(case, "comparison")
    assert found.state is State.MISSING
    assert found.remark == "Earlier follow-up modalities: from the record, without a date"


def test_a_direct_answer_is_wanted_where_the_record_says_it_otherwise(coordinator):
    """A fact that follows from an old value is no evidence of its own."""
    case = make_case(by=coordinator, **SURVEILLANCE)
    case.refresh_from_db()
    origins = {**case.assessment.origins}
    origins["renal_impairment_significant"] = {"rule": "lab.egfr", "text": "From the eGFR"}
    case.assessment.origins = origins
    assert completeness_of(case).item("renal-function").state is State.MISSING


def test_a_contradiction_settles_no_scenario(coordinator):
    case = make_case(
        by=coordinator, **{**SURVEILLANCE, "residual_disease_known": True, "cga_trend": "normal"}
    )
    found = item(case, "scenario")
    assert (found.state, found.remark) == (State.MISSING, "Contradiction")


def test_what_the_guidance_does_not_cover_is_settled_too(coordinator):
    for given, words in (
        (SURVEILLANCE, "Settled"),
        ({"pregnancy_status": "pregnant"}, "Settled: the guidance does not cover it"),
    ):
        case = make_case(by=coordinator, **given)
        assert item(case, "scenario").evidence.text == words


def test_who_was_asked_and_who_accepted_stand_beside_a_gap(coordinator):
    case = make_case(by=coordinator)
    request = GapRequest.objects.create(
        case=case, item="ki67", asked_of="Dr. Patel", asked_on=days_ago(4), entered_by=coordinator
    )
    acceptance = GapAcceptance.objects.create(
        case=case, item="board-question", reason="Urgent", entered_by=coordinator
    )
    found = completeness_of(case)
    assert found.item("ki67").request == request
    assert found.item("ki67").asked_of == "Dr. Patel"
    assert found.item("differentiation").asked_of == "Pathology"
    assert found.item("board-question").acceptance == acceptance
    assert not found.item("board-question").is_open
    assert [state.code for state in found.accepted_gaps] == ["board-question"]
    assert found.item("nothing-of-the-kind") is None


def test_with_accepted_gaps_alone_a_case_is_ready_with_gaps(coordinator):
    case = make_complete_case(by=coordinator)
    case = case_services.change(case=case, board_question="", by=coordinator)
    assert completeness_of(case).preparation is Preparation.NOT_READY
    GapAcceptance.objects.create(
        case=case, item="board-question", reason="Urgent", entered_by=coordinator
    )
    found = completeness_of(one(case.pk))
    assert found.preparation is Preparation.READY_WITH_GAPS
    assert found.preparation_until == days_ago(7) + datetime.timedelta(weeks=8)


def test_a_gap_that_was_noted_is_as_old_as_its_note(coordinator):
    case = make_case(by=coordinator)
    case.gaps.filter(item="ki67").update(begins_on=days_ago(40))
    assert item(case, "ki67").since == days_ago(40)
    assert item(case, "ki67", on=days_ago(50)).since == days_ago(50)


def test_the_choices_of_the_board_on_whose_list_a_case_is_count(coordinator):
    case = make_complete_case(by=coordinator)
    strict, other = make_board(by=coordinator), make_board(by=coordinator)
    DataSetItem.objects.create(
        item="surveillance-imaging",
        board=strict,
        max_age_weeks=1,
        reason="r",
        entered_by=coordinator,
    )
    later = timezone.localdate() + datetime.timedelta(days=1)
    assert item(case, "surveillance-imaging", on=later).state is State.CURRENT
    elsewhere = make_item(
        by=coordinator, case=case, meeting=make_meeting(by=coordinator, board=other)
    )
    assert item(case, "surveillance-imaging", on=later).state is State.CURRENT
    agendas.take_off(item=elsewhere, by=coordinator)
    listed = make_item(
        by=coordinator, case=case, meeting=make_meeting(by=coordinator, board=strict)
    )
    assert item(case, "surveillance-imaging", on=later).state is State.STALE
    sign(listed, by=coordinator)
    assert item(case, "surveillance-imaging", on=later).state is State.CURRENT


def test_a_list_is_judged_on_the_day_of_its_meeting_by_its_boards_choices(coordinator):
    soon, late = (make_meeting(by=coordinator, in_days=days) for days in (2, 20))
    items = [
        make_item(
            by=coordinator,
            case=make_complete_case(by=coordinator, performed_on=days_ago(50)),
            meeting=meeting,
        )
        for meeting in (soon, late)
    ]
    for listed, expected in zip(items, (State.CURRENT, State.STALE), strict=True):
        found = completeness_on_list([listed])[listed.pk]
        assert found.item("surveillance-imaging").state is expected
    assert completeness_on_list([]) == {}


def test_the_question_written_on_a_list_is_the_question_for_that_board(coordinator):
    case = make_case(by=coordinator, **STAGING)
    assert item(case, "board-question").is_gap
    listed = make_item(by=coordinator, case=case, meeting=make_meeting(by=coordinator))
    listed.question = ""
    assert completeness_on_list([listed])[listed.pk].item("board-question").is_gap
    listed.question = "PRRT?"
    assert not completeness_on_list([listed])[listed.pk].item("board-question").is_gap


def test_as_many_queries_for_many_cases_and_many_rows(coordinator, django_assert_num_queries):
    few = [make_complete_case(by=coordinator)]
    many = [make_complete_case(by=coordinator) for _ in range(4)]
    for case in many:
        lab(case, coordinator, "egfr", 3)
        specimen(case, coordinator, ki67_percent=3)
        for days in range(100, 104):
            make_surveillance_ct(case=case, by=coordinator, performed_on=days_ago(days))
    for cases in (few, many):
        with django_assert_num_queries(13):
            found = completeness_of_each(cases)
        assert {each.preparation for each in found.values()} == {Preparation.READY}
    assert completeness_of_each([]) == {}


def test_an_assessment_that_was_not_read_is_read_for_all_at_once(
    coordinator, django_assert_num_queries
):
    cases = [make_complete_case(by=coordinator) for _ in range(3)]
    bare = list(type(cases[0]).objects.filter(pk__in=[case.pk for case in cases]))
    with django_assert_num_queries(14):
        found = completeness_of_each(bare)
    assert {each.preparation for each in found.values()} == {Preparation.READY}


def test_a_case_that_was_never_assessed_has_no_facts(coordinator):
    case = make_complete_case(by=coordinator)
    case.assessment = None
    case.scenario = ""
    found = completeness_of(case)
    assert found.item("scenario").remark == "Not assessed"
    assert found.item("ki67").state is State.MISSING
