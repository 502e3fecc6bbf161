"""Observation: what a study showed, as a person entered it."""

from typing import Any, ClassVar

from django.db.models import QuerySet

from cases.fhir.references import instant
from cases.fhir.resources import mcode
from cases.fhir.resources.codings import category, concept, recorded
from cases.fhir.resources.components import Column, components, fact_column, says_any
from cases.fhir.resources.elements import (
    LONG_OF_CASE,
    condition_of,
    day,
    notes,
    parent,
    said,
    subject_of,
)
from cases.fhir.resources.narrowings import by_code, by_day, of_case
from cases.fhir.resources.record_codes import RecordCode
from cases.fhir.source import Source, reference
from cases.models import Result
from cases.models.result import Outcome
from cases.selectors.facts.columns import RESULT_FACTS
from guidance.engine.dictionary import DICTIONARY

#: Outcomes that say how the disease goes; the others say whether something was found.
COURSE = (Outcome.RESPONSE, Outcome.STABLE, Outcome.PROGRESSION, Outcome.INDETERMINATE)
COLUMNS: tuple[Column, ...] = tuple(
    fact_column(name)
    for name in (
        *RESULT_FACTS,
        "sstr_result",
        "krenning_grade",
        "sstr_uptake_homogeneous",
        "sstr_suvmax",
        "fdg_result",
    )
)
#: Columns that are empty, and not null, where nothing is said.
AS_TEXT = tuple(
    each.name
    for each in COLUMNS
    if Result._meta.get_field(each.name).get_internal_type() == "CharField"
)


OUTCOME = DICTIONARY["study_outcome"].label
#: The status of the disease, and an outcome that is none.
STATUS = concept("fact/study_outcome", OUTCOME, first=mcode.DISEASE_STATUS_CODE)
FINDING = concept("fact/study_outcome", OUTCOME, fits=lambda coding: False)
#: By what the status of the disease is known.
FROM_IMAGING = {
    "url": mcode.EVIDENCE_TYPE,
    "valueCodeableConcept": {"coding": [mcode.IMAGING]},
}


def results() -> QuerySet[Any]:
    """Every result with its study."""
    found = Result.objects.select_related("case", "study")
    return found.defer("study__report", LONG_OF_CASE)


class OfResult(Source):
    """What a result says, of which tumor, from which study."""

    resource_type: ClassVar[str] = "Observation"
    model = Result
    shared = staticmethod(results)

    def project(self, row: Result) -> dict[str, Any]:
        """What all of them have."""
        study = parent(row, "study")
        return said(
            resourceType=self.resource_type,
            status="final",
            category=[category("observation-category", "imaging")],
            subject=subject_of(row),
            focus=[condition_of(row)],
            effectiveDateTime=day(study.performed_on) if study else None,
            issued=instant(row.entered_at),
            derivedFrom=[reference("ImagingStudy", row.study_id)],
        )


class StudyOutcome(OfResult):
    """What the study showed in one word.

    Response, stable, progression and indeterminate are the status of the disease, as RECIST or the
    reader has it, and keep to mCODE's profile. Positive, negative and a complication are not, and
    no code of a standard means them.
    """

    suffix: ClassVar[str] = "outcome"
    narrowings: ClassVar = of_case(date=by_day("study__performed_on"), code=by_code(STATUS))

    def rows(self) -> QuerySet[Any]:
        """Every result."""
        return results()

    def project(self, row: Result) -> dict[str, Any]:
        """The outcome, and why it was kept where the measurements said otherwise."""
        path, words = f"fact/study_outcome/{row.outcome}", str(row.get_outcome_display())
        outcome = said(
            valueCodeableConcept=concept(path, words),
            note=notes(row.kept_reason),
        )
        if row.outcome not in COURSE:
            return super().project(row) | outcome | {"code": FINDING}
        status = {
            "meta": {"profile": [mcode.DISEASE_STATUS]},
            "extension": [FROM_IMAGING],
            "code": STATUS,
        }
        return super().project(row) | outcome | status


class ResultFindings(OfResult):
    """What else the result says: what was looked at, uptake, changes; a panel."""

    suffix: ClassVar[str] = "findings"
    narrowings: ClassVar = of_case(
        date=by_day("study__performed_on"), code=by_code(recorded(RecordCode.RESULT_FINDINGS))
    )

    def rows(self) -> QuerySet[Any]:
        """The results that say anything else."""
        says = says_any(COLUMNS, texts=AS_TEXT)
        return results().filter(says)

    def gives(self, row: Result) -> bool:
        """Whether anything else was said."""
        return bool(components(row, COLUMNS))

    def project(self, row: Result) -> dict[str, Any]:
        """One component a fact."""
        code = recorded(RecordCode.RESULT_FINDINGS)
        return super().project(row) | {"code": code, "component": components(row, COLUMNS)}


OBSERVATIONS: tuple[OfResult, ...] = (StudyOutcome(), ResultFindings())


def observations_of(row: Result) -> list[dict[str, str]]:
    """References to what one result says."""
    return [
        reference("Observation", row.pk, each.suffix) for each in OBSERVATIONS if each.gives(row)
    ]
