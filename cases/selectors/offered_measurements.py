"""Measurements in DICOM reports (TID 1500) of a study, offered to its lesions."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cases.models import Measurement, Study, StudyFile
from cases.models.lesion import Site
from cases.models.study_file import FileState

#: A part of the words of a finding site -> where a lesion lies; the first that fits.
SITES = (
    ("pancrea", Site.PANCREAS),
    ("mediastin", Site.MEDIASTINAL_LN),
    ("liver", Site.LIVER),
    ("hepatic", Site.LIVER),
    ("periton", Site.PERITONEUM),
    ("lung", Site.LUNG),
    ("brain", Site.BRAIN),
    ("spleen", Site.SPLEEN),
    ("bone", Site.BONE),
    ("vertebra", Site.BONE),
    ("rib", Site.BONE),
    ("pelvis", Site.BONE),
)

#: Column of a measurement -> how it is called.
NAMES = {
    "longest_mm": "Longest diameter",
    "short_mm": "Short axis",
    "attenuation_hu": "Attenuation",
    "suvmax": "SUVmax",
    "adc": "ADC",
}


@dataclass(frozen=True)
class OfferedMeasurement:
    """One lesion as a report measured it; nothing of it is in the record.

    Attributes:
        place: which of the file's measurements it is, from 0.
        tracking_id, tracking_uid: how the report follows the lesion over studies.
        finding, site_words: in the report's words; `site` is the record's code, empty where the
            words fit none.
        values: column of a measurement -> value in the column's unit, rounded as it is kept.
        faults: what the report says that cannot be used, and why.
    """

    file: StudyFile
    place: int
    tracking_id: str
    tracking_uid: str
    finding: str
    site_words: str
    site: str
    values: dict[str, Decimal]
    faults: tuple[str, ...]


def offered_measurements(file: StudyFile) -> list[OfferedMeasurement]:
    """What the report in `file` offers; nothing while the file is held."""
    if file.state != FileState.STORED:
        return []
    found = file.findings.get("measurements", [])
    return [_offered(file, place, entry) for place, entry in enumerate(found)]


def offered_for(study: Study) -> list[OfferedMeasurement]:
    """What all files of a study offer, in one query."""
    files = StudyFile.objects.filter(study=study).order_by("uploaded_at", "id")
    return [offered for file in files for offered in offered_measurements(file)]


def _offered(file: StudyFile, place: int, entry: dict[str, Any]) -> OfferedMeasurement:
    words = entry["site"].casefold()
    values = dict(_values(entry["values"]))
    too_large = [name for name in entry["values"] if name not in values]
    return OfferedMeasurement(
        file=file,
        place=place,
        tracking_id=entry["tracking_id"],
        tracking_uid=entry["tracking_uid"],
        finding=entry["finding"],
        site_words=entry["site"],
        site=next((str(site) for part, site in SITES if part in words), ""),
        values=values,
        faults=(
            *entry["faults"],
            *(f"{NAMES[name]} is larger than anything that is kept." for name in too_large),
        ),
    )


def _values(found: dict[str, float]) -> Iterator[tuple[str, Decimal]]:
    for name, value in found.items():
        column: Any = Measurement._meta.get_field(name)
        rounded = round(Decimal(str(value)), column.decimal_places)
        if abs(rounded) < 10 ** (column.max_digits - column.decimal_places):
            yield name, rounded
