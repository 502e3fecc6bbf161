"""Opinions on an agenda item by those who cannot come."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from cases.models import AgendaItem, Attendance, Opinion


@dataclass(frozen=True)
class GivenOpinion:
    """One opinion, and whether who gave it is noted as present after all."""

    opinion: Opinion
    is_present: bool

    @property
    def name(self) -> str:
        """Who gave it."""
        return str(self.opinion.person.name)

    @property
    def specialty(self) -> str:
        """Their specialty in words; empty where they gave none."""
        return str(self.opinion.get_specialty_display())


def opinions_on(item: AgendaItem) -> list[GivenOpinion]:
    """The opinions on `item`, first given first; in two queries."""
    return opinions_on_each([item])[item.id]


def opinions_on_each(items: Sequence[AgendaItem]) -> dict[UUID, list[GivenOpinion]]:
    """The opinions on many items, by the item's id, in two queries."""
    meetings = {item.id: item.meeting_id for item in items}
    present = set(
        Attendance.objects.filter(
            meeting__in=set(meetings.values()), person__isnull=False
        ).values_list("meeting_id", "person_id")
    )
    found: dict[UUID, list[GivenOpinion]] = {item_id: [] for item_id in meetings}
    opinions = Opinion.objects.filter(item__in=list(meetings)).select_related("person")
    for opinion in opinions.order_by("given_at", "id"):
        is_present = (meetings[opinion.item_id], opinion.person_id) in present
        found[opinion.item_id].append(GivenOpinion(opinion, is_present))
    return found


def opinion_of(item: AgendaItem, person_id: UUID) -> Opinion | None:
    """The opinion that one person gave on `item`."""
    return Opinion.objects.filter(item=item, person=person_id).first()
