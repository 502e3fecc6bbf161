"""CareTeam: a standing board with its members."""

from typing import Any, ClassVar

from django.db.models import Prefetch, QuerySet

from cases.fhir.histories import Part, counted
from cases.fhir.references import person
from cases.fhir.resources.elements import said
from cases.fhir.source import Source, Stand, reference
from cases.fhir.vocabulary import choice
from cases.models import Board, BoardMember


class BoardCareTeam(Source):
    """A board. Its versions count what was written to the board and to its members."""

    resource_type: ClassVar[str] = "CareTeam"
    model = Board
    patient: ClassVar[str] = ""
    case: ClassVar[str] = ""

    def rows(self) -> QuerySet[Any]:
        """Boards with their members."""
        members = BoardMember.objects.select_related("person").order_by("added_at", "id")
        rows = Board.objects.prefetch_related(Prefetch("members", queryset=members))
        parts = [Part(Board), Part(BoardMember, "board_id")]
        return counted(rows, parts, begun="created_at")

    def project(self, row: Board) -> dict[str, Any]:
        """Its name, and who sits on it as what."""
        return said(
            resourceType=self.resource_type,
            name=row.name,
            participant=[
                {
                    "role": [choice("board-duty", member.duty)],
                    "member": person(member.person_id, member.person.name),
                }
                for member in row.members.all()
            ],
            managingOrganization=[reference("Organization", row.institution_id)],
        )

    def stand(self, row: Any) -> Stand:
        """As often as the board or one of its members was written."""
        return Stand(max(row.entries, 1), row.written_at, row)
