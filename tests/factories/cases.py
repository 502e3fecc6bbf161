"""Patients and cases, made through the services as a person would make them."""

import datetime
import itertools
from typing import Any

from cases.models import Case, Study
from cases.selectors.cases import one, patient_by_record_number
from cases.services import cases, patients, results, studies
from cases.services.assessments import assessed_once
from tumorboard.accounts.models import User

_numbers = itertools.count(1)

#: A known adult patient in whom every kind of study can be made.
FEASIBLE: dict[str, Any] = {
    "age_years": 58,
    "pregnancy_status": "not_applicable",
    "primary_site": "pancreas",
    "diagnosis_basis": "pathology_confirmed",
    "differentiation": "well",
    "histology_subtype": "NET",
    "ki67_percent": 2,
    "mri_contraindicated": False,
    "mri_available": True,
    "mri_tolerated": True,
    "iodinated_contrast_severe_allergy": False,
    "renal_impairment_significant": False,
    "gbca_permitted": True,
    "sstr_pet_available": True,
    "fdg_pet_available": True,
}
#: With these besides, the case is one of initial staging (SC-01).
STAGING: dict[str, Any] = {
    **FEASIBLE,
    "clinical_question": "distant_staging",
    "definitive_treatment_done": False,
    "chest_imaging_done": False,
    "sstr_imaging_done": False,
}

#: One of routine surveillance after a complete resection (SC-03).
SURVEILLANCE: dict[str, Any] = {
    **FEASIBLE,
    "clinical_question": "routine_surveillance",
    "definitive_treatment_done": True,
    "resection_status": "complete",
    "resection_date": "2025-11-01",
    "residual_disease_known": False,
    "recurrence_status": "none",
    "new_symptoms": [],
    "cga_trend": "normal",
}
#: One of liver metastases that were never treated (SC-06), which is named and not rated.
UNTREATED: dict[str, Any] = {
    **FEASIBLE,
    "clinical_question": "observation_followup",
    "resection_status": "none",
    "metastases_known": True,
    "dominant_site": "liver",
    "treated_for_current_disease": False,
}


def make_case(
    *,
    by: User,
    family_name: str = "Rivera",
    given_name: str = "Ana",
    title: str = "pNET of the tail",
    **given: Any,
) -> Case:
    """A case of a new patient with the facts `given`; to be called inside a scope."""
    patient = patients.add(
        record_number=f"R-{next(_numbers):05}",
        family_name=family_name,
        given_name=given_name,
        by=by,
    )
    return one(cases.open_case(patient=patient, title=title, answers=given, by=by).pk)


def make_study(
    *, case: Case, by: User, modality: str = "MRI", outcome: str = "", **fields: Any
) -> Study:
    """A performed study of `case`, with its result where `outcome` says one."""
    columns = {"performed_on": datetime.date(2026, 1, 12), **fields}
    if Study.objects.filter(case=case, modality=modality, **_dates(columns)).exists():
        # A second study of one day is told from the first by its number.
        columns.setdefault("accession_number", f"ACC-{next(_numbers)}")
    with assessed_once():
        study = studies.add(case=case, by=by, modality=modality, **columns)
        if outcome:
            results.enter(study=study, by=by, outcome=outcome)
    return study


def _dates(columns: dict[str, Any]) -> dict[str, Any]:
    return {name: columns.get(name) for name in ("ordered_on", "performed_on")}


def case_of(record_number: str) -> Case:
    """The one case of the patient with this record number, with patient and assessment."""
    patient = patient_by_record_number(record_number)
    return Case.objects.select_related("patient", "assessment").get(patient=patient)
