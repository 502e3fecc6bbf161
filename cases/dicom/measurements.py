"""Measurements of a report after TID 1500, DICOM PS3.16."""

import re
from typing import Any

from cases.dicom.content_items import ContentItem
from cases.dicom.limits import MEASUREMENTS

REPORT = ("DCM", "126000")
GROUP = ("DCM", "125007")
TRACKING_IDENTIFIER = ("DCM", "112039")
TRACKING_UID = ("DCM", "112040")
FINDING = (("DCM", "121071"),)
FINDING_SITE = (("SCT", "363698007"), ("SCT", "G-C0E3"))
DERIVATION = (("DCM", "121401"),)
MAXIMUM = (("SCT", "56851009"), ("SCT", "G-A437"))
MEAN = (("SCT", "373098007"), ("SCT", "R-00317"))

#: Concept of a measurement -> what it is here. Length is what most viewers call the one diameter.
QUANTITIES = {
    ("SCT", "103339001"): "longest",
    ("SCT", "G-A185"): "longest",
    ("SCT", "410668003"): "longest",
    ("SCT", "G-D7FE"): "longest",
    ("SCT", "81827009"): "longest",
    ("SCT", "M-02550"): "longest",
    ("SCT", "103340004"): "short",
    ("SCT", "G-A186"): "short",
    ("DCM", "126401"): "suv",
    ("DCM", "112031"): "attenuation",
    ("DCM", "112181"): "attenuation",
    ("DCM", "113041"): "adc",
    ("DCM", "113290"): "adc",
}
#: A remark in a unit of UCUM, which means nothing: g/ml{SUVbw}.
ANNOTATION = re.compile(r"\{[^}]*\}")
#: Quantity -> column, and what one unit of UCUM is in it.
UNITS: dict[str, tuple[str, dict[str, float]]] = {
    "longest": ("longest_mm", {"mm": 1, "cm": 10, "m": 1_000, "um": 0.001}),
    "short": ("short_mm", {"mm": 1, "cm": 10, "m": 1_000, "um": 0.001}),
    "suv": ("suvmax", {"g/ml": 1, "g/mL": 1}),
    "attenuation": ("attenuation_hu", {"[hnsf'U]": 1}),
    "adc": ("adc", {"10-3.mm2/s": 1, "10*-3.mm2/s": 1, "um2/s": 0.001, "mm2/s": 1_000}),
}


def measurements_of(report: ContentItem) -> list[dict[str, Any]]:
    """The groups of measurements of `report`; empty where it is none after TID 1500.

    Each has `tracking_id`, `tracking_uid`, `finding` and `site` in words, `values` by column of a
    measurement (sizes in mm, ADC in 10^-3 mm2/s), and `faults`: what cannot be used, and why.
    """
    if not report.concept.is_one_of(REPORT):
        return []
    groups = [item for item in report.walk() if item.concept.is_one_of(GROUP)]
    return [_group(group) for group in groups[:MEASUREMENTS]]


def _group(group: ContentItem) -> dict[str, Any]:
    values: dict[str, float] = {}
    faults: list[str] = []
    for item in group.children:
        quantity = QUANTITIES.get((item.concept.scheme, item.concept.value))
        if quantity is None or not _is_derived_as_wanted(item, quantity):
            continue
        column, units = UNITS[quantity]
        unit = ANNOTATION.sub("", item.unit)
        name = item.concept.meaning or quantity
        if item.number is None:
            faults.append(f"{name} has no number.")
        elif unit not in units:
            faults.append(f"{name} is given in {item.unit or 'no unit'}, which cannot be.")
        elif item.number < 0 and quantity != "attenuation":
            faults.append(f"{name} is below zero.")
        else:
            value = round(item.number * units[unit], 3)
            # Of several diameters the longest is the one; a short axis has its own name.
            values[column] = max(value, values.get(column, value))
    return {
        "tracking_id": _text(group.child(TRACKING_IDENTIFIER)),
        "tracking_uid": _text(group.child(TRACKING_UID)),
        "finding": _meaning(group.child(*FINDING)),
        "site": _meaning(group.child(*FINDING_SITE)),
        "values": values,
        "faults": faults,
    }


def _is_derived_as_wanted(item: ContentItem, quantity: str) -> bool:
    """A maximum of uptake, a mean of attenuation and ADC; a deviation is neither."""
    derivation = item.child(*DERIVATION)
    if quantity == "suv":
        return derivation is not None and derivation.code.is_one_of(*MAXIMUM)
    if quantity in ("attenuation", "adc"):
        return derivation is None or derivation.code.is_one_of(*MEAN)
    return True


def _text(item: ContentItem | None) -> str:
    return item.text if item else ""


def _meaning(item: ContentItem | None) -> str:
    return item.code.meaning if item else ""
