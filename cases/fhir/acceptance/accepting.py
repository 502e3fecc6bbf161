"""A resource that came in, read and written into the record."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from cases.fhir.acceptance.belonging import Belonging, belonging_of
from cases.fhir.acceptance.diagnoses import FACTS
from cases.fhir.acceptance.kinds import WRITERS, writer_of
from cases.fhir.acceptance.writer import emptied
from cases.fhir.outcome import Conflicting, NotAllowed, Unprocessable
from cases.models import FactAnswer, Patient
from cases.r4.issue import Code, Issue, Severity
from cases.readings.fhir import read
from cases.readings.reading import Kind, Read, Reading
from cases.selectors.code_maps import local_codes
from cases.selectors.facts import RECORD_ONLY
from cases.services.code_maps import saw_unmapped
from cases.services.errors import Invalid
from cases.services.patient_cases import lock_unerased
from tumorboard.accounts.models import User

Json = Mapping[str, Any]
#: How many notes an answer has at most.
MOST = 50
NO_CASE = "It is not said which case this is about; it is kept as it came."
FROM_RECORD = "This comes from the record and is not answered directly; it is kept as it came."
IN_PASSING = "What is only contained in this opens no record; it is kept as it came."
#: Patients and cases are opened by resources of their own, never by what others contain.
OPENED_BY = {Kind.PATIENT: "Patient", Kind.DIAGNOSIS: "Condition"}
OTHER_KIND = "What this resource is about cannot become something else. Send a new one."
IN_ERROR = "entered-in-error"
#: Where a resource says what a service has another name for.
PLACES: Mapping[tuple[str, str], str] = {
    ("Patient", "record_number"): "Patient.identifier",
    ("Patient", "family_name"): "Patient.name",
    ("Patient", "given_name"): "Patient.name",
    ("Patient", "birth_date"): "Patient.birthDate",
    ("Patient", "sex"): "Patient.gender",
    ("Observation", "taken_on"): "Observation.effective",
    ("Observation", "value"): "Observation.value",
    ("Observation", "unit"): "Observation.value",
}


@dataclass(frozen=True)
class Accepted:
    """What became of a resource."""

    #: Rows that were written, the one that the resource is about first.
    rows: Sequence[Model]
    whose: Belonging
    #: What could not be read or has no place here; kept with the document.
    notes: Sequence[Issue] = ()


def accept(resource: Json, *, by: User) -> Accepted:
    """Write what a new resource says.

    Raises:
        ServiceError: the services do not take it, or the patient was erased; nothing was written
            that the caller's transaction does not take back.
    """
    whose = belonging_of(resource)
    if whose.patient is not None:
        # Before the cases, as everybody locks them; nothing new is written of who is erased.
        lock_unerased(whose.patient)
    said = read(resource, local=local_codes())
    notes = _notes(said)
    rows: list[Model] = []
    for reading in said.readings:
        if reading.kind not in WRITERS:
            continue
        reason = _why_not(reading, resource["resourceType"])
        if reason:
            notes.append(_note(reading.origin, reason))
            continue
        with _placed(resource["resourceType"]):
            row = WRITERS[reading.kind].add(reading, whose, by=by)
        if row is None:
            notes.append(_note(reading.origin, NO_CASE))
        elif row not in rows:
            rows.append(row)
    return Accepted(rows, _of(rows, whose), notes[:MOST])


def accept_anew(row: Any, former: Json, resource: Json, *, by: User) -> Accepted:
    """Write what a resource says by now into the row that was written from it before.

    What it said before and says no more is emptied, so that the row says what the resource says.

    Args:
        former: the resource as it was sent last; empty where the row is from a page.

    Raises:
        Conflicting: the row is of another patient than the resource names by now.
        Unprocessable: nothing can be read from it that the row could say.
        NotAllowed: it was entered in error, and the record keeps such rows.
        ServiceError: the services do not take it.
    """
    writer = writer_of(row)
    if writer is None:
        raise NotAllowed("This is not written by FHIR. Use the pages or the REST API.")
    whose = belonging_of(resource)
    _refuse_another(row, whose)
    local = local_codes()
    said, said_before = read(resource, local=local), read(former, local=local) if former else Read()
    mine = _reading_of(row, writer.kind, said)
    if mine is None and resource.get("status") == IN_ERROR:
        writer.remove(row, by=by)
        return Accepted((), whose, _notes(said)[:MOST])
    if mine is None:
        reasons = " ".join(dict.fromkeys(each.reason for each in said.unread[:5]))
        raise Unprocessable(f"{OTHER_KIND} {reasons}".strip(), resource["resourceType"])
    before = _reading_of(row, writer.kind, said_before)
    gone = set(before.values) - set(mine.values) if before else set()
    values = {**_emptied(row, before, mine, gone), **mine.values}
    with _placed(resource["resourceType"]):
        changed = writer.change(row, values, by=by)
    return Accepted([changed], _of([row], whose), _notes(said)[:MOST])


@contextmanager
def _placed(resource_type: str) -> Iterator[None]:
    """Tell what the services do not take by its place in the resource: their names are ours.

    Raises:
        Unprocessable: they do not take it.
    """
    try:
        yield
    except Invalid as error:
        said = [(field, reason) for field, reasons in error.errors.items() for reason in reasons]
        issues = [_not_taken(resource_type, field, reason) for field, reason in said]
        raise Unprocessable(issues=issues) from None


def _not_taken(resource_type: str, field: str, reason: str) -> Issue:
    place = PLACES.get((resource_type, field))
    words = reason if place or not field else f"{field}: {reason}"
    return Issue(Code.VALUE, words, (place or resource_type,))


def _emptied(row: Any, before: Reading | None, mine: Reading, gone: set[str]) -> dict[str, Any]:
    """What stands where the resource says nothing any more."""
    if mine.kind is Kind.DIAGNOSIS and before is not None:
        facts = set(before.values.get(FACTS, {})) - set(mine.values.get(FACTS, {}))
        said = {**dict.fromkeys(facts), **mine.values.get(FACTS, {})}
        return {FACTS: said} if said else {}
    return emptied(type(row), gone - {"fact", "value", "report", "reported_on", FACTS})


def _reading_of(row: Any, kind: Kind, said: Read) -> Reading | None:
    for reading in said.readings:
        if reading.kind is kind and not (
            isinstance(row, FactAnswer) and reading.values.get("fact") != row.fact
        ):
            return reading
    return None


def _refuse_another(row: Any, whose: Belonging) -> None:
    """A row stays with its patient, and with its case where one is told."""
    if isinstance(row, Patient) or whose.patient is None:
        return
    owner = row.patient_id if hasattr(row, "patient_id") else row.case.patient_id
    if owner != whose.patient.pk:
        raise Conflicting("This is of another patient. Take it back and send it anew.")


def notes_of(resource: Json) -> list[Issue]:
    """What of a resource could not be read, without writing or counting anything."""
    said = read(resource, local=local_codes())
    return [_note(unread.path, unread.reason) for unread in said.unread][:MOST]


def _of(rows: Sequence[Model], whose: Belonging) -> Belonging:
    """Whose the document is, once its rows are written."""
    row: Any = rows[0] if rows else None
    if isinstance(row, Patient):
        return Belonging(row, None)
    if row is None:
        return whose
    case = row if hasattr(row, "patient_id") else row.case
    return Belonging(case.patient, case)


def _why_not(reading: Reading, resource_type: str) -> str:
    """Why something that was read is kept and not written; empty where it is written."""
    if reading.kind is Kind.FACT and reading.values.get("fact") in RECORD_ONLY:
        return FROM_RECORD
    if OPENED_BY.get(reading.kind, resource_type) != resource_type:
        return IN_PASSING
    return ""


def _notes(said: Read) -> list[Issue]:
    """What could not be read, told; codes without a meaning are counted for who maps them."""
    for unread in said.unread:
        if unread.code:
            saw_unmapped(
                system=unread.system, code=unread.code, display=unread.display, where="FHIR"
            )
    return [_note(unread.path, unread.reason) for unread in said.unread]


def _note(path: str, reason: str) -> Issue:
    return Issue(Code.INFORMATIONAL, reason, (path,) if path else (), Severity.INFORMATION)
