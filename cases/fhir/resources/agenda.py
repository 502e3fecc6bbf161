"""List: the agenda of a meeting as it is now."""

from typing import Any, ClassVar

from django.db.models import Prefetch, QuerySet

from cases.fhir.histories import Part, counted
from cases.fhir.references import extension, instant
from cases.fhir.resources.elements import condition_of, said
from cases.fhir.source import Source, Stand, reference
from cases.fhir.vocabulary import choice
from cases.models import AgendaItem, Meeting

ORDER = "http://terminology.hl7.org/CodeSystem/list-order"


class MeetingAgenda(Source):
    """The cases that a meeting has on its list, in their order.

    A list changes with its items, so neither the history of the meeting's row nor a published
    agenda says which version it is. `Meeting.revision` does: whatever writes to a list counts it up
    under the meeting's lock, for those who follow the meeting on a page. How the list stood at an
    earlier count is not kept, so that only its present version can be read. The count also goes up
    for a restricted case, as it does for those who look at the page (ADR 0022); which one it was,
    or that there is a gap in the numbers, is not said here.
    """

    resource_type: ClassVar[str] = "List"
    model = Meeting
    patient: ClassVar[str] = ""
    #: Several: whom a list shows is noted when it is read.
    case: ClassVar[str] = "items__case_id"

    def rows(self) -> QuerySet[Any]:
        """Meetings with their items; the database leaves out those that are restricted."""
        items = AgendaItem.objects.order_by("position")
        rows = Meeting.objects.select_related("board")
        rows = rows.prefetch_related(Prefetch("items", queryset=items))
        parts = [Part(Meeting), Part(AgendaItem, "meeting_id")]
        return counted(rows, parts, begun="board__created_at")

    def project(self, row: Meeting) -> dict[str, Any]:
        """The tumors on the list, each with the question and how it is to be settled."""
        return said(
            resourceType=self.resource_type,
            extension=[
                extension("agenda-meeting", valueReference=reference("Appointment", row.pk))
            ],
            status="retired" if row.cancelled_at or row.ended_at else "current",
            mode="working",
            title=f"Agenda of {row.board.name}",
            orderedBy={"coding": [{"system": ORDER, "code": "user"}]},
            entry=[_entry(item) for item in row.items.all()],
        )

    def stand(self, row: Any) -> Stand:
        """The count of what those who follow the meeting must see."""
        return Stand(row.revision + 1, row.written_at, row)


def _entry(item: AgendaItem) -> dict[str, Any]:
    said = [
        extension(
            "agenda-listing-reason",
            valueCodeableConcept=choice("listing-reason", item.listed_because),
        )
    ]
    if item.question:
        said.append(extension("agenda-question", valueString=item.question))
    return {
        "extension": said,
        "flag": choice("track", item.track),
        "date": instant(item.listed_at),
        "item": condition_of(item),
    }
