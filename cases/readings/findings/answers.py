"""Answers as values of the data dictionary."""

import datetime
from decimal import Decimal
from typing import Any

from cases.readings.answer import Amount, Answer, Coded, Day, Share, Span, Truth, Words
from cases.readings.findings.yes_no import truth_of
from cases.readings.naming import find_all
from cases.readings.notebook import Unreadable
from cases.readings.units import in_unit
from cases.terminology.codes import LocalCodes
from guidance.engine.dictionary import FactDefinition
from guidance.engine.facts import FactError, parse_fact

#: UCUM's high power field, of which ten are counted.
FIELD = "[HPF]"
TEN_FIELDS = Decimal(10)
HUNDRED = Decimal(100)
TEXT_ALONE = "It is said in words alone."
NO_ANSWER = "It has no value."
NONE = "none"
BOUND = "It says only that the number lies {} {}; a number is needed."
BOUNDS = {"<": "below", "<=": "at or below", ">=": "at or above", ">": "above"}


def value_of(answer: Answer | None, fact: FactDefinition, *, local: LocalCodes) -> Any:
    """The answer as a value of `fact`: numbers as Decimal, in the fact's unit.

    Raises:
        Unreadable: it is no value of this fact.
    """
    if answer is None:
        raise Unreadable(NO_ANSWER)
    if fact.kind == "bool3":
        return _truth(answer)
    if fact.kind in ("decimal", "integer"):
        return number_of(answer, fact)
    if fact.kind == "enum":
        return _choice(answer, fact, local=local)
    if fact.kind == "list":
        return _choices(answer, fact, local=local)
    if fact.kind == "date" and isinstance(answer, Day):
        return answer.day
    message = "A value of this kind is not taken for it."
    raise Unreadable(message)


def checked(fact: FactDefinition, value: Any) -> Any:
    """The value as the engine takes it: numbers as int or float.

    Raises:
        Unreadable: the data dictionary does not allow it.
    """
    plain = _plain(value)
    try:
        parse_fact(fact.name, plain)
    except FactError as error:
        raise Unreadable(error.reason[:1].upper() + error.reason[1:] + ".") from error
    return plain


def number_of(answer: Answer, fact: FactDefinition) -> Decimal:
    """The answer as a number in the unit of `fact`.

    Raises:
        Unreadable: it is no number, a bound, or in a unit that does not fit.
    """
    if isinstance(answer, Share):
        return _of_share(answer, fact)
    if isinstance(answer, Span):
        message = "It says a range; one number is needed."
        raise Unreadable(message)
    if not isinstance(answer, Amount):
        raise Unreadable(TEXT_ALONE if isinstance(answer, Words) else "It is not a number.")
    if answer.comparator:
        raise Unreadable(BOUND.format(BOUNDS[answer.comparator], answer.value))
    return in_unit(answer, fact.unit).value if _has_unit(fact) else answer.value


def _has_unit(fact: FactDefinition) -> bool:
    """Whether a number of this fact is read with its unit: a count of lesions has none."""
    return fact.kind == "decimal" and fact.unit not in ("", "as reported")


def _of_share(share: Share, fact: FactDefinition) -> Decimal:
    if share.part.comparator or share.whole.comparator or share.whole.value <= 0:
        message = "This ratio is not one number."
        raise Unreadable(message)
    quotient = share.part.value / share.whole.value
    if fact.name == "mitoses_per_10hpf" and share.whole.unit == FIELD:
        return quotient * TEN_FIELDS
    if fact.unit.startswith("%") and share.part.unit == share.whole.unit:
        return quotient * HUNDRED
    message = "This ratio does not fit the unit that is needed."
    raise Unreadable(message)


def _truth(answer: Answer) -> bool:
    holds = truth_of(answer)
    if holds is None:
        message = "It says neither yes nor no."
        raise Unreadable(message)
    return holds


def _choice(answer: Answer, fact: FactDefinition, *, local: LocalCodes) -> str:
    named = _named(answer, fact, local=local)
    if len(named) == 1:
        return named[0]
    if named:
        message = "Its codes say different things."
        raise Unreadable(message)
    if fact.name == "pregnancy_status" and isinstance(answer, Coded | Truth | Words):
        holds = truth_of(answer)
        if holds is not None:
            return "pregnant" if holds else "not_pregnant"
    message = f"It is none of: {', '.join(fact.allowed)}."
    raise Unreadable(message)


def _choices(answer: Answer, fact: FactDefinition, *, local: LocalCodes) -> list[str]:
    named = _named(answer, fact, local=local)
    if not named and _is_none(answer):
        return []
    if not named:
        message = f"It is none of: {', '.join(fact.allowed)}."
        raise Unreadable(message)
    return named


def _named(answer: Answer, fact: FactDefinition, *, local: LocalCodes) -> list[str]:
    """The fact's values that codes say; without a code, what words say exactly."""
    if isinstance(answer, Coded):
        found = [
            named.last
            for named in find_all(answer, f"fact/{fact.name}", local=local)
            if named.last in fact.allowed
        ]
        if found or answer.codes:
            return found
        return _in_words(answer.text, fact)
    return _in_words(answer.text, fact) if isinstance(answer, Words) else []


def _is_none(answer: Answer) -> bool:
    """Whether it says that there is none of them: in words, since a list has no code for it."""
    return isinstance(answer, Coded | Words) and answer.text.strip().casefold() == NONE


def _in_words(text: str, fact: FactDefinition) -> list[str]:
    said = text.strip().casefold()
    return [
        value
        for value in fact.allowed
        if said in (str(value).casefold(), str(fact.value_labels[value]).casefold())
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        integral = value == value.to_integral_value()
        return int(value) if integral else float(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value
