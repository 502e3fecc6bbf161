"""Every change to a case and to its rows, in order of time, with what was there before.

The history itself is kept by triggers of the database (`tumorboard.audit.history`); here it is
read. Rows that are gone are in it.
"""

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from django.db import models

from cases.models import (
    AgendaItem,
    Allergy,
    Case,
    Decision,
    DecisionDraft,
    Device,
    FactAnswer,
    GapAcceptance,
    GapRequest,
    LabResult,
    Lesion,
    LesionSheet,
    Measurement,
    Opinion,
    Patient,
    Procedure,
    Rereading,
    Result,
    Specimen,
    Study,
    StudyFile,
    Task,
    Treatment,
)
from cases.selectors.history_words import EMPTY, FieldWords, label_of
from tumorboard.accounts.models import User
from tumorboard.vault.fields import SealedPartField

#: What each kind of row is called, and by which column its history is found: of the case, of its
#: patient, or of its items on agendas.
KINDS: dict[type[models.Model], tuple[str, str]] = {
    Case: ("Case", "pgh_obj_id"),
    Patient: ("Patient", "pgh_obj_id"),
    Allergy: ("Allergy", "patient_id"),
    Device: ("Implanted device", "patient_id"),
    FactAnswer: ("Answer", "case_id"),
    Study: ("Study", "case_id"),
    StudyFile: ("File of a study", "case_id"),
    Result: ("Result of a study", "case_id"),
    Rereading: ("Second reading", "case_id"),
    Lesion: ("Lesion", "case_id"),
    Measurement: ("Measurement", "case_id"),
    LesionSheet: ("Lesions on a study", "case_id"),
    LabResult: ("Laboratory result", "case_id"),
    Specimen: ("Specimen", "case_id"),
    Treatment: ("Treatment", "case_id"),
    Procedure: ("Procedure", "case_id"),
    GapRequest: ("Request for what is missing", "case_id"),
    GapAcceptance: ("Accepted gap", "case_id"),
    AgendaItem: ("Agenda item", "case_id"),
    Opinion: ("Opinion", "item_id"),
    DecisionDraft: ("Draft of the decision", "agenda_item_id"),
    Task: ("Task", "case_id"),
}
OF_PATIENT = (Patient, Allergy, Device)
SIGNED = "Signed decision"
#: What the page asks for: a kind by the name of its model.
CHOICES = [(str(model._meta.model_name), name) for model, (name, _) in KINDS.items()] + [
    ("decision", SIGNED)
]
#: Columns that say who wrote a row, how it is found or how it is followed, not what it says.
BESIDE = frozenset(
    {
        "id",
        "institution",
        "entered_by",
        "entered_at",
        "answered_by",
        "answered_at",
        "changed_by",
        "changed_at",
        "created_at",
        "made_at",
        "identity",
        "sha256",
        "version",
        "escalation",
        "follows_record",
        "reminded_at",
        "said",
    }
)
#: What the title of a row says, or the value beside it.
SAID: dict[type[models.Model], tuple[str, ...]] = {FactAnswer: ("fact", "unit")}
#: By which column a row is called.
TITLES: dict[type[models.Model], str] = {
    FactAnswer: "fact",
    Study: "modality",
    Lesion: "label",
    LabResult: "analyte",
    Specimen: "kind",
    Treatment: "type",
    Procedure: "kind",
    Device: "kind",
    Allergy: "substance",
    GapRequest: "item",
    GapAcceptance: "item",
    Task: "text",
    Result: "outcome",
    StudyFile: "name",
}
DONE = {"insert": "Added", "update": "Changed", "delete": "Removed"}


