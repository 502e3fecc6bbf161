"""What a newer message says goes before what an older one says of the same."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from cases.models import InboxMessage, InboxProposal
from cases.models.inbox_proposal import ProposalState
from cases.readings.reading import Kind, Reading
from cases.selectors.inbox_contents import identifiers_of, reading_as_json, readings_of
from tumorboard.vault.keyring import keyring

#: What a keyed hash is of.
ABOUT = "inbox_about"
#: What tells one thing that a message can say from another, by kind; all values where not here.
TELLING: Mapping[Kind, tuple[str, ...]] = {
    Kind.PATIENT: (),
    Kind.DIAGNOSIS: (),
    Kind.FACT: ("fact",),
    Kind.LAB_RESULT: ("analyte", "taken_on", "unit"),
}
#: Of these the number by which the sender knows it says which one it is. Orders give the
#: accession number and not always the UID, so it comes first.
NUMBERED = {
    Kind.STUDY: ("accession_number", "study_uid"),
    Kind.SPECIMEN: ("report_number",),
}
#: What is said of nothing by itself: numbers tell which row is meant.
NUMBERS = frozenset({"record_number", "accession_number", "study_uid", "report_number"})
#: What is added to the record each time it is accepted.
ADDED = frozenset({Kind.LAB_RESULT, Kind.PROCEDURE, Kind.TREATMENT})
SAID = (ProposalState.OPEN, ProposalState.ACCEPTED)


class Other(NamedTuple):
    """What another message says of the same."""

    proposal: InboxProposal
    reading: Reading


class Others:
    """What other messages say of the things that one message speaks of."""

    def __init__(self, message: InboxMessage, tokens: Iterable[bytes]) -> None:
        self._message = message
        self._by_token: dict[bytes, list[Other]] = {}
        for row in _rows(message, tokens):
            said = readings_of(row.message.content)[row.number]
            self._by_token.setdefault(bytes(row.about_token), []).append(Other(row, said))

    def newer_than(self, token: bytes, reading: Reading) -> InboxProposal | None:
        """The newest that says of the same otherwise, or all of it too; None where none does."""
        newer = [
            other.proposal
            for other in self._by_token.get(token, ())
            if other.proposal.said_at > self._message.said_at and _replaces(other.reading, reading)
        ]
        return max(newer, key=lambda proposal: proposal.said_at, default=None)

    def repeated(self, token: bytes, reading: Reading) -> InboxProposal | None:
        """What was accepted and says the same to the letter, where nothing newer was."""
        if reading.kind not in ADDED:
            return None
        taken = [
            other
            for other in self._by_token.get(token, ())
            if other.proposal.state == ProposalState.ACCEPTED
        ]
        last = max(taken, key=lambda other: other.proposal.said_at, default=None)
        return last.proposal if last and _told(last.reading) == _told(reading) else None

    def outdated_by(self, token: bytes, reading: Reading) -> list[InboxProposal]:
        """What is open of older messages, and a reading says anew."""
        return [
            other.proposal
            for other in self._by_token.get(token, ())
            if other.proposal.state == ProposalState.OPEN
            and other.proposal.said_at <= self._message.said_at
            and _replaces(reading, other.reading)
        ]


def about_token(message: InboxMessage, reading: Reading) -> bytes:
    """Of what a reading says something, as a keyed hash: of the same source and person."""
    values = reading_as_json(reading)["values"]
    names = TELLING.get(reading.kind)
    numbers = [name for name in NUMBERED.get(reading.kind, ()) if values.get(name)]
    whom: Any = (
        message.patient_id or sorted(identifiers_of(readings_of(message.content))) or message.pk
    )
    told: Any
    if reading.kind is Kind.MERGE:
        # The same two records, whichever of them is to stay, and whoever of them is here.
        told, whom = sorted(list(one) for one in _merged(reading)), ""
    elif names is not None:
        told = {name: values.get(name) for name in names}
    elif numbers:
        told = {"number": values[numbers[0]]}
    elif reading.belongs_to:
        told = {"number": reading.belongs_to}
    else:
        told = values
    said = [str(message.source_id), str(whom), reading.kind.value, told]
    return keyring().blind(ABOUT, json.dumps(said, sort_keys=True))


def is_outdated(message: InboxMessage, reading: Reading) -> bool:
    """Whether a newer message says otherwise of the same than this one."""
    token = about_token(message, reading)
    return Others(message, [token]).newer_than(token, reading) is not None


def _rows(message: InboxMessage, tokens: Iterable[bytes]) -> QuerySet[InboxProposal]:
    is_newer = Q(said_at__gt=message.said_at)
    return (
        InboxProposal.objects.filter(about_token__in=set(tokens), state__in=SAID)
        .filter(is_newer | Q(state=ProposalState.OPEN) | Q(kind__in=ADDED))
        # Tests and what is meant in earnest never speak of the same.
        .filter(message__is_test=message.is_test)
        .exclude(message=message)
        .select_related("message__patient", "message__source__client__user")
        .order_by("pk")
    )


def _merged(reading: Reading) -> set[Any]:
    return {one for name in ("prior", "surviving") for one in reading.values.get(name, ())}


def _replaces(newer: Reading, older: Reading) -> bool:
    """Whether the older reading, written now, would undo the newer one or say nothing more."""
    if newer.kind is Kind.MERGE:
        return True
    later, before = _told(newer), _told(older)
    if newer.adds and older.adds:
        return set(map(str, before["value"])) <= set(map(str, later["value"]))
    both = later.keys() & before.keys()
    return before.keys() <= later.keys() or any(later[name] != before[name] for name in both)


def _told(reading: Reading) -> dict[str, Any]:
    """What a reading says, without the numbers by which it says of what."""
    values = {name: said for name, said in reading.values.items() if name not in NUMBERS}
    facts = values.pop("facts", None) or {}
    return {**values, **{f"facts.{name}": said for name, said in facts.items()}}
