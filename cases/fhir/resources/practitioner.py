"""Practitioner: who works or worked in the institution, by name."""

from typing import Any, ClassVar

from django.db.models import Exists, OuterRef, Q, QuerySet

from cases.fhir.histories import Part, counted
from cases.fhir.source import Source, Stand
from tumorboard.accounts.models import Membership, User


class MemberPractitioner(Source):
    """Everybody who has or had a role in the institution, of whom rows speak.

    Name and whether they are still there: what every member sees of the others. Not the address of
    their mail, nor their roles, which only those see who give them; nothing of other institutions.
    Versions count the roles that were given and taken; a former name is kept nowhere.
    """

    resource_type: ClassVar[str] = "Practitioner"
    model = User
    patient: ClassVar[str] = ""
    case: ClassVar[str] = ""

    def rows(self) -> QuerySet[Any]:
        """Members and former members, each with whether they are a member now."""
        events: Any = Membership.pgh_event_model  # type: ignore[attr-defined]
        is_member = Exists(Membership.objects.filter(user=OuterRef("pk")))
        was_member = Exists(events.objects.filter(user=OuterRef("pk")))
        rows = User.objects.annotate(is_member=is_member).filter(Q(is_member=True) | was_member)
        return counted(rows, [Part(Membership, "user_id")], begun="created_at")

    def project(self, row: Any) -> dict[str, Any]:
        """The name, and whether they can act here."""
        return {
            "resourceType": self.resource_type,
            "active": row.is_member and row.is_active,
            "name": [{"text": row.name}],
        }

    def stand(self, row: Any) -> Stand:
        """As often as roles were given or taken."""
        return Stand(max(row.entries, 1), row.written_at, row)
