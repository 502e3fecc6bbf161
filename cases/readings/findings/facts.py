"""Observations that answer a fact of the data dictionary."""

from typing import Any

from cases.readings.answer import Absent, Coded
from cases.readings.findings import columns
from cases.readings.findings.answers import NO_ANSWER, checked, value_of
from cases.readings.findings.finding import Finding
from cases.readings.findings.yes_no import truth_of
from cases.readings.naming import NO_MEANING, Named, find, tell
from cases.readings.notebook import Notebook, Unreadable
from cases.readings.numbers import kept
from cases.readings.reading import Kind, Reading
from cases.terminology.codes import LocalCodes
from guidance.engine.dictionary import DICTIONARY, FactDefinition
from guidance.engine.facts import UNKNOWN

NO_DENIAL = "A list here says what was found; that something was not found has no place in it."
NO_NEGATION = "It denies one value; which other one holds is not said."
FROM_RECORD = "The record says this by its rows; it has no place as a statement of its own."
ELSEWHERE = "It is not said to be of the primary tumor, which alone is a fact."


def read(named: Named, finding: Finding, *, local: LocalCodes, notebook: Notebook) -> None:
    """Write down what a finding whose code is `fact/…` says."""
    name, _, choice = named.name.partition("/")
    fact = DICTIONARY.get(name)
    if fact is None:
        notebook.tell_code(named.code, NO_MEANING)
        return
    if name in columns.RECORD_ONLY:
        notebook.tell(finding.path, FROM_RECORD)
        return
    # What was measured on a specimen is that specimen's, wherever it was taken from.
    if name in columns.OF_LESION and not finding.specimen and not _of_primary(finding, local=local):
        notebook.tell(finding.path, ELSEWHERE)
        return
    if isinstance(finding.answer, Absent):
        _say_absent(fact, finding.answer, finding, notebook)
        return
    try:
        value = _choice(choice, fact, finding) if choice else _value(fact, finding, local=local)
        # An empty list says that there is none of them.
        is_part = fact.kind == "list" and bool(value) and not finding.is_whole_list
        _say(fact, value, finding, notebook, adds=is_part)
    except Unreadable as reason:
        _tell(str(reason), finding, local=local, notebook=notebook)


def answer(
    fact: str,
    value: Any,
    *,
    origin: str,
    path: str,
    notebook: Notebook,
    subject: str = "",
    on: Any = None,
    adds: bool = False,
) -> None:
    """Write down a fact whose value is known already."""
    try:
        plain = checked(DICTIONARY[fact], value)
    except Unreadable as reason:
        notebook.tell(path, str(reason))
        return
    values = {"fact": fact, "value": plain}
    notebook.say(Reading(Kind.FACT, values, origin, subject=subject, on=on, adds=adds))


def _value(fact: FactDefinition, finding: Finding, *, local: LocalCodes) -> Any:
    return value_of(finding.answer, fact, local=local)


def _choice(choice: str, fact: FactDefinition, finding: Finding) -> Any:
    """One value of a fact, which the code itself names and the answer affirms."""
    if finding.answer is None:
        raise Unreadable(NO_ANSWER)
    holds = truth_of(finding.answer)
    if holds is None:
        message = "It says neither yes nor no."
        raise Unreadable(message)
    if not holds:
        raise Unreadable(NO_DENIAL if fact.kind == "list" else NO_NEGATION)
    return [choice] if fact.kind == "list" else choice


def _say(
    fact: FactDefinition, value: Any, finding: Finding, notebook: Notebook, *, adds: bool
) -> None:
    plain = checked(fact, value)
    kind, belongs_to, column = _place(fact.name, finding, value)
    if kind is Kind.FACT:
        values = {"fact": fact.name, "value": plain}
    elif fact.kind == "decimal":
        values = {column: kept(value, places=columns.PLACES[column])}
    else:
        values = {column: plain}
    notebook.say(
        Reading(
            kind,
            values,
            finding.origin,
            subject=finding.subject,
            belongs_to=belongs_to,
            on=finding.on,
            adds=adds,
        )
    )


def _place(name: str, finding: Finding, value: Any) -> tuple[Kind, str, str]:
    """Where a fact stands: the kind of row, which one, and its column."""
    if name == "sex":
        return Kind.PATIENT, "", "sex"
    if name in columns.SPECIMEN and (finding.specimen or name == "who_version"):
        return Kind.SPECIMEN, finding.specimen, columns.SPECIMEN[name]
    if name in columns.RESULT and value not in columns.NO_RESULT:
        return Kind.RESULT, finding.study, columns.RESULT[name]
    if name in columns.RESULT_OR_FACT and finding.study and value not in columns.NO_RESULT:
        return Kind.RESULT, finding.study, name
    if name in columns.RESULT:
        message = "There is no result to enter."
        raise Unreadable(message)
    return Kind.FACT, "", ""


def _say_absent(fact: FactDefinition, absent: Absent, finding: Finding, notebook: Notebook) -> None:
    """Asked and not known is an answer to a fact; everything else leaves it open."""
    in_column = {*columns.RESULT, "sex", "who_version"}
    of_row = finding.specimen and fact.name in columns.SPECIMEN
    if not absent.is_unknown or of_row or fact.name in in_column:
        notebook.tell(absent.path, absent.reason)
        return
    values = {"fact": fact.name, "value": UNKNOWN}
    origin, subject = finding.origin, finding.subject
    notebook.say(Reading(Kind.FACT, values, origin, subject=subject, on=finding.on))


def _of_primary(finding: Finding, *, local: LocalCodes) -> bool:
    if finding.site is None:
        return not finding.of_lesion
    return find(finding.site, "fact/primary_site/pancreas", local=local) is not None


def _tell(reason: str, finding: Finding, *, local: LocalCodes, notebook: Notebook) -> None:
    """Why the answer was not taken; codes without a meaning are named."""
    if isinstance(finding.answer, Coded) and finding.answer.codes:
        tell(finding.answer, local=local, notebook=notebook)
        return
    path = finding.answer.path if finding.answer is not None else finding.path
    notebook.tell(path, reason)
