"""Writing specimens."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from cases.models import Case, Specimen
from cases.models.specimen import SpecimenKind
from cases.services.assessments import changed
from cases.services.cases import lock
from cases.services.checks import (
    LIFETIME_YEARS,
    check,
    check_version,
    date_errors,
    refuse_twice,
    stripped,
)
from guidance.editions import shelf
from guidance.engine.contradictions import find_contradictions
from guidance.engine.dictionary import DICTIONARY
from tumorboard.accounts.models import User
from tumorboard.audit.record import record

SIZE = DICTIONARY["primary_size_mm"]
HORMONES = DICTIONARY["hormone_ihc_positive"]


@transaction.atomic
def add(*, case: Case, by: User, **fields: Any) -> Specimen:
    """Add what was taken from the tumor and what pathology said of it; the case is assessed anew.

    Args:
        fields: columns of `Specimen`; what is not known is None or empty. `hormones` is a list of
            codes, empty where none was found, None where nobody looked.

    Raises:
        Invalid: a field cannot be accepted, or two of them exclude each other (C-06),
            or the row is there already.
    """
    case = lock(case)
    specimen = Specimen(case=case, entered_by=by, **stripped(fields))
    _check(specimen)
    refuse_twice(specimen, among=Specimen.objects.filter(case=case))
    specimen.save()
    record(action="case.specimen.added", subject=case, by=by)
    changed(case=case)
    return specimen


@transaction.atomic
def change(*, specimen: Specimen, by: User, if_match: int | None = None, **fields: Any) -> Specimen:
    """Correct a specimen; what it said before stays in its history.

    Raises:
        Invalid: a field cannot be accepted, or two of them exclude each other (C-06).
        Changed: somebody else wrote into the case since its version `if_match`.
    """
    case = lock(specimen.case)
    check_version(current=case.version, if_match=if_match)
    # Read under the lock: what others changed meanwhile in other columns stays.
    specimen = Specimen.objects.get(pk=specimen.pk)
    for name, value in stripped(fields).items():
        setattr(specimen, name, value)
    specimen.entered_by, specimen.entered_at = by, timezone.now()
    _check(specimen)
    specimen.save()
    record(action="case.specimen.changed", subject=case, by=by)
    changed(case=case)
    return specimen


@transaction.atomic
def remove(*, specimen: Specimen, by: User) -> None:
    """Take back a specimen that was entered by mistake; its history stays."""
    case = lock(specimen.case)
    specimen.delete()
    record(action="case.specimen.removed", subject=case, by=by)
    changed(case=case)


def _check(specimen: Specimen) -> None:
    taken, reported = specimen.taken_on, specimen.reported_on
    errors = date_errors(
        years=LIFETIME_YEARS,
        born=specimen.case.patient.birth_date,
        taken_on=taken,
        reported_on=reported,
    )
    if taken and reported and reported < taken:
        errors.setdefault("reported_on", ["It was reported before it was taken."])
    if specimen.margin and specimen.kind != SpecimenKind.RESECTION:
        errors["margin"] = ["Only a resection has a margin."]
    check(specimen, also={**_kind_errors(specimen), **_value_errors(specimen), **errors})


def _kind_errors(specimen: Specimen) -> dict[str, list[str]]:
    """What differentiation and subtype of one specimen contradict, in the guidance's words."""
    said = {
        "differentiation": specimen.differentiation,
        "histology_subtype": specimen.subtype,
    }
    values = {name: value for name, value in said.items() if value}
    found = find_contradictions(values, shelf.adopted().contradictions)
    return {"differentiation": [f"{entry.text} ({entry.id})" for entry in found]} if found else {}


def _value_errors(specimen: Specimen) -> dict[str, list[str]]:
    errors = {}
    size = specimen.size_mm
    if size is not None and not 0 < size <= (SIZE.high or 0):
        errors["size_mm"] = [f"Enter a size in mm, above 0 and at most {SIZE.high:g}."]
    hormones = specimen.hormones
    if hormones is not None and not (
        isinstance(hormones, list) and all(code in HORMONES.allowed for code in hormones)
    ):
        errors["hormones"] = [f"Choose among {', '.join(HORMONES.allowed)}."]
    examined, positive = specimen.nodes_examined, specimen.nodes_positive
    if examined is not None and positive is not None and positive > examined:
        errors["nodes_positive"] = ["There are more positive nodes than nodes examined."]
    return errors
