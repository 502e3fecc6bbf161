"""The API's description: valid, complete, and true."""

import pytest
from django.core.management import call_command
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from tests.integration.isolation.routes import all_routes

pytestmark = pytest.mark.django_db

WRITING = {"post", "put", "patch"}
CHANGING = {"put", "patch", "delete"}
#: Answers without a body.
EMPTY = {"204", "304"}
#: Kinds of files that are taken, and given out, below the address of an institution.
CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OF_STUDIES = {"application/pdf", "image/png", "image/jpeg", "application/dicom", "application/zip"}
TAKEN = {
    "imports/": {CSV, XLSX, "application/x-ndjson"},
    "code-map-files/": {CSV, XLSX},
    "studies/{id}/files/": OF_STUDIES,
}
GIVEN = {
    "exports/{id}/file/": {CSV, XLSX, "application/x-ndjson"},
    "code-mappings/table/": {CSV, XLSX},
    "study-files/{id}/file/": OF_STUDIES,
    "publications/{id}/file/": {"application/pdf"},
    "decisions/{id}/file/": {"application/pdf"},
    "decisions/{id}/letter/": {"application/pdf"},
    "decisions/{id}/patient-letter/": {"application/pdf"},
}
FILES = set().union(*TAKEN.values(), *GIVEN.values())
BEFORE = "/api/v1/i/{slug}/"
METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture
def schema(client) -> dict:
    answer = client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    return answer.json()


def operations(schema: dict) -> list[tuple[str, str, dict]]:
    return [
        (path, method, operation)
        for path, entry in schema["paths"].items()
        for method, operation in entry.items()
        if method in METHODS
    ]


def test_it_is_valid_and_raises_no_warning(tmp_path):
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "api.yaml"))


def test_it_is_openapi_3_1_with_tokens(schema):
    assert schema["openapi"].startswith("3.1")
    assert schema["components"]["securitySchemes"]["token"]["scheme"] == "bearer"


def test_every_endpoint_is_described(schema):
    routes = [
        r.pattern
        for r in all_routes()
        if r.pattern.startswith("/api/v1/i/") and hasattr(r.view, "cls")
    ]
    addresses = {r.replace("<slug:slug>", "{slug}").replace("<uuid:pk>", "{id}") for r in routes}
    assert set(schema["paths"]) == addresses
    assert len(addresses) == 96


def test_every_operation_says_what_it_does_and_which_problems_it_answers(schema):
    found = operations(schema)
    assert len(found) == 165
    for path, method, operation in found:
        assert operation["description"], path
        assert {"token": []} in operation["security"]
        codes = set(operation["responses"])
        assert {"401", "403", "404", "422", "429"} < codes
        assert ({"400", "413", "415"} <= codes) == (method in WRITING)
        assert ({"409", "412", "428"} <= codes) == (method in CHANGING)
        for code, response in operation["responses"].items():
            kind = {"application/json"} if code < "400" else {"application/problem+json"}
            kind = GIVEN.get(path.removeprefix(BEFORE), kind) if code in ("200", "206") else kind
            assert set(response.get("content", [])) == (set() if code in EMPTY else kind)
    assert "409" in schema["paths"]["/api/v1/i/{slug}/results/"]["post"]["responses"]
    assert "409" not in schema["paths"]["/api/v1/i/{slug}/results/"]["get"]["responses"]
    facts = schema["paths"]["/api/v1/i/{slug}/cases/{id}/facts/"]["post"]
    assert "412" in facts["responses"]


#: Kinds of resources of which REST has none.
OF_OTHER_DOORS = {
    "ActivityDefinition", "AuditEvent", "Basic", "CarePlan", "CodeSystem",
    "MedicationAdministration", "MedicationStatement", "MessageHeader", "Organization",
    "PlanDefinition", "Practitioner", "PractitionerRole", "Provenance", "Subscription",
}  # fmt: skip


