"""Reading and checking the content that stands beside the editions and belongs to none."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from guidance.engine import schema
from guidance.engine.places import Document, read_document
from guidance.engine.problems import ContentError, ContentProblem

#: Finds what is wrong with a document beyond its schema.
Find = Callable[[Document], Iterable[ContentProblem]]


def load(name: str, file: Path, find: Find, *, message: str) -> Any:
    """The content of a file, by the schema `name`.

    Raises:
        ContentError: the file is not what it should be; its text begins with `message`.
    """
    document = _document(file)
    problems = list(_problems(document, name, find))
    if problems:
        raise ContentError(message, problems)
    return document.value


def check(name: str, file: Path, find: Find) -> list[ContentProblem]:
    """Everything that is wrong with a file by the schema `name`, in order of its lines."""
    try:
        document = _document(file)
    except ContentError as error:
        return list(error.problems)
    return sorted(_problems(document, name, find))


def _document(file: Path) -> Document:
    return read_document(file.name, file.read_text(encoding="utf-8"))


def _problems(document: Document, name: str, find: Find) -> Iterator[ContentProblem]:
    breaches = list(schema.find_breaches(name, document.value))
    if breaches:
        yield from (document.problem(b.path, b.text, key=b.is_key) for b in breaches)
        return
    yield from find(document)
