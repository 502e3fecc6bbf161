"""The command `assess`: facts in YAML or JSON from a file, answers as JSON on standard output."""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TextIO

import yaml

from guidance.engine.assess import assess
from guidance.engine.content import parse_yaml
from guidance.engine.edition import load_edition
from guidance.engine.facts import FactErrors, parse_facts

OK = 0
BAD_INPUT = 2


class InputError(ValueError):
    """Input that cannot be assessed, with the reason in words."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One case of a file: its id as given, its name in messages, and its facts."""

    id: object
    label: str
    facts: Mapping[str, Any]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command to a parser."""
    parser.add_argument("file", help="YAML or JSON: one mapping of facts, or a list of {id, facts}")
    parser.add_argument("--defaults", help="YAML or JSON: facts that every entry starts from")
    parser.add_argument("--date", help="date of the assessment, like 2026-11-21")


def main(argv: Sequence[str], stdout: TextIO, stderr: TextIO) -> int:
    """Assess a file: return 0, or 2 when the file or one of its entries is not acceptable.

    Entries that are acceptable are answered all the same; every error goes to `stderr`
    with the entry and the fact. Same input, same bytes on `stdout`.
    """
    parser = argparse.ArgumentParser(prog="assess", description=__doc__)
    add_arguments(parser)
    options = parser.parse_args(argv)
    return run(options.file, options.defaults, options.date, stdout, stderr)


def run(
    file: str, defaults: str | None, on_date: str | None, stdout: TextIO, stderr: TextIO
) -> int:
    """Assess the entries of `file`, see `main`; `on_date` sets the fact `evaluated_on`."""
    try:
        shared = _read_defaults(defaults, on_date)
        content = _read(file)
        entries = _entries(content, file)
    except InputError as error:
        stderr.write(f"{error}\n")
        return BAD_INPUT
    edition = load_edition()
    answers = []
    status = OK
    for entry in entries:
        try:
            facts = parse_facts({**shared, **entry.facts})
        except FactErrors as refused:
            status = BAD_INPUT
            for wrong in refused.errors:
                stderr.write(f"{entry.label}: fact {wrong.fact}: {wrong.reason}\n")
            continue
        answers.append({"id": entry.id, **assess(facts, edition)})
    if isinstance(content, list):
        _write(answers, stdout)
    elif answers:
        _write(answers[0], stdout)
    return status


def _write(answer: object, stdout: TextIO) -> None:
    # One write with its line end: Django's stream adds one to every write that has none.
    stdout.write(json.dumps(answer, ensure_ascii=False, indent=2) + "\n")


def _read(file: str) -> Any:
    try:
        return parse_yaml(Path(file).read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{file}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{file}: is not text in UTF-8") from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise InputError(f"{file}: is not readable YAML or JSON: {error}") from error


def _read_defaults(file: str | None, on_date: str | None) -> dict[str, Any]:
    shared: dict[str, Any] = {}
    if file is not None:
        content = _read(file)
        if not isinstance(content, Mapping):
            raise InputError(f"{file}: defaults must be one mapping of facts")
        shared.update(content)
    if on_date is not None:
        try:
            shared["evaluated_on"] = date.fromisoformat(on_date)
        except ValueError as error:
            raise InputError(f"--date must be like 2026-11-21, not {on_date!r}") from error
    return shared


def _entries(content: object, file: str) -> list[Entry]:
    """Return the entries of a file; a single mapping may be `{id, facts}` or the facts."""
    if isinstance(content, list):
        return [_listed(item, number, file) for number, item in enumerate(content, start=1)]
    if isinstance(content, Mapping):
        if isinstance(content.get("facts"), Mapping):
            return [_entry(content, "the entry")]
        return [Entry(id=None, label="the entry", facts=content)]
    raise InputError(f"{file}: must hold a mapping of facts or a list of entries with id and facts")


def _listed(item: object, number: int, file: str) -> Entry:
    if not isinstance(item, Mapping) or not isinstance(item.get("facts"), Mapping):
        raise InputError(f"{file}: item {number} of the list is not a mapping with id and facts")
    return _entry(item, f"item {number}")


def _entry(item: Mapping[str, Any], label: str) -> Entry:
    name = item.get("id")
    try:
        json.dumps(name, ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError(f"{label}: the id must be text or a number") from error
    return Entry(name, label if name is None else f"entry {name}", item["facts"])
