"""Files of a study: PDF, pictures, DICOM."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from cases.models.case import Case
from cases.models.study import Study
from tumorboard.audit.history import keep_history
from tumorboard.tenancy.models import TenantForeignKey, TenantModel
from tumorboard.vault.cipher import seal, unseal
from tumorboard.vault.fields import Erased, SealedJSONField

#: Bytes of one part of a file's content.
PART_SIZE = 1024 * 1024


class FileKind(models.TextChoices):
    """What a file is by its content."""

    PDF = "pdf", "PDF"
    PNG = "png", "PNG picture"
    JPEG = "jpeg", "JPEG picture"
    DICOM = "dicom", "DICOM"
    DICOM_ZIP = "dicom_zip", "DICOM series (zip)"


class FileState(models.TextChoices):
    """Whether a file may be used."""

    WAITING = "waiting", "In quarantine: waits for the virus check"
    INFECTED = "infected", "Refused: holds a virus"
    HELD = "held", "Held: whose it is must be confirmed"
    STORED = "stored", "Stored"


class VirusCheck(models.TextChoices):
    """What the virus scanner said of a file."""

    NOT_CHECKED = "not_checked", "Not checked for viruses"
    WAITING = "waiting", "Waits for the virus check"
    CLEAN = "clean", "No virus found"
    INFECTED = "infected", "Holds a virus"


@keep_history
class StudyFile(TenantModel):
    """One file of a study, as far as it was found fit to be kept.

    A file whose header names another patient, or another study or study date than its study's,
    is held until a person confirms or discards it. One that the virus scanner has not judged is in
    quarantine; of one that holds a virus nothing but this row is kept.
    """

    study = TenantForeignKey(Study, related_name="files")
    case = TenantForeignKey(Case, related_name="files")
    kind = models.CharField(max_length=10, choices=FileKind.choices)
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=FileState.choices)
    virus_check = models.CharField(
        max_length=12,
        choices=VirusCheck.choices,
        default=VirusCheck.NOT_CHECKED,
        db_default=VirusCheck.NOT_CHECKED.value,
        editable=False,
    )
    #: The name of the signature that was found.
    virus = models.CharField(max_length=100, default="", db_default="", editable=False)
    virus_checked_at = models.DateTimeField(null=True, editable=False)
    #: What the header says otherwise: {"field", "header", "patient"} than the patient, and
    #: {"field", "header", "study"} than the study.
    mismatches = SealedJSONField(
        purpose="study_file.mismatches",
        holder="case.patient",
        empty=list,
        db_column="sealed_mismatches",
    )
    #: What the content offers for confirmation; nothing of it is in the record by itself.
    findings = SealedJSONField(
        purpose="study_file.findings", holder="case.patient", db_column="sealed_findings"
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    uploaded_at = models.DateTimeField(default=timezone.now, editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "study", "sha256"], name="study_file_once"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=FileKind.values), name="study_file_kind_known_value"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=FileState.values), name="study_file_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(virus_check__in=VirusCheck.values),
                name="study_file_virus_check_known",
            ),
            # No path leads around the check to a file that can be given out.
            models.CheckConstraint(
                condition=~models.Q(state__in=["held", "stored"])
                | models.Q(virus_check__in=["not_checked", "clean"]),
                name="study_file_usable_only_if_checked",
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(
                fields=["institution", "uploaded_by", "uploaded_at"], name="study_file_by_person"
            ),
            models.Index(
                fields=["institution", "uploaded_at"],
                name="study_file_waiting",
                condition=models.Q(state="waiting"),
            ),
        ]


class StudyFilePart(TenantModel):
    """A part of a file's content, so that no statement carries a whole file.

    Sealed under the patient's key: a header names the patient, and so may a picture.
    """

    file = TenantForeignKey(StudyFile, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    sealed_content = models.BinaryField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "file", "number"], name="study_file_part_once"
            ),
        ]

    @classmethod
    def of(cls, *, file: StudyFile, number: int, content: bytes) -> Self:
        """The part, not saved yet.

        Raises:
            Erased: the patient's key was destroyed.
        """
        sealed = seal(_key(file), content, bound_to=_place(file, number))
        return cls(file=file, number=number, sealed_content=sealed)

    def opened(self, file: StudyFile) -> bytes:
        """The plain content of this part of `file`.

        Raises:
            Erased: the patient's key was destroyed.
            DoesNotOpen: it is another file's or part's, or was changed.
        """
        return unseal(_key(file), bytes(self.sealed_content), bound_to=_place(file, self.number))


class StudySeries(TenantModel):
    """A DICOM series inside a file, with a small picture of it."""

    file = TenantForeignKey(StudyFile, on_delete=models.CASCADE, related_name="series")
    study = TenantForeignKey(Study, related_name="series")
    series_uid = models.CharField(max_length=64)
    number = models.IntegerField(null=True)
    modality = models.CharField(max_length=16, blank=True)
    description = models.CharField(max_length=200, blank=True)
    body_part = models.CharField(max_length=64, blank=True)
    instances = models.PositiveIntegerField(default=1)
    #: A PNG; empty where the picture cannot be decoded.
    preview = models.BinaryField(blank=True, default=bytes)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "file", "series_uid"], name="study_series_once"
            ),
        ]


def _key(file: StudyFile) -> bytes:
    key = file.case.patient.key
    if key is None:
        raise Erased
    return key


def _place(file: StudyFile, number: int) -> tuple[object, ...]:
    return file.institution_id, "study_file.part", f"{file.pk}/{number}"
