"""The CapabilityStatement tells the truth."""

import pytest
from fhir.resources.R4B.capabilitystatement import CapabilityStatement

from cases.fhir.capability import statement
from tests.integration.fhir.conftest import FHIR, issues_of
from tumorboard.accounts.scopes import RESOURCES

pytestmark = pytest.mark.django_db

#: What a coordinator may not read; tests of their own do.
OF_OTHER_ROLES = {"AuditEvent", "Subscription"}


def resources() -> list[dict]:
    return statement("north")["rest"][0]["resource"]


def test_the_statement_is_there_for_everybody(client):
    answer = client.get("/fhir/north/metadata")
    assert (answer.status_code, answer["Content-Type"]) == (200, FHIR)
    # Nothing in it says whether there is such an institution.
    other = client.get("/fhir/nowhere/metadata")
    assert other.content == answer.content.replace(b"/north", b"/nowhere")
    assert client.get("/fhir/north/metadata?_pretty=true").content.count(b"\n") > 100
    refused = client.get("/fhir/north/metadata?_format=xml")
    assert refused.status_code == 406
    issues_of(refused)


def test_the_statement_is_one_of_r4():
    CapabilityStatement.model_validate(statement("north"))


def test_smart_is_told_where_it_looks_for_it(client):
    found = client.get("/fhir/north/.well-known/smart-configuration").json()
    assert found["token_endpoint"].endswith("/api/v1/i/north/oauth/token")


def test_every_type_has_its_rights():
    assert {each["type"] for each in resources()} <= set(RESOURCES)


def test_every_search_parameter_that_is_named_works(program):
    given = {
        "composite": "x$1",
        "date": "2026",
        "number": "1",
        "quantity": "1",
        "reference": "x",
        "uri": "http://x",
    }
    faults = {}
    for resource in resources():
        names = resource["searchParam"]
        if resource["type"] in OF_OTHER_ROLES:
            continue
        body = "&".join(f"{each['name']}={given.get(each['type'], 'x')}" for each in names)
        answer = program.search(resource["type"], body, prefer="handling=strict")
        if answer.status_code != 200:
            faults[resource["type"]] = answer.content
    assert faults == {}


def test_every_reading_that_is_named_works(program):
    faults = {}
    for resource in resources():
        if resource["type"] in OF_OTHER_ROLES:
            continue
        codes = {each["code"] for each in resource["interaction"]}
        assert {"read", "vread", "history-instance", "search-type"} <= codes
        for path in [
            resource["type"],
            *([f"{resource['type']}/_history"] * ("history-type" in codes)),
        ]:
            if (answer := program.get(path)).status_code != 200:
                faults[path] = answer.content
    assert faults == {}


def test_every_include_that_is_named_is_taken(program):
    faults = {}
    for resource in resources():
        if resource["type"] in OF_OTHER_ROLES:
            continue
        forward = [f"_include={each}" for each in resource.get("searchInclude", ())]
        back = [f"_revinclude={each}" for each in resource.get("searchRevInclude", ())]
        for part in (forward[:50], back[:50]):
            answer = program.get(f"{resource['type']}?{'&'.join(part)}")
            if answer.status_code != 200:
                faults[resource["type"]] = answer.content
    assert faults == {}


def test_what_is_done_with_the_whole_server_is_named_and_there(program):
    said = statement("north")
    (rest,) = said["rest"]
    assert "search-system" in [each["code"] for each in rest["interaction"]]
    assert program.get("?_type=Organization").json()["total"] == 1
    for address, names in (
        ("", [each["name"] for each in rest["operation"]]),
        (
            "Patient/",
            [e["name"] for r in resources() if r["type"] == "Patient" for e in r["operation"]],
        ),
    ):
        assert "export" in names
        answer = program.get(f"{address}$export?_type=Patient", prefer="respond-async")
        assert answer.status_code == 202
    patched = [r for r in resources() if {"code": "patch"} in r["interaction"]]
    assert {"Patient", "Observation"} <= {each["type"] for each in patched}
    assert said["patchFormat"] == ["application/json-patch+json"]
