"""Organization: the institution itself."""

from typing import Any, ClassVar

from django.db.models import QuerySet

from cases.fhir.source import Source, Stand
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import current_institution_id


class InstitutionOrganization(Source):
    """The one institution of the scope: of others there is nothing to be seen."""

    resource_type: ClassVar[str] = "Organization"
    model = Institution
    patient: ClassVar[str] = ""
    case: ClassVar[str] = ""

    def rows(self) -> QuerySet[Any]:
        """The institution."""
        return Institution.objects.filter(pk=current_institution_id())

    def project(self, row: Institution) -> dict[str, Any]:
        """Its name."""
        return {"resourceType": self.resource_type, "name": row.name}

    def stand(self, row: Institution) -> Stand:
        """It has no history: what it was called before is kept nowhere."""
        return Stand(1, row.created_at, row)
