"""Observation: what pathology said of a specimen."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import Q, QuerySet

from cases.fhir.resources import mcode
from cases.fhir.resources.codings import category, concept, quantity, recorded
from cases.fhir.resources.components import components, fact_column, record_column, says_any
from cases.fhir.resources.elements import LONG_OF_CASE, condition_of, day, said, subject_of
from cases.fhir.resources.narrowings import by_code, by_day, of_case
from cases.fhir.resources.record_codes import RecordCode
from cases.fhir.source import Narrowing, Source, reference
from cases.models import Specimen
from cases.models.treatment import Margin

#: What stands in one Observation of the whole specimen.
FINDINGS = (
    fact_column("differentiation"),
    fact_column("ihc_chromogranin_a", "chromogranin_a"),
    fact_column("ihc_synaptophysin", "synaptophysin"),
    fact_column("hormone_ihc_positive", "hormones"),
    record_column(
        "margin", RecordCode.MARGIN, values="margin", words={each: each.words for each in Margin}
    ),
    record_column("nodes_examined", RecordCode.NODES_EXAMINED),
    record_column("nodes_positive", RecordCode.NODES_POSITIVE),
    record_column("vascular_invasion", RecordCode.VASCULAR_INVASION),
    record_column("perineural_invasion", RecordCode.PERINEURAL_INVASION),
)
#: Of these the columns that are empty, and not null, where nothing is said.
FINDINGS_AS_TEXT = ("differentiation", "margin")


def narrowed(code: dict[str, Any]) -> Mapping[str, Narrowing]:
    """The narrowings of Observations that all have one code."""
    return of_case(date=by_day("taken_on"), code=by_code(code))


def specimens() -> QuerySet[Any]:
    """Every specimen, with its patient, who may have been erased."""
    return Specimen.objects.select_related("case__patient").defer("report", LONG_OF_CASE)


class PathologyFinding(Source):
    """One thing that pathology said; `value` makes the elements that are its own."""

    resource_type: ClassVar[str] = "Observation"
    model = Specimen
    shared = staticmethod(specimens)
    #: What it is.
    code: ClassVar[dict[str, Any]]
    #: The rows that say it.
    says: ClassVar[Q]

    def rows(self) -> QuerySet[Any]:
        """The specimens that say it."""
        return specimens().filter(self.says)

    def project(self, row: Specimen) -> dict[str, Any]:
        """What was said, of which specimen and tumor."""
        return said(
            resourceType=self.resource_type,
            extension=[mcode.related_condition(condition_of(row))],
            status="final",
            category=[category("observation-category", "laboratory")],
            code=self.code,
            subject=subject_of(row),
            effectiveDateTime=day(row.taken_on),
            performer=[{"display": row.laboratory}] if row.laboratory else [],
            specimen=reference("Specimen", row.pk),
        ) | self.value(row)

    def value(self, row: Specimen) -> dict[str, Any]:
        """The value."""
        raise NotImplementedError


class Ki67(PathologyFinding):
    """The proliferation index."""

    suffix: ClassVar[str] = "ki67"
    profiles: ClassVar = (mcode.TUMOR_MARKER_TEST,)
    code: ClassVar = concept("fact/ki67_percent", "Ki-67 index")
    narrowings: ClassVar = narrowed(code)
    says: ClassVar = Q(ki67_percent__isnull=False)

    def gives(self, row: Specimen) -> bool:
        """Whether it was said."""
        return row.ki67_percent is not None

    def value(self, row: Specimen) -> dict[str, Any]:
        """In percent."""
        return {
            "valueQuantity": quantity(row.ki67_percent, "%"),
        }


class MitoticRate(PathologyFinding):
    """Mitoses in ten high-power fields."""

    suffix: ClassVar[str] = "mitoses"
    code: ClassVar = concept("fact/mitoses_per_10hpf", "Mitotic count")
    narrowings: ClassVar = narrowed(code)
    says: ClassVar = Q(mitoses_per_10hpf__isnull=False)

    def gives(self, row: Specimen) -> bool:
        """Whether it was said."""
        return row.mitoses_per_10hpf is not None

    def value(self, row: Specimen) -> dict[str, Any]:
        """As a rate."""
        return {
            "valueQuantity": quantity(row.mitoses_per_10hpf, "mitoses / 10 HPF"),
        }


class HistologicGrade(PathologyFinding):
    """The grade as the pathologist gave it, and by which edition."""

    suffix: ClassVar[str] = "grade"
    profiles: ClassVar = (mcode.HISTOLOGIC_GRADE,)
    code: ClassVar = concept("fact/pathologist_grade", "Histologic grade", first=mcode.GRADE_CODE)
    narrowings: ClassVar = narrowed(code)
    says: ClassVar = ~Q(grade="")

    def gives(self, row: Specimen) -> bool:
        """Whether it was said."""
        return bool(row.grade)

    def value(self, row: Specimen) -> dict[str, Any]:
        """G1 to G3: of this tumor, so not as low, intermediate and high."""
        edition = str(row.get_who_version_display())
        method = concept(f"fact/who_version/{row.who_version}", edition) if edition else {}
        return said(
            valueCodeableConcept=concept(f"fact/pathologist_grade/{row.grade}", row.grade),
            method=method,
        )


class HistologicType(PathologyFinding):
    """The histologic subtype."""

    suffix: ClassVar[str] = "histology"
    profiles: ClassVar = (mcode.HISTOLOGIC_TYPE,)
    code: ClassVar = concept(
        "fact/histology_subtype", "Histologic subtype", first=mcode.HISTOLOGIC_TYPE_CODE
    )
    narrowings: ClassVar = narrowed(code)
    says: ClassVar = ~Q(subtype="")

    def gives(self, row: Specimen) -> bool:
        """Whether it was said."""
        return bool(row.subtype)

    def value(self, row: Specimen) -> dict[str, Any]:
        """By its morphology."""
        words = str(row.get_subtype_display())
        return {
            "valueCodeableConcept": concept(f"fact/histology_subtype/{row.subtype}", words),
        }


class SpecimenSize(PathologyFinding):
    """The tumor's largest size as pathology measured it."""

    suffix: ClassVar[str] = "size"
    profiles: ClassVar = (mcode.TUMOR_SIZE,)
    code: ClassVar = mcode.TUMOR_SIZE_CONCEPT
    narrowings: ClassVar = narrowed(code)
    says: ClassVar = Q(size_mm__isnull=False)

    def gives(self, row: Specimen) -> bool:
        """Whether it was said."""
        return row.size_mm is not None

    def value(self, row: Specimen) -> dict[str, Any]:
        """In mm."""
        return {
            "component": [
                {
                    "code": {"coding": [mcode.LONGEST_DIMENSION]},
                    "valueQuantity": quantity(row.size_mm, "mm"),
                }
            ],
        }


class SpecimenFindings(PathologyFinding):
    """Stains, margin, nodes and invasion: a panel of what has no Observation of its own."""

    suffix: ClassVar[str] = "findings"
    code: ClassVar = recorded(RecordCode.PATHOLOGY_FINDINGS)
    narrowings: ClassVar = narrowed(code)
    says: ClassVar = says_any(FINDINGS, texts=FINDINGS_AS_TEXT)

    def gives(self, row: Specimen) -> bool:
        """Whether it was said."""
        return bool(components(row, FINDINGS))

    def value(self, row: Specimen) -> dict[str, Any]:
        """What the columns say."""
        return {
            "component": components(row, FINDINGS),
        }


#: What one specimen may give.
PATHOLOGY: tuple[PathologyFinding, ...] = (
    Ki67(),
    MitoticRate(),
    HistologicGrade(),
    HistologicType(),
    SpecimenSize(),
    SpecimenFindings(),
)


def findings_of(row: Specimen) -> list[dict[str, str]]:
    """References to what pathology said of one specimen."""
    return [reference("Observation", row.pk, each.suffix) for each in PATHOLOGY if each.gives(row)]
