"""Signed decisions and what follows from them, from the database."""

import pytest

from cases.fhir.resources.care_plan import DecisionCarePlan
from cases.fhir.resources.clinical_impression import DecisionImpression
from cases.fhir.resources.detected_issue import AcknowledgedIssue
from cases.fhir.resources.guidance_response import AssessmentResponse
from cases.fhir.resources.provenance import SignedProvenance
from cases.fhir.resources.service_request import RecommendationRequest, StudyRequest
from cases.fhir.resources.task import FollowUpTask
from cases.fhir.versions import versions_of
from cases.models import Assessment, Study
from cases.models.task import NotDone
from cases.services import acknowledgments, attendances, facts, tasks
from cases.services.decision_drafts import Concluded, save_draft
from tests.factories.boards import make_item, sign
from tests.factories.cases import make_case
from tests.factories.restrictions import restricted
from tests.factories.tasks import PET, PRRT, REFERRAL, amended, decided, tasks_of
from tests.integration import once
from tests.integration.fhir.resources.leaving import leaving, queries_of
from tumorboard.tenancy.scope import institution_scope, member_scope

pytestmark = pytest.mark.usefixtures("scope")
institution, coordinator = once.institution, once.coordinator

#: All that is made from decisions, tasks and assessments.
OF_CASES = (
    DecisionImpression(),
    DecisionCarePlan(),
    SignedProvenance(),
    RecommendationRequest(),
    FollowUpTask(),
    AssessmentResponse(),
)


@pytest.fixture(scope="module", autouse=True)
def decision(institution, coordinator):
    with institution_scope(institution):
        return decided(PET, PRRT, REFERRAL, by=coordinator)


def test_from_the_plan_one_comes_to_the_requests_and_their_tasks(decision):
    (plan,) = leaving(DecisionCarePlan())
    requests = {each["id"]: each for each in leaving(RecommendationRequest())}
    follow_ups = {each["id"]: each for each in leaving(FollowUpTask())}

    asked = [each["reference"]["reference"].partition("/")[2] for each in plan["activity"]]
    assert [requests[key]["category"][0]["coding"][0]["code"] for key in asked] == [
        "imaging",
        "treatment",
        "referral",
    ]
    for key in asked:
        assert requests[key]["basedOn"] == [{"reference": f"CarePlan/{plan['id']}"}]
        assert follow_ups[key]["focus"] == {"reference": f"ServiceRequest/{key}"}


def test_impression_plan_and_signature_are_of_one_decision(decision):
    (impression,) = leaving(DecisionImpression())
    (plan,) = leaving(DecisionCarePlan())
    (signature,) = leaving(SignedProvenance())

    assert impression["id"] == plan["id"] == signature["id"] == str(decision.pk)
    assert impression["meta"]["versionId"] == "1"
    assert len(signature["target"]) == 5
    parts = {each["url"]: each for each in signature["extension"][0]["extension"]}
    assert parts["chain-hash"]["valueString"] == decision.chain_hash


def test_an_amendment_revokes_the_plan_before(decision, coordinator):
    second = amended(decision, [PET], by=coordinator)
    plans = {each["id"]: each for each in leaving(DecisionCarePlan())}
    impressions = {each["id"]: each for each in leaving(DecisionImpression())}
    before, after = plans[str(decision.pk)], plans[str(second.pk)]

    assert (before["status"], before["meta"]["versionId"]) == ("revoked", "2")
    assert (after["status"], after["meta"]["versionId"]) == ("active", "1")
    assert after["replaces"] == [{"reference": f"CarePlan/{decision.pk}"}]
    assert impressions[str(second.pk)]["previous"] == {
        "reference": f"ClinicalImpression/{decision.pk}"
    }
    first, now = versions_of(DecisionCarePlan(), str(decision.pk))
    assert DecisionCarePlan().project(first.row)["status"] == "active"
    assert DecisionCarePlan().project(now.row)["status"] == "revoked"


def test_what_an_amendment_asks_for_no_more_is_revoked(decision, coordinator):
    amended(decision, [PET], by=coordinator)
    old = {
        each["category"][0]["coding"][0]["code"]: each["status"]
        for each in leaving(RecommendationRequest(), decision=decision)
    }

    assert old == {"imaging": "revoked", "treatment": "revoked", "referral": "revoked"}


