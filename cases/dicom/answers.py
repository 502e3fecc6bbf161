"""What the reading process may answer; anything else is not believed."""

from typing import Any

import jsonschema

from cases.dicom.kinds import Kind
from cases.dicom.limits import MEASUREMENTS, SERIES
from cases.dicom.reasons import Reason

PNG = "^(89504e470d0a1a0a([0-9a-f]{2})*)?$"
LINE = {"type": "string", "maxLength": 200}
LINES = {"type": "array", "items": LINE, "maxItems": 200}
NUMBER = {"type": ["number", "null"], "minimum": 0, "maximum": 1e9}
COUNT = {"type": "integer", "minimum": 0, "maximum": 1_000_000}
DATE = {"type": "string", "pattern": r"^(\d{4}-\d{2}-\d{2})?$"}


def _record(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


IDENTITY = _record(patient_id=LINE, name=LINE, sex=LINE, birth_date=DATE)
STUDY = _record(
    accession_number=LINE,
    description=LINE,
    study_uid=LINE,
    performing_site=LINE,
    modalities=LINES,
    body_parts=LINES,
    contrast_agents=LINES,
    protocols=LINES,
    date=DATE,
    tracer=LINE,
    activity_mbq=NUMBER,
    contrast_flow_ml_s=NUMBER,
    dlp_mgy_cm=NUMBER,
    ctdi_vol_mgy=NUMBER,
    ctdi_acquisitions=COUNT,
    dose_reports=COUNT,
)
ONE_SERIES = _record(
    series_uid={"type": "string", "maxLength": 64},
    number={"type": ["integer", "null"], "minimum": -(2**31), "maximum": 2**31 - 1},
    modality={"type": "string", "maxLength": 16},
    description=LINE,
    body_part={"type": "string", "maxLength": 64},
    instances=COUNT,
    has_pictures={"type": "boolean"},
    preview={"type": "string", "maxLength": 2_000_000, "pattern": PNG},
)
MEASURED = _record(
    tracking_id=LINE,
    tracking_uid=LINE,
    finding=LINE,
    site=LINE,
    values={
        "type": "object",
        "propertyNames": {"enum": ["longest_mm", "short_mm", "suvmax", "attenuation_hu", "adc"]},
        "additionalProperties": {"type": "number", "minimum": -1e12, "maximum": 1e12},
    },
    faults={"type": "array", "items": {"type": "string", "maxLength": 500}, "maxItems": 200},
)
PLAIN = _record(kind={"enum": [Kind.PDF, Kind.PNG, Kind.JPEG]})
DICOM = _record(
    kind={"enum": [Kind.DICOM, Kind.DICOM_ZIP]},
    identity=IDENTITY,
    study=STUDY,
    series={"type": "array", "items": ONE_SERIES, "minItems": 1, "maxItems": SERIES},
    measurements={"type": "array", "items": MEASURED, "maxItems": MEASUREMENTS},
)
REFUSED = _record(unfit={"enum": list(Reason)})
VALIDATOR = jsonschema.Draft202012Validator({"anyOf": [PLAIN, DICOM, REFUSED]})


def is_answer(said: Any) -> bool:
    """Whether `said` has the form of an answer."""
    return bool(VALIDATOR.is_valid(said))
