"""MedicationStatement: a course of medical therapy."""

from typing import Any, ClassVar

from django.db.models import QuerySet

from cases.fhir.resources.codings import concept, is_procedure
from cases.fhir.resources.elements import condition_of, notes, period, said, subject_of
from cases.fhir.resources.narrowings import by_period, of_case
from cases.fhir.resources.treatment import (
    intent_of,
    numbers_of,
    status_of,
    stopped_for,
    treatments,
    words_of,
)
from cases.fhir.source import Source
from cases.models import Treatment
from cases.models.treatment import MEDICAL
from cases.terminology.codes import Coding


class MedicalTherapy(Source):
    """Somatostatin analogs, interferon, targeted drugs and chemotherapy.

    The row says that a patient was on a medicine, from when to when, as far as anybody knows: in R4
    that is a MedicationStatement. A MedicationAdministration is one event with a time that must be
    known, and mCODE has a profile of it; this server would have to make up the events. mCODE STU 4
    has no profile of statements.
    """

    resource_type: ClassVar[str] = "MedicationStatement"
    model = Treatment
    shared = staticmethod(treatments)
    narrowings: ClassVar = of_case(effective=by_period("start", "end"))

    def rows(self) -> QuerySet[Any]:
        """The medical therapies."""
        return treatments(type__in=MEDICAL)

    def gives(self, row: Treatment) -> bool:
        """Whether it was one."""
        return row.type in MEDICAL

    def project(self, row: Treatment) -> dict[str, Any]:
        """Which medicine, since when, whether it goes on and why it ended."""
        path = f"treatment/{row.type}"
        words = str(row.get_type_display())
        return said(
            resourceType=self.resource_type,
            extension=[*intent_of(row), *numbers_of(row)],
            status=status_of(row, going_on="active"),
            statusReason=[stopped_for(row)] if row.stop_reason else [],
            medicationCodeableConcept=concept(path, words, fits=_is_substance, text=words_of(row)),
            subject=subject_of(row),
            effectivePeriod=period(row.start, row.end),
            reasonReference=[condition_of(row)],
            note=notes(row.target, row.note),
        )


def _is_substance(coding: Coding) -> bool:
    """Chemotherapy has a code as something done, which is no medicine."""
    return not is_procedure(coding)
