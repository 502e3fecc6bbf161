"""What pathology says of a specimen and no fact of the dictionary is."""

from collections.abc import Mapping
from typing import Any

from cases.readings.answer import Absent, Amount, Coded
from cases.readings.findings.answers import NO_ANSWER
from cases.readings.findings.finding import Finding
from cases.readings.findings.yes_no import truth_of
from cases.readings.naming import NO_MEANING, Named, find
from cases.readings.notebook import Notebook, Unreadable
from cases.readings.reading import Kind, Reading
from cases.terminology.codes import LocalCodes

#: Our own codes of these columns: `cases.fhir.resources.record_codes`.
RECORD: Mapping[str, str] = {
    "nodes-examined": "nodes_examined",
    "nodes-positive": "nodes_positive",
    "vascular-invasion": "vascular_invasion",
    "perineural-invasion": "perineural_invasion",
    "margin": "margin",
}
#: How they are answered.
COUNTS = frozenset({"nodes_examined", "nodes_positive"})
TRUTHS = frozenset({"vascular_invasion", "perineural_invasion"})
MARGIN = "margin"
MARGINS: Mapping[str, str] = {one: one for one in ("R0", "R1", "R2", "RX")}
MOST_NODES = 32_767


def read(named: Named, finding: Finding, *, local: LocalCodes, notebook: Notebook) -> None:
    """Write down one column of a specimen."""
    path = finding.answer.path if finding.answer is not None else finding.path
    column = RECORD.get(named.last)
    if column is None:
        notebook.tell_code(named.code, NO_MEANING)
        return
    try:
        value = _value(column, finding.answer, local=local)
    except Unreadable as reason:
        notebook.tell(path, str(reason))
        return
    notebook.say(
        Reading(
            Kind.SPECIMEN,
            {column: value},
            finding.origin,
            subject=finding.subject,
            belongs_to=finding.specimen,
            on=finding.on,
        )
    )


def _value(column: str, answer: Any, *, local: LocalCodes) -> Any:
    """The answer as a value of the column.

    Raises:
        Unreadable: it is none.
    """
    if answer is None or isinstance(answer, Absent):
        raise Unreadable(NO_ANSWER)
    if column in COUNTS:
        return _count(answer)
    if column in TRUTHS:
        holds = truth_of(answer)
        if holds is None:
            message = "It says neither yes nor no."
            raise Unreadable(message)
        return holds
    named = find(answer, MARGIN, local=local) if isinstance(answer, Coded) else None
    if named is None or named.last not in MARGINS:
        message = f"It is none of: {', '.join(MARGINS)}."
        raise Unreadable(message)
    return named.last


def _count(answer: Any) -> int:
    is_number = isinstance(answer, Amount) and not answer.comparator
    if not is_number or answer.value != answer.value.to_integral_value():
        message = "This is not a number of nodes."
        raise Unreadable(message)
    if not 0 <= answer.value <= MOST_NODES:
        message = "This number is out of any range."
        raise Unreadable(message)
    return int(answer.value)
