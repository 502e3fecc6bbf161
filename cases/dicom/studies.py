"""What the instances of one study say together."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from pydicom.dataset import FileDataset

from cases.dicom.content_items import tree_of
from cases.dicom.doses import Dose, dose_of
from cases.dicom.elements import date_of, items_of, meaning_of, number_of, text_of
from cases.dicom.instances import read
from cases.dicom.limits import PREVIEWS, SERIES
from cases.dicom.measurements import measurements_of
from cases.dicom.previews import preview
from cases.dicom.reasons import Reason, Unfit

#: Reopens an instance for its picture.
Opener = Callable[[], AbstractContextManager[BinaryIO]]

DIRECTORY = "1.2.840.10008.1.3.10"
POSITRON = "PT"
BQ_IN_MBQ = 1_000_000
#: What a header carries of the patient; DICOM PS3.3 C.7.1.1.
IDENTITY = {
    "patient_id": "PatientID",
    "name": "PatientName",
    "sex": "PatientSex",
}
#: Column of the answer -> element in which it stands.
TEXTS = {
    "accession_number": "AccessionNumber",
    "description": "StudyDescription",
    "study_uid": "StudyInstanceUID",
    "performing_site": "InstitutionName",
}
#: Lists of texts, each value once.
LISTS = {
    "modalities": "Modality",
    "body_parts": "BodyPartExamined",
    "contrast_agents": "ContrastBolusAgent",
    "protocols": "SeriesDescription",
}
MOST_VALUES = 200


@dataclass
class _Series:
    uid: str
    number: int | None
    modality: str
    description: str
    body_part: str
    instances: int = 0
    #: Place in the series, and how to open the instance again; its elements are not kept.
    pictures: list[tuple[float, int, Opener]] = field(default_factory=list)


class StudyReading:
    """Takes instances one by one; `answer()` says what they say together."""

    def __init__(self) -> None:
        self.identity: dict[str, str] = {}
        self.texts: dict[str, str] = {}
        self.lists: dict[str, list[str]] = {name: [] for name in LISTS}
        self.dates: set[str] = set()
        self.series: dict[str, _Series] = {}
        self.doses: dict[str, Dose] = {}
        self.measurements: list[dict[str, Any]] = []
        self.tracer = ""
        self.activity_mbq: float | None = None
        self.flow_ml_s: float | None = None

    def add(self, instance: FileDataset, reopen: Opener) -> None:
        """Take one instance.

        Raises:
            Unfit: it is of another patient or study than those before, or one series too many.
        """
        if str(instance.file_meta.get("MediaStorageSOPClassUID") or "") == DIRECTORY:
            return
        self._add_identity(instance)
        self._add_texts(instance)
        self._add_series(instance, reopen)
        self._add_tracer(instance)
        if "ContentSequence" in instance:
            self._add_report(instance)

    def answer(self) -> dict[str, Any]:
        """Everything that was found.

        Raises:
            Unfit: there is no instance.
        """
        if not self.series:
            raise Unfit(Reason.EMPTY)
        doses = list(self.doses.values())
        # The numbers of several reports may overlap: then a person reads them.
        dose = doses[0] if len(doses) == 1 else Dose()
        return {
            "identity": self.identity,
            "study": {
                **self.texts,
                **self.lists,
                "date": min(self.dates, default=""),
                "tracer": dose.agent or self.tracer,
                "activity_mbq": dose.activity_mbq or self.activity_mbq,
                "contrast_flow_ml_s": self.flow_ml_s,
                "dlp_mgy_cm": dose.dlp_mgy_cm,
                "ctdi_vol_mgy": dose.ctdi_vol_mgy,
                "ctdi_acquisitions": dose.acquisitions,
                "dose_reports": len(doses),
            },
            "series": [
                _shown(series, with_preview=place < PREVIEWS)
                for place, series in enumerate(self._in_order())
            ],
            "measurements": self.measurements,
        }

    def _add_identity(self, instance: FileDataset) -> None:
        said = {name: text_of(instance, keyword) for name, keyword in IDENTITY.items()}
        said["birth_date"] = date_of(instance, "PatientBirthDate")
        if not self.identity:
            self.identity = said
        elif said["patient_id"] != self.identity["patient_id"]:
            raise Unfit(Reason.SEVERAL)

    def _add_texts(self, instance: FileDataset) -> None:
        uid = text_of(instance, "StudyInstanceUID")
        if self.texts.get("study_uid", uid) != uid:
            raise Unfit(Reason.SEVERAL)
        for name, keyword in TEXTS.items():
            self.texts[name] = self.texts.get(name) or text_of(instance, keyword)
        for name, keyword in LISTS.items():
            value = text_of(instance, keyword)
            if value and value not in self.lists[name] and len(self.lists[name]) < MOST_VALUES:
                self.lists[name].append(value)
        date = date_of(instance, "StudyDate") or date_of(instance, "AcquisitionDate")
        self.dates.update({date} - {""})
        self.flow_ml_s = self.flow_ml_s or number_of(instance, "ContrastFlowRate")

    def _add_series(self, instance: FileDataset, reopen: Opener) -> None:
        uid = text_of(instance, "SeriesInstanceUID", 64)
        series = self.series.get(uid)
        if series is None:
            if len(self.series) == SERIES:
                raise Unfit(Reason.TOO_LARGE)
            number = number_of(instance, "SeriesNumber")
            series = self.series[uid] = _Series(
                uid=uid,
                number=int(number) if number is not None and abs(number) < 2**31 else None,
                modality=text_of(instance, "Modality", 16),
                description=text_of(instance, "SeriesDescription"),
                body_part=text_of(instance, "BodyPartExamined", 64),
            )
        series.instances += 1
        if instance.get("Rows"):
            place = number_of(instance, "InstanceNumber") or 0.0
            series.pictures.append((place, series.instances, reopen))

    def _add_tracer(self, instance: FileDataset) -> None:
        for given in items_of(instance, "RadiopharmaceuticalInformationSequence"):
            self.tracer = (
                self.tracer
                or text_of(given, "Radiopharmaceutical")
                or meaning_of(given, "RadiopharmaceuticalCodeSequence")
            )
            total = number_of(given, "RadionuclideTotalDose")
            if total and self.activity_mbq is None:
                # In Bq in PET (PS3.3 C.8.9.2), in MBq in planar and SPECT pictures (C.8.4.10).
                is_bq = text_of(instance, "Modality") == POSITRON
                self.activity_mbq = round(total / BQ_IN_MBQ if is_bq else total, 3)

    def _add_report(self, instance: FileDataset) -> None:
        report = tree_of(instance)
        dose = dose_of(report)
        if dose is not None:
            self.doses[text_of(instance, "SOPInstanceUID")] = dose
        self.measurements += measurements_of(report)

    def _in_order(self) -> list[_Series]:
        return sorted(self.series.values(), key=lambda s: (s.number is None, s.number or 0, s.uid))


def _shown(series: _Series, *, with_preview: bool) -> dict[str, Any]:
    picture = b""
    if series.pictures and with_preview:
        in_order = sorted(series.pictures, key=lambda picture: picture[:2])
        _, _, reopen = in_order[len(in_order) // 2]
        with reopen() as file:
            picture = preview(file, read(file))
    return {
        "series_uid": series.uid,
        "number": series.number,
        "modality": series.modality,
        "description": series.description,
        "body_part": series.body_part,
        "instances": series.instances,
        "has_pictures": bool(series.pictures),
        "preview": picture,
    }
