"""Facts from the treatments."""

from collections.abc import Iterator
from typing import Any

from cases.models import Treatment
from cases.selectors.facts.record import Record, iso
from cases.selectors.known import Known
from cases.selectors.provenance import of_treatments


def treatments(record: Record) -> Iterator[tuple[str, Known]]:
    """The list of treatments, and that PRRT was among them.

    What was answered directly stands beside the record's rows, so that a row added later hides
    nothing that was said.
    """
    said = record.answer_to("treatments") or []
    rows = [_treatment(treatment) for treatment in record.history.treatments]
    given = rows + [treatment for treatment in said if treatment not in rows]
    origin = "From the treatments"
    if rows:
        yield (
            "treatments",
            Known(given, "treatments", origin, of_treatments(record.history.treatments)),
        )
    if any(treatment["type"] == "PRRT" for treatment in given):
        prrt = of_treatments(row for row in record.history.treatments if row.type == "PRRT")
        yield "prior_prrt", Known(True, "treatments.prrt", origin, prrt)


def _treatment(treatment: Treatment) -> dict[str, Any]:
    record = {
        "type": treatment.type,
        "start": iso(treatment.start),
        "end": iso(treatment.end),
        "ongoing": treatment.ongoing,
        "target": treatment.target,
    }
    return {name: value for name, value in record.items() if value not in (None, "")}
