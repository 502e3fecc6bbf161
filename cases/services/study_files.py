"""Writing files of studies: kept, held, confirmed, taken over from, discarded."""

import datetime
import hashlib
from collections.abc import Collection, Iterator
from typing import BinaryIO

from django.db import transaction
from django.utils import timezone

from cases.dicom.inspection import Inspection, inspect
from cases.dicom.reasons import Unfit
from cases.models import Patient, Study, StudyFile, StudyFilePart, StudySeries
from cases.models.study_file import PART_SIZE, FileState
from cases.selectors.identity import differences
from cases.selectors.study_offers import offers
from cases.services import studies
from cases.services.assessments import changed
from cases.services.cases import lock
from cases.services.errors import Invalid, Refused
from cases.services.file_names import plain_name
from tumorboard.accounts.models import User
from tumorboard.audit.record import record

#: The field of a form or a request that holds the file.
FILE = "file"
MOST_FILES = 200


@transaction.atomic
def upload(*, study: Study, name: str, content: BinaryIO, by: User) -> StudyFile:
    """Keep a file of a study, after a process of its own has looked into it.

    A DICOM file whose header names somebody else than the patient, or nobody, is held.

    Args:
        name: as the person has it; only its extension counts, and against the content.
        content: open for reading in bytes.

    Raises:
        Invalid: the file is refused, with the reason; nothing is stored.
    """
    # Before the lock: it may take a while, and nobody else need wait for it.
    try:
        found = inspect(content, claimed_name=name)
    except Unfit as error:
        raise Invalid({FILE: [str(error)]}) from None
    case = lock(study.case)
    digest, size = _digest(content)
    files = StudyFile.objects.filter(study=study)
    if files.filter(sha256=digest).exists():
        raise Invalid({FILE: ["The study has this file already."]})
    if files.count() >= MOST_FILES:
        raise Invalid({FILE: [f"A study has at most {MOST_FILES} files. Pack series as ZIP."]})
    mismatches = _mismatches(case.patient, found)
    file = StudyFile.objects.create(
        study=study,
        case=case,
        kind=found.kind.value,
        name=plain_name(name, most=200),
        size=size,
        sha256=digest,
        state=FileState.HELD if mismatches else FileState.STORED,
        mismatches=mismatches,
        findings={"study": found.study, "measurements": found.measurements} if found.study else {},
        uploaded_by=by,
    )
    for number, part in enumerate(_parts(content)):
        StudyFilePart.objects.create(file=file, number=number, content=part)
    _keep_series(file, found)
    record(action="case.study_file.uploaded", subject=file, by=by)
    changed(case=case)
    return file


@transaction.atomic
def confirm(*, file: StudyFile, by: User) -> StudyFile:
    """Say that a held file is this patient's all the same; it can be used from then on.

    Raises:
        Refused: the file is not held, or is gone.
    """
    case = lock(file.case)
    file = _locked(file)
    if file.state != FileState.HELD:
        raise Refused("This file is not held: somebody confirmed it already.")
    file.state = FileState.STORED
    file.confirmed_by, file.confirmed_at = by, timezone.now()
    file.save()
    record(action="case.study_file.confirmed", subject=file, by=by)
    changed(case=case)
    return file


@transaction.atomic
def discard(*, file: StudyFile, by: User) -> None:
    """Delete a file with its content; that there was one stays in its history.

    Raises:
        Refused: the file is gone already.
    """
    case = lock(file.case)
    file = _locked(file)
    record(action="case.study_file.discarded", subject=file, by=by)
    StudyFilePart.objects.filter(file=file).delete()
    StudySeries.objects.filter(file=file).delete()
    file.delete()
    changed(case=case)


@transaction.atomic
def take_over(*, file: StudyFile, columns: Collection[str], by: User) -> Study:
    """Write those values that the file offers into its study which a person ticked.

    Args:
        columns: of `cases.selectors.study_offers.Offer`.

    Raises:
        Invalid: a value cannot be accepted beside what stands in the study.
        Refused: one of them is not offered any more, or the file is held or gone.
    """
    lock(file.case)
    file = _locked(file)
    offered = {offer.column: offer.value for offer in offers(file, file.study)}
    if not set(columns) <= set(offered):
        raise Refused("The study or the file changed meanwhile. Look at what is offered now.")
    record(action="case.study_file.taken_over", subject=file, by=by)
    values = {column: offered[column] for column in columns}
    return studies.change(study=file.study, by=by, **values)


def _locked(file: StudyFile) -> StudyFile:
    """The file as it stands under the case's lock."""
    found = StudyFile.objects.select_related("study__case").filter(pk=file.pk).first()
    if found is None:
        raise Refused("This file was discarded meanwhile.")
    return found


def _mismatches(patient: Patient, found: Inspection) -> list[dict[str, str]]:
    """What the header says otherwise than the record; of a file without a header nothing."""
    if not found.identity:
        return []
    said = found.identity
    family_name, given_name = _names(said["name"])
    return [
        {"field": one.what, "header": one.theirs, "patient": one.ours}
        for one in differences(
            patient,
            record_number=said["patient_id"],
            family_name=family_name,
            given_name=given_name,
            birth_date=_date(said["birth_date"]),
        )
    ]


def _keep_series(file: StudyFile, found: Inspection) -> None:
    columns = ("series_uid", "number", "modality", "description", "body_part", "instances")
    StudySeries.objects.bulk_create(
        [
            StudySeries(
                file=file,
                study=file.study,
                preview=series["preview"],
                **{column: series[column] for column in columns},
            )
            for series in found.series
        ],
        batch_size=10,
    )


def _parts(content: BinaryIO) -> Iterator[bytes]:
    content.seek(0)
    while part := content.read(PART_SIZE):
        yield part


def _digest(content: BinaryIO) -> tuple[str, int]:
    """SHA-256 in hexadecimal digits, and the size in bytes."""
    digest, size = hashlib.sha256(), 0
    for part in _parts(content):
        digest.update(part)
        size += len(part)
    return digest.hexdigest(), size


def _names(person_name: str) -> tuple[str, str]:
    """Family name and given names of a DICOM person name (PS3.5 6.2.1.2)."""
    alphabetic, *_ = person_name.split("=")
    family, given, middle, *_ = [*alphabetic.split("^"), "", "", ""]
    return family.strip(), " ".join(f"{given} {middle}".split())


def _date(said: str) -> datetime.date | None:
    return datetime.date.fromisoformat(said) if said else None
