"""Where facts come from, for a reader: which study or treatment, who entered it, and when.

An assessment keeps ids and times (`cases.selectors.provenance`); names are looked up here. Who
entered a study, a treatment or a patient stands in the history of its row.
"""

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Model

from cases.models import Assessment, Patient, Study
from cases.selectors.sources import SOURCES
from cases.selectors.study_names import study_name
from guidance.engine.dictionary import FactDefinition
from guidance.engine.values import value_words
from tumorboard.accounts.models import User
from tumorboard.audit.models import AuditEntry
from tumorboard.formats import day

POLICY_CHOSEN = "institution.guidance.chosen"
#: Facts that follow from others, which then carry the origin.
COMPUTED_FROM: Mapping[str, tuple[str, ...]] = {
    "months_since_resection": ("resection_date",),
    "months_since_last_imaging": ("last_imaging_date",),
    "metastatic_site_count": ("metastatic_sites",),
    "prior_followup_modalities": ("studies",),
}
NOT_ASKED = "Not asked yet"
COMPUTED = "Computed from other facts"


@dataclass(frozen=True)
class Entry:
    """Who entered something, and when; empty and None where nobody noted it."""

    by: str = ""
    at: datetime.datetime | None = None


@dataclass(frozen=True)
class Shown:
    """A study that says a fact: its name and date, its report's number, and who entered it."""

    id: UUID
    name: str
    date: str
    accession_number: str
    has_report: bool
    entry: Entry


@dataclass(frozen=True)
class Given:
    """A row of the record that says a fact, such as a treatment, and who entered it."""

    words: str
    entry: Entry


@dataclass(frozen=True)
class Otherwise:
    """The other side of a contradiction: a direct answer, or what the record says."""

    value: str
    source: str
    entry: Entry
    is_record: bool = False


@dataclass(frozen=True)
class Origin:
    """Where one fact comes from; `rule` is that of `cases.selectors.facts`, empty where none.

    `computed_from` names the facts that it follows from.
    """

    rule: str
    text: str
    entry: Entry = Entry()
    studies: tuple[Shown, ...] = ()
    rows: tuple[Given, ...] = ()
    otherwise: Otherwise | None = None
    computed_from: tuple[str, ...] = ()


