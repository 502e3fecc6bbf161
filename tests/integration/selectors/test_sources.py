"""What a row of the record is called where a fact names it as its source."""

import pytest
from django.utils import timezone

from cases.models import Measurement
from cases.selectors.sources import SOURCES
from cases.services import (
    allergies,
    devices,
    lab_results,
    lesions,
    measurements,
    procedures,
    specimens,
    treatments,
)
from cases.services.measurements import Entry
from tests.factories.cases import make_case, make_study
from tumorboard.formats import day

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


def test_every_kind_of_row_has_its_words(coordinator):
    case, today = make_case(by=coordinator), timezone.localdate()
    new = {"case": case, "by": coordinator}
    lesion = lesions.add(label="L1", site="liver", role="target", **new)
    study = make_study(case=case, by=coordinator, performed_on=today)
    measurements.save(
        study=study, entries=[Entry(lesion, {"longest_mm": "21"})], sheet={}, by=coordinator
    )
    rows = {
        "treatments": treatments.add(type="SSA", start=today, **new),
        "specimens": specimens.add(taken_on=today, kind="resection", site="liver", **new),
        "procedures": procedures.add(kind="whipple", **new),
        "lab_results": lab_results.add(
            analyte="chromogranin_a", value="120", unit="ng/mL", taken_on=today, **new
        ),
        "lesions": lesion,
        "measurements": Measurement.objects.get(),
        "devices": devices.add(patient=case.patient, kind="pacemaker", by=coordinator),
        "allergies": allergies.add(
            patient=case.patient, substance="gadolinium_contrast", severity="mild", by=coordinator
        ),
    }
    assert rows.keys() == SOURCES.keys()
    assert {kind: SOURCES[kind].words(row) for kind, row in rows.items()} == {
        "treatments": f"Somatostatin analog, from {day(today)}",
        "specimens": f"Resection, liver, {day(today)}",
        "procedures": "Pancreatoduodenectomy (Whipple), date unknown",
        "lab_results": f"Chromogranin A 120 ng/mL, {day(today)}",
        "lesions": "L1, liver",
        "measurements": f"L1 on the study of {day(today)}",
        "devices": "Pacemaker",
        "allergies": "Reaction to gadolinium contrast",
    }
