"""How long a case on a list is expected to take, and who is needed for it."""

from collections.abc import Collection

from django.db import transaction

from cases.models import AgendaItem
from cases.models.specialty import Specialty
from cases.services.agendas import lock_item, refuse_signed
from cases.services.checks import field_errors
from cases.services.errors import Invalid
from cases.services.live import announce
from tumorboard.accounts.models import User
from tumorboard.audit.record import record


@transaction.atomic
def set_minutes(*, item: AgendaItem, minutes: int | None, by: User) -> AgendaItem:
    """Say how many minutes a case is expected to take; None leaves it to its complexity.

    Raises:
        Invalid: no number of minutes that a case can take.
        Refused: a decision was signed on it, or it is off the list.
    """
    announce(meeting_id=item.meeting_id)
    item = lock_item(item)
    refuse_signed(item)
    item.minutes = minutes
    errors = field_errors(item, names=["minutes"])
    if errors:
        raise Invalid(errors)
    item.save(update_fields=["minutes"])
    record(action="agenda.minutes.set", subject=item.case, by=by)
    return item


@transaction.atomic
def set_also_needed(*, item: AgendaItem, specialties: Collection[str], by: User) -> AgendaItem:
    """Say which specialties a case needs beside those of the board and of the guidance.

    Raises:
        Invalid: not a specialty.
        Refused: a decision was signed on it, or it is off the list.
    """
    announce(meeting_id=item.meeting_id)
    item = lock_item(item)
    refuse_signed(item)
    if not set(specialties) <= set(Specialty.values):
        raise Invalid({"also_needed": ["Choose among the specialties of the list."]})
    item.also_needed = [code for code in Specialty.values if code in specialties]
    item.save(update_fields=["also_needed"])
    record(action="agenda.needed.set", subject=item.case, by=by)
    return item
