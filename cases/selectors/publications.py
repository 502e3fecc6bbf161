"""Agendas as they were published, and what changed on the list since."""

import base64
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from typing import Any
from uuid import UUID

from cases.models import AgendaItem, AgendaPublication, Case, Meeting, Patient
from cases.models.agenda_item import Track
from cases.models.patient import ERASED
from cases.selectors.agendas import AgendaLine
from cases.selectors.forecast import expected_of_each
from tumorboard.tenancy.scope import hidden_ids
from tumorboard.vault.cipher import joint_key, seal, unseal
from tumorboard.vault.fields import Erased

#: What of a line says who the patient is.
IDENTITY = ("name", "record_number")
#: How a case that is still to come will be settled.
COMING = {Track.DISCUSSION: "To discuss", Track.PROTOCOL: "By protocol"}


@dataclass(frozen=True)
class FrozenLine:
    """One case as it stood on a list; what `AgendaPublication.lines` holds of it, opened."""

    case: str
    position: int
    name: str
    record_number: str
    title: str
    question: str
    track: str
    minutes: int

    @property
    def track_words(self) -> str:
        """How it is to be settled, in words."""
        return COMING[Track(self.track)]


@dataclass(frozen=True)
class Change:
    """What became of one case on a list since it was published.

    `position` is where it stands now; where it was taken off, where it stood.
    """

    position: int
    name: str
    record_number: str
    what: tuple[str, ...]


def frozen(lines: Sequence[AgendaLine]) -> list[dict[str, Any]]:
    """An agenda as it is kept when it is published, in one query."""
    expected = expected_of_each(lines)
    return [asdict(_frozen(line.item, expected[line.item.pk].minutes)) for line in lines]


def sealed(
    lines: Sequence[Mapping[str, Any]], *, publication: AgendaPublication
) -> list[dict[str, Any]]:
    """`lines` as a publication keeps them: whoever each is about, only the patient's key tells.

    Raises:
        Erased: a patient on the list was erased.
    """
    patients = _patients(lines)
    kept = []
    for line in lines:
        said = json.dumps([line[name] for name in IDENTITY]).encode()
        place = _place(publication, line["case"])
        key = patients[line["case"]].key
        if key is None:
            raise Erased
        closed = seal(key, said, bound_to=place)
        rest = {name: value for name, value in line.items() if name not in IDENTITY}
        kept.append({**rest, "sealed": base64.b64encode(closed).decode()})
    return kept


def lines_of(publication: AgendaPublication) -> list[FrozenLine]:
    """The list as it was published.

    Without cases that were restricted since to others, and without who those were who were erased.
    """
    lines = _shown(publication)
    patients = _patients(lines)
    return [_opened(line, patients, publication) for line in lines]


def is_whole(publication: AgendaPublication) -> bool:
    """Whether every case of it may be seen; what was printed cannot be shown in part."""
    return len(_shown(publication)) == len(publication.lines)


def sealed_pdf(pdf: bytes, *, publication: AgendaPublication) -> bytes:
    """The printed agenda as a publication keeps it; its lines are known."""
    key = _key_of_all(publication)
    if key is None:
        raise Erased
    return seal(key, pdf, bound_to=_place(publication, "pdf"))


def pdf_of(publication: AgendaPublication) -> bytes | None:
    """The agenda as it was printed; None where a patient on it was erased since."""
    key = _key_of_all(publication)
    if key is None:
        return None
    return unseal(key, bytes(publication.pdf), bound_to=_place(publication, "pdf"))


def _shown(publication: AgendaPublication) -> list[Mapping[str, Any]]:
    hidden = hidden_ids()
    return [line for line in publication.lines if UUID(line["case"]) not in hidden]


def _opened(
    line: Mapping[str, Any], patients: Mapping[str, Patient], publication: AgendaPublication
) -> FrozenLine:
    rest = {name: value for name, value in line.items() if name != "sealed"}
    key = patients[line["case"]].key
    if key is None:
        return FrozenLine(**rest, name=ERASED, record_number="")
    closed = base64.b64decode(line["sealed"])
    said = json.loads(unseal(key, closed, bound_to=_place(publication, line["case"])))
    return FrozenLine(**rest, **dict(zip(IDENTITY, said, strict=True)))


