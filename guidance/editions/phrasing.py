"""One change of the content as a line that a clinician reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from guidance.editions.changes import CONDITIONS, Change, Kind, is_same
from guidance.editions.words import CELLS, SOURCES, Words, aspect, calling, in_codes
from guidance.engine.logic import LEAF

#: Keys whose value is prose. A new wording is listed apart; what is new or gone is not.
PROSE = frozenset(
    {
        *("text", "why", "prefer_when", "question", "help", "label", "title", "name", "note"),
        *("trigger", "words", "point", "choice", "handling", "topic", "article"),
    }
)
#: Keys of mappings whose values are prose.
LABELS = frozenset({"values", "labels", "words"})
SOURCE, TEXT = "source", "text"
SEVERITIES = ("INFO", "CAUTION", "CRITICAL")
COMPARISONS = (">", ">=", "<", "<=")


@dataclass(frozen=True, slots=True)
class Line:
    """One change in words.

    `subject` says what changes, `aspect` in which respect, `before` and `after` from what to
    what; one of these is empty where something is new or gone. `kind` is source or text for
    what changes nothing but a citation or a wording, else the file it stands in; `scenarios`
    are those that it concerns, none where it may concern all.
    """

    change: Kind
    kind: str
    file: str
    scenarios: tuple[str, ...]
    subject: str
    aspect: str
    before: str
    after: str

    @property
    def text(self) -> str:
        """The change in one sentence."""
        about = f"{self.subject}, {self.aspect}" if self.aspect else self.subject
        if self.change in (Kind.CHANGED, Kind.REORDERED):
            return f"{about}: {self.before} → {self.after}"
        head = "New" if self.change is Kind.ADDED else "No longer there"
        said = self.after or self.before
        return f"{head}: {about}: {said}" if said else f"{head}: {about}"

    def as_json(self) -> dict[str, Any]:
        """The change as JSON values."""
        return {
            "change": str(self.change),
            "kind": self.kind,
            "subject": self.subject,
            "aspect": self.aspect,
            "before": self.before,
            "after": self.after,
            "text": self.text,
        }


def line_of(change: Change, old: Words, new: Words) -> Line:
    """Return a change in words; `old` and `new` are the words of the two editions."""
    before, after = _said(change, old, new)
    return Line(
        change=change.kind,
        kind=_kind(change),
        file=change.path[0],
        scenarios=_scenarios(change, old, new),
        subject=_subject(change, old if change.kind is Kind.REMOVED else new),
        aspect=_aspect(change),
        before=before,
        after=after,
    )


def _said(change: Change, old: Words, new: Words) -> tuple[str, str]:
    if change.kind is Kind.REORDERED:
        return _order(change, old, new)
    key = "" if _parent(change) in LABELS | {CELLS} else change.key
    if change.kind is Kind.ADDED:
        return "", new.say(key, _telling(change, change.after))
    if change.kind is Kind.REMOVED:
        return old.say(key, _telling(change, change.before)), ""
    pair = (change.before, change.after)
    if change.key in CONDITIONS:
        pair = narrowed(*pair)
    before, after = old.say(key, pair[0]), new.say(key, pair[1])
    if before == after:
        before, after = map(in_codes, pair)
    return (before, after) if before != after else (repr(pair[0]), repr(pair[1]))


def _parent(change: Change) -> str:
    return change.path[-2] if len(change.path) > 1 else ""


def _telling(change: Change, value: Any) -> Any:
    """What a new or lost item says beside its name and its source; of a lost one, nothing else."""
    if change.items[-1] is None or not isinstance(value, Mapping):
        return value
    hidden = {*("id", "code", "number", "tag", "name", "procedure"), *SOURCES, *calling(value)[:1]}
    if change.path[0] == "ratings":
        hidden |= {"why", "prefer_when"}
    return {key: inner for key, inner in value.items() if key not in hidden} or ""


def _order(change: Change, old: Words, new: Words) -> tuple[str, str]:
    """Of what stands in both lists, the stretch whose order changed."""
    stayed = set(change.before) & set(change.after)
    before, after = ([n for n in names if n in stayed] for names in (change.before, change.after))
    while before[0] == after[0]:
        del before[0], after[0]
    while before[-1] == after[-1]:
        del before[-1], after[-1]
    key = "procedure" if change.path[0] == "ratings" else "code"
    return _joined(before, key, old), _joined(after, key, new)


def _joined(names: list[str], key: str, words: Words) -> str:
    return "; ".join(words.say(key, name).rstrip(".") for name in names)


def narrowed(before: Any, after: Any) -> tuple[Any, Any]:
    """Return the one part in which two conditions differ, both whole where there are more.

    A part below `not` or `unless` says the contrary of what it reads like, so it stays there.
    """
    if not (isinstance(before, Mapping) and isinstance(after, Mapping)):
        return before, after
    if len(before) != 1 or before.keys() != after.keys():
        return before, after
    (word,) = before
    if word not in ("all", "any") or len(before[word]) != len(after[word]):
        return before, after
    pairs = zip(before[word], after[word], strict=True)
    different = [pair for pair in pairs if not is_same(*pair)]
    return narrowed(*different[0]) if len(different) == 1 else (before, after)


def _kind(change: Change) -> str:
    if change.key in SOURCES or change.path[:2] == ("edition", "sources"):
        return SOURCE
    if change.kind is Kind.CHANGED and (change.key in PROSE or _parent(change) in LABELS):
        return TEXT
    return change.path[0]


def _aspect(change: Change) -> str:
    if change.kind is Kind.REORDERED:
        return "order"
    if change.kind is Kind.CHANGED:
        if change.key == "severity":
            is_raised = _severity(change.before) < _severity(change.after)
            return "severity raised" if is_raised else "severity lowered"
        if change.key in CONDITIONS and _is_threshold(change):
            return "threshold"
    if _parent(change) == "values":
        return "value"
    if _parent(change) == CELLS:
        return _heading(change)
    owners = [place for place, item in enumerate(change.items) if item is not None]
    return ", ".join(map(aspect, change.path[owners[-1] + 1 if owners else 1 :]))


def _severity(value: Any) -> int:
    return SEVERITIES.index(value) if value in SEVERITIES else -1


def _heading(change: Change) -> str:
    """The heading of the column of a table in which a cell stands."""
    columns = [column for item in change.items if item for column in item.get("columns", ())]
    headings = {column["key"]: column["label"] for column in columns}
    return str(headings.get(change.key, change.key)).lower()


def _is_threshold(change: Change) -> bool:
    """Whether two conditions compare one fact with another number."""
    parts = narrowed(change.before, change.after)
    found = [LEAF.match(part) for part in parts if isinstance(part, str)]
    names = [match[1] for match in found if match and match[2] in COMPARISONS]
    return len(names) == len(parts) and len(set(names)) == 1


def _subject(change: Change, words: Words) -> str:
    names = [words.called(item) for item in change.items if item is not None]
    return ": ".join(name for name in names if name) or change.path[0].capitalize()


def _scenarios(change: Change, old: Words, new: Words) -> tuple[str, ...]:
    """The scenarios that a change concerns, as its place or the items around it say."""
    known = {**old.edition.catalogue.scenarios, **new.edition.catalogue.scenarios}
    named = list(change.path)
    for item in change.items:
        for each in (item, *item.get("applies", ())) if item is not None else ():
            named += [each["scenario"]] if "scenario" in each else each.get("scenarios", [])
    return tuple(name for name in dict.fromkeys(named) if name in known)
