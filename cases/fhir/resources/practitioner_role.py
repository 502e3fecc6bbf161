"""PractitionerRole: what somebody does on a board."""

from typing import Any, ClassVar

from django.db.models import QuerySet

from cases.fhir.references import person
from cases.fhir.resources.elements import said
from cases.fhir.source import Source, reference
from cases.fhir.vocabulary import choice
from cases.models import BoardMember


class BoardPractitionerRole(Source):
    """One person on one board, with the duty and the specialty that they have there."""

    resource_type: ClassVar[str] = "PractitionerRole"
    model = BoardMember
    patient: ClassVar[str] = ""
    case: ClassVar[str] = ""
    stamp: ClassVar[str] = "added_at"

    def rows(self) -> QuerySet[Any]:
        """Members of boards with their names."""
        return BoardMember.objects.select_related("person", "board")

    def project(self, row: BoardMember) -> dict[str, Any]:
        """Who, where, as what."""
        specialty = [choice("specialty", row.specialty)] if row.specialty else []
        return said(
            resourceType=self.resource_type,
            practitioner=person(row.person_id, row.person.name),
            organization=reference("Organization", row.institution_id),
            code=[choice("board-duty", row.duty)],
            specialty=specialty,
        )
