"""Keeping what came in by FHIR beside what was written from it."""

import json
from collections.abc import Iterator
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from cases.models import Case, FhirDocument, FhirIdentifier, Patient
from cases.models.fhir_identifier import identifier_token
from cases.services.errors import Refused
from cases.services.identity_traces import Traces
from cases.services.patient_cases import IS_ERASED
from tumorboard.accounts.models import User
from tumorboard.audit.record import record
from tumorboard.tenancy.scope import current_institution_id
from tumorboard.vault.keyring import keyring

#: What a keyed hash is of.
CONDITION = "fhir_condition"
#: Documents that are opened at a time.
CHUNK = 500


@transaction.atomic
def keep(
    *,
    resource_type: str,
    resource_id: str = "",
    document: str,
    said: str = "",
    patient: Patient | None = None,
    case: Case | None = None,
    by: User,
) -> FhirDocument:
    """Keep a resource as it came, instead of what was kept under its id before.

    Args:
        resource_id: of the row that was written from it; empty where nothing else here says what
            it says: then it stands alone, under an id of its own.
        document: JSON as text, without the id.
        said: what its row said right after the write, as JSON; empty where there is no row.
        patient: whom it is about; None where that is nobody, or nobody who is known here.
        case: of the patient; None where it is about no case, or nobody says about which.

    Raises:
        Refused: the patient was erased.
    """
    patient = case.patient if case else patient
    if patient is not None and patient.is_erased:
        raise Refused(IS_ERASED)
    there = FhirDocument.objects.filter(resource_type=resource_type, resource_id=resource_id)
    known = there.first() if resource_id else None
    row = known or FhirDocument(resource_type=resource_type, stands_alone=not resource_id)
    row.resource_id = resource_id or str(row.pk)
    row.patient, row.case = patient, case
    row.received_at = timezone.now()
    row.write(document=document, said=said)
    row.save()
    _index(row)
    if known:
        record(action="fhir_document.changed", subject=row, by=by)
    else:
        record(action="fhir_document.added", subject=row, by=by)
    return row


def note_version(row: Any) -> None:
    """Enter into the history of a row that what came in beside it is another one by now.

    Who sent an extension anew has changed the resource and no column; without an entry two
    senders would not notice each other.

    Args:
        row: of a model with `keep_history`.
    """
    entry = type(row).pgh_event_model.objects.filter(pgh_obj_id=row.pk).latest("pgh_id")
    entry.pk, entry.pgh_label, entry.pgh_created_at = None, "update", timezone.now()
    entry.save(force_insert=True)


@transaction.atomic
def remove(*, document: FhirDocument, by: User) -> None:
    """Take back a resource of which there is nothing but its document; its history stays."""
    record(action="fhir_document.removed", subject=document, by=by)
    document.delete()


def wait_for_turn(*, resource_type: str, condition: str) -> None:
    """Wait until nobody else writes what this condition names, and hold that to the end.

    Held by the transaction. The condition may name a patient: the lock is of a keyed hash.
    """
    said = f"{current_institution_id()}|{resource_type}|{condition}"
    number = int.from_bytes(keyring().blind(CONDITION, said)[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


def documents_of(patient: Patient) -> models.QuerySet[FhirDocument]:
    """Whatever was sent of a patient."""
    return FhirDocument.objects.filter(models.Q(patient=patient) | models.Q(case__patient=patient))


def forget(patient: Patient, traces: Traces) -> int:
    """Delete what was sent of a patient who is erased, and what names them and is of nobody.

    The history of the first is sealed under the key that goes; of the second there is none.
    """
    gone = documents_of(patient).delete()[0]
    for row in FhirDocument.objects.filter(patient=None).iterator(chunk_size=CHUNK):
        texts = _texts(row)
        if traces.number_in(texts) or traces.person_in(texts):
            gone += row.delete()[0]
    return gone


def _index(row: FhirDocument) -> None:
    """Bring the blind index in step with what the document says of identifiers."""
    given = json.loads(row.document).get("identifier", [])
    values = {each.get("value") for each in (given if isinstance(given, list) else [given])}
    wanted = {identifier_token(row.resource_type, each) for each in values if each}
    rows = FhirIdentifier.objects.filter(document=row)
    rows.exclude(token__in=wanted).delete()
    rows.update(patient=row.patient)
    there = {bytes(token) for token in rows.values_list("token", flat=True)}
    FhirIdentifier.objects.bulk_create(
        [
            FhirIdentifier(document=row, patient=row.patient, token=token)
            for token in sorted(wanted - there)
        ]
    )


def _texts(row: FhirDocument) -> list[str]:
    """Every text inside a document."""
    return list(_texts_in(json.loads(row.document or "null")))


def _texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts_in(inner)
