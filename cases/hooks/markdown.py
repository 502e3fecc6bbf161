"""Words of the guidance as GitHub Flavored Markdown."""

import re
from collections.abc import Iterable

#: What Markdown, or HTML within it, would take for its own.
SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&])")
#: The specification asks for fewer than 140 characters.
MOST = 139


def plain(text: str) -> str:
    """Text that Markdown shows as it is."""
    return SPECIAL.sub(r"\\\1", text)


def sourced(text: str, source: str | None) -> str:
    """A statement with where it stands."""
    return f"{plain(text)} ({plain(source)})" if source else plain(text)


def listed(title: str, lines: Iterable[str]) -> list[str]:
    """A paragraph with a list; nothing where the list is empty."""
    items = [f"- {line}" for line in lines]
    return ["\n".join([f"**{plain(title)}**", "", *items])] if items else []


def summary(*choices: str) -> str:
    """The first that fits; where none does, the last one cut at a word."""
    for text in choices:
        if len(text) <= MOST:
            return text
    return choices[-1][: MOST - 1].rsplit(" ", 1)[0] + "…"
