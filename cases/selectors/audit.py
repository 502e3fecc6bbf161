"""Reading the audit: whom it knows, and its entries as a table."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from cases.models import Case, Patient
from tumorboard.accounts.models import Membership, User
from tumorboard.audit.balp import Site, events_of
from tumorboard.audit.kinds import Kind, Via
from tumorboard.audit.models import AuditEntry
from tumorboard.audit.search import CHUNK, Whose
from tumorboard.audit.words import words_of
from tumorboard.tenancy.scope import current_institution, hidden_ids

#: Heads of the exported table.
HEADS = (
    "Time",
    "Person",
    "E-mail",
    "Action",
    "In words",
    "Kind",
    "Row",
    "Row's id",
    "Patient's id",
    "Case's id",
    "By way of",
    "Address",
    "Reason",
    "Searched by",
    "Found",
    "Cases shown",
)

Row = list[str | int]


class Line(NamedTuple):
    """An entry as the page says it.

    `patient` is a short form of the patient's id: the page names no patient. `whom` is "one",
    "several" or "none".
    """

    entry: AuditEntry
    at: str
    words: str
    extent: str
    patient: str
    whom: str


def line_of(entry: AuditEntry) -> Line:
    """An entry in words; its time by the clock of the installation."""
    local = timezone.localtime(entry.at)
    return Line(
        entry=entry,
        at=f"{local.day} {local:%b %Y, %H:%M:%S}",
        words=words_of(entry.action),
        extent=_extent(entry),
        patient=str(entry.patient_id)[-8:] if entry.patient_id else "",
        whom="one" if entry.patient_id else "several" if _shown(entry) else "none",
    )


def _extent(entry: AuditEntry) -> str:
    """By what was searched, and how much was found and shown."""
    parts = []
    if entry.criteria:
        parts.append(f"by {entry.criteria.replace(' ', ', ').replace('_', ' ')}")
    if entry.found is not None:
        parts.append(f"{_found(entry)} found")
    if entry.shown is not None:
        number = len(_shown(entry))
        parts.append(f"{number} {'case' if number == 1 else 'cases'} shown")
    return "; ".join(parts)


def _shown(entry: AuditEntry) -> list[UUID]:
    """What a list showed, without what is hidden from whoever reads the audit now."""
    hidden = hidden_ids()
    return [key for key in dict.fromkeys(entry.shown or []) if key not in hidden]


def _found(entry: AuditEntry) -> int:
    """How many a search found, without those that it showed and that are hidden now."""
    hidden = len(set(entry.shown or [])) - len(_shown(entry))
    return max(0, (entry.found or 0) - hidden)


def whose(patient: Patient) -> Whose:
    """A patient with the ids of all their cases."""
    cases = Case.objects.filter(patient=patient).values_list("id", flat=True)
    return Whose(patient.pk, tuple(cases))


def people_ever() -> list[tuple[str, str]]:
    """Id and name of everybody who has or had a role in the institution, by name."""
    events: Any = Membership.pgh_event_model  # type: ignore[attr-defined]
    ids = set(Membership.objects.values_list("user_id", flat=True))
    ids |= set(events.objects.values_list("user_id", flat=True))
    return [
        (str(person.pk), person.name)
        for person in User.objects.filter(pk__in=ids).order_by("name", "pk")
    ]


def table_of(entries: Iterable[AuditEntry]) -> Iterator[Row]:
    """Entries as rows under `HEADS`; times in the zone of the installation, with its offset."""
    for entry in entries:
        person: Any = entry.person
        yield [
            timezone.localtime(entry.at).isoformat(),
            person.name if person else "The system",
            person.email if person else "",
            entry.action,
            words_of(entry.action),
            str(Kind(entry.kind).label) if entry.kind else "",
            entry.subject_type,
            str(entry.subject_id or ""),
            str(entry.patient_id or ""),
            str(entry.case_id or ""),
            str(Via(entry.via).label) if entry.via else "",
            entry.address,
            entry.reason,
            entry.criteria,
            "" if entry.found is None else _found(entry),
            " ".join(map(str, _shown(entry))),
        ]


def events_of_all(found: Iterable[AuditEntry]) -> Iterator[dict[str, Any]]:
    """Entries as FHIR AuditEvent; the patients of lists are looked up chunk by chunk."""
    institution = current_institution()
    site = Site(institution.slug, urlsplit(settings.SITE_URL).hostname or "")
    waiting = iter(found)
    while chunk := list(islice(waiting, CHUNK)):
        shown = {key for entry in chunk for key in _shown(entry)}
        rows = Case.objects.filter(pk__in=shown).values_list("pk", "patient_id")
        patient_of = dict(rows)
        for entry in chunk:
            keys = {patient_of.get(key, key) for key in _shown(entry)}
            keys |= {entry.patient_id} if entry.patient_id else set()
            yield from events_of(entry, patients=keys, site=site)
