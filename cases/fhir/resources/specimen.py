"""Specimen: what was taken from the tumor."""

from typing import Any, ClassVar

from django.db.models import QuerySet

from cases.fhir.resources import mcode
from cases.fhir.resources.codings import concept
from cases.fhir.resources.elements import day, is_erased, said, subject_of
from cases.fhir.resources.narrowings import by_day, of_case
from cases.fhir.resources.pathology import specimens
from cases.fhir.source import Source
from cases.models import Specimen
from cases.models.specimen import SpecimenKind

#: What is tissue for sure; a fine needle takes cells and fluid.
TISSUE_KINDS = frozenset({SpecimenKind.BIOPSY, SpecimenKind.RESECTION})


class TumorSpecimen(Source):
    """One specimen. What pathology said of it stands in Observations and a report of their own."""

    resource_type: ClassVar[str] = "Specimen"
    model = Specimen
    shared = staticmethod(specimens)
    profiles: ClassVar = (mcode.HUMAN_SPECIMEN,)
    narrowings: ClassVar = of_case(collected=by_day("taken_on"))

    def rows(self) -> QuerySet[Any]:
        """Every specimen."""
        return specimens()

    def project(self, row: Specimen) -> dict[str, Any]:
        """How, where and when it was taken; its number goes with the patient's identifiers."""
        number = "" if is_erased(row) else row.report_number
        first = mcode.TISSUE if row.kind in TISSUE_KINDS else None
        kind = str(row.get_kind_display())
        return said(
            resourceType=self.resource_type,
            accessionIdentifier=said(value=number),
            type=concept(f"specimen_kind/{row.kind}", kind, first=first),
            subject=subject_of(row),
            collection=said(
                collectedDateTime=day(row.taken_on),
                bodySite=concept(f"site/{row.site}", str(row.get_site_display())),
            ),
        )
