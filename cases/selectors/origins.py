"""Where facts come from, for a reader: which study or treatment, who entered it, and when.

An assessment keeps ids and times (`cases.selectors.provenance`); names are looked up here. Who
entered a study, a treatment or a patient stands in the history of its row.
"""

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cases.models import Assessment, Patient, Study, Treatment
from cases.selectors.briefing import study_name, treatment_dates
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
    """A treatment that says a fact, in words, and who entered it."""

    words: str
    entry: Entry


@dataclass(frozen=True)
class Otherwise:
    """A direct answer that the record stands against."""

    value: str
    source: str
    entry: Entry


@dataclass(frozen=True)
class Origin:
    """Where one fact comes from; `rule` is that of `cases.selectors.facts`, empty where none.

    `computed_from` names the facts that it follows from.
    """

    rule: str
    text: str
    entry: Entry = Entry()
    studies: tuple[Shown, ...] = ()
    treatments: tuple[Given, ...] = ()
    otherwise: Otherwise | None = None
    computed_from: tuple[str, ...] = ()


class Origins:
    """The origins of the facts of one assessment, read in at most six queries."""

    def __init__(self, assessment: Assessment, dictionary: Mapping[str, FactDefinition]) -> None:
        self.assessment, self.dictionary = assessment, dictionary
        self.stored: Mapping[str, Mapping[str, Any]] = assessment.origins
        studies = {UUID(id_) for id_ in self._ids("study", "studies")}
        treatments = {UUID(id_) for id_ in self._ids("treatment", "treatments")}
        patient = assessment.case.patient_id
        self.studies = {study.id: study for study in Study.objects.filter(id__in=studies)}
        self.treatments = {row.id: row for row in Treatment.objects.filter(id__in=treatments)}
        history = {
            **_written(Study, self.studies),
            **_written(Treatment, self.treatments),
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
            studies=tuple(map(self._shown, self._of_one(stored, "study", "studies"))),
            treatments=tuple(map(self._given, self._of_one(stored, "treatment", "treatments"))),
            otherwise=self._otherwise(name, stored.get("answer")),
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

    def _given(self, id_: UUID) -> Given:
        treatment = self.treatments[id_]
        words = f"{treatment.get_type_display()}, {treatment_dates(treatment)}"
        return Given(words, self.history.get(id_, Entry()))

    def _otherwise(self, name: str, answer: Mapping[str, Any] | None) -> Otherwise | None:
        if answer is None:
            return None
        return Otherwise(
            value=value_words(self.dictionary[name], answer["value"]),
            source=answer["source"],
            entry=self._entry(answer["by"], datetime.datetime.fromisoformat(answer["at"])),
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

    def _of_one(self, stored: Mapping[str, Any], one: str, several: str) -> list[UUID]:
        """The rows that an origin names and that are still there; treatments can be removed."""
        rows: Mapping[UUID, Any] = self.studies if one == "study" else self.treatments
        return [UUID(id_) for id_ in _named(stored, one, several) if UUID(id_) in rows]


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
