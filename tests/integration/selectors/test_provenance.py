"""Every origin names the rows and the people behind it, and both sides of a contradiction."""

import datetime

import pytest
from django.utils import timezone

from cases.models import Assessment, FactAnswer, Result, Study, Treatment
from cases.selectors.facts import facts_of
from cases.services import facts, results, studies, treatments
from cases.services.assessments import reassess
from guidance.editions import local_studies
from tests.factories.cases import SURVEILLANCE, make_case, make_study
from tests.factories.people import add_member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

TODAY = timezone.localdate()
DAY = datetime.timedelta(days=1)


@pytest.fixture
def case(scope, coordinator):
    return make_case(by=coordinator)


def origins(case):
    case.refresh_from_db()
    return facts_of(case, on=TODAY).origins


def test_an_answer_names_who_gave_it_and_when(case, coordinator):
    facts.answer(case=case, answers={"bone_pain": True}, source="letter", by=coordinator)
    row = FactAnswer.objects.get()
    assert origins(case)["bone_pain"] == {
        "rule": "answer",
        "text": f"Answered on {TODAY:%-d %b %Y}, from letter",
        "by": str(coordinator.pk),
        "at": row.answered_at.isoformat(),
    }


def test_an_order_names_its_study_and_a_result_who_entered_it(case, coordinator):
    study = make_study(
        case=case, by=coordinator, procedure="MRI_AP_WWO", multiphasic=True, outcome="stable"
    )
    result = Result.objects.get()
    found = origins(case)
    assert found["ordered_procedure"]["study"] == str(study.pk)
    assert found["ordered_multiphasic"]["study"] == str(study.pk)
    for fact in ("study_outcome", "study_modality"):
        assert (
            found[fact].items()
            >= {
                "study": str(study.pk),
                "result": str(result.pk),
                "by": str(coordinator.pk),
                "at": result.entered_at.isoformat(),
            }.items()
        )


def test_what_several_studies_say_names_each(case, coordinator):
    first = make_study(
        case=case, by=coordinator, modality="CT", procedure="CT_CAP_W", performed_on=TODAY - 9 * DAY
    )
    second = make_study(
        case=case, by=coordinator, modality="PET_SSTR", performed_on=TODAY - 5 * DAY
    )
    third = make_study(case=case, by=coordinator, modality="SRS", performed_on=TODAY)
    found = {name: origin.get("studies") for name, origin in origins(case).items()}
    assert found["studies"] == [str(s.pk) for s in (first, second, third)]
    assert found["prior_followup_modalities"] == [str(first.pk), str(second.pk)]
    assert found["chest_imaging_done"] == [str(first.pk)]
    assert found["sstr_imaging_done"] == [str(second.pk), str(third.pk)]
    assert found["last_imaging_date"] == [str(third.pk)]


def test_scintigraphy_alone_names_itself_as_the_tracers_origin(case, coordinator):
    study = make_study(case=case, by=coordinator, modality="SRS")
    assert origins(case)["sstr_tracer"]["studies"] == [str(study.pk)]


def test_treatments_name_their_rows(case, coordinator):
    treatments.add(case=case, type="SSA", by=coordinator)
    prrt = treatments.add(case=case, type="PRRT", by=coordinator)
    found = origins(case)
    rows = {str(row.pk) for row in Treatment.objects.all()}
    assert set(found["treatments"]["treatments"]) == rows
    assert found["prior_prrt"]["treatments"] == [str(prrt.pk)]


def test_a_treatment_that_was_only_answered_names_no_row(case, coordinator):
    facts.answer(case=case, answers={"treatments": [{"type": "PRRT"}]}, by=coordinator)
    found = origins(case)
    assert found["treatments"]["rule"] == "answer"
    assert "treatments" not in found["prior_prrt"]


def test_a_suspected_recurrence_names_the_positive_study(case, coordinator):
    said = {"resection_status": "complete", "recurrence_status": "none"}
    facts.answer(case=case, answers=said, by=coordinator)
    study = make_study(
        case=case, by=coordinator, modality="CT", performed_on=TODAY - DAY, outcome="positive"
    )
    studies.add(case=case, modality="MRI", ordered_on=TODAY, by=coordinator)
    found = origins(case)["recurrence_status"]
    assert (found["study"], found["result"]) == (str(study.pk), str(Result.objects.get().pk))
    assert found["answer"]["value"] == "none"


