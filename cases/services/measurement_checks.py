"""What a measurement may hold, by its state, its lesion and its study."""

from collections.abc import Iterator
from decimal import Decimal

from cases.models import Lesion, Measurement, Study
from cases.models.lesion import LesionRole, MeasurementState
from cases.models.study import Modality
from cases.selectors.lesions import has_arterial_phase

#: The largest diameter that the data dictionary takes (fact 115), and other ends of sense.
MAX_MM = Decimal(500)
MIN_HU, MAX_HU = Decimal(-1000), Decimal(3000)
MAX_SUV = Decimal(1000)
MAX_ADC = Decimal(5)

SIZES = ("longest_mm", "short_mm", "enhancing_mm")
NUMBERS = (*SIZES, "attenuation_hu", "suvmax", "adc")
#: States in which nothing is measured.
UNMEASURED = (
    MeasurementState.VANISHED,
    MeasurementState.MERGED,
    MeasurementState.NOT_EVALUABLE,
)
PET = (Modality.PET_SSTR, Modality.PET_FDG, Modality.PET_FDOPA)

Fault = tuple[str, str]


def faults(row: Measurement, lesion: Lesion, study: Study) -> dict[str, list[str]]:
    """What is wrong with a measurement, by field."""
    found: dict[str, list[str]] = {}
    for source in (_ranges(row), _proportions(row), by_lesion(row, lesion), by_study(row, study)):
        for field, reason in source:
            found.setdefault(field, []).append(reason)
    return found


def _ranges(row: Measurement) -> Iterator[Fault]:
    for field in SIZES:
        size = getattr(row, field)
        if size is None:
            continue
        if size < 0 or size > MAX_MM:
            yield field, f"A size lies between 0 and {MAX_MM} mm."
        elif size == 0 and field != "enhancing_mm":
            yield field, "Choose “Vanished” for a lesion that is gone."
    hu, suv, adc = row.attenuation_hu, row.suvmax, row.adc
    if hu is not None and not MIN_HU <= hu <= MAX_HU:
        yield "attenuation_hu", f"An attenuation lies between {MIN_HU} and {MAX_HU:,} HU."
    if suv is not None and not 0 <= suv <= MAX_SUV:
        yield "suvmax", f"An SUVmax lies between 0 and {MAX_SUV:,}."
    if adc is not None and not 0 <= adc <= MAX_ADC:
        yield "adc", f"An ADC lies between 0 and {MAX_ADC} ·10⁻³ mm²/s."


def _proportions(row: Measurement) -> Iterator[Fault]:
    if row.longest_mm is None:
        return
    if row.short_mm is not None and row.short_mm > row.longest_mm:
        yield "short_mm", "The short axis is longer than the longest diameter."
    if row.enhancing_mm is not None and row.enhancing_mm > row.longest_mm:
        yield "enhancing_mm", "The enhancing part is longer than the whole lesion."


def by_lesion(row: Measurement, lesion: Lesion) -> Iterator[Fault]:
    """What a measurement says that `lesion` cannot have, with the measurement's field."""
    numbers = [field for field in NUMBERS if getattr(row, field) is not None]
    if row.state in UNMEASURED:
        for field in numbers:
            yield field, f"Leave this empty: the lesion is given as “{row.get_state_display()}”."
    if row.state == MeasurementState.MEASURED:
        counts = "short_mm" if lesion.is_node else "longest_mm"
        if getattr(row, counts) is None:
            what = "short axis of the node" if lesion.is_node else "longest diameter"
            yield counts, f"Enter the {what}, or choose what was seen instead."
    if row.state == MeasurementState.MERGED and not lesion.merged_into_id:
        yield "state", "Say first, in the lesion itself, which one it has merged into."
    if row.state == MeasurementState.PROGRESSION and lesion.role != LesionRole.NON_TARGET:
        yield "state", "This is for non-targets: a target progresses by its size."


def by_study(row: Measurement, study: Study) -> Iterator[Fault]:
    """What is measured that `study` cannot show, with the measurement's field."""
    if row.enhancing_mm is not None and has_arterial_phase(study) is False:
        yield "enhancing_mm", "The study is noted as without an arterial phase."
    if row.attenuation_hu is not None and study.modality not in (Modality.CT, *PET):
        yield "attenuation_hu", f"{study.get_modality_display()} has no attenuation in HU."
    if row.suvmax is not None and study.modality not in PET:
        yield "suvmax", f"{study.get_modality_display()} has no SUV."
    if row.adc is not None and study.modality != Modality.MRI:
        yield "adc", f"{study.get_modality_display()} has no ADC."
