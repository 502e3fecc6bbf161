"""Plain words for what a board may ask for, on the page that a patient gets.

They belong to no edition: whatever edition a decision quotes, its codes have the words of today.
"""

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from guidance.editions import beside
from guidance.engine.content import CONTENT
from guidance.engine.places import Document
from guidance.engine.problems import ContentProblem

NAME = "plain_language"
FILE = CONTENT / f"{NAME}.yaml"


@dataclass(frozen=True, slots=True)
class Plain:
    """What a thing is called and what it is; `what` is empty for what is only a sentence."""

    name: str
    what: str
    source: str


@dataclass(frozen=True, slots=True)
class PlainLanguage:
    """All plain words by code: of studies, options and actions, and of the product's own lists."""

    kinds: Mapping[str, Plain]
    intents: Mapping[str, Plain]
    no_recommendation: Mapping[str, Plain]
    specialties: Mapping[str, Plain]
    procedures: Mapping[str, Plain]
    options: Mapping[str, Plain]
    actions: Mapping[str, Plain]


@functools.cache
def plain_language() -> PlainLanguage:
    """Return the plain words, read and checked once per process.

    Raises:
        ContentError: the file is not what it should be.
    """
    value = beside.load(NAME, FILE, _problems, message="The plain words cannot be read:")
    return PlainLanguage(
        **{
            part: {
                each["code"]: Plain(each["name"], each.get("what", ""), each["source"])
                for each in entries
            }
            for part, entries in value.items()
        }
    )


def check(file: Path = FILE) -> list[ContentProblem]:
    """Return everything that is wrong with the file, in order of its lines."""
    return beside.check(NAME, file, _problems)


def _problems(document: Document) -> Iterator[ContentProblem]:
    for part in document.value:
        seen = set()
        for path, code in document.select(f"{part}/*/code"):
            if code in seen:
                yield document.problem(path, f"{code} stands twice")
            seen.add(code)