def test_a_study_that_cannot_be_had_names_who_said_so(case, administrator):
    word = local_studies.mark_unavailable(
        procedure="PET_DOTATATE",
        reason="The scanner is being replaced.",
        review_on=TODAY + 30 * DAY,
        by=administrator,
    )
    found = origins(case)["sstr_pet_available"]
    assert (found["by"], found["at"]) == (str(administrator.pk), word.at.isoformat())


# --- Both sides ---------------------------------------------------------------------------------


def test_an_earlier_prrt_that_was_denied_shows_both_sides(case, coordinator):
    facts.answer(case=case, answers={"prior_prrt": False}, source="letter", by=coordinator)
    treatments.add(case=case, type="PRRT", by=coordinator)
    answer = FactAnswer.objects.get()
    found = origins(case)["prior_prrt"]
    assert found["rule"] == "treatments.prrt"
    assert found["answer"] == {
        "value": False,
        "source": "letter",
        "by": str(coordinator.pk),
        "at": answer.answered_at.isoformat(),
    }


@pytest.mark.parametrize(
    ("answers", "fact", "contradicts"),
    [
        ({"prior_prrt": True}, "prior_prrt", False),
        ({"prior_prrt": "unknown"}, "prior_prrt", False),
        ({"treatments": []}, "treatments", True),
        ({"treatments": [{"type": "SSA"}]}, "treatments", False),
        ({"prior_followup_modalities": ["CT"]}, "prior_followup_modalities", False),
        ({"prior_followup_modalities": ["US"]}, "prior_followup_modalities", True),
        ({"chest_imaging_done": False}, "chest_imaging_done", True),
    ],
)
def test_only_what_cannot_both_be_true_is_a_contradiction(
    case, coordinator, answers, fact, contradicts
):
    facts.answer(case=case, answers=answers, by=coordinator)
    treatments.add(case=case, type="PRRT", by=coordinator)
    for days, modality, procedure in ((9, "CT", "CT_CAP_W"), (5, "MRI", ""), (1, "CT", "")):
        make_study(
            case=case,
            by=coordinator,
            modality=modality,
            procedure=procedure,
            performed_on=TODAY - days * DAY,
        )
    assert ("answer" in origins(case)[fact]) is contradicts


# --- When a new assessment is stored --------------------------------------------------------------


def stored(case):
    return Assessment.objects.filter(case=case).count()


@pytest.fixture
def told(coordinator):
    """A case with a study, a result, treatments and answers."""
    case = make_case(by=coordinator, **SURVEILLANCE)
    treatments.add(case=case, type="surgery_primary", by=coordinator)
    make_study(case=case, by=coordinator, modality="CT", outcome="negative")
    case.refresh_from_db()
    return case


def test_assessing_again_without_a_new_fact_stores_nothing(told):
    before = stored(told)
    reassess(case=told)
    assert stored(told) == before


def test_an_assessment_from_before_origins_named_rows_is_not_made_anew(told):
    # As it was stored then: rule and words alone.
    plain = {
        name: {"rule": origin["rule"], "text": origin["text"]}
        for name, origin in told.assessment.origins.items()
    }
    told.assessment.origins = plain
    before = stored(told)
    reassess(case=told)
    assert stored(told) == before


def test_the_same_answer_from_somebody_else_is_kept_with_their_name(told, institution):
    before = stored(told)
    other = add_member(institution, "COORDINATOR", email="o@north.example", name="Otto Other")
    FactAnswer.objects.filter(case=told, fact="primary_site").update(answered_by=other)
    reassess(case=told)
    assert stored(told) == before + 1
    told.refresh_from_db()
    assert told.assessment.origins["primary_site"]["by"] == str(other.pk)


def test_a_new_contradiction_is_stored_although_nothing_else_changes(told, coordinator):
    treatments.add(case=told, type="PRRT", by=coordinator)
    before = stored(told)
    facts.answer(case=told, answers={"prior_prrt": False}, by=coordinator)
    assert stored(told) == before + 1


def test_a_fact_that_is_no_longer_said_is_a_change(told, coordinator):
    before = stored(told)
    facts.answer(case=told, answers={"gbca_permitted": None}, by=coordinator)
    assert stored(told) == before + 1


def test_a_result_that_is_corrected_names_who_corrected_it(told, institution):
    other = add_member(institution, "COORDINATOR", email="o@north.example", name="Otto Other")
    results.change(result=Result.objects.get(), summary="Read again.", by=other)
    told.refresh_from_db()
    assert told.assessment.origins["study_outcome"]["by"] == str(other.pk)
    assert Study.objects.count() == 1
