"""BodyStructure: a lesion that is followed."""

from typing import Any, ClassVar

from django.db.models import QuerySet

from cases.fhir.resources import mcode
from cases.fhir.resources.codings import concept
from cases.fhir.resources.elements import condition_of, said, subject_of
from cases.fhir.resources.lesion import lesions
from cases.fhir.resources.narrowings import of_case
from cases.fhir.source import Source
from cases.models import Lesion
from cases.selectors.body_map import Place

URI = "urn:ietf:rfc:3986"
#: Says that an identifier is one of a body structure, as the profile wants it.
IDENTIFIER_TYPE = {
    "coding": [{"system": "http://hl7.org/fhir/resource-types", "code": "BodyStructure"}]
}


class LesionStructure(Source):
    """One lesion, by the name that the reports give it.

    The profile wants an identifier by which imaging knows it; ours is the row's. A place inside an
    organ stands in words: no code for it could be read (docs/terminology.md).
    """

    resource_type: ClassVar[str] = "BodyStructure"
    model = Lesion
    shared = staticmethod(lesions)
    profiles: ClassVar = (mcode.TUMOR,)
    narrowings: ClassVar = of_case()

    def rows(self) -> QuerySet[Any]:
        """Every lesion."""
        return lesions()

    def project(self, row: Lesion) -> dict[str, Any]:
        """What it is called, and where it lies."""
        place = Place(row.site, row.location)
        site = concept(f"site/{row.site}", str(row.get_site_display()), text=place.words)
        return said(
            resourceType=self.resource_type,
            extension=[mcode.related_condition(condition_of(row))],
            identifier=[
                {
                    "use": "usual",
                    "type": IDENTIFIER_TYPE,
                    "system": URI,
                    "value": f"urn:uuid:{row.pk}",
                }
            ],
            location=site,
            description="; ".join(part for part in (row.label, row.note) if part),
            patient=subject_of(row),
        )
