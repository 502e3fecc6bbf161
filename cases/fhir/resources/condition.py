"""Condition: the tumor that a case is about."""

from typing import Any, ClassVar

from django.db.models import QuerySet

from cases.fhir.resources import mcode
from cases.fhir.resources.codings import category, concept
from cases.fhir.resources.elements import parent, said
from cases.fhir.resources.narrowings import by_reference
from cases.fhir.resources.stage import FACTS
from cases.fhir.source import Source, Stand, reference
from cases.models import Case
from cases.selectors.staging import staging_of
from guidance.engine.dictionary import DICTIONARY

ASSERTED_ON = "http://hl7.org/fhir/StructureDefinition/condition-assertedDate"
#: How sure the diagnosis is, by what it rests on. "Suspected only" has not evidence enough to be
#: treated as confirmed; "highly suspected" is the working diagnosis.
VERIFICATION = {
    "pathology_confirmed": "confirmed",
    "highly_suspected": "provisional",
    "suspected": "unconfirmed",
}
CARCINOMAS = frozenset({"NEC_small_cell", "NEC_large_cell"})


class TumorCondition(Source):
    """The primary tumor of a case, as its words and the facts of its assessment have it.

    Code, site and histology are facts, which stand in other rows; so a version of the condition is
    a version of the case, which counts every write. What a former version said is in the stored
    assessments and is not made anew here.
    """

    resource_type: ClassVar[str] = "Condition"
    model = Case
    patient: ClassVar[str] = "patient_id"
    case: ClassVar[str] = "id"
    profiles: ClassVar = (mcode.PRIMARY_CANCER_CONDITION,)
    narrowings: ClassVar = {
        "patient": by_reference("patient_id"),
        "subject": by_reference("patient_id"),
    }

    def rows(self) -> QuerySet[Any]:
        """Every case, with the facts of its current assessment."""
        return Case.objects.select_related("assessment").defer(
            "referral_text", "assessment__answer", "assessment__origins"
        )

    def project(self, row: Case) -> dict[str, Any]:
        """The tumor; a fact that is not known leaves its element out."""
        facts = _facts(row)
        return said(
            resourceType=self.resource_type,
            extension=[*_histology(facts), *_asserted(facts)],
            clinicalStatus=_clinical_status(facts),
            verificationStatus=_verification(facts),
            category=[category("condition-category", "problem-list-item")],
            code=_code(row, facts),
            bodySite=[_chosen("primary_site", facts)] if facts.get("primary_site") else [],
            subject=reference("Patient", row.patient_id),
            stage=_stage(row),
        )

    def stand(self, row: Case) -> Stand:
        """The version of the case."""
        return Stand(row.version, row.changed_at, row)


def _facts(case: Case) -> dict[str, Any]:
    assessment = parent(case, "assessment")
    facts: dict[str, Any] = assessment.facts if assessment else {}
    return facts


def _chosen(fact: str, facts: dict[str, Any]) -> dict[str, Any]:
    value = facts[fact]
    return concept(f"fact/{fact}/{value}", DICTIONARY[fact].value_labels[value])


def _code(case: Case, facts: dict[str, Any]) -> dict[str, Any]:
    """The diagnosis in the words of the case, and by code as far as the facts say which it is."""
    path = _diagnosis(facts)
    if not path:
        return {"text": case.title}
    return concept(path, case.title)


def _diagnosis(facts: dict[str, Any]) -> str:
    """The diagnosis among our concepts; empty where the facts leave it open."""
    if facts.get("diagnosis_basis") not in VERIFICATION:
        return ""
    subtype, site = facts.get("histology_subtype"), facts.get("primary_site")
    if subtype in CARCINOMAS:
        return "condition/poorly_differentiated_nec"
    if subtype not in (None, "NET") or facts.get("differentiation") == "poor":
        return ""
    if site == "pancreas":
        return "condition/pancreatic_nen"
    return "condition/neuroendocrine_tumor" if subtype == "NET" else ""


def _histology(facts: dict[str, Any]) -> list[dict[str, Any]]:
    if not facts.get("histology_subtype"):
        return []
    return [{"url": mcode.HISTOLOGY, "valueCodeableConcept": _chosen("histology_subtype", facts)}]


def _asserted(facts: dict[str, Any]) -> list[dict[str, Any]]:
    """When it was diagnosed, which is not when it began."""
    date = facts.get("diagnosis_date")
    return [{"url": ASSERTED_ON, "valueDateTime": date}] if date else []


def _clinical_status(facts: dict[str, Any]) -> dict[str, Any]:
    """Recurrence or active where the facts say so; no remission is read out of silence."""
    if facts.get("recurrence_status") == "confirmed":
        return category("condition-clinical", "recurrence")
    is_there = any(
        facts.get(fact) is True for fact in ("metastases_known", "residual_disease_known")
    )
    if is_there or facts.get("resection_status") in ("none", "incomplete"):
        return category("condition-clinical", "active")
    return {}


def _verification(facts: dict[str, Any]) -> dict[str, Any]:
    code = VERIFICATION.get(facts.get("diagnosis_basis", ""))
    return category("condition-ver-status", code) if code else {}


def _stage(case: Case) -> list[dict[str, Any]]:
    """The stage group as an Observation of its own, where it is definite."""
    assessment = parent(case, "assessment")
    if assessment is None or not assessment.facts.keys() & FACTS["stage"]:
        return []
    if not staging_of(assessment)["stage"]["category"]:
        return []
    return [{"assessment": [reference("Observation", assessment.pk, "stage")]}]
