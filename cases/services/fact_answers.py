"""Direct answers as they are checked and stored."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils import timezone

from cases.models import Case, FactAnswer
from cases.models.fact_answer import UNKNOWN
from cases.selectors.facts import RECORD_ONLY, stands_until_answered
from cases.services.checks import (
    GUIDANCE_YEARS,
    LIFETIME_YEARS,
    UNSTORABLE,
    date_error,
    field_errors,
)
from cases.services.errors import Invalid
from guidance.engine.dictionary import DICTIONARY
from guidance.engine.facts import FactError, as_json, parse_fact
from guidance.engine.values import is_storable
from tumorboard.accounts.models import User
from tumorboard.audit.record import record

#: The longest words inside an answer, in characters.
LONGEST = 500
#: Dates from which guidance reckons months.
RECKONED_FROM = frozenset({"resection_date"})


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
    if parsed is None:
        return None if given is None else UNKNOWN
    if DICTIONARY[name].kind == "date":
        reason = date_error(
            parsed, years=GUIDANCE_YEARS if name in RECKONED_FROM else LIFETIME_YEARS
        )
        if reason:
            raise FactError(name, reason)
    value = as_json(parsed)
    for text in _texts(value):
        if not is_storable(text):
            raise FactError(name, UNSTORABLE)
        if len(text) > LONGEST:
            raise FactError(name, f"must use at most {LONGEST} characters")
    return value


def _texts(value: Any) -> Iterator[str]:
    """Every text inside a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)


def write(*, case: Case, answers: Mapping[str, Any], source: str, by: User) -> bool:
    """Write direct answers to a case that is locked, or new. Does not assess it.

    Args:
        answers: fact name -> value as the data dictionary allows it; "unknown" is an answer;
            None takes the answer back (not asked).
        source: where the answers come from, in words.

    Returns:
        Whether anything changed.

    Raises:
        Invalid: a fact that is not in the dictionary or that only the record can say, a value
            that the dictionary does not allow, or the source; nothing is written.
    """
    values = checked(answers)
    source = source.strip()
    errors = field_errors(FactAnswer(source=source), names=["source"])
    if errors:
        raise Invalid(errors)
    stored = {row.fact: row for row in FactAnswer.objects.filter(case=case)}
    new: list[FactAnswer] = []
    touched = False
    for name, value in values.items():
        row = stored.get(name)
        if row is not None:
            touched |= _write_again(case, row, value, source=source, by=by)
        elif value is not None:
            row = FactAnswer(case=case, fact=name)
            _fill(row, value, source=source, by=by)
            new.append(row)
    FactAnswer.objects.bulk_create(new)
    if touched or new:
        record(action="case.facts.answered", subject=case, by=by)
    return touched or bool(new)


def _write_again(case: Case, row: FactAnswer, value: Any, *, source: str, by: User) -> bool:
    """Write or take back one answer that is there already; whether anything changed."""
    if value is None:
        row.delete()
        return True
    is_same = row.value == value and row.source == source
    if is_same and not _overruled(case, row.fact):
        return False
    _fill(row, value, source=source, by=by)
    row.save()
    return True


def _fill(row: FactAnswer, value: Any, *, source: str, by: User) -> None:
    row.value, row.source, row.unit = value, source, DICTIONARY[row.fact].unit
    row.answered_by, row.answered_at = by, timezone.now()


def _overruled(case: Case, name: str) -> bool:
    """Whether the record says otherwise, until it is answered anew: then the same is new."""
    origins = case.assessment.origins if case.assessment else {}
    return stands_until_answered(origins.get(name, {}))


def _sentence(reason: str) -> str:
    return reason[:1].upper() + reason[1:].rstrip(".") + "."
