"""Searching the library."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse

from guidance.engine.edition import Edition
from guidance.web.finding import LONGEST, WORD, fold, index_of, terms_of
from guidance.web.pages import PLACES, TYPING, library_view, page
from guidance.web.statement import Statement

#: So many results are shown; whoever wants more types more.
MOST = 50
#: So much of a statement is shown, around the first word that was found.
EXCERPT = 260
BEFORE = 60


class Part(NamedTuple):
    """A piece of text, and whether it is one of the words that were typed."""

    text: str
    is_hit: bool


def _search(request: HttpRequest, edition: Edition) -> HttpResponse:
    """What is found for the words that are posted, or that a link names."""
    given = request.POST if request.method == "POST" else request.GET
    typed = given.get("q", "").replace("\x00", "").strip()[:LONGEST]
    terms = terms_of(typed)
    found = index_of(edition).find(typed)
    context = {
        "typed": typed,
        "terms": terms,
        "results": [_result(entry.statement, terms, edition) for entry in found[:MOST]],
        "count": len(found),
        "is_partial": bool(found) and found[0].words < len(terms),
    }
    return page(request, edition, "search", context)


search = library_view(_search, TYPING)


def _result(statement: Statement, terms: Sequence[str], edition: Edition) -> dict[str, Any]:
    return {
        "statement": statement,
        "page": _page_name(statement.path, edition),
        "title": list(marked(statement.title, terms)),
        "text": list(marked(_excerpt(statement.text, terms), terms)),
    }


def _page_name(path: str, edition: Edition) -> str:
    """What the page at a path is called."""
    code = path.rstrip("/").rpartition("/")[2]
    if code in edition.catalogue.scenarios:
        return edition.catalogue.scenarios[code].name
    return next(place.label for place in PLACES if place.path == path)


def _excerpt(text: str, terms: Sequence[str]) -> str:
    if len(text) <= EXCERPT:
        return text
    hits = (match.start() for match in WORD.finditer(text) if _is_hit(match[0], terms))
    start = max(0, next(hits, 0) - BEFORE)
    cut = text[start : start + EXCERPT].rpartition(" ")[0]
    return f"{'… ' if start else ''}{cut.partition(' ')[2] if start else cut} …"


def marked(text: str, terms: Sequence[str]) -> Iterator[Part]:
    """Yield the text in pieces, those apart that begin with a word that was typed."""
    end = 0
    for match in WORD.finditer(text):
        if _is_hit(match[0], terms):
            if match.start() > end:
                yield Part(text[end : match.start()], is_hit=False)
            yield Part(match[0], is_hit=True)
            end = match.end()
    if end < len(text):
        yield Part(text[end:], is_hit=False)


def _is_hit(word: str, terms: Sequence[str]) -> bool:
    pieces = [fold(word), *map(fold, re.split(r"[-_:.]", word))]
    return any(piece.startswith(term) for piece in pieces for term in terms)