def _key_of_all(publication: AgendaPublication) -> bytes | None:
    patients = {patient.pk: patient for patient in _patients(publication.lines).values()}
    keys = [patients[pk].key for pk in sorted(patients)]
    return joint_key([key for key in keys if key]) if all(keys) else None


def _patients(lines: Iterable[Mapping[str, Any]]) -> dict[str, Patient]:
    """The patients of the lines' cases, by the case's id."""
    cases = Case.objects.filter(pk__in=[line["case"] for line in lines]).select_related("patient")
    return {str(case.pk): case.patient for case in cases}


def _place(publication: AgendaPublication, what: str) -> tuple[object, ...]:
    return publication.institution_id, "agenda_publication", f"{publication.pk}/{what}"


def publications_of(meeting: Meeting) -> list[AgendaPublication]:
    """Every published version of a meeting's agenda, newest first, without the PDFs.

    Each has `is_whole`.
    """
    found = AgendaPublication.objects.filter(meeting=meeting).select_related("published_by")
    publications = list(found.defer("pdf").order_by("-number"))
    for publication in publications:
        publication.is_whole = is_whole(publication)  # type: ignore[attr-defined]
    return publications


def changes_since(publication: AgendaPublication, lines: Sequence[AgendaLine]) -> list[Change]:
    """What changed between the published list and `lines`, in the order of the list of today.

    What was taken off stands at the end.
    """
    now = [FrozenLine(**line) for line in frozen(lines)]
    decided = {str(line.item.case_id) for line in lines if line.decision}
    return changes(lines_of(publication), now, decided=decided)


def changes(
    before: Sequence[FrozenLine], now: Sequence[FrozenLine], *, decided: Collection[str] = ()
) -> list[Change]:
    """What differs between two lists, case by case.

    A case whose number changes only because another one came, went or passed it has not moved.

    Args:
        decided: cases that nobody expects any minutes of any more.
    """
    then, today = _by_case(before), _by_case(now)
    kept = _in_place(before, now)
    found = []
    for case, line in today.items():
        what = ["added"]
        if case in then:
            what = list(_differences(then[case], line))
            if case not in kept:
                what.insert(0, f"moved from {then[case].position} to {line.position}")
            if case not in decided and then[case].minutes != line.minutes:
                what.append(f"{then[case].minutes} to {line.minutes} minutes")
        if what:
            found.append(_change(line, what))
    return found + [
        _change(line, ["taken off"]) for case, line in then.items() if case not in today
    ]


def _differences(before: FrozenLine, now: FrozenLine) -> Iterator[str]:
    if before.question != now.question:
        yield "question changed"
    if before.track != now.track:
        yield f"track: {now.track_words.lower()}"


def _in_place(before: Sequence[FrozenLine], now: Sequence[FrozenLine]) -> set[str]:
    """The cases of both lists that keep their order; every other one was moved."""
    then, today = [line.case for line in before], [line.case for line in now]
    then = [case for case in then if case in set(today)]
    today = [case for case in today if case in set(then)]
    blocks = SequenceMatcher(None, then, today, autojunk=False).get_matching_blocks()
    return {case for block in blocks for case in today[block.b : block.b + block.size]}


def _by_case(lines: Sequence[FrozenLine]) -> Mapping[str, FrozenLine]:
    return {line.case: line for line in lines}


def _change(line: FrozenLine, what: Sequence[str]) -> Change:
    return Change(line.position, line.name, line.record_number, tuple(what))


def _frozen(item: AgendaItem, minutes: int) -> FrozenLine:
    patient = item.case.patient
    return FrozenLine(
        case=str(item.case_id),
        position=item.position,
        name=patient.name,
        record_number=patient.record_number,
        title=item.case.title,
        question=item.question,
        track=item.track,
        minutes=minutes,
    )
