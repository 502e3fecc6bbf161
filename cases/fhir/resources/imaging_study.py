"""ImagingStudy: an examination that was performed."""

import functools
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.db.models import Prefetch, Q, QuerySet

from cases.fhir.resources.codings import category, concept, unknown_element
from cases.fhir.resources.elements import (
    LONG_OF_CASE,
    condition_of,
    day,
    is_erased,
    said,
    subject_of,
)
from cases.fhir.resources.narrowings import by_day, of_case
from cases.fhir.source import Source, reference
from cases.models import Study, StudySeries
from cases.models.study_file import FileState
from cases.selectors.dicom_modalities import MEANINGS
from guidance.engine import content

DICOM = "http://dicom.nema.org/resources/ontology/DCM"
DICOM_UID = "urn:dicom:uid"
#: The studies that were performed; the others are orders (`service_request`).
PERFORMED = Q(performed_on__isnull=False)


def is_performed(study: Study) -> bool:
    """Whether a study is an ImagingStudy; what is only ordered is a ServiceRequest alone."""
    return study.performed_on is not None


def studies() -> QuerySet[Any]:
    """Every study, with its patient, who may have been erased, and its series."""
    kept = StudySeries.objects.filter(file__state=FileState.STORED).defer("preview")
    shown = Prefetch("series", queryset=kept.order_by("number", "series_uid"), to_attr="kept")
    return (
        Study.objects.select_related("case__patient")
        .defer("report", LONG_OF_CASE)
        .prefetch_related(shown)
    )


class PerformedStudy(Source):
    """One examination, with the series that were uploaded and found fit to be kept.

    Where series are here they are `available`; whether an archive has others, nobody says. How it
    was made (phases, tracer, dose) stands in an Observation, since R4 has no place for it here.
    """

    resource_type: ClassVar[str] = "ImagingStudy"
    model = Study
    shared = staticmethod(studies)
    narrowings: ClassVar = of_case(started=by_day("performed_on"))

    def rows(self) -> QuerySet[Any]:
        """The performed studies."""
        return studies().filter(PERFORMED)

    def gives(self, row: Study) -> bool:
        """Whether it was performed."""
        return is_performed(row)

    def project(self, row: Study) -> dict[str, Any]:
        """What was examined, when and how; numbers of an archive go with who the patient is."""
        erased = is_erased(row)
        series = [] if erased else [_series(each) for each in _kept(row)]
        return said(
            resourceType=self.resource_type,
            identifier=[] if erased else _identifiers(row),
            basedOn=[reference("ServiceRequest", row.pk)] if row.ordered_on else [],
            status="available" if series else "unknown",
            modality=[_modality(code) for code in _dicom_codes(row.modality)],
            subject=subject_of(row),
            started=day(row.performed_on),
            numberOfSeries=len(series) or None,
            numberOfInstances=sum(each["numberOfInstances"] for each in series) or None,
            procedureCode=[procedure_of(row)],
            location=said(display=row.performing_site),
            reasonReference=[condition_of(row)],
            series=series,
        )


def procedure_of(row: Study) -> dict[str, Any]:
    """What was done: the guidance's procedure, else the modality alone."""
    if row.procedure:
        words = _names().get(row.procedure, row.procedure)
        return concept(f"procedure/{row.procedure}", words)
    return concept(f"fact/study_modality/{row.modality}", str(row.get_modality_display()))


@functools.cache
def _names() -> Mapping[str, str]:
    """The procedures by code, as the newest edition on disk calls them."""
    found = content.read(content.DEFAULT_VERSION, "procedures")["procedures"]
    return {each["code"]: each["name"] for each in found}


def _kept(row: Any) -> Sequence[StudySeries]:
    """The series of a row as `rows` reads them; a former state of one shows those of now."""
    found = getattr(row, "kept", None)
    if found is not None:
        return list(found)
    kept = StudySeries.objects.filter(study_id=row.pk, file__state=FileState.STORED)
    return list(kept.defer("preview").order_by("number", "series_uid"))


def _series(series: StudySeries) -> dict[str, Any]:
    modality = _modality(series.modality) if series.modality else unknown_element()
    return said(
        uid=series.series_uid,
        number=series.number if (series.number or 0) >= 0 else None,
        modality=modality,
        description=series.description,
        numberOfInstances=series.instances,
    )


def _identifiers(row: Study) -> list[dict[str, Any]]:
    """Accession number and UID, by which archives know the study."""
    found: list[dict[str, Any]] = []
    if row.study_uid:
        found.append({"system": DICOM_UID, "value": f"urn:oid:{row.study_uid}"})
    if row.accession_number:
        found.append({"type": category("v2-0203", "ACSN"), "value": row.accession_number})
    return found


def _dicom_codes(modality: str) -> list[str]:
    return [code for code, meant in MEANINGS.items() if modality in meant]


def _modality(code: str) -> dict[str, str]:
    return {"system": DICOM, "code": code}
