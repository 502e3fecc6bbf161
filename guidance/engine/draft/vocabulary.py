"""What the files of one edition define, and what each name in its conditions may hold."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from guidance.engine.places import Document, Path
from guidance.engine.tables import FILES as TABLE_FILES

#: The files of an edition that could be read, by name.
Draft = Mapping[str, Document]

#: Where each kind of `common.json` is defined: files and patterns.
DEFINED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "fact_name": (("facts", "facts/*/name"),),
    "fact_group": (("facts", "groups/~"),),
    "scenario_id": (("scenarios", "scenarios/*/id"),),
    "hint_id": (("scenarios", "hints/*/id"),),
    "reason": (("scenarios", "not_covered/~"),),
    "procedure_code": (("procedures", "procedures/*/code"),),
    "branch_id": (("branches", "branches/*/id"),),
    "action_code": (("actions", "actions/*/code"),),
    "interval_id": (("intervals", "intervals/*/id"),),
    "escalation_code": (("escalations", "escalations/*/code"),),
    "check_code": (("checks", "checks/*/code"),),
    "disagreement_id": (("disagreements", "disagreements/*/id"),),
    "ambiguity_id": (("ambiguities", "ambiguities/*/id"),),
    "rule_id": (
        *((name, "tables/*/rows/*/id") for name in TABLE_FILES),
        ("protocols", "protocols/*/id"),
        ("substitutions", "substitutions/*/id"),
        ("substitutions", "statements/*/id"),
        ("checklists", "checklists/*/id"),
        ("eligibility", "eligibility/*/id"),
    ),
}
#: Kinds that are values of a fact.
VALUES_OF: Mapping[str, str] = {
    "outcome": "study_outcome",
    "modality": "study_modality",
    "phase": "ordered_phases",
}
NO_RESULT = "not_available"
NOT_COVERED = "not_covered"

STATUSES = ("FULL", "NAMED", "UNDETERMINED", "CONFLICT", "NOT_COVERED")

TRUTH, CODE, CODES, NUMBER = "truth", "code", "codes", "number"
RECORDS, OTHER = "records", "other"
TERM_KINDS: Mapping[str, str] = {
    "bool3": TRUTH,
    "enum": CODE,
    "list": CODES,
    "records": RECORDS,
    "integer": NUMBER,
    "decimal": NUMBER,
}


@dataclass(frozen=True, slots=True)
class Term:
    """What a name in a condition may hold beside unknown.

    `kind` is truth, code (one of `values`), codes (a list of `values`), number (from `low` to
    `high`), records (a list that may be empty) or other, which no condition compares. No
    `values` at all: nothing is known of them.
    """

    kind: str
    values: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None


def defined(draft: Draft, kind: str) -> tuple[str, ...]:
    """Return everything of one kind that the edition defines; nothing for any other kind."""
    if kind in VALUES_OF:
        values = fact_values(draft, VALUES_OF[kind])
        return tuple(value for value in values if value != NO_RESULT)
    if kind == NOT_COVERED:
        return tuple(f"NOT_COVERED:{reason}" for reason in defined(draft, "reason"))
    places = DEFINED.get(kind, ())
    return tuple(found for place in places for _, found in texts(draft, *place))


def texts(draft: Draft, name: str, pattern: str) -> Iterator[tuple[Path, str]]:
    """Yield path and value of every text in one file that a pattern selects."""
    if name in draft:
        for path, value in draft[name].select(pattern):
            if isinstance(value, str):
                yield path, value


def mappings(draft: Draft, name: str, pattern: str) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Yield path and value of every mapping in one file that a pattern selects."""
    if name in draft:
        for path, value in draft[name].select(pattern):
            if isinstance(value, dict):
                yield path, value


def fact_values(draft: Draft, fact: str, field: str | None = None) -> tuple[str, ...]:
    """Return the codes that a fact may hold, or one field of its records."""
    for _, raw in mappings(draft, "facts", "facts/*"):
        if raw.get("name") != fact:
            continue
        fields = [raw] if field is None else raw.get("fields") or ()
        return tuple(
            value
            for found in fields
            if found and (field is None or found.get("name") == field)
            for value in found.get("values") or ()
        )
    return ()


def terms(draft: Draft) -> Mapping[str, Term]:
    """Return what every name may hold that a condition can read: facts, and findings with @."""
    facts = {
        raw["name"]: Term(
            TERM_KINDS.get(raw.get("kind", ""), OTHER),
            tuple(raw.get("values") or ()),
            raw.get("low"),
            raw.get("high"),
        )
        for _, raw in mappings(draft, "facts", "facts/*")
        if isinstance(raw.get("name"), str)
    }
    return {**facts, **{name: find(draft) for name, find in FINDINGS.items()}}


def scenarios_of(draft: Draft, statuses: tuple[str, ...]) -> tuple[str, ...]:
    """Return what `@scenario` can be where `@status` is one of `statuses`."""
    known = tuple(
        raw["id"]
        for _, raw in mappings(draft, "scenarios", "scenarios/*")
        if raw.get("status") in statuses and isinstance(raw.get("id"), str)
    )
    bare = tuple(status for status in ("UNDETERMINED", "CONFLICT") if status in statuses)
    return (*known, *bare, *(defined(draft, NOT_COVERED) if "NOT_COVERED" in statuses else ()))


def _truth(_: Draft) -> Term:
    return Term(TRUTH)


def _of(kind: str, *values: str) -> Callable[[Draft], Term]:
    return lambda _: Term(kind, values)


def _named(kind: str, defines: str, *others: str) -> Callable[[Draft], Term]:
    def find(draft: Draft) -> Term:
        found = defined(draft, defines)
        return Term(kind, (*found, *others) if found else ())

    return find


def _field(fact: str, field: str) -> Callable[[Draft], Term]:
    return lambda draft: Term(CODES, fact_values(draft, fact, field))


#: What the engine finds as it goes. Whoever adds one adds it here.
FINDINGS: Mapping[str, Callable[[Draft], Term]] = {
    "@actions": _named(CODES, "action_code"),
    "@branch": _named(CODE, "branch_id", "none"),
    "@combined_contraindication": _truth,
    "@done_modalities": _field("studies", "modality"),
    "@feasible": _named(CODES, "procedure_code"),
    "@grade": _of(CODE, "G1", "G2", "G3"),
    "@grade_flags": _of(
        CODES, "W-GRADE-BOUNDARY", "W-GRADE-DISCORDANT", "W-GRADE-GAP", "W-G3-WELL-DIFF"
    ),
    "@growth_discordant": _truth,
    "@growth_measured": _truth,
    "@impossible_dates": _truth,
    "@intervals_disagree": _truth,
    "@liver_mri_done": _truth,
    "@mri_removed": _truth,
    "@next_modality": _named(CODE, "modality"),
    "@order_rating": _of(CODE, "UA", "MBA", "MBA-D", "UNA", "NR"),
    "@result": _truth,
    "@scenario": lambda draft: Term(CODE, scenarios_of(draft, STATUSES)),
    "@schedule": _of(CODE, "EARLY", "LATE"),
    "@seen_on_ultrasound": _truth,
    "@status": _of(CODE, *STATUSES),
    "@top": _named(CODE, "procedure_code", "none"),
    "@treatment_ongoing": _truth,
    "@treatment_types": _field("treatments", "type"),
}
