"""Specimens, treatments and procedures: unsaved for rules, saved through the services."""

import datetime
from decimal import Decimal
from typing import Any

from cases.models import Case, Procedure, Specimen, Treatment
from cases.services import specimens
from tumorboard.accounts.models import User

DAY = datetime.date(2026, 2, 3)
ENTERED = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)
DECIMALS = ("ki67_percent", "mitoses_per_10hpf")


def some_specimen(taken_on: str = "2026-02-03", **columns: Any) -> Specimen:
    """A specimen as a rule reads it, not saved; a biopsy of the liver unless told otherwise."""
    given = {"kind": "biopsy", "site": "liver", "entered_at": ENTERED, **columns}
    for name in DECIMALS:
        if given.get(name) is not None:
            given[name] = Decimal(str(given[name]))
    return Specimen(institution_id=None, taken_on=datetime.date.fromisoformat(taken_on), **given)


def some_treatment(type: str, start: str = "", end: str = "", **columns: Any) -> Treatment:  # noqa: A002
    """A treatment as a rule reads it, not saved."""
    days = {"start": _day(start), "end": _day(end)}
    return Treatment(institution_id=None, type=type, **days, **columns)


def some_procedure(kind: str, done_on: str = "", **columns: Any) -> Procedure:
    """A procedure as a rule reads it, not saved."""
    given = {"entered_at": ENTERED, **columns}
    return Procedure(institution_id=None, kind=kind, done_on=_day(done_on), **given)


def make_specimen(*, case: Case, by: User, **columns: Any) -> Specimen:
    """A biopsy of the liver, saved."""
    given = {"kind": "biopsy", "site": "liver", "taken_on": DAY, **columns}
    return specimens.add(case=case, by=by, **given)


def _day(text: str) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None
