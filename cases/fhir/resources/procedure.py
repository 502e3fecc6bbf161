"""Procedure: what was done that changes what can be done later."""

from typing import Any, ClassVar

from django.db.models import QuerySet

from cases.fhir.references import extension
from cases.fhir.resources.codings import concept
from cases.fhir.resources.elements import LONG_OF_CASE, day, notes, said, subject_of
from cases.fhir.resources.narrowings import by_day, of_case
from cases.fhir.source import Source
from cases.models import Procedure


class RecordedProcedure(Source):
    """One procedure. Whether it was done because of the tumor nobody says, so it names no reason
    and keeps to no profile of mCODE. It was done; when, may not be known.
    """

    resource_type: ClassVar[str] = "Procedure"
    model = Procedure
    narrowings: ClassVar = of_case(date=by_day("done_on"))

    def rows(self) -> QuerySet[Any]:
        """Every procedure."""
        return Procedure.objects.select_related("case").defer(LONG_OF_CASE)

    def project(self, row: Procedure) -> dict[str, Any]:
        """What was done and when; of a drain or a stent, when it was taken out."""
        removed = day(row.removed_on)
        return said(
            resourceType=self.resource_type,
            extension=[extension("removed-on", valueDate=removed)] if removed else [],
            status="completed",
            code=concept(f"operation/{row.kind}", str(row.get_kind_display())),
            subject=subject_of(row),
            performedDateTime=day(row.done_on),
            note=notes(row.note),
        )
