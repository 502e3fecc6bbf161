"""Every number at which the guidance changes its mind about a fact."""

from collections.abc import Iterator, Mapping
from typing import Any

from guidance.calculators.grade import G2_MAX, G2_MIN_KI67, G2_MIN_MITOSES, WHO2010_G1_MAX
from guidance.engine.edition import Edition
from guidance.engine.intervals import bounds
from guidance.engine.logic import LEAF, NUMBER

#: The limits of the calculators that an assessment runs.
CALCULATED: Mapping[str, tuple[float, ...]] = {
    "ki67_percent": (WHO2010_G1_MAX, G2_MIN_KI67, G2_MAX),
    "mitoses_per_10hpf": (G2_MIN_MITOSES, G2_MAX),
}
#: The fact that the windows of the interval rules are compared with.
SCHEDULED = "months_since_last_imaging"


#: What was found, by the hash of the edition, which never changes.
_found: dict[str, Mapping[str, tuple[float, ...]]] = {}


def thresholds_of(edition: Edition) -> Mapping[str, tuple[float, ...]]:
    """Return by fact the numbers that a condition of the edition or a calculator compares it with.

    In the unit of the fact, in ascending order. An edition is read once per process.
    """
    if edition.hash not in _found:
        _found[edition.hash] = _find(edition)
    return _found[edition.hash]


def _find(edition: Edition) -> dict[str, tuple[float, ...]]:
    found: dict[str, set[float]] = {name: set(limits) for name, limits in CALCULATED.items()}
    for text in _texts(dict(edition.content)):
        match = LEAF.match(text)
        if match and NUMBER.match(match[3]) and match[1] in edition.dictionary:
            found.setdefault(match[1], set()).add(float(match[3]))
    for rule in edition.intervals.rules.values():
        for row in rule.rows:
            found.setdefault(SCHEDULED, set()).update(bounds(row.window) or ())
    return {name: tuple(sorted(numbers)) for name, numbers in found.items()}


def _texts(content: Any) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict | list):
        for inner in content.values() if isinstance(content, dict) else content:
            yield from _texts(inner)
