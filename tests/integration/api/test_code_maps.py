"""Codes over the wire."""

import pytest

from cases.services import code_maps
from tests.integration.api.conftest import problem
from tumorboard.audit.models import AuditEntry
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def mapping(institution, coordinator):
    with institution_scope(institution):
        code_maps.saw_unmapped(system="LAB", code="X1", display="What", where="ORU OBX-3")
        return code_maps.add(by=coordinator, system="LAB", code="GAS", concept="analyte/gastrin")


def test_mappings_are_listed_and_read(script, mapping):
    (found,) = script.get("code-mappings/").json()["results"]

    assert (found["code"], found["concept"], found["status"], found["meaning"]) == (
        "GAS",
        "analyte/gastrin",
        "proposed",
        "Laboratory value: Gastrin",
    )
    assert script.get(f"code-mappings/{mapping.pk}/").json() == found


def test_what_is_retired_is_read_but_not_listed(script, mapping, institution, coordinator):
    with institution_scope(institution):
        code_maps.retire(mapping=mapping, by=coordinator)

    assert script.get("code-mappings/").json()["results"] == []
    assert script.get(f"code-mappings/{mapping.pk}/").json()["status"] == "retired"


@pytest.mark.usefixtures("mapping")
def test_codes_without_a_meaning_are_listed(script, institution):
    (found,) = script.get("unmapped-codes/").json()["results"]

    assert (found["code"], found["times"], found["place"]) == ("X1", 1, "ORU OBX-3")
    with institution_scope(institution):
        assert AuditEntry.objects.filter(action="unmappedcode.listed").exists()


def test_the_shipped_codes_are_listed(script):
    found = {system["name"]: system for system in script.get("code-systems/").json()}

    assert found["LOINC"]["url"] == "http://loinc.org"
    assert "Regenstrief" in found["LOINC"]["licence"]
    assert {"29593-1", "36813-4"} <= {code["code"] for code in found["LOINC"]["codes"]}


def test_a_wrong_query_is_named(script):
    assert problem(script.get("code-mappings/?system=LAB"))["errors"][0]["field"] == "system"


def test_another_institutions_mapping_is_not_found(script, other_institution, coordinator):
    with institution_scope(other_institution):
        foreign = code_maps.add(by=coordinator, system="L", code="1", concept="unit/mm")

    assert script.get(f"code-mappings/{foreign.pk}/").status_code == 404
    assert script.get("code-mappings/").json()["results"] == []
