"""What is wrong with the shipped codes: the test and `manage.py check_terminology` ask this."""

import functools
import json
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any

import jsonschema

from cases.terminology.check_digits import CHECKS
from cases.terminology.reading import CONTENT, FILES, System, raw, system_of


def problems(concepts: Container[str]) -> list[str]:
    """Everything that is wrong, each as a sentence that names the file and the code.

    Args:
        concepts: the concepts that there are.
    """
    found = [problem for name in FILES for problem in file_problems(name, raw(name), concepts)]
    names = [n.casefold() for name in FILES for n in _names(raw(name)["system"])]
    found += [f"{name} names two code systems." for name in _repeated(names)]
    for gap in raw("missing")["missing"]:
        if gap["concept"] not in concepts:
            found.append(f"missing: {gap['concept']} is no concept.")
    return found


def file_problems(name: str, content: Mapping[str, Any], concepts: Container[str]) -> Iterator[str]:
    """What is wrong with the content of one file."""
    breaches = list(_schema().iter_errors(content))
    if breaches:
        yield from (f"{name}: {error.json_path}: {error.message}" for error in breaches)
        return
    system = system_of(content)
    yield from (
        f"{name}: {code} stands twice." for code in _repeated(e.code for e in system.entries)
    )
    yield from (
        f"{name}: {concept} is sent as two codes."
        for concept, _quantity in _repeated(_sent(system))
    )
    for entry in system.entries:
        for concept in entry.concepts:
            if concept not in concepts:
                yield f"{name}: {entry.code} stands for {concept}, which is no concept."
        if entry.verified and entry.verified not in system.sources:
            yield f"{name}: {entry.code} was verified in {entry.verified}, which is no source."
        if system.check_digit and not CHECKS[system.check_digit](entry.code):
            yield f"{name}: the check digit of {entry.code} is wrong."


def _sent(system: System) -> Iterator[tuple[str, str]]:
    for entry in system.entries:
        for concept in () if entry.in_only else entry.concepts:
            yield concept, entry.quantity


def _names(system: Mapping[str, Any]) -> set[str]:
    return {system["url"], system["name"], *system["also"]}


def _repeated(items: Iterable[Any]) -> list[Any]:
    return [item for item, times in Counter(items).items() if times > 1]


@functools.cache
def _schema() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(
        json.loads((CONTENT / "schema.json").read_text(encoding="utf-8"))
    )
