"""What a column of an import can mean, and guessing it from the heading."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

import yaml

from cases.selectors.facts import RECORD_ONLY
from guidance.engine.dictionary import DICTIONARY

RECORD_NUMBER = "record_number"
#: Kinds of facts that one cell can hold.
ONE_CELL = ("bool3", "enum", "integer", "decimal", "date")
#: The mapping's value for a column that is left out.
LEAVE_OUT = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a column can mean.

    `writes` are the facts, or fields of patient and case, that it sets; two columns must not set
    the same. `fact` is the fact it answers, or empty.
    """

    name: str
    label: str
    group: str
    writes: tuple[str, ...]
    fact: str = ""


@dataclass(frozen=True, slots=True)
class Guess:
    """What a column probably means; `field` is empty for a column to leave out."""

    field: str
    remembered: bool


def _patient_and_case() -> tuple[Field, ...]:
    patient, case = "The patient", "The case"
    return (
        Field(RECORD_NUMBER, "Record number", patient, ("record_number",)),
        Field("family_name", "Family name", patient, ("family_name",)),
        Field("given_name", "Given name", patient, ("given_name",)),
        Field("full_name", "Full name (Family, Given)", patient, ("family_name", "given_name")),
        Field("birth_date", "Date of birth", patient, ("birth_date",)),
        Field("sex", "Sex", patient, ("sex",)),
        Field("case_title", "Diagnosis in a few words", case, ("case_title",)),
        Field("board_question", "Question for the board", case, ("board_question",)),
    )


#: Fields that set a fact in other words than its own, after the fact that they set.
IN_OTHER_WORDS = {
    "primary_site": (("oncotree_code", "Primary site, OncoTree code"),),
    "primary_size_mm": (("primary_size_cm", "Size of the primary, cm"),),
    "limited_to_pancreas": (("extrapancreatic_spread", "Spread outside the pancreas"),),
    # Stage IV, and only that, is distant metastasis: 002 L53.
    "distant_metastasis": (("stage_group", "Stage group (I to IV)"),),
}


def _facts() -> list[Field]:
    fields = []
    for fact in DICTIONARY.values():
        if fact.kind not in ONE_CELL or fact.name in RECORD_ONLY:
            continue
        label = fact.label + (f", {fact.unit}" if fact.kind in ("integer", "decimal") else "")
        group = fact.group_label
        fields.append(Field(fact.name, label, group, (fact.name,), fact.name))
        for name, words in IN_OTHER_WORDS.get(fact.name, ()):
            fields.append(Field(name, words, group, (fact.name,), fact.name))
    return fields


#: Every field by its name, in the order in which they are offered.
FIELDS: Mapping[str, Field] = MappingProxyType(
    {field.name: field for field in (*_patient_and_case(), *_facts())}
)


def normalized(heading: str) -> str:
    """A heading as plain words: no case, no signs; spellings of both sides of the ocean alike."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading)
    words = re.findall(r"[^\W_]+", spaced.casefold())
    return " ".join(words).replace("tumour", "tumor")


def memory_key(heading: str) -> str:
    """The form in which an institution remembers a heading."""
    return heading.strip().casefold()[:120]


@cache
def _meanings() -> Mapping[str, str]:
    """Normalized heading -> field."""
    listed = yaml.safe_load(Path(__file__).with_name("headings.yaml").read_text("utf-8"))
    meanings: dict[str, str] = {}
    for name, field in FIELDS.items():
        for words in (name, field.label, field.label.split(",")[0], *listed.get(name, ())):
            meanings.setdefault(normalized(words), name)
    # A heading that is listed means what the list says, whatever else has such a label.
    for name, headings in listed.items():
        meanings.update({normalized(words): name for words in headings})
    return meanings


def guess(columns: Sequence[str], remembered: Mapping[str, str]) -> dict[str, Guess]:
    """What each column probably means.

    What the institution chose the last time goes before the heading; among headings the first one
    goes before later ones that would set the same.

    Args:
        remembered: `memory_key` of a heading -> field, empty for one that was left out.
    """
    guesses: dict[str, Guess] = {}
    taken: set[str] = set()
    by_heart = [column for column in columns if memory_key(column) in remembered]
    for column in [*by_heart, *(column for column in columns if column not in by_heart)]:
        known = column in by_heart
        name = remembered[memory_key(column)] if known else _meanings().get(normalized(column), "")
        field = FIELDS.get(name)
        if field is None or taken.intersection(field.writes):
            guesses[column] = Guess(LEAVE_OUT, remembered=known and not name)
        else:
            taken.update(field.writes)
            guesses[column] = Guess(name, remembered=known)
    return {column: guesses[column] for column in columns}
