"""Facts that follow from other facts: durations from dates, counts from lists."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from guidance.engine.clock import months_between
from guidance.engine.dictionary import FactDefinition


def derive_facts(
    values: Mapping[str, Any], dictionary: Mapping[str, FactDefinition]
) -> dict[str, Any]:
    """Return the facts of a dictionary that dates and lists give (specification 13).

    `months_since_resection` and `months_since_last_imaging` need `evaluated_on`; a date
    that lies after it is contradiction C-09 and gives no duration. What is computed
    replaces what was typed, except `prior_followup_modalities`: the list of studies does
    not say which of them were follow-up, so a given list is the better one.

    None stands for a figure outside the range of its fact: 51 years since a resection are
    refused when they are typed, and are a slip in a date more often than a fact. Cut down to
    the range it would be a figure that nobody gave; so it is unknown, also where one was
    typed, and the same facts can be stored and read again.
    """
    return {
        name: value if _is_in_range(value, dictionary[name]) else None
        for name, value in _derive(values, dictionary)
        if name in dictionary
    }


def _derive(
    values: Mapping[str, Any], dictionary: Mapping[str, FactDefinition]
) -> Iterator[tuple[str, Any]]:
    last_imaging = values.get("last_imaging_date") or max(
        (study["date"] for study in values.get("studies", ()) if "date" in study), default=None
    )
    evaluated_on = values.get("evaluated_on")
    if evaluated_on is not None:
        yield from _durations(evaluated_on, values.get("resection_date"), last_imaging)
    if "metastatic_sites" in values:
        yield "metastatic_site_count", len(values["metastatic_sites"])
    followed = dictionary.get("prior_followup_modalities")
    if followed is not None and "studies" in values and followed.name not in values:
        done = {study["modality"] for study in values["studies"]}
        # By name: the order of a dictionary's values is no part of the hash of an edition.
        yield followed.name, tuple(sorted(done.intersection(followed.allowed)))


def _durations(
    evaluated_on: date, resection: date | None, last_imaging: date | None
) -> Iterator[tuple[str, float]]:
    dates = (
        ("months_since_resection", resection),
        ("months_since_last_imaging", last_imaging),
    )
    for name, start in dates:
        if start is not None and start <= evaluated_on:
            yield name, months_between(start, evaluated_on)


def _is_in_range(value: Any, definition: FactDefinition) -> bool:
    if not isinstance(value, int | float):
        return True
    return definition.high is None or value <= definition.high
