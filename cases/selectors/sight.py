"""What is hidden from one person: restricted patients, their cases, and what leads to them.

Asked by every door for every request, and kept nowhere: whoever is put on a list or taken off it
sees so with the next page. Where nothing is restricted it is one query.
"""

from collections.abc import Collection
from itertools import chain
from typing import Any
from uuid import UUID

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
from tumorboard.accounts.permissions import Permission
from tumorboard.accounts.selectors import holders
from tumorboard.tenancy.sight import EVERYTHING, Opening, Sight

_items: Any = AgendaItem.pgh_event_model  # type: ignore[attr-defined]
_drafts: Any = DecisionDraft.pgh_event_model  # type: ignore[attr-defined]


def sight_of(person_id: UUID | None, *, opened: bool = True) -> Sight:
    """What `person_id` must not see in the current institution, and what they have opened.

    To be asked where nothing is hidden. None is somebody on no list.

    Args:
        opened: whether the records count that the person has opened with a reason.
    """
    restricted = dict(Restriction.objects.filter(lifted_at=None).values_list("pk", "patient_id"))
    if not restricted:
        return EVERYTHING
    listed = RestrictionMember.objects.filter(restriction__in=restricted, person=person_id)
    lists = set(listed.values_list("restriction_id", flat=True))
    patients = {patient for key, patient in restricted.items() if key not in lists}
    if not patients:
        return EVERYTHING
    glasses = open_to(person_id, among=patients) if person_id and opened else []
    patients -= {glass.patient_id for glass in glasses}
    cases = list(Case.objects.filter(patient__in=patients).values_list("pk", flat=True))
    return Sight(
        hidden=tuple(sorted([*patients, *cases])),
        parts=_parts(cases) if cases else (),
        openings=tuple(Opening(glass.pk, glass.ends_at, glass.reason) for glass in glasses),
    )


def open_to(person_id: UUID, *, among: Collection[UUID]) -> list[BreakGlass]:
    """What a person has opened of these patients with a reason, and what is open still.

    Nothing once the right to open is taken from them: that holds at once, not after the hour.
    """
    now = timezone.now()
    found = BreakGlass.objects.filter(person=person_id, patient__in=among, ends_at__gt=now)
    glasses = list(found.order_by("ends_at", "pk"))
    if glasses and not holders(Permission.CASE_BREAK_GLASS, among=[person_id]):
        return []
    return glasses


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
