"""In which format each door refuses what it has not heard."""

import json

import pytest

from tumorboard.refusals import HL7V2, OUTCOME, PROBLEM, format_at, refusal

TOLD = {"type": "about:blank", "title": "Forbidden", "status": 403, "detail": "Ask by https://."}


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/api/v1/i/north/patients/", PROBLEM),
        ("/cds-services/north", PROBLEM),
        ("/cds-services/north/pnet-imaging-select/feedback", PROBLEM),
        ("/fhir/north", OUTCOME),
        ("/fhir/north/Patient/$export", OUTCOME),
        ("/intake/north/fhir", OUTCOME),
        ("/intake/north/hl7v2", HL7V2),
        ("/intake/north/hl7v2/", HL7V2),
        ("/i/north/cases/", ""),
        ("/smart/north/launch", ""),
        ("/accounts/login/", ""),
        ("/", ""),
    ],
)
def test_each_door_has_one(path, form):
    assert format_at(path) == form


def test_the_same_is_said_in_each():
    assert json.loads(refusal("/api/v1/", TOLD, issue="security").body) == TOLD
    [issue] = json.loads(refusal("/intake/north/fhir", TOLD, issue="security").body)["issue"]
    assert issue == {"severity": "error", "code": "security", "diagnostics": TOLD["detail"]}
    assert refusal("/intake/north/hl7v2", TOLD, issue="security").body == b"Ask by https://."
    assert refusal("/i/north/", TOLD, issue="security") is None
