"""Cards for what is known: our record, and what an EHR sends."""

import pytest

from cases.models import FactAnswer, HookCard, Study
from tests.factories.cases import FEASIBLE, SURVEILLANCE, UNTREATED, make_case
from tests.factories.hooks import (
    CT,
    LUNG,
    SELECT,
    SIGN,
    VIEW,
    Ehr,
    bundle,
    call,
    diagnosis,
    order,
)
from tumorboard.audit.models import AuditEntry
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


def number_of(case) -> str:
    return case.patient.record_number


def test_a_wrong_study_is_replaced_by_the_recommended_one(ehr: Ehr, surveilled, institution):
    given = order(note=[{"text": "urgent"}], orderDetail=[{"text": "whole body"}])
    body = call(record_number=number_of(surveilled), orders=[given])
    [card] = ehr.cards(SELECT, body)
    assert card["indicator"] == "critical"
    assert card["summary"].startswith("CT abdomen and pelvis with IV contrast is recommended")
    assert "The ordered study is rated Usually not appropriate here." in card["detail"]
    assert "001 L80" in card["detail"]
    assert card["links"][0]["url"].endswith(f"/i/north/cases/{surveilled.pk}/")
    assert card["links"][0]["type"] == "absolute"
    best, *others = card["suggestions"]
    assert best["isRecommended"] is True
    assert others
    assert not any("isRecommended" in one for one in others)
    [action] = best["actions"]
    assert action["type"] == "update"
    replaced = action["resource"]
    assert CT["code"] in [one["code"] for one in replaced["code"]["coding"]]
    assert replaced["orderDetail"][0]["text"].startswith("Multiphasic")
    kept = {"resourceType", "id", "status", "intent", "subject", "requester", "note"}
    assert {name: replaced[name] for name in kept} == {name: given[name] for name in kept}
    assert {one["code"] for one in card["overrideReasons"]} >= {"patient_wish", "availability"}
    assert all(one["display"] for one in card["overrideReasons"])
    with institution_scope(institution):
        row = HookCard.objects.get()
        assert (str(row.pk), row.scenario) == (card["uuid"], "SC-03")
        assert (row.ordered, row.recommended) == ("PET_FDG", "CT_AP_W")
        entry = AuditEntry.objects.get(action="hook.asked")
        assert entry.case_id == surveilled.pk


def test_nothing_of_what_was_sent_is_written(ehr: Ehr, surveilled, institution):
    with institution_scope(institution):
        before = (Study.objects.count(), FactAnswer.objects.count())
    ehr.cards(SELECT, call(record_number=number_of(surveilled)))
    with institution_scope(institution):
        assert (Study.objects.count(), FactAnswer.objects.count()) == before


def test_the_recommended_study_raises_no_card(ehr: Ehr, surveilled):
    for service in (SELECT, SIGN):
        body = call(service, record_number=number_of(surveilled), orders=[order(CT)])
        assert ehr.cards(service, body) == []


def test_what_is_no_imaging_raises_no_card(ehr: Ehr, surveilled):
    medicine = {
        "resourceType": "MedicationRequest",
        "id": "drug",
        "status": "draft",
        "subject": {"reference": "Patient/1288992"},
    }
    body = call(record_number=number_of(surveilled), orders=[medicine])
    assert ehr.cards(SELECT, body) == []


def test_an_opened_record_shows_what_comes_next(ehr: Ehr, surveilled):
    [card] = ehr.cards(VIEW, call(VIEW, record_number=number_of(surveilled)))
    assert card["summary"].startswith("Surveillance after complete resection: CT abdomen")
    assert "suggestions" not in card


def test_missing_facts_are_named(ehr: Ehr):
    body = call(prefetch={"conditions": bundle(diagnosis())})
    [card] = ehr.cards(SELECT, body)
    assert card["indicator"] == "info"
    assert card["summary"].startswith("Not enough data for imaging guidance:")
    assert "What should imaging answer?" in card["detail"]
    assert "How old is the patient?" not in card["detail"]
    assert "Where did the tumor arise?" not in card["detail"]
    assert "links" not in card


def test_what_could_not_be_had_is_told(ehr: Ehr):
    body = call(prefetch={"conditions": bundle(diagnosis()), "devices": None})
    [card] = ehr.cards(SELECT, body)
    assert "- observations" in card["detail"]
    assert "- conditions" not in card["detail"]
    assert "- devices" not in card["detail"]


