"""What is hidden from one person: restricted patients, their cases, and what leads to them.

Asked by every door for every request, and kept nowhere: whoever is put on a list or taken off it
sees so with the next page. Where nothing is restricted it is one query.
"""

from collections.abc import Collection
from itertools import chain
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils import timezone

from cases.models import (
    AgendaItem,
    BreakGlass,
    Case,
    Decision,
    DecisionDraft,
    Restriction,
    RestrictionMember,
    Study,
    StudyFile,
)
from tumorboard.tenancy.sight import EVERYTHING, Opening, Sight

_items: Any = AgendaItem.pgh_event_model  # type: ignore[attr-defined]
_drafts: Any = DecisionDraft.pgh_event_model  # type: ignore[attr-defined]


def sight_of(person_id: UUID | None) -> Sight:
    """What `person_id` must not see in the current institution, and what they have opened.

    To be asked where nothing is hidden. None is somebody on no list.
    """
    listed = RestrictionMember.objects.filter(restriction=OuterRef("pk"), person=person_id)
    restricted = Restriction.objects.filter(lifted_at=None).exclude(Exists(listed))
    patients = set(restricted.values_list("patient_id", flat=True))
    if not patients:
        return EVERYTHING
    opened = open_to(person_id) if person_id else []
    patients -= {glass.patient_id for glass in opened}
    cases = list(Case.objects.filter(patient__in=patients).values_list("pk", flat=True))
    return Sight(
        hidden=tuple(sorted([*patients, *cases])),
        parts=_parts(cases) if cases else (),
        openings=tuple(Opening(glass.pk, glass.ends_at, glass.reason) for glass in opened),
    )


def open_to(person_id: UUID) -> list[BreakGlass]:
    """The records that a person has opened with a reason and that are open still."""
    now = timezone.now()
    found = BreakGlass.objects.filter(person=person_id, ends_at__gt=now)
    return list(found.order_by("ends_at"))


def _parts(cases: Collection[UUID]) -> tuple[UUID, ...]:
    """The rows by which those tables are found that name neither case nor patient.

    From the history too, since opinions and drafts outlive in it an item that was taken off.
    """
    items = _ids(_items, cases, key="pgh_obj_id")
    drafts = _drafts.objects.filter(agenda_item__in=items)
    found = chain(
        items,
        drafts.values_list("pgh_obj_id", flat=True),
        _ids(Decision, cases),
        _ids(Study, cases),
        _ids(StudyFile, cases),
    )
    return tuple(sorted(set(found)))


def _ids(model: Any, cases: Collection[UUID], *, key: str = "pk") -> list[UUID]:
    return list(model.objects.filter(case__in=cases).values_list(key, flat=True))
