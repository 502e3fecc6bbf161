"""Draft orders as studies of the guidance."""

import datetime
from collections.abc import Iterable
from typing import Any, NamedTuple

from cases.hooks import protocol
from cases.hooks.coded import codings, concepts
from cases.models import Case, Study
from cases.readings.fhir import read_all
from cases.readings.reading import Kind
from cases.terminology.codes import LocalCodes

ORDER = "ServiceRequest"
#: Codes of a category that say that imaging is asked for.
IMAGING = frozenset({"363679005", "imaging", "RAD", "RUS", "NMR", "CT"})
COLUMNS = ("procedure", "modality", "contrast", "tracer", "target")


class Draft(NamedTuple):
    """An imaging order that is not signed yet."""

    resource: dict[str, Any]
    #: As a row that is never saved; None where nobody has said what its codes stand for.
    study: Study | None
    #: From when the study is wanted; None where the order does not say.
    planned_on: datetime.date | None = None


def drafts_of(
    orders: Iterable[dict[str, Any]], *, case: Case, on: datetime.date, local: LocalCodes
) -> list[Draft]:
    """The imaging among draft orders; what else is ordered is none of ours."""
    found = []
    for order in orders:
        if order.get("resourceType") != ORDER:
            continue
        study = _study(order, case=case, on=on, local=local)
        if study is not None or (_is_imaging(order) and not _is_known(order, local)):
            found.append(Draft(order, study, protocol.planned_on(order)))
    return found


def _study(
    order: dict[str, Any], *, case: Case, on: datetime.date, local: LocalCodes
) -> Study | None:
    # A draft says what is meant; its reader asks for an order that was given on a day.
    given = {**order, "status": "active", "authoredOn": on.isoformat()}
    for reading in read_all([given], local=local).readings:
        if reading.kind is Kind.STUDY and reading.values.get("procedure"):
            known = {name: reading.values[name] for name in COLUMNS if reading.values.get(name)}
            more = protocol.details(order, local=local)
            return Study(case=case, ordered_on=on, **known, **more)
    return None


def _is_imaging(order: dict[str, Any]) -> bool:
    return any(one.get("code") in IMAGING for one in codings(order.get("category")))


def _is_known(order: dict[str, Any], local: LocalCodes) -> bool:
    """Whether its code is known, as something else than a study of the guidance."""
    return any(concepts(codings(order.get("code")), local=local))