def test_each_operation_names_the_scope_that_opens_it(schema):
    def security(path: str, method: str) -> list[dict]:
        return schema["paths"][f"/api/v1/i/{{slug}}/{path}"][method]["security"]

    token = {"token": []}
    assert security("patients/{id}/", "get") == [{"client": ["system/Patient.rs"]}, token]
    assert security("cases/{id}/facts/", "post") == [{"client": ["system/Condition.u"]}, token]
    assert security("opinions/", "post") == [token]
    assert security("gap-acceptances/{id}/", "delete") == [token]
    assert security("cases/{id}/acknowledgments/", "post") == [token]
    known = schema["components"]["securitySchemes"]["client"]["flows"]["clientCredentials"]
    used = {
        scope
        for _, _, o in operations(schema)
        for s in o["security"]
        for scope in s.get("client", [])
    }
    assert used <= set(known["scopes"])
    # What is left opens other doors: FHIR, and the inbox.
    elsewhere = set(known["scopes"]) - used
    assert {scope.partition(".")[0] for scope in elsewhere} == {
        f"system/{name}" for name in OF_OTHER_DOORS
    }


def test_every_body_has_an_example(schema):
    for path, method, operation in operations(schema):
        if method in WRITING:
            content = operation["requestBody"]["content"]
            if path.removeprefix(BEFORE) in TAKEN and method == "post":
                assert set(content) == TAKEN[path.removeprefix(BEFORE)]
                continue
            assert list(content) == ["application/json"]
            assert content["application/json"]["examples"], path


def test_lists_come_in_pages(schema):
    parameters = schema["paths"]["/api/v1/i/{slug}/results/"]["get"]["parameters"]
    assert {p["name"] for p in parameters} == {
        "slug", "cursor", "page_size", "sort", "fields", "case", "study", "outcome",
    }  # fmt: skip
    for name in ("Patient", "Case", "Study", "Result", "Assessment", "Task", "Decision"):
        page = schema["components"]["schemas"][f"Paginated{name}List"]["properties"]
        assert set(page) == {"next", "previous", "results"}


def test_no_parameter_takes_patient_data(schema):
    names = {p["name"] for _, _, o in operations(schema) for p in o.get("parameters", [])}
    ids = {"agenda_item", "board", "case", "client", "decision", "id", "lesion", "meeting", "owner",
           "patient", "study"}  # fmt: skip
    codes = {"agreement", "board_level", "cause", "duty", "kind", "modality", "outcome",
             "paper", "readiness", "reason", "role", "site", "state", "status", "substance",
             "track", "type"}  # fmt: skip
    times = {
        "changed_since", "first", "given_after", "given_before", "last", "signed_since",
        "starts_before", "starts_from",
    }  # fmt: skip
    pages = {"slug", "cursor", "page_size", "sort", "fields"}
    headers = {"Idempotency-Key", "If-Match", "If-None-Match", "Range"}
    assert names == ids | codes | times | pages | headers


def test_every_example_is_what_the_schema_says(schema):
    """A validator of JSON Schema reads every example of the description."""
    root = DRAFT202012.create_resource(schema)
    registry = Registry().with_resource("urn:api", root)
    checked = 0
    for path, method, operation in operations(schema):
        bodies = {"body": operation.get("requestBody", {}), **operation["responses"]}
        for where, body in bodies.items():
            for kind, content in body.get("content", {}).items():
                if kind in FILES:
                    continue
                validator = Draft202012Validator(
                    {"$ref": "urn:api" + content["schema"]["$ref"]}
                    if "$ref" in content["schema"]
                    else {"items": {"$ref": "urn:api" + content["schema"]["items"]["$ref"]}},
                    registry=registry,
                    format_checker=FormatChecker(),
                )
                examples = content.get("examples", {})
                assert examples or where not in ("body", "200", "201"), (path, method, where)
                for example in examples.values():
                    faults = [error.message for error in validator.iter_errors(example["value"])]
                    assert faults == [], (path, method, where)
                    checked += 1
    assert checked > 150


def test_what_is_deprecated_says_so(schema):
    fields = schema["components"]["schemas"]["AnswersRequest"]["properties"]
    assert fields["if_match"]["deprecated"] is True
