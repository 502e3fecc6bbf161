"""One agenda item as every page of it takes it up."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from cases.models import AgendaItem, Decision
from cases.selectors import agendas
from cases.selectors.annotations import annotations_of, annotations_of_signed
from cases.selectors.decisions import sitting_of
from cases.selectors.former_items import was_listed
from cases.selectors.guidance_words import Guidance


def item_or_404(item_id: UUID) -> AgendaItem:
    """The item with its case, patient, assessment, meeting and board; 404 where there is none."""
    return get_object_or_404(_items(), pk=item_id)


def item_or_gone(item_id: UUID) -> AgendaItem | None:
    """The same where somebody may have typed: None where it was taken off its list meanwhile.

    Still 404 where this institution never had such an item.
    """
    item = _items().filter(pk=item_id).first()
    if item is None and not was_listed(item_id):
        raise Http404
    return item


def beside_decision(item: AgendaItem, signed: Decision | None = None) -> dict[str, Any]:
    """What a page on one item shows beside the decision: of a signed one, what the board saw."""
    if signed:
        assessment, annotations = signed.assessment, annotations_of_signed(signed)
    else:
        assessment = item.case.assessment
        annotations = annotations_of(item.case, assessment)
    return {
        "item": item,
        "sitting": sitting_of(item, signed),
        "case": item.case,
        "patient": item.case.patient,
        "guidance": Guidance(assessment, annotations),
        "neighbors": agendas.neighbors(item),
    }


def _items() -> QuerySet[AgendaItem]:
    return AgendaItem.objects.select_related("case__patient", "case__assessment", "meeting__board")
