"""Values of an edition's content in clinical words: labels for codes, sentences for conditions."""

import datetime
import re
from collections.abc import Callable, Mapping
from typing import Any

from guidance.editions.changes import CONDITIONS
from guidance.engine.dictionary import BOOLEAN_LABELS
from guidance.engine.edition import Edition
from guidance.engine.logic import ConditionError
from guidance.engine.wording import STATUSES, sentence

#: A code that nothing else gives words to: late_arterial, not_stated.
CODE = re.compile(r"[a-z0-9]+(_[a-z0-9]+)+")
NONE = "none"
SOURCES = frozenset({"source", "sources", "note_source"})
#: What an item of a list is called by, the first that it has.
CALLED = ("label", "name", "title", "trigger", "topic", "point", "text", "question", "words")
CELLS = "cells"
#: What keys of the content are called where they stand beside a value.
ASPECTS: Mapping[str, str] = {
    "when": "condition",
    "unless": "not where",
    "done_when": "already done where",
    "ask": "asked for",
    "ask_after_result": "asked for after a result",
    "also": "facts to correct besides",
    "confirm": "to confirm before an order",
    "coverage": "coverage",
    "dwi": "diffusion-weighted imaging",
    "escalation": "board reason",
    "facts": "facts",
    "high": "highest value",
    "items": "items",
    "kind": "kind of value",
    "level": "board",
    "low": "lowest value",
    "low_exclusive": "lowest value itself excluded",
    "number": "place in the list",
    "outcomes": "results",
    "phases": "phases",
    "redirect": "leads to",
    "requires_false": "only where absent",
    "result": "leads to",
    "statuses": "arises where the case is",
    "strength": "strength of the source's word",
    "to": "leads to",
    "traits": "substitution rules that concern it",
    "trait": "concerns studies with",
    "unknown": "while unknown",
    "values": "values",
}


def aspect(key: str) -> str:
    """What a key of the content is called."""
    return ASPECTS.get(key, key.replace("_", " "))


def calling(item: Mapping[str, Any]) -> list[str]:
    """The keys that an item may be called by, the best first."""
    return [key for key in CALLED if isinstance(item.get(key), str)]


class Words:
    """The words of one edition for the values of its content."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        content = edition.content
        scenarios = edition.catalogue.scenarios
        facts = {name: fact.label for name, fact in edition.dictionary.items()}
        procedures = {code: found.name for code, found in edition.ratings.procedures.items()}
        actions = {entry["code"]: entry["text"] for entry in content["actions"]["actions"]}
        reasons = {entry.code: f"{entry.code} {entry.text}" for entry in edition.board.escalations}
        intervals = {id_: f"{id_} {rule.text}" for id_, rule in edition.intervals.rules.items()}
        branches = {
            id_: f"{id_} {found.trigger}" for id_, found in edition.branches.branches.items()
        }
        # Of checks that share a code the first one speaks for both.
        checks = {
            entry["code"]: f"{entry['code']} {entry['text']}"
            for entry in reversed(content["checks"]["checks"])
        }
        outcomes = edition.dictionary["study_outcome"].value_labels
        places = {id_: f"{id_} {found.name}" for id_, found in scenarios.items()}
        by_names: dict[tuple[str, ...], Mapping[Any, str]] = {
            ("rating",): edition.ratings.labels,
            ("radiation",): content["ratings"]["radiation"],
            ("procedure",): procedures,
            ("scenario", "scenarios", "redirect", "candidates", "to"): places,
            ("outcomes",): outcomes,
            ("escalation", "reasons"): reasons,
            ("intervals",): intervals,
            ("statuses",): STATUSES,
            ("code", "options", "actions"): actions,
            ("branch",): branches,
            ("check", "warnings"): checks,
            (
                *("ask", "ask_after_result", "also", "confirm", "fact", "requires_false"),
                *("missing", "confirm_before_order"),
            ): facts,
        }
        self._by_key = {key: words for keys, words in by_names.items() for key in keys}
        self._special: dict[str, Callable[[Any], str]] = {
            "window": _window,
            "severity": lambda value: str(value).capitalize(),
            "date": _day,
        }

    def say(self, key: str, value: Any) -> str:
        """A value that stands under `key`, in one line."""
        if value is None:
            return NONE
        if key in CONDITIONS:
            return self._condition(value)
        if key in self._special:
            return self._special[key](value)
        if isinstance(value, Mapping):
            return self._mapping(value)
        if isinstance(value, list):
            return ", ".join(self.called(each) or self.say(key, each) for each in value) or NONE
        if isinstance(value, bool):
            return BOOLEAN_LABELS[value].lower()
        return self._named(key, value)

    def called(self, item: Any) -> str:
        """What an item of a list is called; empty where it only has a place, or is no item."""
        if not isinstance(item, Mapping):
            return ""
        if "procedure" in item:
            return self.say("procedure", item["procedure"])
        code = str(item.get("id", item.get("code", "")))
        named = next((str(item[key]).rstrip(".") for key in calling(item)), "")
        if CELLS in item:
            named = next(iter(item[CELLS].values()), "")
        elif "code" in item and not named:
            named = self.say("code", item["code"]).rstrip(".")
        return code if named == code else f"{code} {named}".strip()

    def _mapping(self, value: Mapping[str, Any]) -> str:
        """Its values with what they are called, without citations; a text alone needs no name."""
        said = {key: self.say(key, each) for key, each in value.items() if key not in SOURCES}
        if len(said) == 1 and not said.keys().isdisjoint(CALLED):
            return next(iter(said.values()))
        return "; ".join(f"{aspect(key)}: {words}" for key, words in said.items())

    def _condition(self, raw: Any) -> str:
        try:
            return sentence(raw, self.edition)
        except (ConditionError, LookupError, ValueError):
            return in_codes(raw)

    def _named(self, key: str, value: Any) -> str:
        words = self._by_key.get(key, {}).get(value)
        if words is not None:
            return str(words)
        text = str(value)
        return text.replace("_", " ") if CODE.fullmatch(text) else text


def in_codes(raw: Any) -> str:
    """A condition as the content spells it, for where words cannot tell two apart."""
    if isinstance(raw, Mapping):
        return "; ".join(f"{word} ({in_codes(inner)})" for word, inner in raw.items())
    if isinstance(raw, list):
        return ", ".join(map(in_codes, raw))
    return str(raw)


def _window(value: Any) -> str:
    if not isinstance(value, list):
        return str(value)
    low, high = value
    if low == high:
        return f"{low} months"
    return f"{low} months or longer" if high == "longer" else f"{low} to {high} months"


def _day(value: Any) -> str:
    try:
        return f"{datetime.date.fromisoformat(value):%-d %b %Y}"
    except (TypeError, ValueError):
        return str(value)
