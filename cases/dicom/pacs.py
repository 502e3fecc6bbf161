"""Asking a picture archive by DICOMweb: which studies it has of a patient, and how they look."""

import io
import json
from collections.abc import Callable
from typing import Any, Self

import requests
from dicomweb_client.web import DICOMwebClient
from PIL import Image, UnidentifiedImageError

from cases.dicom.pacs_access import Access
from cases.dicom.pacs_answers import (
    ArchivedInstance,
    ArchivedSeries,
    ArchivedStudy,
    entries_of,
)
from cases.dicom.pacs_faults import Fault, PacsError
from cases.dicom.pacs_transport import LimitedSession

#: Everything that one page asks the archive must be answered within these seconds.
SECONDS = 5
MOST_BYTES = 8 * 1024 * 1024
#: Studies of one patient that are asked for; the newest are kept of them.
MOST_STUDIES = 500
MOST_SERIES = 500
#: Up to here all instances are asked for, to find the middle one by its number.
MOST_INSTANCES = 200
#: Pixels along the longer side of a picture that is passed on.
LONGEST_SIDE = 4096

STUDY_FIELDS = (
    "StudyDescription",
    "ModalitiesInStudy",
    "NumberOfStudyRelatedSeries",
    "NumberOfStudyRelatedInstances",
)
SERIES_FIELDS = ("SeriesDescription", "SeriesNumber", "NumberOfSeriesRelatedInstances")
INSTANCE_FIELDS = ("InstanceNumber", "NumberOfFrames")

#: A record number that nobody has.
NOBODY = "TUMORBOARD-TEST-OF-CONNECTION"


class Pacs:
    """One archive, for the questions of one page; closed at the end of `with`.

    Args:
        access: what the operator allows.
        credentials: name of the sign-in; empty for none.
        wado_url: where pictures come from; the same as `qido_url` where empty.
        seconds: how long all questions together may take.

    Raises:
        PacsError: the operator does not allow it.
    """

    def __init__(
        self,
        *,
        access: Access,
        qido_url: str,
        wado_url: str = "",
        credentials: str = "",
        ca_file: str = "",
        seconds: float = SECONDS,
    ) -> None:
        for address in filter(None, (qido_url, wado_url)):
            access.check(address)
        auth = access.auth(credentials)
        self._session = LimitedSession(seconds=seconds, most_bytes=MOST_BYTES, ca_file=ca_file)
        self._session.auth = auth
        self._search = _client(qido_url, self._session)
        self._retrieve = _client(wado_url or qido_url, self._session)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def check(self) -> None:
        """Ask for the studies of nobody.

        Raises:
            PacsError: the archive does not answer as it should.
        """
        self.studies_of(NOBODY)

    def studies_of(self, record_number: str) -> list[ArchivedStudy]:
        """All studies that the archive has under `record_number`, newest first.

        What it sends of other record numbers is dropped: some archives pass over a filter that
        they do not know.

        Raises:
            PacsError: there is no usable answer.
        """
        wanted = record_number.strip()
        # In a query these are patterns.
        if not wanted or not wanted.isprintable() or set(wanted) & set("*?\\"):
            raise PacsError(Fault.NOT_SEARCHABLE)
        answer = _asked(
            lambda: self._search.search_for_studies(
                search_filters={"PatientID": wanted}, fields=STUDY_FIELDS, limit=MOST_STUDIES
            )
        )
        found = [ArchivedStudy.of(entry) for entry in entries_of(answer)]
        theirs = {study.study_uid: study for study in found if study.patient_id in ("", wanted)}
        return sorted(theirs.values(), key=_newest_first)

    def series_of(self, study_uid: str) -> list[ArchivedSeries]:
        """The series of a study by their numbers.

        Raises:
            PacsError: there is no usable answer.
        """
        answer = _asked(
            lambda: self._search.search_for_series(
                study_uid, fields=SERIES_FIELDS, limit=MOST_SERIES
            )
        )
        found = [ArchivedSeries.of(entry) for entry in entries_of(answer)]
        return sorted(found, key=lambda series: (series.number is None, series.number or 0))

    def picture_of(self, study_uid: str, series: ArchivedSeries) -> bytes:
        """The middle of a series as a JPEG or PNG, as the archive renders it.

        Raises:
            PacsError: there is no usable answer, or nothing to be seen.
        """
        middle = self._middle(study_uid, series)
        of = (study_uid, series.series_uid, middle.instance_uid)
        jpeg = ("image/jpeg",)
        if middle.frames > 1:
            frame = [(middle.frames + 1) // 2]
            picture = _asked(
                lambda: self._retrieve.retrieve_instance_frames_rendered(
                    *of, frame, media_types=jpeg
                ),
                missing=Fault.NOTHING_FOUND,
            )
        else:
            picture = _asked(
                lambda: self._retrieve.retrieve_instance_rendered(*of, media_types=jpeg),
                missing=Fault.NOTHING_FOUND,
            )
        return _checked(picture)

    def _middle(self, study_uid: str, series: ArchivedSeries) -> ArchivedInstance:
        count = series.instances or 0
        # Of a long series one is taken from the middle of the archive's own order.
        is_long = count > MOST_INSTANCES
        answer = _asked(
            lambda: self._search.search_for_instances(
                study_uid,
                series.series_uid,
                fields=INSTANCE_FIELDS,
                limit=1 if is_long else MOST_INSTANCES,
                offset=count // 2 if is_long else None,
            )
        )
        found = [ArchivedInstance.of(entry) for entry in entries_of(answer)]
        if not found:
            raise PacsError(Fault.NOTHING_FOUND)
        found.sort(key=lambda instance: (instance.number, instance.instance_uid))
        return found[len(found) // 2]


def main_series(series: list[ArchivedSeries]) -> ArchivedSeries | None:
    """The one whose picture stands for the study: the longest that has pictures."""
    shown = [one for one in series if one.has_picture]
    return max(shown, key=lambda one: one.instances or 0, default=None)


def _client(address: str, session: requests.Session) -> DICOMwebClient:
    client = DICOMwebClient(address.rstrip("/"), session=session, permissive_uid=True)
    client.set_http_retry_params(retry=False)
    return client


def _newest_first(study: ArchivedStudy) -> tuple[bool, int, str]:
    return study.date is None, -study.date.toordinal() if study.date else 0, study.study_uid


def _asked(question: Callable[[], Any], *, missing: Fault = Fault.NOT_DICOMWEB) -> Any:
    """The archive's answer to a question, every failure in one type.

    Args:
        missing: what a 404 means; a search that finds nothing answers an empty list instead.
    """
    try:
        return question()
    except requests.HTTPError as error:
        status = getattr(error.response, "status_code", 0)
        raise PacsError(_fault_of(status, missing)) from None
    except (json.JSONDecodeError, RecursionError):
        raise PacsError(Fault.NOT_DICOMWEB) from None
    except requests.RequestException:
        # An address that cannot even be asked.
        raise PacsError(Fault.UNREACHABLE) from None


def _fault_of(status: int, missing: Fault) -> Fault:
    if status in (401, 403, 407):
        return Fault.REFUSED
    if status in (404, 410):
        return missing
    return Fault.FAILED if status >= 500 else Fault.NOT_DICOMWEB


def _checked(picture: Any) -> bytes:
    """`picture` where it is one that a page may show."""
    content = picture if isinstance(picture, bytes) else b""
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as opened:
            size = opened.size
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise PacsError(Fault.NOT_DICOMWEB) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PacsError(Fault.TOO_LARGE) from None
    if max(size) > LONGEST_SIDE:
        raise PacsError(Fault.TOO_LARGE)
    return content
