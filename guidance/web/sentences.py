"""Sentences with a source, wherever they stand in the content."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from guidance.engine.edition import Edition
from guidance.engine.wording import Wording, wording

#: Sentences of `explanations.yaml` that stand beside what is computed, by topic.
EXPLAINED = {"classification": ("staging",), "response": ("acceptance", "growth")}


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence: the code and the name of the entry that it stands in, both may be empty."""

    code: str
    name: str
    text: str
    source: str
    words: Wording | None


def code_of(entry: Mapping[str, Any], around: str) -> str:
    """The code of an entry, else that of the entry around it; a way of a rule has only a name."""
    own = str(entry.get("code", entry.get("id", "")))
    return own if own[:1].isupper() else around


def explained(topic: str, edition: Edition) -> Iterator[Said]:
    """Yield what the product says where it computes something of a topic for a case."""
    for key in EXPLAINED.get(topic, ()):
        yield from said_in(edition.content["explanations"].get(key, {}), edition)


def said_in(value: Any, edition: Edition, code: str = "", name: str = "") -> Iterator[Said]:
    """Yield every sentence below a piece of content, in order.

    An entry without a source of its own has that of the entry around it, and is not one here.
    """
    if isinstance(value, Mapping):
        code = code_of(value, code)
        name = str(value.get("name", value.get("topic", name)))
        if "text" in value and "source" in value:
            words = wording(value["when"], edition) if "when" in value else None
            yield Said(code, name or code, value["text"], value["source"], words)
        for part in value.values():
            yield from said_in(part, edition, code, name)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from said_in(part, edition, code, name)
