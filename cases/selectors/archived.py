"""What the picture archive has of a patient, beside what the case has."""

from collections.abc import Iterable
from dataclasses import dataclass

from cases.dicom.pacs import main_series
from cases.dicom.pacs_answers import ArchivedSeries, ArchivedStudy
from cases.dicom.pacs_faults import PacsError
from cases.models import Case, Patient, Study
from cases.models.study import Modality
from cases.selectors import pacs
from cases.selectors.dicom_modalities import Reading, reading
from cases.selectors.identity import Difference, differences


@dataclass(frozen=True)
class Offer:
    """A study of the archive, and what a person needs in order to decide whether to add it."""

    archived: ArchivedStudy
    #: The study of the case that it is, by UID or accession number.
    study: Study | None
    #: One of the case that it could be: of the same day, with nothing that says otherwise.
    same_day: Study | None
    differences: tuple[Difference, ...]
    reading: Reading

    @property
    def is_there(self) -> bool:
        """Whether the case has it with its UID, so that nothing is left to decide."""
        return self.study is not None and bool(self.study.study_uid)


@dataclass(frozen=True)
class SeriesList:
    """The series of an archived study, with the picture of one of them."""

    series: list[ArchivedSeries]
    #: The series of the picture.
    shown: ArchivedSeries | None
    #: JPEG or PNG; empty where the archive makes none.
    picture: bytes
    #: Why there is no picture.
    reason: str


def studies_in_archive(patient: Patient) -> list[ArchivedStudy]:
    """Everything that the archive has under the patient's record number, newest first.

    Raises:
        PacsError: there is no archive, or no usable answer.
    """
    with pacs.archive(pacs.connection()) as archive:
        return archive.studies_of(patient.record_number)


def offers(case: Case, archived: Iterable[ArchivedStudy]) -> list[Offer]:
    """What to decide about each study of the archive."""
    there = list(Study.objects.filter(case=case).order_by("id"))
    return [_offer(case.patient, there, one) for one in archived]


def series_in_archive(study_uid: str) -> SeriesList:
    """The series of a study that the archive offered, and how it looks.

    Raises:
        PacsError: there is no archive, or no usable answer about the series.
    """
    picture, reason = b"", "No series of it has pictures."
    with pacs.archive(pacs.connection()) as archive:
        series = archive.series_of(study_uid)
        shown = main_series(series)
        if shown:
            try:
                picture, reason = archive.picture_of(study_uid, shown), ""
            except PacsError as error:
                reason = str(error)
    return SeriesList(series=series, shown=shown, picture=picture, reason=reason)


def same_study(there: Iterable[Study], archived: ArchivedStudy) -> Study | None:
    """The one of `there` that `archived` is.

    By its UID; by accession number where no UID is known. Several studies may have one accession
    number, so two UIDs that differ are two studies.
    """
    for study in there:
        if study.study_uid == archived.study_uid:
            return study
    for study in there:
        number = study.accession_number
        if number and number == archived.accession_number and not study.study_uid:
            return study
    return None


def _offer(patient: Patient, there: list[Study], archived: ArchivedStudy) -> Offer:
    meant = reading(archived.modalities)
    study = same_study(there, archived)
    return Offer(
        archived=archived,
        study=study,
        same_day=None if study else _same_day(there, archived, meant),
        differences=tuple(
            differences(
                patient,
                record_number=archived.patient_id,
                family_name=archived.family_name,
                given_name=archived.given_name,
                birth_date=archived.birth_date,
            )
        ),
        reading=meant,
    )


def _same_day(there: list[Study], archived: ArchivedStudy, meant: Reading) -> Study | None:
    """One that was entered by hand without numbers, perhaps."""
    possible = meant.possible or tuple(Modality)
    for study in there:
        is_that_day = archived.date and study.performed_on == archived.date
        if is_that_day and not study.study_uid and study.modality in possible:
            return study
    return None
