"""The edition for other systems: over the web and by command, byte for byte."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from guidance.engine.content import SCHEMAS
from guidance.engine.edition import content_hash
from tests.integration.web.guidance.library import EDITION

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _site(settings):
    settings.SITE_URL = "https://board.example"


def exported(*options: str) -> str:
    out = StringIO()
    call_command("export_edition", *options, stdout=out)
    return out.getvalue()


def test_the_bundle_is_a_file_of_fhir(browser):
    response = browser.get(f"/guidance/{EDITION.version}/fhir.json")

    assert response["Content-Type"] == "application/fhir+json"
    assert response["Content-Disposition"] == (
        f'attachment; filename="guidance-{EDITION.version}.fhir.json"'
    )
    bundle = json.loads(response.content)
    assert bundle["identifier"]["value"] == EDITION.hash
    assert bundle["entry"][0]["fullUrl"] == (
        "https://board.example/guidance/fhir/PlanDefinition/SC-01"
    )


def test_the_command_prints_the_same_bytes(browser):
    served = browser.get(f"/guidance/{EDITION.version}/fhir.json").content

    assert exported("--fhir").encode() == served
    assert exported("--fhir", "--edition", EDITION.version).encode() == served


def test_the_command_prints_the_content_by_whose_hash_the_edition_is_known():
    content = json.loads(exported("--edition", EDITION.version))

    assert content_hash(content) == EDITION.hash


def test_the_command_names_an_edition_that_there_is_not():
    with pytest.raises(CommandError, match=r"2099\.1"):
        exported("--edition", "2099.1")


def test_every_resource_is_at_its_canonical_address(browser):
    bundle = json.loads(browser.get(f"/guidance/{EDITION.version}/fhir.json").content)

    for entry in bundle["entry"]:
        path = entry["fullUrl"].removeprefix("https://board.example")
        for address in (path, path.replace("/guidance/", f"/guidance/{EDITION.version}/")):
            response = browser.get(address)
            assert response.status_code == 200
            assert json.loads(response.content) == entry["resource"]


def test_a_resource_that_there_is_not_is_not_found(browser):
    assert browser.get("/guidance/fhir/PlanDefinition/SC-99").status_code == 404
    assert browser.get("/guidance/2099.1/fhir/PlanDefinition/SC-01").status_code == 404
    assert browser.get("/guidance/2099.1/fhir.json").status_code == 404


def test_content_is_for_those_who_are_signed_in(client):
    for path in (f"{EDITION.version}/fhir.json", "fhir/PlanDefinition/SC-01"):
        assert client.get(f"/guidance/{path}").status_code == 302


@pytest.mark.parametrize("path", sorted(SCHEMAS.glob("*.json")), ids=lambda path: path.stem)
def test_every_schema_is_published_as_it_is(client, path):
    response = client.get(f"/guidance/schema/{path.name}")

    assert response.status_code == 200
    assert response["Content-Type"] == "application/schema+json"
    assert response.content == path.read_bytes()


@pytest.mark.parametrize("name", ["facts.yaml", "../editions", "none.json", "..%2Ffacts.json"])
def test_nothing_else_is_served_as_a_schema(client, name):
    assert client.get(f"/guidance/schema/{name}").status_code == 404
