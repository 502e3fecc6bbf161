"""The one order in which intake locks rows: people, source, messages, proposals.

People by their id, messages by theirs; after them come cases, as the services of the record lock
them, and last the counters of unknown codes.
"""

from collections.abc import Iterable
from uuid import UUID

from cases.models import InboxMessage, IntakeSource, Patient
from cases.readings.reading import Kind, Reading
from cases.services.intake.matching import merged
from cases.services.patient_cases import lock_patient


def hold_people(
    *people: Patient | None, readings: Iterable[Reading], source: IntakeSource
) -> dict[UUID, Patient]:
    """Lock those whom a message is about until the end of the transaction.

    One message of a source at a time speaks of somebody who is not matched, or of two records at
    once; what others write that only names the source does not wait.

    Args:
        people: whom the message is given to now, or will be; None where nobody is.
        readings: what it says; those whom its merges name are locked too.

    Returns:
        By id, as they stand now.
    """
    merges = [reading for reading in readings if reading.kind is Kind.MERGE]
    named = [patient for reading in merges for patient in merged(reading, source)]
    known = {patient.pk: patient for patient in (*people, *named) if patient is not None}
    held = {key: lock_patient(known[key]) for key in sorted(known)}
    if merges or None in people:
        IntakeSource.objects.select_for_update(no_key=True).get(pk=source.pk)
    return held


def hold_messages(keys: Iterable[UUID]) -> list[InboxMessage]:
    """Lock several messages until the end of the transaction; those that are still there."""
    rows = InboxMessage.objects.select_for_update(of=("self",)).select_related("patient")
    return list(rows.filter(pk__in=set(keys)).order_by("pk"))