class FieldChange(NamedTuple):
    """One column; `before` is empty for a row that was added, `after` for one that was removed."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class RowChange:
    """What one write did to one row; `decision` is set for a signed one, which has its own page."""

    kind: str
    title: str
    done: str
    changes: tuple[FieldChange, ...] = ()
    decision: Decision | None = None

    @property
    def is_update(self) -> bool:
        """Whether the row was there before and after."""
        return self.done == DONE["update"]


class Moment(NamedTuple):
    """Everything that one person wrote at once; `by` is empty where the system wrote."""

    at: datetime.datetime
    by: str
    rows: tuple[RowChange, ...]


class _Written(NamedTuple):
    at: datetime.datetime
    by: str
    row: RowChange


def history_of(case: Case, *, kind: str = "") -> list[Moment]:
    """The history of a case, the newest first; in a constant number of queries.

    Args:
        case: with its patient.
        kind: only rows of this kind, one of `CHOICES`; all where empty.
    """
    asked = [model for model in KINDS if kind in ("", model._meta.model_name)]
    items = _item_ids(case) if {Opinion, DecisionDraft} & set(asked) else []
    events = {model: _events(model, case, items) for model in asked}
    signed: Sequence[Any] = ()
    if kind in ("", "decision"):
        signed = Decision.objects.filter(case=case).select_related("signed_by")
    people = _people(event for rows in events.values() for event in rows)
    words = FieldWords(people)
    written = [
        each for model, rows in events.items() for each in _written(model, rows, words, people)
    ]
    written += [_signing(decision) for decision in signed]
    written.sort(key=lambda each: (each.at, each.by), reverse=True)
    return [
        Moment(at, by, tuple(each.row for each in group))
        for (at, by), group in groupby(written, key=lambda each: (each.at, each.by))
    ]


def _item_ids(case: Case) -> list[UUID]:
    """Every item of the case that ever was on an agenda."""
    events: Any = AgendaItem.pgh_event_model  # type: ignore[attr-defined]
    return list(events.objects.filter(case_id=case.pk).values_list("pgh_obj_id", flat=True))


def _events(model: type[models.Model], case: Case, items: Sequence[UUID]) -> list[Any]:
    """The history of the rows of one kind, row by row, each in order of time."""
    column = KINDS[model][1]
    wanted: dict[str, Any] = {column: case.patient_id if model in OF_PATIENT else case.pk}
    if column in ("item_id", "agenda_item_id"):
        wanted = {f"{column}__in": items}
    events: Any = model.pgh_event_model  # type: ignore[attr-defined]
    found = list(events.objects.filter(**wanted).order_by("pgh_obj_id", "pgh_id"))
    for event in found:
        # What is sealed opens with the patient's key, which is at hand.
        if model is Patient:
            event.pgh_obj = case.patient
        elif column == "case_id":
            event.case = case
    return found


def _written(
    model: type[models.Model], events: Iterable[Any], words: FieldWords, people: dict[UUID, str]
) -> Iterator[_Written]:
    fields = _fields(model)
    previous: Any = None
    for event in events:
        if previous is not None and previous.pgh_obj_id != event.pgh_obj_id:
            previous = None
        changes = tuple(_changes(model, fields, previous, event, words))
        if changes or event.pgh_label != "update":
            title: Any = TITLES.get(model) and model._meta.get_field(TITLES[model])
            row = RowChange(
                kind=KINDS[model][0],
                title=words.of(model, title, event) if title else "",
                done=DONE[event.pgh_label],
                changes=changes,
            )
            yield _Written(event.pgh_created_at, _writer(event, people), row)
        previous = event


def _fields(model: type[models.Model]) -> list[Any]:
    """The columns that say something: no keys but those of people."""
    kept = {field.name for field in model.pgh_event_model._meta.concrete_fields}  # type: ignore[attr-defined]
    return [
        field
        for field in model._meta.fields
        if (field.name in kept or isinstance(field, SealedPartField))
        and field.name not in BESIDE
        and field.name not in SAID.get(model, ())
        and (field.related_model is None or field.related_model is User)
    ]


def _changes(
    model: type[models.Model], fields: Sequence[Any], previous: Any, event: Any, words: FieldWords
) -> Iterator[FieldChange]:
    before = None if event.pgh_label == "insert" else previous
    for field in fields:
        old = words.of(model, field, before) if before is not None else EMPTY
        new = EMPTY if event.pgh_label == "delete" else words.of(model, field, event)
        if event.pgh_label == "delete":
            old = words.of(model, field, event)
        if old != new:
            yield FieldChange(
                label_of(field), "" if old == EMPTY else old, "" if new == EMPTY else new
            )


def _signing(decision: Any) -> _Written:
    row = RowChange(
        kind=SIGNED, title=f"Version {decision.version}", done="Signed", decision=decision
    )
    return _Written(decision.signed_at, decision.signed_by.name, row)


def _writer(event: Any, people: dict[UUID, str]) -> str:
    return people.get(_person_of(event), "")  # type: ignore[arg-type]


def _person_of(event: Any) -> UUID | None:
    person = (event.pgh_context or {}).get("person")
    return UUID(person) if person else None


def _people(events: Iterable[Any]) -> dict[UUID, str]:
    """Names of everybody whom the history names, as a writer or in a column."""
    ids: set[Any] = set()
    for event in events:
        ids.add(_person_of(event))
        ids.update(
            getattr(event, field.attname)
            for field in event._meta.concrete_fields
            if field.related_model is User
        )
    ids.discard(None)
    return {person.pk: person.name for person in User.objects.filter(pk__in=ids)}
