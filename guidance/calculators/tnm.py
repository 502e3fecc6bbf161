"""TNM of a pancreatic neuroendocrine tumor in three systems (specification 8.3).

Every way in which the unknown facts may turn out is tried. What all of them agree on is
definite; so an unknown that may give a higher category always blocks a lower one, and the
facts named as missing are just those that can change the result.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from itertools import product
from math import isfinite
from typing import Any, Literal, NamedTuple

System = Literal["ENETS", "UICC", "AJCC8"]
Reason = Literal[
    "boundary_not_defined_in_source",
    "extent_not_defined_in_source",
    "not_for_carcinoma",
    "stage_grouping_not_covered",
]
# A category, or the reason why the system has none.
Outcome = tuple[str | None, Reason | None]
# None for a combination that cannot be.
Rule = Callable[..., Outcome | None]

ON_BOUNDARY: Outcome = (None, "boundary_not_defined_in_source")
NO_SUCH_EXTENT: Outcome = (None, "extent_not_defined_in_source")
UNGROUPED: Outcome = (None, "stage_grouping_not_covered")

T1_BELOW_MM = 20
T2_UP_TO_MM = 40
LIVER = "liver"
# Nodes in the abdomen may be regional, and then are no distant site.
ABDOMINAL_NODES = "abdominal_ln"
CARCINOMAS = frozenset({"NEC_small_cell", "NEC_large_cell", "MANEC"})


@dataclass(frozen=True, slots=True)
class Extent:
    """The primary tumor, facts 124 to 130; None: unknown, no adjacent organ: empty.

    Raises `ValueError` for a size that is negative or not finite.
    """

    primary_size_mm: float | None
    limited_to_pancreas: bool | None
    invades_duodenum: bool | None
    invades_bile_duct: bool | None
    invades_adjacent_organs: tuple[str, ...] | None
    involves_celiac_axis: bool | None
    involves_sma: bool | None

    def __post_init__(self) -> None:
        size = self.primary_size_mm
        if size is not None and not (isfinite(size) and size >= 0):
            raise ValueError(f"a size must be 0 mm or more, not {size!r}")


class World(NamedTuple):
    """One way in which the facts of an `Extent` may be, in the same order, all known."""

    size_mm: float
    limited: bool
    duodenum: bool
    bile_duct: bool
    organs: tuple[str, ...]
    celiac_axis: bool
    sma: bool

    @property
    def is_beyond_pancreas(self) -> bool:
        """Return whether something outside the pancreas is invaded."""
        return self.duodenum or self.bile_duct or bool(self.organs)


# What an unknown fact of `Extent` may turn out to be: one size for each class of size.
TURNS_OUT: Mapping[str, tuple[Any, ...]] = {
    "primary_size_mm": (10, T1_BELOW_MM, 30, 50),
    "limited_to_pancreas": (True, False),
    "invades_duodenum": (True, False),
    "invades_bile_duct": (True, False),
    "invades_adjacent_organs": ((), ("other",)),
    "involves_celiac_axis": (True, False),
    "involves_sma": (True, False),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One of T, N, M and stage.

    `category` is None where it is not definite. `possible` lists the categories left,
    `at_least` is the lowest of them where the system surely has one for the tumor (with T2
    and T3 left: "at least T2"). `missing` names the facts that can still change the result,
    `reason` says why the system or the source has no category.
    """

    category: str | None
    at_least: str | None
    possible: tuple[str, ...]
    missing: tuple[str, ...]
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class Staging:
    """TNM in one system. `rule` is TNM-1 to TNM-3; `beyond_sources` marks what is [BS]."""

    system: System
    rule: str
    beyond_sources: bool
    t: Finding
    n: Finding
    m: Finding
    stage: Finding


RULE_IDS: Mapping[System, str] = {"ENETS": "TNM-1", "UICC": "TNM-2", "AJCC8": "TNM-3"}


def stage_tumor(
    system: System,
    extent: Extent,
    *,
    regional_ln_metastasis: bool | None,
    distant_metastasis: bool | None,
    metastatic_sites: Sequence[str] | None = None,
    differentiation: str | None = None,
    histology_subtype: str | None = None,
) -> Staging:
    """Return T, N, M and stage of a tumor in the chosen system; sizes are in mm.

    ENETS (TNM-1) and UICC as printed (TNM-2): 004 Table 3 [004 L655-L696]. There the only
    stage is IV, by distant metastasis [002 L53]. AJCC 8 (TNM-3) is [BS]: T as in ENETS, M1
    by site, stages I to IV; it is for well-differentiated tumors only and gives nothing in
    a carcinoma, nor while differentiation is unknown. Facts 131, 132, 36, 8 and 9.
    """
    t = classify_extent(system, extent)
    n = _classify_nodes(regional_ln_metastasis)
    m = _classify_metastasis(system, distant_metastasis, metastatic_sites)
    findings = [t, n, m, _group(system, t, n, m)]
    is_ajcc = system == "AJCC8"
    if is_ajcc:
        suited = _is_well_differentiated(differentiation, histology_subtype)
        findings = [_restrict(found, suited) for found in findings]
    return Staging(system, RULE_IDS[system], is_ajcc, *findings)


