"""What is known of a study, as terms and words for a page."""

from collections.abc import Iterator

from cases.models import Study
from cases.models.study import Phase, Region, Sequence
from tumorboard.formats import day

Line = tuple[str, str]


def ordered_words(study: Study) -> list[Line]:
    """What was ordered."""
    lines = [("Ordered on", day(study.ordered_on))]
    if study.target:
        lines.append(("Looks for", str(study.get_target_display())))
    lines += [
        (label, "yes" if value else "no")
        for label, value in (
            ("Multiphasic protocol", study.multiphasic),
            ("Diffusion-weighted imaging", study.dwi),
            ("Covers the pelvis", study.covers_pelvis),
        )
        if value is not None
    ]
    return lines


def performed_words(study: Study) -> list[Line]:
    """What was done and acquired; only what is known, but for the date."""
    return [line for line in _performed(study) if line[1]]


def _performed(study: Study) -> Iterator[Line]:
    yield "Performed on", day(study.performed_on)
    yield "Performed at", study.performing_site
    yield "Contrast", str(study.get_contrast_display())
    yield "Flow rate", _quantity(study.contrast_flow_ml_s, "ml/s")
    yield "Phases", ", ".join(str(Phase(code).label) for code in study.phases or ())
    yield "Sequences", ", ".join(str(Sequence(code).label) for code in study.sequences or ())
    yield "Regions covered", ", ".join(str(Region(code).label) for code in study.coverage or ())
    yield "Tracer", str(study.get_tracer_display())
    yield "Injected activity", _quantity(study.activity_mbq, "MBq")
    yield "CTDIvol", _quantity(study.ctdi_vol_mgy, "mGy")
    yield "Dose-length product", _quantity(study.dlp_mgy_cm, "mGy·cm")
    yield "Effective dose", _quantity(study.effective_dose_msv, "mSv")
    yield "Study instance UID", study.study_uid


def _quantity(value: object, unit: str) -> str:
    return "" if value is None else f"{value} {unit}"
