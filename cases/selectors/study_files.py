"""Files of studies, and what a page shows of them."""

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO, Any
from uuid import UUID

from django.db.models import BooleanField, Case, Count, Q, Value, When

from cases.dicom.pacs_answers import WITHOUT_PICTURE
from cases.models import Patient, Study, StudyFile, StudyFilePart, StudySeries
from cases.models.study_file import FileKind, FileState
from cases.selectors.identity import Difference, header_differences

#: What a file goes out as, by its kind.
CONTENT_TYPES = {
    FileKind.PDF: "application/pdf",
    FileKind.PNG: "image/png",
    FileKind.JPEG: "image/jpeg",
    FileKind.DICOM: "application/dicom",
    FileKind.DICOM_ZIP: "application/zip",
}
#: What the name of a file ends in, by its kind.
EXTENSIONS = {
    FileKind.PDF: "pdf",
    FileKind.PNG: "png",
    FileKind.JPEG: "jpg",
    FileKind.DICOM: "dcm",
    FileKind.DICOM_ZIP: "zip",
}
#: Bytes of a file that are kept in memory on its way out; what is larger goes by a file.
IN_MEMORY = 5_000_000
NO_PICTURE = "A series without pictures"
NO_PREVIEW = "No preview: the pictures cannot be decoded here, or the file has too many series"


@dataclass(frozen=True)
class FileCount:
    """How many files a study has, and how many of them are held."""

    stored: int = 0
    held: int = 0


def counts(studies: Iterable[Study]) -> dict[UUID, FileCount]:
    """How many files each study has, by its id, in one query."""
    rows = (
        StudyFile.objects.filter(study__in=[study.pk for study in studies])
        .values("study_id")
        .annotate(
            stored=Count("id", filter=Q(state=FileState.STORED)),
            held=Count("id", filter=Q(state=FileState.HELD)),
        )
    )
    return {row["study_id"]: FileCount(row["stored"], row["held"]) for row in rows}


def files_of(study: Study) -> list[StudyFile]:
    """The files of a study, newest first, without their content."""
    files = StudyFile.objects.filter(study=study).select_related(
        "uploaded_by", "confirmed_by", "case__patient"
    )
    return list(files.order_by("-uploaded_at", "-id"))


def series_of(files: Iterable[StudyFile]) -> list[Any]:
    """The `StudySeries` in those of `files` that may be used, without the pictures.

    Each has `has_preview`, and in `no_preview` the words for why there is none.
    """
    usable = [file.pk for file in files if file.state == FileState.STORED]
    has_preview = Case(
        When(preview=b"", then=Value(value=False)),
        default=Value(value=True),
        output_field=BooleanField(),
    )
    rows = StudySeries.objects.filter(file__in=usable).defer("preview")
    series: list[Any] = list(
        rows.annotate(has_preview=has_preview).order_by("number", "series_uid", "id")
    )
    for one in series:
        one.no_preview = NO_PICTURE if one.modality in WITHOUT_PICTURE else NO_PREVIEW
    return series


def later_differences(file: StudyFile, patient: Patient) -> list[Difference]:
    """What a stored file says otherwise of `patient` since the record of the patient was changed.

    What was different when the file came, and was confirmed by a person, is not told again. Files
    kept without the identity in their header have nothing to compare.
    """
    if file.state != FileState.STORED:
        return []
    known = [(one["field"], one["header"], one.get("patient")) for one in file.mismatches]
    return [
        one
        for one in header_differences(patient, file.findings.get("identity", {}))
        if (one.what, one.theirs, one.ours) not in known
    ]


def saved_as(file: StudyFile) -> dict[str, str]:
    """Name and content type with which a file goes out.

    Named by its kind and not as it was: headers end up in logs.
    """
    kind = FileKind(file.kind)
    return {"name": f"study-file.{EXTENSIONS[kind]}", "content_type": CONTENT_TYPES[kind]}


def content_of(file: StudyFile) -> IO[bytes]:
    """The whole content of a file, at its beginning; in memory only where it is small."""
    spooled = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the caller closes
    for number in StudyFilePart.objects.filter(file=file).order_by("number").values_list("number"):
        part = StudyFilePart.objects.get(file=file, number=number[0])
        spooled.write(part.opened(file))
    spooled.seek(0)
    return spooled
