"""Observation: a lesion on one study."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.db.models import Q, QuerySet

from cases.fhir.resources import mcode
from cases.fhir.resources.codings import (
    SNOMED,
    absent,
    category,
    concept,
    is_procedure,
    quantity,
    recorded,
)
from cases.fhir.resources.components import components, fact_column, record_column, says_any
from cases.fhir.resources.elements import LONG_OF_CASE, day, parent, said, subject_of
from cases.fhir.resources.narrowings import by_code, by_day, of_case
from cases.fhir.resources.record_codes import RecordCode
from cases.fhir.source import Narrowing, Source, reference
from cases.models import Measurement
from cases.models.lesion import MeasurementSource, MeasurementState
from cases.terminology.codes import Coding

#: What is measured of a lesion beside its size.
OTHERS = (
    record_column("enhancing_mm", RecordCode.ENHANCING_PART, unit="mm"),
    record_column("attenuation_hu", RecordCode.ATTENUATION, unit="HU"),
    record_column("suvmax", RecordCode.SUVMAX, unit="SUV"),
    fact_column("adc_mm2_s_e3", "adc"),
)
HAS_SIZE = Q(longest_mm__isnull=False) | Q(short_mm__isnull=False)


def narrowed(code: dict[str, Any]) -> Mapping[str, Narrowing]:
    """The narrowings of Observations that all have one code."""
    return of_case(date=by_day("study__performed_on"), code=by_code(code))


def measurements() -> QuerySet[Any]:
    """Every measurement with its study."""
    found = Measurement.objects.select_related("case", "study")
    return found.defer("study__report", LONG_OF_CASE)


class OfLesion(Source):
    """What one study says of one lesion. Measured by a person, or confirmed by one."""

    resource_type: ClassVar[str] = "Observation"
    model = Measurement
    shared = staticmethod(measurements)
    #: What it is.
    code: ClassVar[dict[str, Any]]
    says: ClassVar[Q]

    def rows(self) -> QuerySet[Any]:
        """The measurements that say it."""
        return measurements().filter(self.says)

    def project(self, row: Measurement) -> dict[str, Any]:
        """Which lesion, and on which study; when, is when the study was performed."""
        study = parent(row, "study")
        return said(
            resourceType=self.resource_type,
            derivedFrom=[reference("ImagingStudy", row.study_id)],
            status="final",
            category=[category("observation-category", "imaging")],
            code=self.code,
            subject=subject_of(row),
            focus=[reference("BodyStructure", row.lesion_id)],
            effectiveDateTime=day(study.performed_on) if study else None,
        ) | self.value(row)

    def value(self, row: Measurement) -> dict[str, Any]:
        """The values."""
        raise NotImplementedError


class LesionSize(OfLesion):
    """The diameters."""

    suffix: ClassVar[str] = "size"
    profiles: ClassVar = (mcode.TUMOR_SIZE,)
    code: ClassVar = mcode.TUMOR_SIZE_CONCEPT
    narrowings: ClassVar = narrowed(code)
    says: ClassVar = HAS_SIZE

    def gives(self, row: Measurement) -> bool:
        """Whether a diameter was measured."""
        return row.longest_mm is not None or row.short_mm is not None

    def value(self, row: Measurement) -> dict[str, Any]:
        """In mm. The short axis is the other dimension; of nodes it is what counts."""
        study = parent(row, "study")
        longest = (
            {"dataAbsentReason": absent("unknown")}
            if row.longest_mm is None
            else {"valueQuantity": quantity(row.longest_mm, "mm")}
        )
        sizes = [{"code": {"coding": [mcode.LONGEST_DIMENSION]}, **longest}]
        if row.short_mm is not None:
            other = {"coding": [mcode.OTHER_DIMENSION], "text": "Short axis"}
            sizes.append({"code": other, "valueQuantity": quantity(row.short_mm, "mm")})
        return said(
            method=_method(study) if study else {},
            component=sizes,
        )


class LesionFindings(OfLesion):
    """What was seen of the lesion, and what else was measured."""

    suffix: ClassVar[str] = "findings"
    code: ClassVar = recorded(RecordCode.LESION_STATE)
    narrowings: ClassVar = narrowed(code)
    says: ClassVar = (
        ~Q(state=MeasurementState.MEASURED) | ~Q(source=MeasurementSource.PERSON) | says_any(OTHERS)
    )

    def gives(self, row: Measurement) -> bool:
        """Whether there is more than a diameter that a person measured."""
        is_plain = (row.state, row.source) == (MeasurementState.MEASURED, MeasurementSource.PERSON)
        return not is_plain or bool(components(row, OTHERS))

    def value(self, row: Measurement) -> dict[str, Any]:
        """The state, and the numbers beside the size."""
        state, source = MeasurementState(row.state), MeasurementSource(row.source)
        found = components(row, OTHERS)
        if source != MeasurementSource.PERSON:
            chosen = concept(f"measurement-source/{source}", str(source.label))
            found.append({"code": recorded(RecordCode.MEASURED_BY), "valueCodeableConcept": chosen})
        return said(
            valueCodeableConcept=concept(f"measurement-state/{state}", str(state.label)),
            component=found,
        )


def _method(study: Any) -> dict[str, Any]:
    return concept(
        f"fact/study_modality/{study.modality}",
        str(study.get_modality_display()),
        fits=_is_imaging,
    )


def _is_imaging(coding: Coding) -> bool:
    return coding.system == SNOMED and is_procedure(coding)


MEASURED: tuple[OfLesion, ...] = (LesionSize(), LesionFindings())


def measured_on(measurements: Sequence[Measurement]) -> list[dict[str, str]]:
    """References to what one study says of lesions."""
    return [
        reference("Observation", row.pk, each.suffix)
        for row in measurements
        for each in MEASURED
        if each.gives(row)
    ]
