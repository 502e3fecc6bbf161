"""Who answered a fact last, and when."""

import datetime
from collections.abc import Collection
from typing import Any, NamedTuple

from cases.models import Case, FactAnswer
from tumorboard.accounts.models import User


class Answering(NamedTuple):
    """The last time that a fact was answered or its answer taken back; `by` may be empty."""

    by: str
    at: datetime.datetime


def last_answered(case: Case, names: Collection[str]) -> dict[str, Answering]:
    """The last answering of each of `names` that was ever answered for `case`."""
    rows = FactAnswer.objects.filter(case=case, fact__in=names).select_related("answered_by")
    found = {row.fact: Answering(row.answered_by.name, row.answered_at) for row in rows}
    return found | _taken_back(case, [name for name in names if name not in found])


def _taken_back(case: Case, names: Collection[str]) -> dict[str, Answering]:
    """Of answers that are there no more, from the history.

    No index leads there from a case: this is read only where two people met over such an answer.
    """
    if not names:
        return {}
    history: Any = FactAnswer.pgh_event_model.objects  # type: ignore[attr-defined]
    entries = list(
        history.filter(
            institution_id=case.institution_id,
            case_id=case.pk,
            fact__in=names,
            pgh_label="delete",
        ).order_by("pgh_id")
    )
    people = {
        str(person.pk): person.name
        for person in User.objects.filter(pk__in={_person(entry) for entry in entries} - {""})
    }
    return {
        entry.fact: Answering(people.get(_person(entry), ""), entry.pgh_created_at)
        for entry in entries
    }


def _person(entry: Any) -> str:
    return str((entry.pgh_context or {}).get("person", ""))
