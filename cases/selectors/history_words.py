"""What the history of a row says, in the words of its fields."""

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models

from cases.models import FactAnswer, GapAcceptance, GapRequest, LabResult, Study
from cases.models.study import Phase, Region, Sequence
from cases.selectors.analytes import catalogue
from cases.selectors.data_set import item_name
from guidance.editions import shelf
from guidance.engine.dictionary import DICTIONARY
from guidance.engine.values import number_words, value_words
from tumorboard.accounts.models import User
from tumorboard.formats import day, moment

EMPTY = "empty"
#: Units by how the name of a column ends.
UNITS = {
    "_mm": "mm",
    "_percent": "%",
    "_hu": "HU",
    "_gbq": "GBq",
    "_mbq": "MBq",
    "_msv": "mSv",
    "_mgy": "mGy",
    "_mgy_cm": "mGy·cm",
    "_ml_s": "mL/s",
    "_per_10hpf": "per 10 HPF",
    "minutes": "min",
}
#: Columns that hold codes of a list without naming it.
CODES: Mapping[tuple[type[models.Model], str], type[models.TextChoices]] = {
    (Study, "phases"): Phase,
    (Study, "sequences"): Sequence,
    (Study, "coverage"): Region,
}


def label_of(field: models.Field) -> str:
    """A column's name for a reader."""
    name = str(field.verbose_name)
    for ending in ("mm", "hu", "gbq", "mbq", "msv"):
        name = name.removesuffix(f" {ending}")
    return name[:1].upper() + name[1:]


class FieldWords:
    """Says values; `people` are names by the ids that references to people hold."""

    def __init__(self, people: Mapping[UUID, str]) -> None:
        self._people = people

    def of(self, model: type[models.Model], field: models.Field, event: Any) -> str:
        """What `event` holds in a column of `model`, in words."""
        value = getattr(event, field.attname)
        if value is None or value in ("", []):
            return EMPTY
        if field.related_model is User:
            return self._people.get(value, "somebody who is not known any more")
        return _named(model, field.name, value, event) or _plain(model, field, value)


def _named(model: type[models.Model], name: str, value: Any, event: Any) -> str:
    """Codes that something else than the column names; empty for all other values."""
    if model is FactAnswer and name == "value":
        fact = DICTIONARY.get(event.fact)
        return value_words(fact, value) if fact else str(value)
    if model is FactAnswer and name == "fact":
        fact = DICTIONARY.get(value)
        return fact.label if fact else str(value)
    if model is LabResult and name == "analyte":
        return analyte_name(value)
    if model in (GapRequest, GapAcceptance) and name == "item":
        return item_name(value)
    if model is Study and name == "procedure":
        procedure = shelf.adopted().ratings.procedures.get(value)
        return procedure.name if procedure else str(value)
    return ""


def analyte_name(code: str) -> str:
    """An analyte's name; its code where there is none."""
    found = catalogue().analytes.get(code)
    return found.name if found else code


def _plain(model: type[models.Model], field: models.Field, value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_choice(model, field, each) for each in value)
    if isinstance(value, dict):
        return "; ".join(f"{key}: {each}" for key, each in value.items())
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, datetime.datetime):
        return moment(value)
    if isinstance(value, datetime.date):
        return day(value)
    if isinstance(value, Decimal | int | float):
        return f"{number_words(float(value))} {_unit(field.name)}".strip()
    return _choice(model, field, value)


def _choice(model: type[models.Model], field: models.Field, value: Any) -> str:
    codes = CODES.get((model, field.name))
    if codes is not None and value in codes.values:
        return str(codes(value).label)
    named = field.base_field if isinstance(field, ArrayField) else field
    return str(dict(named.flatchoices).get(value, value))


def _unit(name: str) -> str:
    # The longest ending first: `_mgy_cm` is no `_cm`.
    endings = sorted(UNITS, key=len, reverse=True)
    return next((UNITS[ending] for ending in endings if name.endswith(ending)), "")
