"""Facts from the studies that have been performed."""

from collections.abc import Iterator
from typing import Any

from cases.models import Result, Study
from cases.models.study import Contrast, Modality, Region, Tracer
from cases.selectors.facts.record import Record, iso
from cases.selectors.known import Known
from cases.selectors.provenance import of_result, of_studies, of_study

FOLLOW_UP_MODALITIES = ("CT", "MRI", "PET_SSTR", "PET_FDG", "SRS", "US")
CHEST_PROCEDURES = ("CT_CAP_W", "CT_CHEST_WO")
SSTR_MODALITIES = ("PET_SSTR", "SRS")
#: Tracers of somatostatin receptor imaging (fact 92).
SSTR_TRACERS = frozenset(
    {Tracer.DOTATATE, Tracer.DOTATOC, Tracer.DOTANOC, Tracer.IN111_PENTETREOTIDE, Tracer.OTHER}
)
#: Columns of the result of a receptor study that are facts under their own names.
SSTR_READINGS = ("sstr_result", "krenning_grade", "sstr_uptake_homogeneous", "sstr_suvmax")
#: Modalities that show the inside of the body part that they cover.
CROSS_SECTIONAL = (Modality.CT, Modality.MRI)
ORIGIN = "From the studies"


def history(record: Record) -> Iterator[tuple[str, Known]]:
    """The list of studies, the modalities followed by, and the date of the last one."""
    imaging = record.imaging
    if imaging.performed:
        studies = [_study(s, imaging.results.get(s.id)) for s in imaging.performed]
        yield "studies", Known(studies, "studies", ORIGIN, of_studies(imaging.performed))
    before = [study for study in imaging.performed if study is not imaging.current]
    followed = [study for study in before if study.modality in FOLLOW_UP_MODALITIES]
    modalities = [m for m in FOLLOW_UP_MODALITIES if any(s.modality == m for s in followed)]
    if modalities:
        known = Known(modalities, "studies.modalities", ORIGIN, of_studies(followed))
        yield "prior_followup_modalities", known
    last = max((s.performed_on for s in imaging.performed if s.performed_on), default=None)
    if last:
        then = of_studies(s for s in imaging.performed if s.performed_on == last)
        yield "last_imaging_date", Known(last.isoformat(), "studies.last", ORIGIN, then)


def imaged(record: Record) -> Iterator[tuple[str, Known]]:
    """That the chest and the brain have been imaged: by the coded procedure, or by coverage."""
    performed = record.imaging.performed
    chest = [
        study
        for study in performed
        if study.procedure in CHEST_PROCEDURES
        or (study.modality == Modality.CT and Region.CHEST in (study.coverage or ()))
    ]
    if chest:
        yield "chest_imaging_done", Known(True, "studies.chest", ORIGIN, of_studies(chest))
    brain = [
        study
        for study in performed
        if study.modality in CROSS_SECTIONAL and Region.HEAD in (study.coverage or ())
    ]
    if brain:
        yield "brain_imaging_done", Known(True, "studies.brain", ORIGIN, of_studies(brain))


def receptors(record: Record) -> Iterator[tuple[str, Known]]:
    """Somatostatin receptor imaging: done, with which tracer, and the newest reading."""
    done = [s for s in record.imaging.performed if s.modality in SSTR_MODALITIES]
    if done:
        yield "sstr_imaging_done", Known(True, "studies.sstr", ORIGIN, of_studies(done))
    with_tracer = [study for study in done if study.tracer in SSTR_TRACERS]
    if with_tracer:
        newest = with_tracer[-1]
        origin = f"From the {newest.get_modality_display()}"
        yield "sstr_tracer", Known(newest.tracer, "study.tracer", origin, of_study(newest))
    elif {study.modality for study in done} == {"SRS"} and "sstr_tracer" not in record.answers:
        # Scintigraphy alone: without its tracer it would count as the PET/CT it is not.
        known = Known("In111_pentetreotide", "studies.srs", ORIGIN, of_studies(done))
        yield "sstr_tracer", known
    yield from _newest_readings(record, done, SSTR_READINGS)


def glucose(record: Record) -> Iterator[tuple[str, Known]]:
    """The newest reading of an FDG PET."""
    done = [s for s in record.imaging.performed if s.modality == Modality.PET_FDG]
    yield from _newest_readings(record, done, ("fdg_result",))


def _newest_readings(
    record: Record, done: list[Study], names: tuple[str, ...]
) -> Iterator[tuple[str, Known]]:
    """The readings of the newest study that has any: they belong together."""
    for study in reversed(done):
        result = record.imaging.results.get(study.id)
        said = {
            name: value
            for name in names
            if result and (value := getattr(result, name)) not in (None, "")
        }
        if result is None or not said:
            continue
        origin = f"From the result of the {study.get_modality_display()}"
        for name, value in said.items():
            number = float(value) if name == "sstr_suvmax" else value
            yield name, Known(number, f"result.{name}", origin, of_result(study, result))
        return


def _study(study: Study, result: Result | None) -> dict[str, Any]:
    record = {
        "modality": study.modality,
        "date": iso(study.performed_on),
        "region": ", ".join(study.coverage) if study.coverage else None,
        "contrast": study.contrast != Contrast.NONE if study.contrast else None,
        "phases": study.phases or None,
        "outcome": result.outcome if result else None,
    }
    return {name: value for name, value in record.items() if value is not None}