class Origins:
    """The origins of the facts of one assessment, read in queries that no row adds to.

    Six at most, and two for each further kind of row that is named.
    """

    def __init__(self, assessment: Assessment, dictionary: Mapping[str, FactDefinition]) -> None:
        self.assessment, self.dictionary = assessment, dictionary
        self.stored: Mapping[str, Mapping[str, Any]] = assessment.origins
        studies = {UUID(id_) for id_ in self._ids("study", "studies")}
        patient = assessment.case.patient_id
        self.studies = {study.id: study for study in Study.objects.filter(id__in=studies)}
        self.rows = {kind: self._rows(kind) for kind in SOURCES}
        history = {
            **_written(Study, self.studies),
            **{
                id_: written
                for kind, rows in self.rows.items()
                for id_, written in _written(SOURCES[kind].model, rows).items()
            },
            **_written(Patient, [patient] if self._has("patient.") else []),
        }
        chosen = self._policy_chosen() if self._has("policy") else None
        people = set(self._ids("by", "")) | {by for by, _ in history.values() if by}
        if chosen is not None:
            people.add(str(chosen.person_id))
        self.names = {
            str(id_): name
            for id_, name in User.objects.filter(id__in=people).values_list("id", "name")
        }
        self.history = {key: self._entry(by, at) for key, (by, at) in history.items()}
        self.chosen = self._entry(str(chosen.person_id), chosen.at) if chosen else Entry()

    def of(self, name: str) -> Origin:
        """The origin of one fact; words that say so where it has none."""
        stored = self.stored.get(name)
        if stored is None:
            if name not in self.assessment.facts:
                return Origin("", NOT_ASKED)
            return Origin("", COMPUTED, computed_from=COMPUTED_FROM.get(name, ()))
        rule = stored["rule"]
        return Origin(
            rule=rule,
            text=stored["text"],
            entry=self._entered(rule, stored),
            studies=tuple(map(self._shown, self._studies_of(stored))),
            rows=tuple(self._given(stored)),
            otherwise=self._otherwise(name, stored),
        )

    def _entered(self, rule: str, stored: Mapping[str, Any]) -> Entry:
        if "by" in stored:
            return self._entry(stored["by"], datetime.datetime.fromisoformat(stored["at"]))
        if rule.startswith("patient."):
            return self.history.get(self.assessment.case.patient_id, Entry())
        return self.chosen if rule == "policy" else Entry()

    def _shown(self, id_: UUID) -> Shown:
        study = self.studies[id_]
        return Shown(
            id=id_,
            name=study_name(study, edition_version=self.assessment.edition_version),
            date=day(study.date),
            accession_number=study.accession_number,
            has_report=bool(study.report),
            entry=self.history.get(id_, Entry()),
        )

    def _given(self, stored: Mapping[str, Any]) -> Iterator[Given]:
        """The rows that an origin names and that are still there; rows can be removed."""
        for kind, rows in self.rows.items():
            for id_ in map(UUID, stored.get(kind, ())):
                if id_ in rows:
                    words = SOURCES[kind].words(rows[id_])
                    yield Given(words, self.history.get(id_, Entry()))

    def _otherwise(self, name: str, stored: Mapping[str, Any]) -> Otherwise | None:
        other = stored.get("answer") or stored.get("record")
        if other is None:
            return None
        entered = "by" in other
        return Otherwise(
            value=value_words(self.dictionary[name], other["value"]),
            source=other["source"] if "answer" in stored else other["text"],
            entry=self._entry(other["by"], datetime.datetime.fromisoformat(other["at"]))
            if entered
            else Entry(),
            is_record="record" in stored,
        )

    def _entry(self, by: str | None, at: datetime.datetime) -> Entry:
        return Entry(self.names.get(by or "", ""), at)

    def _has(self, start: str) -> bool:
        return any(origin["rule"].startswith(start) for origin in self.stored.values())

    def _policy_chosen(self) -> AuditEntry | None:
        made_at = self.assessment.made_at
        chosen = AuditEntry.objects.filter(action=POLICY_CHOSEN, at__lte=made_at)
        return chosen.exclude(person=None).order_by("-at").first()

    def _ids(self, one: str, several: str) -> Iterator[str]:
        for origin in self.stored.values():
            for said in (origin, origin.get("answer", {})):
                yield from _named(said, one, several)

    def _rows(self, kind: str) -> dict[UUID, Model]:
        """The rows of one kind that any origin names."""
        ids = {UUID(id_) for origin in self.stored.values() for id_ in origin.get(kind, ())}
        if not ids:
            return {}
        source = SOURCES[kind]
        found = source.model._default_manager.filter(id__in=ids)
        if source.related:
            found = found.select_related(*source.related)
        return {row.pk: row for row in found}

    def _studies_of(self, stored: Mapping[str, Any]) -> list[UUID]:
        """The studies that an origin names and that are still there."""
        ids = map(UUID, _named(stored, "study", "studies"))
        return [id_ for id_ in ids if id_ in self.studies]


def _named(said: Mapping[str, Any], one: str, several: str) -> Iterator[str]:
    if one in said:
        yield said[one]
    yield from said.get(several, ())


def _written(model: Any, ids: Iterable[UUID]) -> dict[UUID, tuple[str | None, datetime.datetime]]:
    """Who wrote each row last, and when, from its history."""
    keys = list(ids)
    if not keys:
        return {}
    events = model.pgh_event_model.objects.filter(pgh_obj_id__in=keys).order_by("pgh_id")
    rows = events.values_list("pgh_obj_id", "pgh_context", "pgh_created_at")
    return {id_: ((context or {}).get("person"), at) for id_, context, at in rows}
