"""What a picture archive answers to QIDO-RS, read from DICOM JSON with distrust."""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cases.dicom.pacs_faults import Fault, PacsError

#: A UID may be written wrongly inside (leading zeros are common), but is never anything else.
UID = re.compile(r"[0-9.]{1,64}")
#: Characters of a text that are kept.
LONGEST = 200

#: DICOM modalities of series that hold no picture of the patient.
WITHOUT_PICTURE = frozenset(
    {
        *("SR", "KO", "PR", "SEG", "REG", "FID", "DOC", "PLAN", "RTSTRUCT", "RTPLAN", "RTDOSE"),
        *("RTRECORD", "RWV", "SMR", "AU", "ECG", "HD", "ANN"),
    }
)


@dataclass(frozen=True)
class ArchivedStudy:
    """A study as the archive has it; empty and None where it does not say."""

    study_uid: str
    date: datetime.date | None
    description: str
    accession_number: str
    #: DICOM codes, as they are.
    modalities: tuple[str, ...]
    series: int | None
    instances: int | None
    patient_id: str
    family_name: str
    #: With middle names.
    given_name: str
    birth_date: datetime.date | None

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> "ArchivedStudy":
        """Read one entry of an answer.

        Raises:
            PacsError: it names no study.
        """
        family, *given = f"{_name(entry)}^^".split("^")
        return cls(
            study_uid=_uid(entry, "0020000D"),
            date=_date(entry, "00080020"),
            description=_text(entry, "00081030"),
            accession_number=_text(entry, "00080050"),
            modalities=tuple(dict.fromkeys(_texts(entry, "00080061"))),
            series=_number(entry, "00201206"),
            instances=_number(entry, "00201208"),
            patient_id=_text(entry, "00100020"),
            family_name=family.strip(),
            given_name=" ".join(" ".join(given[:2]).split()),
            birth_date=_date(entry, "00100030"),
        )


@dataclass(frozen=True)
class ArchivedSeries:
    """A series of a study as the archive has it."""

    series_uid: str
    number: int | None
    modality: str
    description: str
    instances: int | None

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> "ArchivedSeries":
        """Read one entry of an answer.

        Raises:
            PacsError: it names no series.
        """
        return cls(
            series_uid=_uid(entry, "0020000E"),
            number=_number(entry, "00200011"),
            modality=_text(entry, "00080060"),
            description=_text(entry, "0008103E"),
            instances=_number(entry, "00201209"),
        )

    @property
    def has_picture(self) -> bool:
        """Whether its objects are pictures of the patient, by its modality."""
        return self.modality not in WITHOUT_PICTURE


@dataclass(frozen=True)
class ArchivedInstance:
    """An object of a series."""

    instance_uid: str
    number: int
    frames: int

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> "ArchivedInstance":
        """Read one entry of an answer.

        Raises:
            PacsError: it names no object.
        """
        return cls(
            instance_uid=_uid(entry, "00080018"),
            number=_number(entry, "00200013") or 0,
            frames=_number(entry, "00280008") or 1,
        )


def entries_of(answer: Any) -> list[Mapping[str, Any]]:
    """The entries of an answer.

    Raises:
        PacsError: this is no DICOM JSON.
    """
    if not isinstance(answer, list) or not all(isinstance(entry, dict) for entry in answer):
        raise PacsError(Fault.NOT_DICOMWEB)
    return answer


def _values(entry: Mapping[str, Any], tag: str) -> list[Any]:
    attribute = entry.get(tag)
    values = attribute.get("Value") if isinstance(attribute, dict) else None
    return values if isinstance(values, list) else []


def _texts(entry: Mapping[str, Any], tag: str) -> list[str]:
    texts = (value for value in _values(entry, tag) if isinstance(value, str))
    cleaned = ("".join(filter(str.isprintable, text)).strip()[:LONGEST] for text in texts)
    return [text for text in cleaned if text]


def _text(entry: Mapping[str, Any], tag: str) -> str:
    return next(iter(_texts(entry, tag)), "")


def _uid(entry: Mapping[str, Any], tag: str) -> str:
    uid = _text(entry, tag)
    if not UID.fullmatch(uid):
        raise PacsError(Fault.NOT_DICOMWEB)
    return uid


def _number(entry: Mapping[str, Any], tag: str) -> int | None:
    """A count; some archives write it as text, some with a decimal point."""
    value = next(iter(_values(entry, tag)), None)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = int(value) if not isinstance(value, str) else int(value[:12])
    except (ValueError, OverflowError):
        return None
    return number if 0 <= number < 10**9 else None


def _date(entry: Mapping[str, Any], tag: str) -> datetime.date | None:
    text = _text(entry, tag)
    if not re.fullmatch(r"[0-9]{8}", text):
        return None
    try:
        return datetime.date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def _name(entry: Mapping[str, Any]) -> str:
    """The name in letters of the alphabet, its parts with `^` between."""
    name = next(iter(_values(entry, "00100010")), None)
    letters = name.get("Alphabetic") if isinstance(name, dict) else name
    return _text({"name": {"Value": [letters]}}, "name")
