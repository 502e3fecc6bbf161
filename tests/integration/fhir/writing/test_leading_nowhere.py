"""References that lead nowhere are refused; nothing is kept as if it were somebody's."""

import pytest

from cases.fhir.linking import BY_SEARCH, NOT_INSIDE
from cases.models import FhirDocument, LabResult
from tests.integration.fhir.writing import samples
from tests.integration.fhir.writing.server import issues
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db
SUBJECT = "Observation.subject.reference"
BY_NUMBER = f"Patient?identifier={samples.patient()['identifier'][0]['value']}"


def kept(institution):
    with institution_scope(institution):
        return LabResult.objects.count() + FhirDocument.objects.filter(stands_alone=True).count()


@pytest.mark.parametrize(
    ("reference", "code", "words"),
    [(BY_NUMBER, "invalid", BY_SEARCH), ("#ada", "not-found", NOT_INSIDE)],
)
def test_a_value_of_nobody_is_refused(server, institution, her_tumor, reference, code, words):
    answer = server.post("/Observation", samples.chromogranin(reference))
    assert answer.status_code == 422, answer.content
    assert issues(answer) == [(code, SUBJECT)]
    assert answer.json()["issue"][0]["diagnostics"] == words
    assert kept(institution) == 0
    told = server.post("/Observation/$validate", samples.chromogranin(reference))
    assert issues(told)[0] == (code, SUBJECT)


def test_a_batch_resolves_no_reference_by_a_search_and_a_transaction_does(
    server, institution, her_tumor
):
    entry = {
        "request": {"method": "POST", "url": "Observation"},
        "resource": samples.chromogranin(BY_NUMBER),
    }
    batch = server.post("", {"resourceType": "Bundle", "type": "batch", "entry": [entry]}).json()
    assert batch["entry"][0]["response"]["status"].startswith("422")
    assert kept(institution) == 0
    whole = {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}
    answer = server.post("", whole)
    assert answer.status_code == 200, answer.content
    with institution_scope(institution):
        assert LabResult.objects.count() == 1


def test_a_reference_to_what_is_contained_is_taken(server, her_tumor):
    body = samples.chromogranin(her_tumor["subject"]["reference"])
    body["contained"] = [{"resourceType": "Practitioner", "id": "who"}]
    body["performer"] = [{"reference": "#who"}]
    assert server.post("/Observation", body).status_code == 201


def test_a_number_that_is_taken_is_told_of_at_its_element(server, ada):
    again = samples.patient(name=[{"family": "Nobody"}], birthDate="1999-09-09")
    answer = server.post("/Patient", again)
    (issue,) = answer.json()["issue"]
    assert (answer.status_code, issue["expression"]) == (422, ["Patient.identifier"])
    entry = {"request": {"method": "POST", "url": "Patient"}, "resource": again}
    answer = server.post("", {"resourceType": "Bundle", "type": "transaction", "entry": [entry]})
    (issue,) = answer.json()["issue"]
    assert issue["expression"] == ["Bundle.entry[0].resource"]


def test_what_is_refused_by_a_value_that_has_no_element_of_its_own_names_it(server, her_tumor):
    subject = her_tumor["subject"]["reference"]
    answer = server.post(
        "/Observation", samples.chromogranin(subject, effectiveDateTime="2999-01-01")
    )
    (issue,) = answer.json()["issue"]
    assert (answer.status_code, issue["expression"]) == (422, ["Observation.effective"])


def test_a_refused_method_is_not_among_those_that_are_there(server, ada):
    for method, path in (
        ("DELETE", f"/{ada}"),
        ("PUT", "/Practitioner?x=1"),
        ("OPTIONS", "/Patient"),
    ):
        answer = server.ask(method, path)
        assert answer.status_code == 405, answer.content
        there = answer["Allow"].split(", ")
        assert method not in there
        assert "GET" in there
