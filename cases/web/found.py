"""Finding what an address names; what is not there, or is another institution's, is a 404."""

from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404

from cases.models import Case, Patient, Procedure, Specimen, Study, Treatment
from cases.selectors import cases


def case_or_404(case_id: UUID) -> Case:
    """The case with its patient and current assessment."""
    try:
        return cases.one(case_id)
    except Case.DoesNotExist:
        raise Http404 from None


def patient_or_404(patient_id: UUID) -> Patient:
    """The patient."""
    return get_object_or_404(Patient.objects.all(), pk=patient_id)


def study_or_404(study_id: UUID) -> Study:
    """The study with its case and patient."""
    return get_object_or_404(Study.objects.select_related("case__patient"), pk=study_id)


def treatment_or_404(treatment_id: UUID) -> Treatment:
    """The treatment with its case and patient."""
    return get_object_or_404(Treatment.objects.select_related("case__patient"), pk=treatment_id)


def specimen_or_404(specimen_id: UUID) -> Specimen:
    """The specimen with its case and patient."""
    return get_object_or_404(Specimen.objects.select_related("case__patient"), pk=specimen_id)


def procedure_or_404(procedure_id: UUID) -> Procedure:
    """The procedure with its case and patient."""
    return get_object_or_404(Procedure.objects.select_related("case__patient"), pk=procedure_id)
