"""Noting at the cut-off of a meeting which of its cases are ready."""

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from cases.models import AgendaItem, Case, Meeting
from cases.models.case import Preparation
from cases.selectors.agendas import is_coming
from cases.selectors.preparation import with_preparation
from cases.services.sweeps import in_each_institution
from tumorboard.tenancy.models import Institution

READY = (Preparation.READY, Preparation.READY_WITH_GAPS)


def sweep() -> None:
    """Note every cut-off that has passed, one institution at a time; what a worker does."""
    in_each_institution(_note_due)


@transaction.atomic
def note(*, meeting: Meeting) -> None:
    """Note for each case that was on the list at the cut-off whether it is ready.

    Once only. A case that came onto the list later keeps None: it was not there to be judged.
    """
    locked = _due().select_for_update().filter(pk=meeting.pk).first()
    if locked is None:
        return
    items = AgendaItem.objects.filter(meeting=locked, listed_at__lte=F("meeting__cutoff_at"))
    cases = with_preparation(Case.objects.filter(agenda_items__in=items))
    ready = [case.pk for case in cases if case.effective_preparation in READY]
    for item in items:
        item.was_ready_at_cutoff = item.case_id in ready
        item.save(update_fields=["was_ready_at_cutoff"])
    locked.cutoff_noted_at = timezone.now()
    locked.save(update_fields=["cutoff_noted_at"])


def _note_due(_: Institution) -> None:
    for meeting in _due():
        note(meeting=meeting)


def _due() -> QuerySet[Meeting]:
    now = timezone.now()
    return Meeting.objects.filter(is_coming(), cutoff_at__lte=now, cutoff_noted_at=None)
