"""From a case's record to lines of the printed agenda: gaps, obstacles, what opposes a result."""

from collections.abc import Iterable

from cases.documents.lines import WarningLine
from cases.models import Allergy, Device, GapAcceptance
from cases.selectors.completeness import Completeness, ItemState
from cases.selectors.feasibility import KidneyValue
from cases.selectors.notices import Notice
from cases.selectors.obstacles import Obstacles
from tumorboard.formats import day

NONE_RECORDED = "None recorded"


def notice_lines(notices: Iterable[Notice]) -> tuple[WarningLine, ...]:
    """What speaks against the result in play."""
    return tuple(WarningLine(one.severity.capitalize(), one.words) for one in notices)


def missing_lines(completeness: Completeness | None) -> tuple[str, ...]:
    """What is missing or too old and nobody accepted; nothing of a case that is decided."""
    return tuple(map(_missing, completeness.open_gaps)) if completeness else ()


def accepted_lines(completeness: Completeness | None) -> tuple[str, ...]:
    """What is missing or too old and who accepted that, with the reason."""
    return tuple(map(_accepted, completeness.accepted_gaps)) if completeness else ()


def obstacle_lines(obstacles: Obstacles) -> tuple[tuple[str, str], ...]:
    """Devices in place, severe reactions and renal function, as pairs of label and value."""
    return (
        ("Devices", "; ".join(map(_device, obstacles.devices)) or NONE_RECORDED),
        ("Severe reactions", "; ".join(map(_reaction, obstacles.reactions)) or NONE_RECORDED),
        ("Renal function", "; ".join(map(_kidney, obstacles.kidney)) or "unknown"),
    )


def _missing(item: ItemState) -> str:
    return f"{item.name} ({item.age} old)" if item.age else item.name


def _accepted(item: ItemState) -> str:
    # What is accepted has its acceptance.
    accepted: GapAcceptance = item.acceptance  # type: ignore[assignment]
    return f"{_missing(item)}: accepted by {accepted.entered_by.name}: {accepted.reason}"


def _device(device: Device) -> str:
    safety = device.get_mri_safety_display() or "safety in MRI unknown"
    return f"{device.get_kind_display()}: {safety}"


def _reaction(allergy: Allergy) -> str:
    named = f"{allergy.get_substance_display()}, {day(allergy.occurred_on)}"
    return f"{named}: {allergy.reaction}" if allergy.reaction else named


def _kidney(value: KidneyValue) -> str:
    weeks = f"{value.weeks} week{'' if value.weeks == 1 else 's'} old"
    said = f"{value.point.name} {value.point.words}, {day(value.point.result.taken_on)} ({weeks})"
    return f"{said}, old" if value.is_old else said
