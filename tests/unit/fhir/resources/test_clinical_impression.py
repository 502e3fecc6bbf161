"""Signed decisions as ClinicalImpressions."""

from uuid import uuid4

from cases.fhir.resources.clinical_impression import DecisionImpression
from tests.unit.fhir.resources.board_rows import AT, CASE, CHRIS, assessment, decision
from tests.unit.fhir.resources.valid import assert_valid

SOURCE = DecisionImpression()


def made(**values):
    return assert_valid(SOURCE.project(decision(**values)))


def said(resource):
    """The coded conclusion by its name: code and text."""
    return {
        each["url"].rpartition("/decision-")[2]: (
            each["valueCodeableConcept"]["coding"][0]["code"],
            each["valueCodeableConcept"]["text"],
        )
        for each in resource["extension"]
        if "valueCodeableConcept" in each
    }


def test_a_decision_tells_question_reasons_signer_and_what_it_rests_on():
    row = decision()
    impression = assert_valid(SOURCE.project(row))

    assert impression["status"] == "completed"
    assert impression["description"] == "PRRT?"
    assert impression["summary"] == "Receptor-positive disease."
    assert impression["subject"] == {"reference": f"Patient/{CASE.patient_id}"}
    assert impression["problem"] == [{"reference": f"Condition/{CASE.pk}"}]
    assert impression["assessor"]["reference"] == f"Practitioner/{CHRIS.pk}"
    assert impression["date"] == AT.isoformat()
    assert impression["supportingInfo"] == [
        {"reference": f"GuidanceResponse/{row.assessment_id}"},
        {"reference": f"Appointment/{row.agenda_item.meeting_id}"},
    ]
    assert "previous" not in impression
    assert impression["protocol"][0].endswith("/guidance/fhir/PlanDefinition/SC-05|2025.1")


def test_the_coded_conclusion_is_in_extensions():
    deviating = made(
        concordance="deviates", deviation_reason="patient_wish", deviation_text="Travels a lot."
    )

    assert said(deviating) == {
        "outcome": ("recommendation", "A recommendation"),
        "concordance": ("deviates", "Departs from the guidance"),
        "deviation-reason": ("patient_wish", "Travels a lot."),
        "confidence": ("high", "High"),
        "track": ("discussion", "Discussed"),
    }
    assert "protocol" not in deviating, "it does not follow the plan"


def test_no_recommendation_says_why():
    nothing = made(
        outcome="none", no_recommendation_reason="no_consensus", no_recommendation_text=""
    )

    assert said(nothing)["no-recommendation-reason"] == ("no_consensus", "No consensus")


def test_a_standard_and_the_reason_of_an_amendment_are_told():
    amended = made(
        standard_name="Small NET",
        standard_source="House rules",
        amendment_reason="A typing error.",
        previous=uuid4(),
    )
    texts = [each["valueString"] for each in amended["extension"] if "valueString" in each]

    assert texts == ["Small NET (House rules)", "A typing error."]


def test_an_amendment_names_the_version_before():
    before = uuid4()

    assert made(previous=before)["previous"] == {"reference": f"ClinicalImpression/{before}"}


def test_opinions_and_dissents_are_notes_by_whom_they_are_of():
    opinion = {"name": "Olga Onco", "specialty": "", "text": "PRRT.", "given_at": AT.isoformat()}

    assert made(opinions=[opinion])["note"] == [
        {"authorString": "Olga Onco", "time": AT.isoformat(), "text": "PRRT."},
        {"authorString": "Nina Nuclear", "text": "Dissent: Wait three months."},
    ]


def test_what_the_guidance_does_not_cover_follows_no_plan():
    assert "protocol" not in made(assessment=assessment(scenario="no_path"))
