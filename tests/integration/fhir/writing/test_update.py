"""Update and delete, at the version that somebody has seen."""

import pytest

from cases.models import Case, FhirDocument, LabResult
from tests.integration.fhir.writing import samples
from tests.integration.fhir.writing.server import issues
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def value(server, her_tumor):
    return server.made(samples.chromogranin(her_tumor["subject"]["reference"]))


def test_an_update_writes_the_row_and_keeps_the_rest(server, institution, value):
    sent = {**value, "valueQuantity": {**value["valueQuantity"], "value": 95}}
    tag = f'W/"{value["meta"]["versionId"]}"'
    answer = server.put(f"/Observation/{value['id']}", sent, if_match=tag)
    assert answer.status_code == 200, answer.content
    assert answer.json()["valueQuantity"]["value"] == 95
    assert answer["ETag"] != tag
    with institution_scope(institution):
        assert LabResult.objects.get().value == 95


def test_an_update_over_another_version_is_refused_with_412(server, institution, value):
    path, tag = f"/Observation/{value['id']}", f'W/"{value["meta"]["versionId"]}"'
    first = {**value, "note": [{"text": "First."}]}
    assert server.put(path, first, if_match=tag).status_code == 200
    answer = server.put(path, {**value, "note": [{"text": "Second."}]}, if_match=tag)
    assert answer.status_code == 412
    assert server.get(path).json()["note"] == [{"text": "First."}]


def test_an_element_that_no_column_holds_makes_a_version_too(server, value):
    path = f"/Observation/{value['id']}"
    answer = server.put(path, {**value, "note": [{"text": "Anew."}]})
    assert int(answer.json()["meta"]["versionId"]) > int(value["meta"]["versionId"])


def test_an_extension_of_a_tumor_makes_a_version_too(server, her_tumor):
    path, tag = f"/Condition/{her_tumor['id']}", f'W/"{her_tumor["meta"]["versionId"]}"'
    sent = {**her_tumor, "note": [{"text": "Anew."}]}
    assert server.put(path, sent, if_match=tag).status_code == 200
    assert server.put(path, sent, if_match=tag).status_code == 412


def test_what_the_resource_says_no_more_is_emptied(server, institution, her_tumor):
    limits = {"referenceRange": [{"high": {**samples.chromogranin("x")["valueQuantity"]}}]}
    subject = her_tumor["subject"]["reference"]
    value = server.made(samples.chromogranin(subject, **limits))
    with institution_scope(institution):
        assert LabResult.objects.get().upper_limit == 120
    without = {name: each for name, each in value.items() if name != "referenceRange"}
    answer = server.put(f"/Observation/{value['id']}", without)
    assert answer.status_code == 200, answer.content
    assert "referenceRange" not in answer.json()
    with institution_scope(institution):
        assert LabResult.objects.get().upper_limit is None


def test_a_document_of_its_own_is_updated(server, institution, ada):
    made = server.made(samples.pain(ada))
    answer = server.put(f"/Observation/{made['id']}", {**made, "valueInteger": 5})
    assert answer.status_code == 200, answer.content
    assert answer.json()["valueInteger"] == 5
    assert answer.json()["meta"]["versionId"] == "2"
    with institution_scope(institution):
        assert FhirDocument.objects.filter(stands_alone=True).count() == 1


@pytest.mark.parametrize(
    ("change", "status"), [({"id": "other"}, 400), ({"id": None}, 400), ({"status": "odd"}, 422)]
)
def test_a_body_that_does_not_fit_is_refused(server, value, change, status):
    sent = {name: each for name, each in {**value, **change}.items() if each is not None}
    assert server.put(f"/Observation/{value['id']}", sent).status_code == status


def test_nothing_is_made_by_put(server, ada):
    sent = {**samples.pain(ada), "id": "mine"}
    assert server.put("/Observation/mine", sent).status_code == 405


def test_a_tag_that_is_none_is_told(server, value):
    answer = server.put(f"/Observation/{value['id']}", value, if_match="yesterday")
    assert answer.status_code == 400
    assert issues(answer) == [("value", "http.If-Match")]


def test_a_row_does_not_go_to_another_patient(server, value):
    other = server.made(
        samples.patient(
            "H-300", name=[{"family": "Hopper", "given": ["G"]}], birthDate="1960-01-01"
        )
    )
    sent = {**value, "subject": {"reference": f"Patient/{other['id']}"}}
    assert server.put(f"/Observation/{value['id']}", sent).status_code == 409


def test_what_was_sent_by_mistake_is_taken_back(server, institution, value):
    path = f"/Observation/{value['id']}"
    assert server.ask("DELETE", path).status_code == 204
    assert server.get(path).status_code == 410
    assert server.ask("DELETE", path).status_code == 204
    with institution_scope(institution):
        assert not LabResult.objects.exists()
        assert not FhirDocument.objects.filter(resource_type="Observation").exists()


def test_what_was_entered_in_error_is_taken_back(server, institution, value):
    answer = server.put(f"/Observation/{value['id']}", {**value, "status": "entered-in-error"})
    assert answer.status_code == 200, answer.content
    with institution_scope(institution):
        assert not LabResult.objects.exists()


def test_a_case_is_not_taken_back(server, institution, her_tumor):
    assert server.ask("DELETE", f"/Condition/{her_tumor['id']}").status_code in (403, 405)
    with institution_scope(institution):
        assert Case.objects.exists()


def test_a_document_that_was_taken_back_has_its_history(server, ada):
    made = server.made(samples.pain(ada))
    path = f"/Observation/{made['id']}"
    assert server.ask("DELETE", path).status_code == 204
    assert server.get(path).status_code == 410
    assert server.get(f"{path}/_history/1").json()["valueInteger"] == 3


def test_a_tumor_gets_another_title(server, institution, her_tumor):
    sent = {**her_tumor, "code": {**her_tumor["code"], "text": "NET of the head"}}
    answer = server.put(f"/Condition/{her_tumor['id']}", sent)
    assert answer.status_code == 200, answer.content
    with institution_scope(institution):
        assert Case.objects.get().title == "NET of the head"
