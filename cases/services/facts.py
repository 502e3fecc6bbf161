"""Answering facts directly."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from cases.models import Case, FactAnswer
from cases.models.fact_answer import UNKNOWN
from cases.selectors.facts import RECORD_ONLY
from cases.services.assessments import changed
from cases.services.cases import lock
from cases.services.checks import check_version
from cases.services.errors import Invalid
from guidance.engine.dictionary import DICTIONARY
from guidance.engine.facts import FactError, as_json, parse_fact
from tumorboard.accounts.models import User
from tumorboard.audit.record import record


@transaction.atomic
def answer(
    *,
    case: Case,
    answers: Mapping[str, Any],
    source: str = "",
    by: User,
    if_match: int | None = None,
) -> Case:
    """Write direct answers and assess the case anew.

    Args:
        answers: fact name -> value as the data dictionary allows it; "unknown" is an answer;
            None takes the answer back (not asked).
        source: where the answers come from, in words.

    Raises:
        Invalid: a fact that is not in the dictionary or that only the record can say, or a value
            that the dictionary does not allow; nothing is written.
        Changed: somebody else wrote since version `if_match`.
    """
    case = lock(case)
    check_version(current=case.version, if_match=if_match)
    values = checked(answers)
    stored = {row.fact: row for row in FactAnswer.objects.filter(case=case)}
    touched = False
    for name, value in values.items():
        touched |= _write(case, name, value, stored.get(name), source=source, by=by)
    if touched:
        record(action="case.facts.answered", subject=case, by=by)
        changed(case=case)
    return case


def checked(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers in the form in which they are stored.

    Raises:
        Invalid: with the reason for every answer that is not allowed.
    """
    values: dict[str, Any] = {}
    errors: dict[str, list[str]] = {}
    for name, given in answers.items():
        if name in RECORD_ONLY:
            errors[name] = ["This comes from the record and cannot be answered directly."]
            continue
        try:
            values[name] = _stored(name, given)
        except FactError as error:
            errors[name] = [_sentence(error.reason)]
    if errors:
        raise Invalid(errors)
    return values


def _stored(name: str, given: Any) -> Any:
    parsed = parse_fact(name, given)
    definition = DICTIONARY[name]
    if definition.kind == "date" and parsed is not None and parsed > timezone.localdate():
        raise FactError(name, "lies in the future")
    if given is None:
        return None
    return UNKNOWN if parsed is None else as_json(parsed)


def _write(
    case: Case, name: str, value: Any, row: FactAnswer | None, *, source: str, by: User
) -> bool:
    """Write one answer; whether anything changed."""
    if value is None:
        if row is not None:
            row.delete()
        return row is not None
    if row is not None and row.value == value and row.source == source:
        return False
    row = row or FactAnswer(case=case, fact=name)
    row.value, row.source, row.unit = value, source, DICTIONARY[name].unit
    row.answered_by, row.answered_at = by, timezone.now()
    row.save()
    return True


def _sentence(reason: str) -> str:
    return reason[:1].upper() + reason[1:] + "."
