"""What the archive said, carried through the form that is posted about it.

So that a person decides about exactly what stood on the page, and the archive is not asked again
while rows are locked. It is signed for one case, and stands in the body of a request only.
"""

import dataclasses
import datetime
from collections.abc import Sequence
from typing import Any

from django.core import signing

from cases.dicom.pacs_answers import ArchivedStudy
from cases.models import Case

#: As long as a person stays signed in.
MAX_AGE = datetime.timedelta(hours=12)
DATES = ("date", "birth_date")


def sealed(case: Case, archived: Sequence[ArchivedStudy]) -> str:
    """The studies as text that only this site can write."""
    rows = [dataclasses.asdict(study) for study in archived]
    for row in rows:
        row.update({name: row[name] and row[name].isoformat() for name in DATES})
    return signing.dumps(rows, salt=_salt(case), compress=True)


def opened(case: Case, text: str) -> list[ArchivedStudy] | None:
    """The studies that `sealed` wrote for this case; None where it did not, or long ago."""
    try:
        rows = signing.loads(text, salt=_salt(case), max_age=MAX_AGE)
    except signing.BadSignature:
        return None
    return [ArchivedStudy(**_read(row)) for row in rows]


def _read(row: dict[str, Any]) -> dict[str, Any]:
    dates = {name: row[name] and datetime.date.fromisoformat(row[name]) for name in DATES}
    return {**row, **dates, "modalities": tuple(row["modalities"])}


def _salt(case: Case) -> str:
    return f"cases.archived.{case.pk}"
