"""Conditions of the content in words, for a reader who has no case before them.

`wording` keeps the structure, for pages that show it as a list; `sentence` says the same in
one line. The labels are those of the data dictionary; `@` findings of the engine have theirs
here. `unless` holds while a fact is unknown, so it reads "not known to be".
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from guidance.engine.dictionary import FactDefinition
from guidance.engine.edition import Edition
from guidance.engine.intervals import LONGER, UNSPECIFIED
from guidance.engine.logic import LEAF, UNKNOWN, ConditionError

YES_NO = {"T": "yes", "F": "no"}
COMPARISONS = {">": "above", ">=": "at least", "<": "below", "<=": "at most"}
LEADS = {"all": "All of", "any": "Any of", "not": "Not", "unless": "Not known to hold"}
JOINTS = {"All of": "; and ", "Any of": "; or "}
STATUSES = {
    "FULL": "rated",
    "NAMED": "named only",
    "UNDETERMINED": "undetermined",
    "CONFLICT": "contradiction",
    "NOT_COVERED": "not covered",
}


@dataclass(frozen=True, slots=True)
class Wording:
    """A condition in words: a `text`, or a `lead` ("All of", "Any of", "Not" ...) with parts."""

    text: str = ""
    lead: str = ""
    parts: tuple["Wording", ...] = ()

    def __str__(self) -> str:
        """The condition in one line."""
        if not self.lead:
            return self.text
        if self.lead in JOINTS:
            return JOINTS[self.lead].join(map(_bracketed, self.parts))
        return f"{self.lead.lower()}: {_bracketed(self.parts[0])}"


def _bracketed(part: Wording) -> str:
    return f"({part})" if part.lead else part.text


@dataclass(frozen=True, slots=True)
class Subject:
    """What a comparison speaks of: its label, its values in words, unit and lower bound."""

    label: str
    words: Callable[[str], str]
    unit: str = ""
    low: float | None = None
    allowed: tuple[Any, ...] = ()


def sentence(raw: Any, edition: Edition) -> str:
    """Return a condition of the content as one line; raise `ConditionError` if unreadable."""
    return str(wording(raw, edition))


def wording(raw: Any, edition: Edition) -> Wording:
    """Return a condition of the content in words; raise `ConditionError` if unreadable."""
    if isinstance(raw, str):
        return Wording(_leaf(raw, edition))
    if not isinstance(raw, Mapping) or len(raw) != 1:
        raise ConditionError(f"not a condition: {raw!r}")
    (word, inner), *_ = raw.items()
    if word in ("all", "any"):
        if word == "any" and (found := _same_list(inner)):
            name, values = found
            subject = _subject(name, edition)
            return Wording(_inclusion(subject, _either(list(map(subject.words, values))), ""))
        parts = tuple(wording(part, edition) for part in inner)
        return parts[0] if len(parts) == 1 else Wording(lead=LEADS[word], parts=parts)
    if word not in LEADS:
        raise ConditionError(f"not a condition: {raw!r}")
    if isinstance(inner, str):
        return Wording(_leaf(inner, edition, word))
    return Wording(lead=LEADS[word], parts=(wording(inner, edition),))


def _same_list(parts: Sequence[Any]) -> tuple[str, list[str]] | None:
    """Return the one list that all parts look into, and what each looks for; else None."""
    matches = [LEAF.match(part) for part in parts if isinstance(part, str)]
    found = [match.groups() for match in matches if match and match[2] == "has"]
    names = {name for name, _, _ in found}
    if len(found) != len(parts) or len(names) != 1:
        return None
    return names.pop(), [value for _, _, value in found]


def _leaf(raw: str, edition: Edition, mood: str = "") -> str:
    match = LEAF.match(raw)
    if match is None:
        raise ConditionError(f"not a condition: {raw!r}")
    name, operator, value = match.groups()
    subject = _subject(name, edition)
    if value == UNKNOWN:
        is_unknown = (operator == "=") != bool(mood)
        return f"{subject.label}: {UNKNOWN if is_unknown else 'known'}"
    if value == "[]":
        return _emptiness(subject, is_empty=(operator == "=") != (mood == "not"), mood=mood)
    if operator == "!=":
        operator, mood = "=", {"": "not", "not": "", "unless": "unless not"}[mood]
    if operator == ">=" and subject.low is not None and float(value) == subject.low:
        return _predicate(subject.label, ": known", mood)
    if operator in COMPARISONS:
        unit = "" if subject.unit.casefold() in subject.label.casefold() else f" {subject.unit}"
        return _predicate(subject.label, f" {COMPARISONS[operator]} {value}{unit}", mood)
    if operator == "has":
        return _inclusion(subject, subject.words(value), mood)
    members = [member.strip() for member in value.strip("{}").split(",")]
    if mood == "unless" and set(members) == set(subject.allowed):
        return f"{subject.label}: unknown"
    return _predicate(subject.label, f": {_either(list(map(subject.words, members)))}", mood)


def _predicate(label: str, said: str, mood: str) -> str:
    plain = said.removeprefix(":").strip()
    return {
        "": f"{label}{said}",
        "not": f"{label}: known, and not {plain}",
        "unless": f"{label}: not known to be {plain}",
        "unless not": f"{label}: {plain}, or unknown",
    }[mood]


def _inclusion(subject: Subject, value: str, mood: str) -> str:
    return {
        "": f"{subject.label}: {value} among them",
        "not": f"{subject.label}: known, and without {value}",
        "unless": f"{subject.label}: not known to include {value}",
    }[mood]


def _emptiness(subject: Subject, *, is_empty: bool, mood: str) -> str:
    if mood == "unless":
        return f"{subject.label}: not known to be {'none' if is_empty else 'any'}"
    return f"{subject.label}: {'none' if is_empty else 'at least one'}"


def _either(words: list[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} or {last}" if first else last


def _subject(name: str, edition: Edition) -> Subject:
    if name.startswith("@"):
        return _finding(name, edition)
    fact = edition.dictionary[name]
    return Subject(fact.label, _fact_words(fact), fact.unit, fact.low, fact.allowed)


def _fact_words(fact: FactDefinition) -> Callable[[str], str]:
    if fact.kind == "bool3":
        return lambda value: YES_NO[value]
    return lambda value: uncapitalized(str(fact.value_labels.get(value, value)))


def _field_words(edition: Edition, fact: str, field: str) -> Callable[[str], str]:
    labels = next(f.value_labels for f in edition.dictionary[fact].fields if f.name == field)
    return lambda value: uncapitalized(str(labels.get(value, value)))


def uncapitalized(words: str) -> str:
    """Return words as they stand within a sentence; abbreviations and names keep their capitals."""
    first = words.partition(" ")[0].strip(",.").replace("-", "")
    plain = first.isalpha() and (len(first) == 1 or first[1:].islower())
    return f"{words[0].lower()}{words[1:]}" if plain else words


def _finding(name: str, edition: Edition) -> Subject:
    """Return what a finding of the engine is called; an unlisted one goes by its own name."""
    actions = {entry["code"]: entry["text"] for entry in edition.content["actions"]["actions"]}
    modalities = _field_words(edition, "studies", "modality")
    yes_no = YES_NO.__getitem__

    def scenario(code: str) -> str:
        found = edition.catalogue.scenarios.get(code)
        return uncapitalized(found.name) if found else STATUSES.get(code.partition(":")[0], code)

    def procedure(code: str) -> str:
        found = edition.ratings.procedures.get(code)
        return uncapitalized(found.name) if found else code

    def branch(code: str) -> str:
        found = edition.branches.branches.get(code)
        return f"{uncapitalized(found.trigger).rstrip('.')} ({code})" if found else code

    named: dict[str, tuple[str, Callable[[str], str]]] = {
        "@scenario": ("Scenario", scenario),
        "@status": ("Kind of scenario", STATUSES.__getitem__),
        "@grade_flags": ("Notes on the grade", str),
        "@result": ("Result entered", yes_no),
        "@branch": ("What the result shows", branch),
        "@actions": ("What follows", lambda code: uncapitalized(actions[code]).rstrip(".")),
        "@top": ("First study", procedure),
        "@feasible": ("Possible studies", procedure),
        "@order_rating": ("Rating of the ordered study", edition.ratings.labels.__getitem__),
        "@next_modality": ("Modality of the next study", modalities),
        "@done_modalities": ("Studies done", modalities),
        "@mri_removed": ("MRI ruled out", yes_no),
        "@combined_contraindication": (
            "Contrast-enhanced anatomical studies",
            {"T": "none possible", "F": "possible"}.__getitem__,
        ),
        "@intervals_disagree": ("Follow-up policies disagree", yes_no),
        "@impossible_dates": ("Impossible dates", yes_no),
        "@growth_measured": ("Growth measured", yes_no),
        "@growth_discordant": ("Growth measures disagree", yes_no),
        "@liver_mri_done": ("Liver MRI done", yes_no),
        "@seen_on_ultrasound": ("Lesion seen on ultrasound", yes_no),
        "@schedule": ("Next study against the schedule", str.lower),
        "@treatment_types": ("Treatments", _field_words(edition, "treatments", "type")),
        "@treatment_ongoing": ("Treatment ongoing", yes_no),
    }
    label, words = named.get(name, (name.strip("@").replace("_", " ").capitalize(), _plain))
    return Subject(label, words)


def _plain(value: str) -> str:
    return YES_NO.get(value, value)


def finding_words(name: str, value: Any, edition: Edition) -> str:
    """Return what the engine found in one case; a code that has no words stands as it is."""
    if value is None:
        return UNKNOWN
    if isinstance(value, tuple):
        return ", ".join(finding_words(name, code, edition) for code in value) or "none"
    code = {True: "T", False: "F"}[value] if isinstance(value, bool) else str(value)
    try:
        return _finding(name, edition).words(code)
    except KeyError:
        return code


def window_words(window: Any) -> str:
    """A window as people say it: 6 to 12 months, 12 months or longer, no number given."""
    if window is None:
        return "not determinable"
    if window == UNSPECIFIED:
        return "no number given"
    low, high = window
    if high == LONGER:
        return f"{low} months or longer"
    return f"{low} months" if low == high else f"{low} to {high} months"
