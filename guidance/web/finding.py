"""Finding statements by words and codes: all of what is typed, else most of it."""

import bisect
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log2

from guidance.engine.edition import Edition
from guidance.web.statement import Statement
from guidance.web.statements import statements

#: Words as they are typed; a code such as W-CHEST or Ki-67 is one of them.
WORD = re.compile(r"\w+(?:[-_:.]\w+)*")
#: British and American spelling are one.
SPELLINGS = (
    ("ae", "e"),
    ("oe", "e"),
    ("our", "or"),
    ("isation", "ization"),
    ("yse", "yze"),
    ("ise", "ize"),
    ("centre", "center"),
    ("grey", "gray"),
)
#: What is typed beyond these is not read.
MOST_WORDS = 12
LONGEST = 300
#: What a word is worth by where it stands; a whole word counts double.
WORTH = {"code": 40, "title": 8, "kind": 3, "text": 3, "more": 1, "source": 1}
WHOLE = 2


@dataclass(frozen=True, slots=True)
class Found:
    """A statement that was found, and how many of the words that were typed it has."""

    statement: Statement
    words: int


def fold(text: str) -> str:
    """Return text as it is compared: without case, hyphens and national spelling."""
    folded = text.casefold()
    for spelling, other in SPELLINGS:
        folded = folded.replace(spelling, other)
    return re.sub(r"[-_:.]", "", folded)


def terms_of(typed: str) -> list[str]:
    """The words of what was typed, each once; empty for nothing that could be looked up."""
    words = (fold(word) for word in WORD.findall(typed[:LONGEST]))
    return list(dict.fromkeys(filter(None, words)))[:MOST_WORDS]


class Index:
    """The words of all statements, each with where it stands and what it is worth there."""

    def __init__(self, entries: Sequence[Statement]) -> None:
        self.entries = entries
        worth: dict[str, dict[int, int]] = defaultdict(dict)
        for number, entry in enumerate(entries):
            for word, value in _words(entry):
                worth[word][number] = max(value, worth[word].get(number, 0))
        self.worth: Mapping[str, Mapping[int, int]] = dict(worth)
        self.words = sorted(worth)

    def find(self, typed: str) -> list[Found]:
        """The statements that have all words, or most where none has all; the best first."""
        score: dict[int, float] = defaultdict(float)
        count: dict[int, int] = defaultdict(int)
        for term in terms_of(typed):
            found = self._entries_with(term)
            for number, value in found.items():
                # A word that few statements have says more than one that many have.
                score[number] += value * log2(1 + len(self.entries) / len(found))
                count[number] += 1
        most = max(count.values(), default=0)
        kept = [number for number in count if count[number] == most]
        kept.sort(key=lambda number: (-score[number], number))
        return [Found(self.entries[number], most) for number in kept]

    def _entries_with(self, term: str) -> dict[int, int]:
        found: dict[int, int] = {}
        start = bisect.bisect_left(self.words, term)
        for word in self.words[start:]:
            if not word.startswith(term):
                break
            for number, value in self.worth[word].items():
                # The beginning of a code is no more than a word of the title.
                worth = WHOLE * value if word == term else min(value, WORTH["title"])
                found[number] = max(worth, found.get(number, 0))
        return found


def _words(entry: Statement) -> Iterator[tuple[str, int]]:
    for name, value in WORTH.items():
        for word in WORD.findall(getattr(entry, name)):
            yield fold(word), value
            for part in re.split(r"[-_:.]", word):
                yield fold(part), min(value, WORTH["title"])


#: By hash of the edition.
_indexes: dict[str, Index] = {}


def index_of(edition: Edition) -> Index:
    """The index of an edition, made once per process."""
    if edition.hash not in _indexes:
        _indexes[edition.hash] = Index(statements(edition))
    return _indexes[edition.hash]
