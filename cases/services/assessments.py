"""Assessing a case, and what follows from it for the case's place on lists."""

import datetime
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from cases.models import Assessment, Candidacy, Case, Decision, Gap
from cases.models.case import Readiness
from cases.selectors.completeness_record import record_beside
from cases.selectors.data_set import data_set
from cases.selectors.facts import (
    CaseFacts,
    Record,
    facts_from,
    record_of,
    record_of_opened,
)
from cases.selectors.trial_changes import changes_of, summary
from cases.services import candidacies
from cases.services.completeness import PREPARATION, refresh, refresh_new
from cases.services.errors import Invalid
from cases.services.task_matching import match
from guidance.editions import shelf
from guidance.engine.assess import assess
from guidance.engine.edition import Edition
from guidance.engine.facts import FactErrors, Facts, parse_facts
from guidance.engine.fingerprint import engine_fingerprint

#: Facts that change with the calendar alone; an assessment that differs only in them is the same.
CLOCK = ("evaluated_on", "months_since_resection", "months_since_last_imaging")
#: What `place` sets.
PLACE = ("assessment", "scenario", "board_level", "missing_count", "readiness")

#: Ids of the cases that wait for the end of `assessed_once`; None outside of it.
_waiting: ContextVar[set[UUID] | None] = ContextVar("waiting", default=None)


@contextmanager
def assessed_once() -> Iterator[None]:
    """Assess each case that is written inside only once, at the end; all in one transaction.

    For what writes several rows of a case at a time, such as a study with its result. Until the
    end the assessment of a case is the one from before, and a case that is opened inside has none.

    Raises:
        Invalid: at the end, as `reassess` does; then nothing of what was inside is written.
    """
    if _waiting.get() is not None:
        yield
        return
    waiting: set[UUID] = set()
    with transaction.atomic():
        token = _waiting.set(waiting)
        try:
            yield
        finally:
            _waiting.reset(token)
        # In one order for all, as two that wait for each other's cases would wait for ever.
        for case in Case.objects.select_for_update().filter(pk__in=waiting).order_by("pk"):
            _follow(case)


@transaction.atomic
def reassess(*, case: Case, on: datetime.date | None = None) -> Assessment:
    """Assess `case` by the institution's edition and keep the answer if it says anything new.

    Args:
        on: the day of the assessment; today where not given.

    Raises:
        Invalid: the record holds a value that the data dictionary does not allow.
    """
    date = on or timezone.localdate()
    return _reassess(case, on=date, decided=candidacies.last_decision(case))


def _reassess(case: Case, *, on: datetime.date, decided: Decision | None) -> Assessment:
    """Read the record once, and keep what follows from it: the assessment, gaps, candidacies.

    Args:
        decided: the newest decision on the case.
    """
    record = record_of(case, on=on)
    new = _assessed_from(record)
    last = case.assessment
    if last is None or _differs(last, new):
        new.save()
        last = new
    place(case=case, assessment=last, decided=decided)
    case.save(update_fields=PLACE)
    refresh(case=case, read=record_beside(case, last, read=record))
    candidacies.keep(case=case, imaging=record.imaging, decision=decided)
    return last


def is_outdated(case: Case) -> bool:
    """Whether the guidance in force says other of `case` by now than its assessment does.

    Computed for the day of the assessment: an adopted edition, a local policy or a newer engine
    makes an assessment outdated, a new day alone does not.

    Raises:
        Invalid: the record holds a value that the data dictionary does not allow.
    """
    last = case.assessment
    if last is None:
        return False
    on = last.evaluated_on
    return _differs(last, _assessed_from(record_of(case, on=on)))


def _assessed_from(record: Record) -> Assessment:
    """The assessment of a record by the institution's edition; not saved."""
    found = facts_from(record)
    return assessed(case=record.case, found=found, on=record.date, edition=shelf.adopted())


def assessed(*, case: Case, found: CaseFacts, on: datetime.date, edition: Edition) -> Assessment:
    """The assessment of `case` by `edition` from `found`; not saved.

    Raises:
        Invalid: the record holds a value that the data dictionary does not allow.
    """
    facts = facts_for(found.values, edition)
    answer = assess(facts, edition)
    return Assessment(
        case=case,
        evaluated_on=on,
        edition_version=edition.version,
        edition_hash=edition.hash,
        engine=engine_fingerprint(),
        facts=facts.as_json(),
        origins=found.origins,
        answer=answer,
        scenario=answer["scenario"],
        branch=answer["branch"] or "",
        board_level=answer["board"]["level"],
    )


