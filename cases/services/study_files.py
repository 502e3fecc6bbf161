"""Writing files of studies: kept, held, confirmed, taken over from, discarded."""

import datetime
import hashlib
from collections.abc import Collection, Iterator
from typing import Any, BinaryIO

from django.db import transaction
from django.utils import timezone

from cases.dicom.inspection import Inspection, inspect
from cases.dicom.reasons import WORDS, Reason, Unfit
from cases.models import Patient, Study, StudyFile, StudyFilePart, StudySeries
from cases.models.study_file import PART_SIZE, FileState, VirusCheck
from cases.selectors.identity import header_differences
from cases.selectors.study_offers import offers
from cases.services import studies, virus_checks
from cases.services.assessments import changed
from cases.services.cases import lock
from cases.services.errors import Invalid, Refused
from cases.services.file_names import plain_name
from cases.services.patient_cases import IS_ERASED
from cases.services.row_versions import check_row_version
from cases.services.upload_quotas import fault_of_study_file
from tumorboard.accounts.models import User
from tumorboard.audit.record import record
from tumorboard.formats import day

#: The field of a form or a request that holds the file.
FILE = "file"
MOST_FILES = 200


@transaction.atomic
def upload(*, study: Study, name: str, content: BinaryIO, by: User) -> StudyFile:
    """Keep a file of a study, after a process of its own and the virus scanner looked into it.

    A DICOM file whose header names somebody else than the patient, or nobody, or another study
    or study date than the study it is put to, is held. One that the scanner gave no answer about
    is in quarantine. Of one that holds a virus only the row is kept, which says so.

    Args:
        name: as the person has it; only its extension counts, and against the content.
        content: open for reading in bytes.

    Raises:
        Invalid: the file is refused, with the reason; nothing is stored.
    """
    # Before the lock: it may take a while, and nobody else need wait for it.
    digest, size = _digest(content)
    if fault := fault_of_study_file(size=size, by=by):
        raise Invalid({FILE: [fault]})
    try:
        found = inspect(content, claimed_name=name)
    except Unfit as error:
        raise Invalid({FILE: [str(error)]}) from None
    looked = virus_checks.look(content)
    case = lock(study.case)
    if case.patient.is_erased:
        raise Invalid({FILE: [IS_ERASED]})
    try:
        _check_date(case.patient, found)
    except Unfit as error:
        raise Invalid({FILE: [str(error)]}) from None
    files = StudyFile.objects.filter(study=study)
    if files.filter(sha256=digest).exists():
        raise Invalid({FILE: ["The study has this file already."]})
    if files.count() >= MOST_FILES:
        raise Invalid({FILE: [f"A study has at most {MOST_FILES} files. Pack series as ZIP."]})
    study.refresh_from_db()
    if looked.is_infected:
        found = Inspection(found.kind)
    mismatches = [*_mismatches(case.patient, found), *_study_mismatches(study, found)]
    file = StudyFile.objects.create(
        study=study,
        case=case,
        kind=found.kind.value,
        name=plain_name(name, most=200),
        size=size,
        sha256=digest,
        state=virus_checks.state_after(looked.check, is_held=bool(mismatches)),
        virus_check=looked.check,
        virus=looked.virus,
        virus_checked_at=None if looked.check == VirusCheck.NOT_CHECKED else timezone.now(),
        mismatches=mismatches,
        findings=_findings(found),
        uploaded_by=by,
    )
    if looked.is_infected:
        record(action="case.study_file.infected", subject=file, by=by)
        return file
    _keep_content(file, content)
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
def take_over(
    *, file: StudyFile, columns: Collection[str], by: User, if_match: int | None = None
) -> Study:
    """Write those values that the file offers into its study which a person ticked.

    Args:
        columns: of `cases.selectors.study_offers.Offer`.
        if_match: the study's `cases.services.row_versions.version_of` when the offers were shown.

    Raises:
        RowChanged: somebody else wrote one of these columns since.
        Invalid: a value cannot be accepted beside what stands in the study.
        Refused: one of them is not offered any more, or the file is held or gone.
    """
    lock(file.case)
    file = _locked(file)
    check_row_version(file.study, if_match=if_match, fields=columns)
    offered = {offer.column: offer.value for offer in offers(file, file.study)}
    if not set(columns) <= set(offered):
        raise Refused("The study or the file changed meanwhile. Look at what is offered now.")
    record(action="case.study_file.taken_over", subject=file, by=by)
    values = {column: offered[column] for column in columns}
    return studies.change(study=file.study, by=by, **values)


def _locked(file: StudyFile) -> StudyFile:
    """The file as it stands under the case's lock."""
    found = (
        StudyFile.objects.select_related("study__case", "case__patient").filter(pk=file.pk).first()
    )
    if found is None:
        raise Refused("This file was discarded meanwhile.")
    return found


def _mismatches(patient: Patient, found: Inspection) -> list[dict[str, str]]:
    """What the header says otherwise than the record; of a file without a header nothing."""
    return [
        {"field": one.what, "header": one.theirs, "patient": one.ours}
        for one in header_differences(patient, found.identity)
    ]


def _findings(found: Inspection) -> dict[str, Any]:
    """What is kept of a header; whom it names too, as the patient's record may be changed later."""
    if not found.study:
        return {}
    return {
        "study": found.study,
        "measurements": found.measurements,
        "identity": found.identity,
    }


def _check_date(patient: Patient, found: Inspection) -> None:
    """That the study can have been made on its day.

    Raises:
        Unfit: its date lies after today, or before the patient was born.
    """
    made = _date(found.study.get("date", ""))
    if made is None:
        return
    if made > timezone.localdate():
        raise Unfit(Reason.AFTER_TODAY)
    if patient.birth_date is not None and made < patient.birth_date:
        raise Unfit(Reason.BEFORE_BIRTH)


def _study_mismatches(study: Study, found: Inspection) -> list[dict[str, str]]:
    """What the header says otherwise of the study; what one of the two does not say is nothing."""
    said, mismatches = found.study, []
    uid = said.get("study_uid", "")
    if uid and study.study_uid and uid != study.study_uid:
        mismatches.append({"field": "Study instance UID", "header": uid, "study": study.study_uid})
    made = _date(said.get("date", ""))
    if made and study.performed_on and made != study.performed_on:
        mismatches.append(
            {"field": "Study date", "header": day(made), "study": day(study.performed_on)}
        )
    return mismatches


def _keep_content(file: StudyFile, content: BinaryIO) -> None:
    """Store the content part by part.

    Raises:
        Invalid: it is not what was read and scanned.
    """
    digest = hashlib.sha256()
    for number, part in enumerate(_parts(content)):
        digest.update(part)
        StudyFilePart.of(file=file, number=number, content=part).save(force_insert=True)
    if digest.hexdigest() != file.sha256:
        raise Invalid({FILE: [WORDS[Reason.DAMAGED]]})


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


def _date(said: str) -> datetime.date | None:
    return datetime.date.fromisoformat(said) if said else None
