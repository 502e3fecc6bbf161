"""Procedure: a treatment that is something done: surgery, ablation, embolization, radionuclides."""

from collections.abc import Collection
from typing import Any, ClassVar

from django.db.models import QuerySet

from cases.fhir.resources import mcode
from cases.fhir.resources.codings import concept, is_procedure, unknown_element
from cases.fhir.resources.elements import (
    condition_of,
    day,
    notes,
    period,
    said,
    subject_of,
)
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
from cases.models.treatment import MEDICAL, RADIONUCLIDE, SURGICAL, Margin, TreatmentType

#: Neither surgery in mCODE's sense nor radiation: ablation, embolization, what has no type.
OTHERS = frozenset(TreatmentType) - MEDICAL - RADIONUCLIDE - SURGICAL


class TreatmentProcedure(Source):
    """A treatment that was done; what it was aimed at stands as it was typed.

    It belongs to the story of the tumor, so the tumor is its reason.
    """

    resource_type: ClassVar[str] = "Procedure"
    model = Treatment
    shared = staticmethod(treatments)
    narrowings: ClassVar = of_case(date=by_period("start", "end"))
    #: The types of treatment that are such.
    types: ClassVar[Collection[str]] = OTHERS

    def rows(self) -> QuerySet[Any]:
        """The treatments of these types."""
        return treatments(type__in=self.types)

    def gives(self, row: Treatment) -> bool:
        """Whether it was of these types."""
        return row.type in self.types

    def project(self, row: Treatment) -> dict[str, Any]:
        """What was done, when, with what intent, and what was left."""
        return said(
            resourceType=self.resource_type,
            extension=[*intent_of(row), *numbers_of(row)],
            status=status_of(row, going_on="in-progress"),
            statusReason=stopped_for(row),
            code=self.code(row),
            subject=subject_of(row),
            reasonReference=[condition_of(row)],
            bodySite=[{"text": row.target}] if row.target else [],
            outcome=_margin(row),
            note=notes(row.note),
            **self.performed(row),
        )

    def code(self, row: Treatment) -> dict[str, Any]:
        """The treatment; a substance is no procedure."""
        path = f"treatment/{row.type}"
        words = str(row.get_type_display())
        return concept(path, words, fits=is_procedure, text=words_of(row))

    def performed(self, row: Treatment) -> dict[str, Any]:
        """When: a day, or a time from one to another."""
        if row.end and row.end != row.start:
            return {"performedPeriod": period(row.start, row.end)}
        return {"performedDateTime": day(row.start or row.end)}


class CancerSurgery(TreatmentProcedure):
    """A resection or a transplantation.

    The profile wants a time of what is completed: where nobody knows it, it says so.
    """

    part: ClassVar[str] = "surgery"
    profiles: ClassVar = (mcode.SURGICAL_PROCEDURE,)
    types: ClassVar[Collection[str]] = SURGICAL

    def performed(self, row: Treatment) -> dict[str, Any]:
        """When, or that it is not known."""
        if row.start is None and row.end is None:
            return {"_performedDateTime": unknown_element()}
        return super().performed(row)


class RadiotherapyCourse(TreatmentProcedure):
    """PRRT and radioembolization: mCODE counts unsealed sources as a course of radiotherapy.

    A medication would tell of one dose or of a prescription; the row tells of a course with its
    cycles. What was delivered to a volume is not known, so the activity is no dose here.
    """

    part: ClassVar[str] = "radiotherapy"
    profiles: ClassVar = (mcode.RADIOTHERAPY_COURSE,)
    types: ClassVar[Collection[str]] = RADIONUCLIDE

    def project(self, row: Treatment) -> dict[str, Any]:
        """The course, with modality and number of sessions.

        By code the profile takes reasons of its own list alone, and these for what was stopped.
        """
        resource = super().project(row)
        extensions = [*resource.get("extension", []), *_course(row)]
        if extensions:
            resource["extension"] = extensions
        reason = resource.get("statusReason")
        if reason and row.stop_reason not in mcode.TERMINATION_REASONS:
            resource["statusReason"] = {"text": reason["text"]}
        return resource

    def code(self, row: Treatment) -> dict[str, Any]:
        """A course of radiotherapy, and which one."""
        words = str(row.get_type_display())
        first = mcode.RADIOTHERAPY_COURSE_CODE
        path = f"treatment/{row.type}"
        return concept(path, words, fits=is_procedure, first=first, text=words_of(row))

    def performed(self, row: Treatment) -> dict[str, Any]:
        """The profile takes a Period alone, and wants one of what goes on or is completed."""
        known = period(row.start, row.end)
        return {"performedPeriod": known or unknown_element()}


def _course(row: Treatment) -> list[dict[str, Any]]:
    """How it was given: as a radiopharmaceutical where it is one; microspheres are a device."""
    found: list[dict[str, Any]] = []
    if row.type == TreatmentType.PRRT:
        modality = {
            "url": mcode.MODALITY,
            "valueCodeableConcept": {"coding": [mcode.RADIOPHARMACEUTICAL]},
        }
        found.append({"url": mcode.MODALITY_AND_TECHNIQUE, "extension": [modality]})
    if row.cycles is not None:
        found.append({"url": mcode.SESSIONS, "valueUnsignedInt": row.cycles})
    return found


def _margin(row: Treatment) -> dict[str, Any]:
    if not row.margin:
        return {}
    margin = Margin(row.margin)
    return concept(f"margin/{margin}", margin.words)
