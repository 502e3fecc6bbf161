"""The API's description: valid, complete, and true."""

import pytest
from django.core.management import call_command

from tests.integration.isolation.routes import all_routes

pytestmark = pytest.mark.django_db

METHODS = {"get", "post"}


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
    assert len(addresses) == 21


def test_every_operation_says_what_it_does_and_which_problems_it_answers(schema):
    found = operations(schema)
    assert len(found) == 28
    for path, method, operation in found:
        assert operation["description"], path
        assert {"token": []} in operation["security"]
        codes = set(operation["responses"])
        assert {"401", "403", "404", "422", "429"} < codes
        assert ({"400", "413", "415"} <= codes) == (method == "post")
        for code, response in operation["responses"].items():
            kind = "application/json" if code < "400" else "application/problem+json"
            assert list(response["content"]) == [kind]
    assert "409" in schema["paths"]["/api/v1/i/{slug}/results/"]["post"]["responses"]
    assert "409" not in schema["paths"]["/api/v1/i/{slug}/results/"]["get"]["responses"]
    facts = schema["paths"]["/api/v1/i/{slug}/cases/{id}/facts/"]["post"]
    assert "412" in facts["responses"]


def test_each_operation_names_the_scope_that_opens_it(schema):
    def security(path: str, method: str) -> list[dict]:
        return schema["paths"][f"/api/v1/i/{{slug}}/{path}"][method]["security"]

    token = {"token": []}
    assert security("patients/{id}/", "get") == [{"client": ["system/Patient.rs"]}, token]
    assert security("cases/{id}/facts/", "post") == [{"client": ["system/Condition.u"]}, token]
    assert security("cases/{id}/acknowledgments/", "post") == [token]
    known = schema["components"]["securitySchemes"]["client"]["flows"]["clientCredentials"]
    used = {
        scope
        for _, _, o in operations(schema)
        for s in o["security"]
        for scope in s.get("client", [])
    }
    assert used == set(known["scopes"])


def test_every_body_has_an_example(schema):
    for path, method, operation in operations(schema):
        if method == "post":
            content = operation["requestBody"]["content"]
            assert list(content) == ["application/json"]
            assert content["application/json"]["examples"], path


def test_lists_come_in_pages(schema):
    parameters = schema["paths"]["/api/v1/i/{slug}/results/"]["get"]["parameters"]
    assert {p["name"] for p in parameters} == {"slug", "cursor", "page_size", "case", "study"}
    for name in ("Patient", "Case", "Study", "Result", "Assessment"):
        page = schema["components"]["schemas"][f"Paginated{name}List"]["properties"]
        assert set(page) == {"next", "previous", "results"}


def test_no_parameter_takes_patient_data(schema):
    names = {p["name"] for _, _, o in operations(schema) for p in o.get("parameters", [])}
    assert names == {"slug", "id", "cursor", "page_size", "case", "patient", "study"}