def classify_extent(system: System, extent: Extent) -> Finding:
    """Return the T category of a primary tumor; limits in mm.

    ENETS, and AJCC 8 alike [BS]: below 20 T1, 20 to 40 T2, above 40 T3, while limited to
    the pancreas; duodenum or bile duct T3; adjacent organ, celiac axis or superior
    mesenteric artery T4. UICC as printed: below 20 T1, above 20 T2, beyond the pancreas T3,
    either artery T4; exactly 20.0 has no category (A-25). [004 L655-L684]
    An unknown `limited_to_pancreas` is false where something beyond is invaded [INT].
    """
    rate = _rate_uicc if system == "UICC" else _rate_enets

    def rule(*values: Any) -> Outcome | None:
        world = World(*values)
        is_inferred = extent.limited_to_pancreas is None
        if is_inferred and world.limited and world.is_beyond_pancreas:
            return None
        return rate(world)

    choices = {
        field.name: TURNS_OUT[field.name] if value is None else (value,)
        for field, value in zip(fields(extent), astuple(extent), strict=True)
    }
    return _find(choices, rule)


def _rate_enets(world: World) -> Outcome:
    if world.celiac_axis or world.sma or world.organs:
        return "T4", None
    if world.duodenum or world.bile_duct:
        return "T3", None
    if not world.limited:
        return NO_SUCH_EXTENT
    if world.size_mm > T2_UP_TO_MM:
        return "T3", None
    return ("T2" if world.size_mm >= T1_BELOW_MM else "T1"), None


def _rate_uicc(world: World) -> Outcome:
    if world.celiac_axis or world.sma:
        return "T4", None
    if not world.limited:
        return "T3", None
    if world.size_mm == T1_BELOW_MM:
        return ON_BOUNDARY
    return ("T2" if world.size_mm > T1_BELOW_MM else "T1"), None


def _classify_nodes(regional_ln_metastasis: bool | None) -> Finding:
    return _find(
        {"regional_ln_metastasis": _truths(regional_ln_metastasis)},
        lambda is_positive: ("N1" if is_positive else "N0", None),
    )


def _classify_metastasis(
    system: System, distant_metastasis: bool | None, sites: Sequence[str] | None
) -> Finding:
    """Return M0 or M1; in AJCC 8 M1a liver only, M1b other sites only, M1c both [BS].

    Where the sites do not tell, M1 is all that can be said and the sites are missing.
    """
    found = _find(
        {"distant_metastasis": _truths(distant_metastasis)},
        lambda is_present: ("M1" if is_present else "M0", None),
    )
    if system != "AJCC8" or found.category != "M1":
        return found
    outside = set(sites or ()) - {LIVER}
    if not sites or (LIVER in sites and outside == {ABDOMINAL_NODES}):
        return Finding("M1", "M1", ("M1",), ("metastatic_sites",), None)
    if LIVER not in sites:
        return _definite("M1b")
    return _definite("M1c" if outside else "M1a")


def _definite(category: str) -> Finding:
    return Finding(category, category, (category,), (), None)


def _truths(value: bool | None) -> tuple[bool, ...]:
    return (True, False) if value is None else (value,)


def _group(system: System, t: Finding, n: Finding, m: Finding) -> Finding:
    """Return the stage; an undefined T may be any."""
    is_defined = t.category or t.at_least
    found = _find(
        {
            "t": t.possible if is_defined else ("T1", "T2", "T3", "T4"),
            "n": n.possible,
            "m": m.possible,
        },
        _stage_ajcc8 if system == "AJCC8" else _stage_by_metastasis,
    )
    facts = {"t": t.missing, "n": n.missing, "m": m.missing}
    missing = tuple(fact for part in found.missing for fact in facts[part])
    reason = t.reason if "t" in found.missing else found.reason
    return Finding(found.category, found.at_least, found.possible, missing, reason)


def _stage_by_metastasis(t: str, n: str, m: str) -> Outcome:
    return UNGROUPED if m == "M0" else ("IV", None)


def _stage_ajcc8(t: str, n: str, m: str) -> Outcome:
    if m != "M0":
        return "IV", None
    if n == "N1" or t == "T4":
        return "III", None
    return ("I" if t == "T1" else "II"), None


def _is_well_differentiated(differentiation: str | None, histology: str | None) -> bool | None:
    if differentiation == "poor" or histology in CARCINOMAS:
        return False
    return True if differentiation == "well" else None


def _restrict(found: Finding, suited: bool | None) -> Finding:
    """Return the finding if the system is made for the tumor, else nothing and why."""
    if suited:
        return found
    if suited is None:
        missing = ("differentiation", *found.missing)
        return Finding(None, None, found.possible, missing, None)
    return Finding(None, None, (), (), "not_for_carcinoma")


def _find(choices: Mapping[str, Sequence[Any]], rule: Rule) -> Finding:
    """Return what a rule makes of facts, each with all values that it may have."""
    outcomes = {
        values: outcome
        for values in product(*choices.values())
        if (outcome := rule(*values)) is not None
    }
    distinct = set(outcomes.values())
    possible = tuple(sorted({category for category, _ in distinct if category}))
    if len(distinct) == 1:
        ((category, reason),) = distinct
        return Finding(category, category, possible, (), reason)
    surely = all(category for category, _ in distinct)
    missing = tuple(_deciding(tuple(choices), outcomes))
    return Finding(None, possible[0] if surely else None, possible, missing, None)


def _deciding(names: Sequence[str], outcomes: Mapping[tuple[Any, ...], Outcome]) -> Iterator[str]:
    """Yield the facts that alone, all others kept, can change the outcome."""
    for place, name in enumerate(names):
        by_others = defaultdict(set)
        for values, outcome in outcomes.items():
            by_others[values[:place] + values[place + 1 :]].add(outcome)
        if any(len(found) > 1 for found in by_others.values()):
            yield name
