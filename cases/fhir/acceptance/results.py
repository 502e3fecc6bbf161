"""A DiagnosticReport of imaging: what a study showed."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Model

from cases.fhir.acceptance.belonging import Belonging, key_of
from cases.fhir.acceptance.writer import Writer
from cases.models import Result, Study
from cases.readings.reading import Kind, Reading
from cases.services import results, studies
from tumorboard.accounts.models import User

#: What of a reading belongs to the study.
OF_STUDY = ("report", "reported_on")


class Results(Writer):
    """The result of a study that is here, and the text of its report."""

    kind = Kind.RESULT
    model = Result

    def add(self, reading: Reading, whose: Belonging, *, by: User) -> Model | None:
        """The result; None where the study is not here, or the report names no outcome."""
        study = _study(reading.belongs_to, whose)
        if study is None:
            return None
        said = _report(study, reading.values, by=by)
        return results.enter(study=study, by=by, **said) if said.get("outcome") else None

    def change(self, row: Any, values: Mapping[str, Any], *, by: User) -> Model:
        """The result as the report says by now."""
        return results.change(result=row, by=by, **_report(row.study, values, by=by))


def _report(study: Study, values: Mapping[str, Any], *, by: User) -> dict[str, Any]:
    """Write what belongs to the study; what is left is the result's."""
    of_study = {name: values[name] for name in OF_STUDY if name in values}
    if of_study:
        studies.change(study=study, by=by, **of_study)
    return {name: value for name, value in values.items() if name not in OF_STUDY}


def _study(named: str, whose: Belonging) -> Study | None:
    if whose.case is None:
        return None
    rows = Study.objects.filter(case=whose.case)
    key = key_of(named, "ImagingStudy")
    if key is not None:
        return rows.filter(pk=key).first()
    number = named.strip()
    return rows.filter(accession_number=number).first() if number else None
