"""Writing the measurements of one study: all its lesions in one go, all or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from cases.models import Case, Lesion, LesionSheet, Measurement, Study
from cases.models.lesion import LesionRole, MeasurementState
from cases.services.assessments import changed
from cases.services.cases import lock
from cases.services.checks import check, field_errors, stripped
from cases.services.errors import Changed, Invalid, Refused
from cases.services.lesions import check_lesion
from cases.services.measurement_checks import faults
from cases.services.row_versions import (
    NOT_THERE,
    FieldChange,
    changes_since,
    check_row_version,
)
from tumorboard.accounts.models import User
from tumorboard.audit.record import record

NOT_PERFORMED = "Enter the date on which the study was performed first."


@dataclass(frozen=True)
class Entry:
    """What is said of one lesion on the study.

    `lesion` is None for one that is not in the record yet: then `lesion_fields` are its columns.
    `fields` are columns of `Measurement`; None says nothing of the lesion, and takes back what
    was said. `seen` is the version of the measurement that the person saw; None does not check.
    """

    lesion: Lesion | None
    fields: Mapping[str, Any] | None
    lesion_fields: Mapping[str, Any] = field(default_factory=dict)
    seen: int | None = None


class InvalidEntries(Invalid):
    """Entries that cannot be accepted; `rows` maps the place of each to its fields' reasons."""

    def __init__(self, rows: Mapping[int, Mapping[str, Sequence[str]]]) -> None:
        self.rows = rows
        super().__init__(
            {
                f"{place}.{name}": list(why)
                for place, row in rows.items()
                for name, why in row.items()
            }
        )


class EntriesChanged(Changed):
    """Somebody else wrote measurements in between; `rows` says what, by the entry's place.

    `versions` are those now in force, by the id of the lesion.
    """

    def __init__(self, rows: Mapping[int, list[FieldChange]], versions: Mapping[Any, int]) -> None:
        super().__init__(seen=0, current=0)
        self.rows, self.versions = rows, versions


def versions_on(study: Study) -> dict[Any, int]:
    """The version of every measurement of a study, by the id of its lesion; in two queries."""
    rows = dict(Measurement.objects.filter(study=study).values_list("pk", "lesion_id"))
    events = Measurement.pgh_event_model.objects.filter(  # type: ignore[attr-defined]
        institution_id=study.institution_id, pgh_obj_id__in=list(rows)
    )
    newest = events.values("pgh_obj_id").annotate(version=Max("pgh_id"))
    return {rows[entry["pgh_obj_id"]]: int(entry["version"]) for entry in newest}


@transaction.atomic
def save(
    *,
    study: Study,
    entries: Sequence[Entry],
    sheet: Mapping[str, Any],
    sheet_seen: int | None = None,
    by: User,
) -> LesionSheet:
    """Keep what a study says of the lesions, and lesions that it brings; all or nothing.

    Args:
        sheet: columns of `LesionSheet`: new_lesions, growing_nodules, every_liver_lesion,
            baseline; those that are not given stay as they are.
        sheet_seen: the version of the sheet that the person saw; None does not check.

    Raises:
        InvalidEntries: entries that cannot be accepted.
        EntriesChanged: somebody else wrote measurements since they were seen.
        RowChanged: somebody else wrote the sheet since `sheet_seen`.
        Refused: the study was not performed.
    """
    case = lock(study.case)
    study = Study.objects.get(pk=study.pk)
    if study.performed_on is None:
        raise Refused(NOT_PERFORMED)
    stored = {row.lesion_id: row for row in Measurement.objects.filter(study=study)}
    _check_versions(study, stored, entries)
    kept_sheet = _sheet(case, study, sheet, sheet_seen, by)
    first = is_first(study)
    errors: dict[int, Mapping[str, Sequence[str]]] = {}
    for place, entry in enumerate(entries):
        try:
            _keep(case, study, entry, stored, first=first, by=by)
        except Invalid as error:
            errors[place] = error.errors
    if errors:
        raise InvalidEntries(errors)
    kept_sheet.save()
    record(action="case.measurements.saved", subject=case, by=by)
    changed(case=case)
    return kept_sheet


def _check_versions(
    study: Study, stored: Mapping[Any, Measurement], entries: Sequence[Entry]
) -> None:
    versions = versions_on(study)
    rows: dict[int, list[FieldChange]] = {}
    for place, entry in enumerate(entries):
        if entry.lesion is None or entry.seen is None:
            continue
        row, current = stored.get(entry.lesion.pk), versions.get(entry.lesion.pk, NOT_THERE)
        if current == entry.seen:
            continue
        changes = changes_since(row, version=entry.seen) if row else []
        rows[place] = changes
    if rows:
        raise EntriesChanged(rows, versions)


def _sheet(
    case: Case, study: Study, fields: Mapping[str, Any], seen: int | None, by: User
) -> LesionSheet:
    sheet = LesionSheet.objects.filter(study=study).first()
    if sheet is None:
        sheet = LesionSheet(case=case, study=study)
    else:
        check_row_version(sheet, if_match=seen, fields=fields)
    for name, value in fields.items():
        setattr(sheet, name, value)
    sheet.entered_by, sheet.entered_at = by, timezone.now()
    check(sheet)
    return sheet


def is_first(study: Study) -> bool:
    """Whether no lesion was recorded on an earlier study; one not performed is never the first."""
    if study.performed_on is None:
        return False
    earlier = Measurement.objects.filter(case=study.case_id, study__performed_on__isnull=False)
    return not earlier.filter(study__performed_on__lt=study.performed_on).exists()


def _keep(
    case: Case,
    study: Study,
    entry: Entry,
    stored: Mapping[Any, Measurement],
    *,
    first: bool,
    by: User,
) -> None:
    lesion = entry.lesion
    row = stored.get(lesion.pk) if lesion else None
    if entry.fields is None:
        if row is not None:
            row.delete()
        return
    errors: dict[str, list[str]] = {}
    if lesion is None:
        lesion = Lesion(case=case, **stripped(entry.lesion_fields))
        try:
            check_lesion(lesion)
        except Invalid as error:
            errors.update(error.errors)
    elif lesion.case_id != case.pk:
        raise Invalid({"": ["This lesion belongs to another case."]})
    fields = stripped(entry.fields)
    if row is None:
        row = Measurement(case=case, study=study, lesion=lesion)
    changes = row._state.adding or any(getattr(row, n) != value for n, value in fields.items())
    for name, value in fields.items():
        setattr(row, name, value)
    if changes:
        row.entered_by, row.entered_at = by, timezone.now()
    # What is no number cannot be compared with one.
    errors.update(field_errors(row) or _faults(row, lesion, study, first=first))
    if lesion._state.adding and not errors:
        lesion.save()
        row.lesion = lesion
    check(row, also=errors)
    if changes:
        row.save()


def _faults(row: Measurement, lesion: Lesion, study: Study, *, first: bool) -> dict[str, list[str]]:
    errors = faults(row, lesion, study)
    gone = (MeasurementState.VANISHED, MeasurementState.NOT_EVALUABLE)
    if row.state in gone:
        return errors
    if first and lesion.role == LesionRole.NEW:
        message = "Nothing is new on the first study with lesions: make it a target or non-target."
        errors.setdefault("role", []).append(message)
    if first and lesion.split_from_id:
        message = "On the first study with lesions nothing has split yet."
        errors.setdefault("state", []).append(message)
    return errors