def test_a_request_is_revoked_with_the_reason_in_its_task(decision, coordinator):
    task = tasks_of(decision)[2]
    tasks.drop(task=task, reason=NotDone.ELSEWHERE, text="In Basel.", by=coordinator)

    (request,) = leaving(RecommendationRequest(), pk=task.pk)
    (follow_up,) = leaving(FollowUpTask(), pk=task.pk)
    assert request["status"] == "revoked"
    assert follow_up["statusReason"]["text"] == "In Basel."
    states = [
        RecommendationRequest().project(each.row)["status"]
        for each in versions_of(RecommendationRequest(), str(task.pk))
    ]
    assert (states[0], states[-1]) == ("active", "revoked")


def test_a_decision_without_a_recommendation_has_no_plan(decision, coordinator):
    item = make_item(by=coordinator)
    attendances.note_present(meeting=item.meeting, name="Nina Nuclear", by=coordinator)
    concluded = Concluded(outcome="none", no_recommendation_reason="no_consensus")
    save_draft(
        item=item, rationale="Divided.", recommendations=(), conclusion=concluded, by=coordinator
    )
    nothing = sign(item, by=coordinator)

    assert leaving(DecisionCarePlan(), pk=nothing.pk) == []
    (impression,) = leaving(DecisionImpression(), pk=nothing.pk)
    assert "no-recommendation-reason" in str(impression["extension"])
    (signature,) = leaving(SignedProvenance(), pk=nothing.pk)
    assert len(signature["target"]) == 1


def test_every_assessment_is_a_response(decision):
    found = leaving(AssessmentResponse())

    assert len(found) == Assessment.objects.count() > 0
    assert {each["meta"]["versionId"] for each in found} == {"1"}


def test_an_ordered_study_is_asked_for(scope, coordinator):
    case = make_case(by=coordinator)
    ordered = Study.objects.create(case=case, modality="MRI", ordered_on="2026-11-02")
    Study.objects.create(case=case, modality="CT", performed_on="2026-11-02")

    (request,) = leaving(StudyRequest())
    assert (request["id"], request["status"]) == (str(ordered.pk), "active")
    Study.objects.filter(pk=ordered.pk).update(performed_on="2026-11-09")
    (request,) = leaving(StudyRequest())
    assert (request["status"], request["meta"]["versionId"]) == ("completed", "2")


def test_an_acknowledged_check_is_an_issue_until_it_is_withdrawn(scope, coordinator):
    case = make_case(by=coordinator)
    facts.answer(case=case, answers={"differentiation": "poor"}, by=coordinator)
    case.refresh_from_db()
    row = acknowledgments.acknowledge(
        case=case, code="W-NEC", assessment_id=case.assessment_id, reason="accepted",
        by=coordinator,
    )  # fmt: skip
    (issue,) = leaving(AcknowledgedIssue())
    acknowledgments.withdraw(acknowledgment=row, by=coordinator)
    (after,) = leaving(AcknowledgedIssue())

    assert issue["mitigation"][0]["action"]["coding"][0]["code"] == "accepted"
    assert "mitigation" not in after
    assert (issue["meta"]["versionId"], after["meta"]["versionId"]) == ("1", "2")
    assert [each.number for each in versions_of(AcknowledgedIssue(), str(row.pk))] == [1, 2]


@pytest.mark.parametrize("source", OF_CASES, ids=lambda each: type(each).__name__)
def test_of_a_restricted_case_nothing_is_told(source, institution, decision, coordinator, chair):
    """HIPAA 164.312(a)(1): nothing of a restricted record leaves for who is not on its list."""
    restricted(decision.case, coordinator, by=coordinator)

    with member_scope(institution, chair.pk):
        assert leaving(source) == []
        assert versions_of(source, str(decision.pk)) == []
    with member_scope(institution, coordinator.pk):
        assert leaving(source)


@pytest.mark.parametrize("source", OF_CASES, ids=lambda each: type(each).__name__)
def test_more_rows_ask_the_database_no_more(source, decision, coordinator):
    few = queries_of(source)
    decided(PET, PRRT, by=coordinator)

    assert queries_of(source) == few
