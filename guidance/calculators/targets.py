"""Target lesions of RECIST 1.1 and their limits (specification 9.1, RSP-01)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Literal

NodeClass = Literal["target", "non_target", "normal"]

MAX_TARGETS = 5
MAX_PER_ORGAN = 2
# Sizes that make a lesion measurable, in mm; not in the sources [BS].
MIN_LESION_MM = 10
MIN_TARGET_NODE_MM = 15
MIN_ABNORMAL_NODE_MM = 10

TOO_MANY = "more_than_five_targets"
TOO_MANY_IN_ORGAN = "more_than_two_targets_in_one_organ"
TOO_SMALL = "target_not_measurable"
ALL_NODES = "lymph nodes"


@dataclass(frozen=True, slots=True)
class Target:
    """A target lesion at baseline.

    `diameter_mm` is the longest diameter, in a lymph node the short axis. `organ` is free
    text, compared without regard to case; all lymph nodes together are one organ [BS].
    Raises `ValueError` for a size that is negative or not finite.
    """

    organ: str
    diameter_mm: float
    is_node: bool = False

    def __post_init__(self) -> None:
        check_diameter(self.diameter_mm)

    @property
    def place(self) -> str:
        """Return what counts as one organ."""
        return ALL_NODES if self.is_node else self.organ.strip().casefold()

    @property
    def is_measurable(self) -> bool:
        """Return whether the lesion is large enough at baseline, inclusive [BS]."""
        return self.diameter_mm >= (MIN_TARGET_NODE_MM if self.is_node else MIN_LESION_MM)


@dataclass(frozen=True, slots=True)
class TargetCheck:
    """Whether a set of targets may be used.

    `valid` is RSP-01 alone. `faults` holds a code for each limit that is broken, and
    `too_small` the positions, from 0, of lesions below the size of RECIST 1.1 [BS].
    """

    valid: bool
    faults: tuple[str, ...]
    too_small: tuple[int, ...]


def check_diameter(diameter_mm: float) -> None:
    """Raise `ValueError` for a size in mm that is negative or not finite."""
    if not (isfinite(diameter_mm) and diameter_mm >= 0):
        raise ValueError(f"a size must be 0 mm or more, not {diameter_mm!r}")


def check_targets(targets: Sequence[Target]) -> TargetCheck:
    """Return whether a set keeps to five lesions, two in an organ: RSP-01 [003 L682-L689]."""
    per_organ = Counter(target.place for target in targets)
    faults = []
    if len(targets) > MAX_TARGETS:
        faults.append(TOO_MANY)
    if any(count > MAX_PER_ORGAN for count in per_organ.values()):
        faults.append(TOO_MANY_IN_ORGAN)
    valid = not faults
    too_small = tuple(i for i, target in enumerate(targets) if not target.is_measurable)
    if too_small:
        faults.append(TOO_SMALL)
    return TargetCheck(valid=valid, faults=tuple(faults), too_small=too_small)


def classify_node(short_axis_mm: float) -> NodeClass:
    """Return what RECIST 1.1 takes a lymph node for by its short axis in mm [BS].

    15 and more may be a target, 10 to below 15 is a non-target lesion, below 10 is normal.
    Raises `ValueError` for a size that is negative or not finite.
    """
    check_diameter(short_axis_mm)
    if short_axis_mm >= MIN_TARGET_NODE_MM:
        return "target"
    return "non_target" if short_axis_mm >= MIN_ABNORMAL_NODE_MM else "normal"