def facts_for(values: Mapping[str, Any], edition: Edition) -> Facts:
    """The facts of a record as `edition` reads them.

    The software may know facts and values that the edition does not, or no longer. No statement
    of the edition can read such a fact, so it is left out; such a value is unknown to it.

    Raises:
        Invalid: the record holds a value that the software's dictionary does not allow either.
    """
    try:
        return parse_facts(values, edition.dictionary)
    except FactErrors as refused:
        beyond = {error.fact for error in refused.errors}
    try:
        parse_facts({name: values[name] for name in beyond})
    except FactErrors as error:
        raise Invalid({e.fact: [e.reason] for e in error.errors}) from error
    known = {name: value for name, value in values.items() if name not in beyond}
    return parse_facts(known, edition.dictionary)


def changed(*, case: Case) -> None:
    """Note that something about `case` was written, and assess it anew."""
    case.version += 1
    case.changed_at = timezone.now()
    case.save(update_fields=["version", "changed_at"])
    if not _waits(case):
        _follow(case)


def opened(*, case: Case) -> None:
    """Assess `case`, which is new and has nothing but answers yet."""
    if _waits(case):
        return
    assessment = _assessed_from(record_of_opened(case, on=timezone.localdate()))
    assessment.save()
    place(case=case, assessment=assessment, decided=None)
    gaps = refresh_new(case=case, assessment=assessment, asking=data_set())
    case.save(update_fields=(*PLACE, *PREPARATION))
    Gap.objects.bulk_create(gaps)
    new = candidacies.candidacies_of_new(case=case, assessment=assessment)
    Candidacy.objects.bulk_create(new)


def _waits(case: Case) -> bool:
    """Whether `case` is assessed at the end of `assessed_once`, of which it is told."""
    waiting = _waiting.get()
    if waiting is not None:
        waiting.add(case.pk)
    return waiting is not None


def _follow(case: Case) -> None:
    decided = candidacies.last_decision(case)
    _reassess(case, on=timezone.localdate(), decided=decided)
    if decided is not None:
        # Tasks, and the question to the board whether it still stands, come of decisions only.
        match(case=case)


def _differs(last: Assessment, new: Assessment) -> bool:
    # Compared as stored: what JSON makes of the answer.
    return (
        last.answer != new.answer
        or _has_other_origins(last.origins, new.origins)
        or _without_clock(last) != _without_clock(new)
    )


def _has_other_origins(last: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether a fact comes from elsewhere now, or is answered otherwise than the record says.

    An assessment from before origins named rows and people does not name them; that they are
    named now is nothing new.
    """
    if last.keys() != new.keys():
        return True
    return any(
        origin.get("answer") != new[name].get("answer")
        or any(new[name].get(key) != said for key, said in origin.items())
        for name, origin in last.items()
    )


def _without_clock(assessment: Assessment) -> dict[str, Any]:
    """The facts without those that the day alone changes; months that were typed are no such."""
    typed = {name for name, origin in assessment.origins.items() if origin["rule"] == "answer"}
    return {
        name: value
        for name, value in assessment.facts.items()
        if name not in CLOCK or name in typed
    }


def place(*, case: Case, assessment: Assessment, decided: Decision | None) -> None:
    """Set what lists and queues read: scenario, board level, gaps, readiness. Saves nothing.

    Args:
        decided: the newest decision on the case.
    """
    answer = assessment.answer
    case.assessment = assessment
    case.scenario = answer["scenario"]
    case.board_level = answer["board"]["level"]
    case.missing_count = len(answer["missing"])
    case.readiness = readiness(assessment, decided)


def readiness(assessment: Assessment, decided: Decision | None) -> Readiness:
    """How far a case is prepared for a board, from its assessment and its newest decision."""
    answer = assessment.answer
    if decided is not None and _is_decided(assessment, decided):
        return Readiness.SIGNED
    if "clinical_question" not in assessment.facts:
        return Readiness.NOT_STARTED
    if answer["missing"] or answer["scenario"] in ("UNDETERMINED", "CONFLICT"):
        return Readiness.INCOMPLETE
    if answer["board"]["level"] == "yes":
        return Readiness.NEEDS_DECISION
    return Readiness.READY


def _is_decided(assessment: Assessment, decided: Decision) -> bool:
    """Whether the board decided on what `assessment` says.

    Another edition that recommends the same from the same facts says nothing new: else every
    signed case would ask for the board again on the day on which an edition is adopted.
    """
    if decided.assessment_id == assessment.id:
        return True
    seen = decided.assessment
    return (
        seen.edition_hash != assessment.edition_hash
        and _without_clock(seen) == _without_clock(assessment)
        and not changes_of(summary(seen.answer), summary(assessment.answer))
    )
