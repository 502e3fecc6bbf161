"""PATCH: a resource as it is read, with a JSON Patch done to it, written as by an update."""

import pytest

from cases.models import FhirDocument, LabResult
from tests.factories.people import add_member, make_institution
from tests.integration.fhir.writing import samples
from tests.integration.fhir.writing.server import issues, server_of
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db
PATCH = "application/json-patch+json"
LOWER = [
    {"op": "test", "path": "/valueQuantity/value", "value": 120},
    {"op": "replace", "path": "/valueQuantity/value", "value": 95},
]


@pytest.fixture
def value(server, her_tumor):
    return server.made(samples.chromogranin(her_tumor["subject"]["reference"]))


def patch(server, path, operations, **headers):
    return server.ask("PATCH", path, operations, content_type=PATCH, **headers)


def test_a_patch_changes_the_row_and_keeps_the_rest(server, institution, value):
    path, tag = f"/Observation/{value['id']}", f'W/"{value["meta"]["versionId"]}"'
    answer = patch(server, path, LOWER, if_match=tag)
    assert answer.status_code == 200, answer.content
    assert answer.json()["valueQuantity"]["value"] == 95
    assert answer.json()["identifier"] == value["identifier"]
    assert answer["ETag"] != tag
    with institution_scope(institution):
        assert LabResult.objects.get().value == 95
    assert server.get(path).json() == answer.json()


def test_a_patch_of_another_version_is_refused_with_412(server, institution, value):
    path, tag = f"/Observation/{value['id']}", f'W/"{value["meta"]["versionId"]}"'
    assert patch(server, path, LOWER, if_match=tag).status_code == 200
    again = [{"op": "replace", "path": "/valueQuantity/value", "value": 1}]
    assert patch(server, path, again, if_match=tag).status_code == 412
    with institution_scope(institution):
        assert LabResult.objects.get().value == 95


@pytest.mark.parametrize(
    ("operations", "status"),
    [
        ([{"op": "test", "path": "/valueQuantity/value", "value": 1}], 409),
        ([{"op": "remove", "path": "/bodySite"}], 409),
        ([{"op": "replace", "path": "/status", "value": "odd"}], 422),
        ([{"op": "remove", "path": "/code"}], 422),
        ([{"op": "add", "path": "/shoe", "value": 1}], 422),
        ([{"op": "replace", "path": "/resourceType", "value": "Patient"}], 422),
        ([{"op": "replace", "path": "/id", "value": "other"}], 422),
        ([{"op": "remove", "path": "/id"}], 422),
        ([{"op": "replace", "path": "", "value": []}], 422),
        ([{"op": "melt", "path": "/id"}], 400),
        ({"op": "remove", "path": "/id"}, 400),
        ("[{", 400),
        ({"resourceType": "Parameters", "parameter": []}, 501),
    ],
)
def test_a_patch_that_does_not_go_changes_nothing(server, institution, value, operations, status):
    path = f"/Observation/{value['id']}"
    answer = patch(server, path, operations)
    assert answer.status_code == status, answer.content
    assert issues(answer)
    assert server.get(path).json() == value


def test_a_document_of_its_own_is_patched(server, institution, ada):
    made = server.made(samples.pain(ada))
    answer = patch(
        server,
        f"/Observation/{made['id']}",
        [{"op": "add", "path": "/note", "value": [{"text": "Anew."}]}],
    )
    assert (answer.status_code, answer.json()["note"]) == (200, [{"text": "Anew."}])
    with institution_scope(institution):
        assert FhirDocument.objects.filter(stands_alone=True).count() == 1


def test_fhirpath_patch_and_other_formats_are_refused_in_words(server, value):
    path = f"/Observation/{value['id']}"
    body = {"resourceType": "Parameters", "parameter": [{"name": "operation"}]}
    answer = server.ask("PATCH", path, body)
    assert (answer.status_code, issues(answer)[0][0]) == (501, "not-supported")
    assert server.ask("PATCH", path, LOWER, content_type="application/xml").status_code == 415
    # A patch is no resource, wherever else it is sent.
    assert server.ask("PUT", path, LOWER, content_type=PATCH).status_code == 415


def test_who_may_not_change_it_may_not_patch_it(server, institution, value):
    path = f"/Observation/{value['id']}"
    reader = add_member(institution, "RADIOLOGIST", email="r@north.example", name="R")
    assert patch(server_of(institution, reader), path, LOWER).status_code == 403
    other = make_institution(slug="south", name="South")
    stranger = add_member(other, "COORDINATOR", email="s@south.example", name="S")
    missing = patch(server, f"/Observation/{institution.pk}", LOWER)
    theirs = patch(server_of(other, stranger), path, LOWER)
    assert (theirs.status_code, theirs.content) == (404, missing.content)
    assert patch(server, "/Task/x", LOWER).status_code == 405
