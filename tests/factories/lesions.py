"""Lesions and their measurements, made through the services as a person would make them."""

import datetime
from collections.abc import Mapping
from typing import Any

from cases.models import Case, Lesion, Study
from cases.services import lesions, measurements
from cases.services.assessments import assessed_once
from cases.services.measurements import Entry
from tests.factories.cases import make_study
from tumorboard.accounts.models import User

FIRST = datetime.date(2025, 1, 10)


def make_lesion(
    *,
    case: Case,
    by: User,
    label: str = "L1",
    site: str = "liver",
    role: str = "target",
    **more: Any,
) -> Lesion:
    """A lesion of `case`."""
    return lesions.add(case=case, by=by, label=label, site=site, role=role, **more)


def measure(study: Study, sizes: Mapping[Lesion, Any], *, by: User, **sheet: Any) -> None:
    """What `study` says of lesions: a number is the size that counts, a word a state."""
    entries = [Entry(lesion, columns(lesion, said)) for lesion, said in sizes.items()]
    measurements.save(study=study, entries=entries, sheet=sheet, by=by)


def columns(lesion: Lesion, said: Any) -> dict[str, Any]:
    """The columns of a measurement."""
    if isinstance(said, str):
        return {"state": said, "longest_mm": None, "short_mm": None}
    if isinstance(said, Mapping):
        return {"state": "measured", **said}
    return {"state": "measured", "short_mm" if lesion.is_node else "longest_mm": said}


@assessed_once()
def make_course(
    case: Case, *sums: Any, by: User, modality: str = "CT", new: bool | None = False
) -> tuple[Lesion, list[Study]]:
    """One target over studies a hundred days apart; the first says nothing of new lesions."""
    lesion = make_lesion(case=case, by=by)
    studies = []
    for number, size in enumerate(sums):
        on = FIRST + datetime.timedelta(days=100 * number)
        study = make_study(case=case, by=by, modality=modality, performed_on=on)
        measure(study, {lesion: size}, by=by, **({"new_lesions": new} if number else {}))
        studies.append(study)
    return lesion, studies