def test_a_contradiction_is_told_before_any_study(ehr: Ehr, institution, coordinator):
    facts = {**SURVEILLANCE, "metastases_known": True}
    with institution_scope(institution):
        case = make_case(by=coordinator, **facts)
    [card] = ehr.cards(SELECT, call(record_number=number_of(case)))
    assert card["indicator"] == "critical"
    assert "C-02" in card["detail"]
    assert "suggestions" not in card


def test_what_the_sources_do_not_cover_is_said(ehr: Ehr, institution, coordinator):
    with institution_scope(institution):
        case = make_case(by=coordinator, **{**FEASIBLE, "age_years": 12})
    [card] = ehr.cards(SELECT, call(record_number=number_of(case)))
    assert card["indicator"] == "info"
    assert card["summary"].startswith("Not covered: Patients under 18")


def test_a_study_that_a_patient_must_not_have_is_no_mere_hint(ehr: Ehr, institution, coordinator):
    """CT is rated high for the scenario, and taken out for an allergy to its contrast agent."""
    facts = {
        "metastases_known": False,
        "iodinated_contrast_severe_allergy": True,
        "months_since_resection": 18,
    }
    with institution_scope(institution):
        case = make_case(by=coordinator, **{**SURVEILLANCE, **facts})
    [card] = ehr.cards(SELECT, call(record_number=number_of(case), orders=[order(CT)]))
    assert card["indicator"] == "warning"
    assert card["summary"].startswith("Recommended: MRI abdomen and pelvis")
    assert "Severe allergy to iodinated contrast." in card["detail"]
    best = card["suggestions"][0]
    assert best["isRecommended"] is True
    assert "MRI abdomen and pelvis" in best["label"]


def test_a_situation_without_ratings_is_named_with_its_hints(ehr: Ehr, institution, coordinator):
    """The sources name it and rate no study: no study is offered."""
    with institution_scope(institution):
        case = make_case(by=coordinator, **UNTREATED)
    for service in (SELECT, VIEW):
        [card] = ehr.cards(service, call(service, record_number=number_of(case)))
        assert "(SC-06" in card["detail"]
        assert "Hints" in card["detail"]
        assert "suggestions" not in card


def test_a_tumor_of_another_organ_raises_no_card(ehr: Ehr, institution, coordinator):
    with institution_scope(institution):
        case = make_case(by=coordinator, **{**FEASIBLE, "primary_site": "lung"})
    for service in (SELECT, VIEW):
        assert ehr.cards(service, call(service, record_number=number_of(case))) == []


def test_an_ordered_treatment_raises_no_card(ehr: Ehr, surveilled):
    everolimus = {"system": "http://www.whocc.no/atc", "code": "L01EG02"}
    body = call(record_number=number_of(surveilled), orders=[order(everolimus)])
    assert ehr.cards(SELECT, body) == []


@pytest.mark.parametrize("code", [LUNG, {"system": "http://snomed.info/sct", "code": "363418001"}])
def test_other_patients_are_left_alone(ehr: Ehr, code):
    body = call(prefetch={"conditions": bundle(diagnosis(code))})
    assert ehr.cards(SELECT, body) == []
    assert ehr.cards(VIEW, {**call(VIEW), "prefetch": body["prefetch"]}) == []


def test_an_order_whose_code_is_not_known_is_said(ehr: Ehr, surveilled):
    category = [{"coding": [{"system": "http://snomed.info/sct", "code": "363679005"}]}]
    local = order({"system": "urn:north:orders", "code": "XR-17"}, category=category)
    [card] = ehr.cards(SELECT, call(record_number=number_of(surveilled), orders=[local]))
    assert card["indicator"] == "info"
    assert card["summary"] == "The code of this imaging order is not known."


def test_only_what_was_selected_is_judged(ehr: Ehr, surveilled):
    body = call(record_number=number_of(surveilled), orders=[order(CT), order(key="order-2")])
    body["context"]["selections"] = ["ServiceRequest/order-1"]
    assert ehr.cards(SELECT, body) == []
    assert len(ehr.cards(SIGN, {**call(SIGN), **_sign(body)})) == 1


def _sign(body):
    context = {name: value for name, value in body["context"].items() if name != "selections"}
    return {"context": context, "prefetch": body["prefetch"]}
