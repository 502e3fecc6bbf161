"""What stands in an address beside the institution and ids of rows."""

from types import SimpleNamespace
from typing import Any

from tests.integration.isolation.routes import Route

#: By the parameter's name, or by route and parameter where routes differ.
WORDS: dict[str | tuple[str, str], Any] = {
    "group": "B",
    "number": 1,
    "item": "ki67",
    "change": "complete",
    "name": "months",
    "ending": "csv",
    "secret": "A" * 43,
    "version": "2025.1",
    "topic": "response",
    "kind": "PlanDefinition",
    "identity": "SC-01",
    "key": "A" * 20,
    "uidb36": "1",
    "pk": 1,
    # A type and an address of the FHIR server; the other types have tests of their own.
    "resource_type": "Patient",
    "rest": "nothing/here",
    "service_id": "pnet-imaging-select",
    ("check_acknowledge", "code"): "W-NEC",
    ("numbers_evidence", "code"): "coc-2-5",
    ("guidance_scenario", "code"): "SC-01",
    ("guidance_schema", "name"): "edition",
}
#: Pages of what was signed: their item is one that was decided on.
OF_SIGNED = {
    "letters",
    "letter_pdf",
    "patient_pdf",
    "decision_pdf",
    "decision_version",
    "decision_version_pdf",
    "decision_amend",
    "amendment_discard",
}


def sample(route: Route, parameter: str) -> Any:
    """A value for a parameter that is no id.

    Raises:
        KeyError: a new parameter, for which `WORDS` needs a sample.
    """
    if (route.name, parameter) in WORDS:
        return WORDS[route.name, parameter]
    return WORDS[parameter]


def row_of(route: Route, parameter: str, rows: SimpleNamespace) -> Any:
    """The id of the row that fits a parameter.

    Raises:
        KeyError, AttributeError: a new kind of row, of which `one_of_everything` makes none.
    """
    if parameter == "resource_id" and str(route.name).startswith("fhir_subscription"):
        return rows.subscription_id
    if parameter == "resource_id":
        return rows.patient_id
    if parameter == "pk":
        return rows.api[route.name]
    if parameter == "item_id" and route.name in OF_SIGNED:
        return rows.decided_item_id
    return getattr(rows, parameter)
