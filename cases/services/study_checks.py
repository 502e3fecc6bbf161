"""What the columns of a study may hold together.

The ends of the ranges are the product's own: far beyond what is given to anybody, so that only
slips of the pen and of units are refused.
"""

from collections.abc import Iterator
from decimal import Decimal

from cases.models import Study
from cases.models.study import Contrast, Modality, Phase, Region, Sequence, Tracer

Fault = tuple[str, str]

PET = (Modality.PET_SSTR, Modality.PET_FDG, Modality.PET_FDOPA)
NUCLEAR = (*PET, Modality.SRS)
#: Studies with X-rays; nuclear ones may have a CT.
X_RAY = (Modality.CT, *NUCLEAR)
ULTRASOUND = (Modality.US, Modality.CEUS, Modality.EUS)

#: Column -> most, unit.
RANGES = {
    "contrast_flow_ml_s": (Decimal(15), "ml/s"),
    "activity_mbq": (Decimal(2_000), "MBq"),
    "ctdi_vol_mgy": (Decimal(500), "mGy"),
    "dlp_mgy_cm": (Decimal(20_000), "mGy·cm"),
    "effective_dose_msv": (Decimal(200), "mSv"),
}
#: Column -> the codes of its list.
LISTS = {"phases": Phase, "sequences": Sequence, "coverage": Region}
#: Column -> the modalities that have such a thing, and how they are called.
ONLY_OF = {
    "sequences": ((Modality.MRI,), "An MRI has sequences"),
    "tracer": (NUCLEAR, "A PET or a scintigraphy has a tracer"),
    "activity_mbq": (NUCLEAR, "A PET or a scintigraphy has an activity"),
    "ctdi_vol_mgy": (X_RAY, "A study with X-rays has a CTDIvol"),
    "dlp_mgy_cm": (X_RAY, "A study with X-rays has a dose-length product"),
    "effective_dose_msv": (X_RAY, "A study with radiation has an effective dose"),
}
CONTRASTS = {
    Modality.MRI: (
        Contrast.NONE,
        Contrast.GADOLINIUM,
        Contrast.GADOLINIUM_HEPATOBILIARY,
        Contrast.OTHER,
    ),
    Modality.US: (Contrast.NONE,),
    Modality.CEUS: (Contrast.MICROBUBBLES, Contrast.OTHER),
    Modality.EUS: (Contrast.NONE, Contrast.MICROBUBBLES, Contrast.OTHER),
}
#: CT, PET/CT and SPECT/CT.
CONTRASTS_OF_CT = (Contrast.NONE, Contrast.IODINATED, Contrast.OTHER)
TRACERS = {
    Modality.PET_SSTR: (Tracer.DOTATATE, Tracer.DOTATOC, Tracer.DOTANOC, Tracer.OTHER),
    Modality.PET_FDG: (Tracer.FDG,),
    Modality.PET_FDOPA: (Tracer.FDOPA,),
    Modality.SRS: (Tracer.IN111_PENTETREOTIDE, Tracer.OTHER),
}
UID_CHARACTERS = frozenset("0123456789.")


def faults(study: Study) -> dict[str, list[str]]:
    """What is wrong with the columns beyond each one's type, by field; the dates are apart."""
    found: dict[str, list[str]] = {}
    for source in (_lists(study), _ranges(study), _by_modality(study), _contradictions(study)):
        for field, reason in source:
            found.setdefault(field, []).append(reason)
    return found


def _lists(study: Study) -> Iterator[Fault]:
    for field, codes in LISTS.items():
        value = getattr(study, field)
        if value is None:
            continue
        if not isinstance(value, list) or not all(isinstance(code, str) for code in value):
            yield field, "Give a list of codes."
        elif unknown := [code for code in value if code not in codes.values]:
            yield field, f"“{unknown[0][:40]}” is none of: {', '.join(codes.values)}."
        elif len(set(value)) < len(value):
            yield field, "Give each of them once."


def _ranges(study: Study) -> Iterator[Fault]:
    for field, (most, unit) in RANGES.items():
        value = getattr(study, field)
        # A text that is no number is the column's own fault.
        if isinstance(value, Decimal | int | float) and not 0 < value <= most:
            yield field, f"Between 0 and {most:,} {unit} is possible. Check the unit."
    if not set(study.study_uid) <= UID_CHARACTERS:
        yield "study_uid", "A UID is made of digits and dots."


def _by_modality(study: Study) -> Iterator[Fault]:
    if study.modality not in Modality.values:
        return
    for field, (modalities, words) in ONLY_OF.items():
        if getattr(study, field) and study.modality not in modalities:
            yield field, f"{words}; this study is a {study.get_modality_display()}."
    allowed = CONTRASTS.get(Modality(study.modality), CONTRASTS_OF_CT)
    if study.contrast in Contrast.values and study.contrast not in allowed:
        name = study.get_contrast_display()
        yield "contrast", f"{name} is not given for this modality ({study.get_modality_display()})."
    tracers = TRACERS.get(Modality(study.modality), ())
    if tracers and study.tracer in Tracer.values and study.tracer not in tracers:
        name = study.get_tracer_display()
        yield "tracer", f"{name} is not the tracer of this modality."


def _contradictions(study: Study) -> Iterator[Fault]:
    """Columns that say otherwise than another one."""
    enhanced = set(_codes(study.phases)) - {Phase.UNENHANCED}
    if study.contrast == Contrast.NONE and enhanced and study.modality not in ULTRASOUND:
        yield "phases", "Without contrast there is no phase but the unenhanced one."
    if study.contrast == Contrast.NONE and study.contrast_flow_ml_s:
        yield "contrast_flow_ml_s", "Without contrast there is no flow."
    if study.dwi is False and Sequence.DWI in _codes(study.sequences):
        yield "dwi", "The sequences say that diffusion-weighted imaging was acquired."
    if study.covers_pelvis is False and Region.PELVIS in _codes(study.coverage):
        yield "covers_pelvis", "The regions covered say that the pelvis was."
    if study.multiphasic is False and len(enhanced) > 1:
        yield "multiphasic", "The phases acquired are several after contrast."


def _codes(value: object) -> list[str]:
    return [code for code in value if isinstance(code, str)] if isinstance(value, list) else []
