"""Assessing a case, and what follows from it for the case's place on lists."""

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from guidance.engine.assess import assess
from guidance.engine.edition import load_edition

from cases.models import Assessment, Case, Decision
from cases.models.case import Readiness
from cases.selectors.facts import CaseFacts, facts_of
from cases.services.errors import Invalid
from guidance.engine.facts import FactErrors, parse_facts

#: Facts that change with the calendar alone; an assessment that differs only in them is the same.
CLOCK = ("evaluated_on", "months_since_resection", "months_since_last_imaging")


@transaction.atomic
def reassess(*, case: Case, on: datetime.date | None = None) -> Assessment:
    """Assess `case` by the current edition and keep the answer if it says anything new.

    Called by every service that changes what is known of a case, in its transaction.

    Args:
        on: the day of the assessment; today where not given.

    Raises:
        Invalid: the record holds a value that the data dictionary does not allow.
    """
    date = on or timezone.localdate()
    edition = load_edition()
    found = facts_of(case, on=date)
    try:
        facts = parse_facts(found.values)
    except FactErrors as error:
        raise Invalid({e.fact: [e.reason] for e in error.errors}) from error
    answer = assess(facts, edition)
    last = case.assessment
    if last is None or _differs(last, found, answer):
        last = Assessment.objects.create(
            case=case,
            evaluated_on=date,
            edition_version=edition.version,
            edition_hash=edition.hash,
            facts=facts.as_json(),
            origins=found.origins,
            answer=answer,
            scenario=answer["scenario"],
            branch=answer["branch"] or "",
            board_level=answer["board"]["level"],
        )
    _place(case, last)
    return last


def changed(*, case: Case) -> Assessment:
    """Note that something about `case` was written, and assess it anew."""
    case.version += 1
    case.changed_at = timezone.now()
    case.save(update_fields=["version", "changed_at"])
    return reassess(case=case)


def _differs(last: Assessment, found: CaseFacts, answer: dict[str, Any]) -> bool:
    # Compared as stored: what JSON makes of the answer, and origins without the clock's.
    return (
        last.answer != answer
        or _without_clock(last.origins) != _without_clock(found.origins)
        or _without_clock(last.facts) != _without_clock(parse_facts(found.values).as_json())
    )


def _without_clock(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in CLOCK}


def _place(case: Case, assessment: Assessment) -> None:
    """Write what lists and queues read: scenario, board level, gaps, readiness."""
    answer = assessment.answer
    case.assessment = assessment
    case.scenario = answer["scenario"]
    case.board_level = answer["board"]["level"]
    case.missing_count = len(answer["missing"])
    case.readiness = readiness(case, assessment)
    case.save(update_fields=["assessment", "scenario", "board_level", "missing_count", "readiness"])


def readiness(case: Case, assessment: Assessment) -> Readiness:
    """How far `case` is prepared for a board, from its assessment and its decisions."""
    answer = assessment.answer
    decided = Decision.objects.filter(case=case).order_by("-signed_at").first()
    if decided is not None and decided.assessment_id == assessment.id:
        return Readiness.SIGNED
    if "clinical_question" not in assessment.facts:
        return Readiness.NOT_STARTED
    if answer["missing"] or answer["scenario"] in ("UNDETERMINED", "CONFLICT"):
        return Readiness.INCOMPLETE
    if answer["board"]["level"] == "yes":
        return Readiness.NEEDS_DECISION
    return Readiness.READY
