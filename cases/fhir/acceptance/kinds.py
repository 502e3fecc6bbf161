"""Every kind of reading that is written, and by whom."""

from collections.abc import Mapping

from django.db.models import Model

from cases.fhir.acceptance.answers import Answers
from cases.fhir.acceptance.diagnoses import Diagnoses
from cases.fhir.acceptance.of_case import OfCase
from cases.fhir.acceptance.patients import Patients
from cases.fhir.acceptance.results import Results
from cases.fhir.acceptance.specimens import Specimens
from cases.fhir.acceptance.writer import Writer
from cases.models import LabResult, Procedure, Study, Treatment
from cases.readings.reading import Kind
from cases.services import lab_results, procedures, studies, treatments

WRITERS: Mapping[Kind, Writer] = {
    writer.kind: writer
    for writer in (
        Patients(),
        Diagnoses(),
        Answers(),
        # It is the laboratory that speaks: an unlikely value is what it gave.
        OfCase(Kind.LAB_RESULT, LabResult, lab_results, "lab_result", also={"as_reported": True}),
        OfCase(Kind.STUDY, Study, studies, "study"),
        Results(),
        Specimens(),
        OfCase(Kind.PROCEDURE, Procedure, procedures, "procedure"),
        OfCase(Kind.TREATMENT, Treatment, treatments, "treatment"),
    )
}


def writer_of(row: Model) -> Writer | None:
    """Who writes rows of this model; None where nobody does by FHIR."""
    return next((each for each in WRITERS.values() if each.model is type(row)), None)
