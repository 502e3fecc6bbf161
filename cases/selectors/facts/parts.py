"""The rules of the parts of the record, each of which has a file of its own beside this package."""

from collections.abc import Iterator

from cases.selectors import feasibility, history_facts, lab_facts, lesion_facts, pathology_facts
from cases.selectors.facts.record import Record
from cases.selectors.known import Known


def pathology(record: Record) -> Iterator[tuple[str, Known]]:
    """What the specimens say."""
    who_version = record.policy.choices.who_version
    yield from pathology_facts.pathology_facts(record.specimens, who_version=who_version)


def history(record: Record) -> Iterator[tuple[str, Known]]:
    """What treatments and procedures say."""
    yield from history_facts.history_facts(record.history, on=record.date)


def laboratory(record: Record) -> Iterator[tuple[str, Known]]:
    """What the laboratory says."""
    subtype = record.answer_to("functional_subtype") or ""
    yield from lab_facts.lab_facts(record.lab_results, on=record.date, subtype=subtype)


def obstacles(record: Record) -> Iterator[tuple[str, Known]]:
    """What devices and allergies say."""
    yield from feasibility.feasibility_facts(record.devices, record.allergies, on=record.date)


def lesions(record: Record) -> Iterator[tuple[str, Known]]:
    """What lesions and their measurements say."""
    if record.lesions is not None:
        yield from lesion_facts.lesion_facts(record.lesions, current=record.imaging.current)
