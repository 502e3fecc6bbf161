"""Codes over the wire."""

import pytest
from django.test import Client

from cases.models import CodeMapping, UnmappedCode
from cases.selectors.code_maps import local_codes
from cases.services import code_maps
from tests.factories.clients import Machine, make_client
from tests.integration.api.conftest import Script, faults, problem
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


NEW = {"system": "LAB", "code": "CGA", "concept": "analyte/chromogranin_a", "display": "CgA"}


@pytest.fixture
def machine(institution, administrator):
    """A system that may do with codes whatever a system may."""
    granted = "system/ConceptMap.cruds"
    registered = make_client(institution, administrator, granted=[granted])
    token = Machine(str(registered.pk)).token(scope=granted)
    return Script(institution, token, Client(raise_request_exception=False))


@pytest.mark.usefixtures("mapping")
def test_a_code_that_came_in_is_mapped_changed_and_retired(script, institution):
    said = {**NEW, "code": "X1", "status": "confirmed"}
    made = script.post("code-mappings/", said, headers={"idempotency-key": "1"})
    assert (made.status_code, made.json()["status"]) == (201, "confirmed"), made.content
    again = script.post("code-mappings/", said, headers={"idempotency-key": "1"})
    assert again["Idempotency-Replayed"] == "true"
    with institution_scope(institution):
        assert not UnmappedCode.objects.exists()
        assert local_codes()["LAB", "X1"] == NEW["concept"]
    path, tag = f"code-mappings/{made.json()['id']}/", {"if-match": made["ETag"]}
    assert script.ask("PATCH", path, {"display": "C"}).status_code == 428
    other = script.ask("PATCH", path, {"concept": "analyte/nse"}, headers=tag)
    assert (other.json()["status"], other.json()["concept"]) == ("proposed", "analyte/nse")
    assert script.ask("PATCH", path, {"display": "C"}, headers=tag).status_code == 412
    tag = {"if-match": other["ETag"]}
    sure = script.ask("PATCH", path, {"status": "confirmed", "display": "NSE"}, headers=tag)
    assert (sure.json()["status"], sure.json()["display"]) == ("confirmed", "NSE")
    back = script.ask("PATCH", path, {"status": "proposed"}, headers={"if-match": "*"})
    assert "retired" in faults(back)["status"][0]
    versions = script.get(f"{path}versions/").json()["versions"]
    assert [each["status"] for each in versions[:3]] == ["Confirmed", "Proposed", "Proposed"]
    assert versions[-1]["meaning"] == "Laboratory value: Chromogranin A"
    assert script.ask("DELETE", path, headers={"if-match": sure["ETag"]}).status_code == 204
    assert script.get(path).json()["status"] == "retired"
    gone = script.ask("PATCH", path, {"display": "x"}, headers={"if-match": "*"})
    assert gone.status_code == 409
    assert len(script.get("code-mappings/?status=retired").json()["results"]) == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"concept": "analyte/nothing"}, "concept"),
        ({"code": "29593-2", "system": "http://loinc.org"}, "code"),
        ({"code": "GAS"}, "code"),
        ({"status": "retired"}, "status"),
        ({"meaning": "x"}, "meaning"),
        ({"code": ""}, "code"),
    ],
)
@pytest.mark.usefixtures("mapping")
def test_what_cannot_be_is_refused_by_field(script, institution, wrong, field):
    assert field in faults(script.post("code-mappings/", {**NEW, **wrong}))
    with institution_scope(institution):
        assert CodeMapping.objects.count() == 1


def test_a_system_proposes_and_a_person_confirms(machine, script, institution):
    refused = machine.post("code-mappings/", {**NEW, "status": "confirmed"})
    assert "Only a person" in faults(refused)["status"][0]
    made = machine.post("code-mappings/", NEW)
    assert made.json()["status"] == "proposed"
    path = f"code-mappings/{made.json()['id']}/"
    sure = {"status": "confirmed"}
    assert "status" in faults(machine.ask("PATCH", path, sure, headers={"if-match": "*"}))
    assert script.ask("PATCH", path, sure, headers={"if-match": "*"}).status_code == 200
    with institution_scope(institution):
        assert local_codes()["LAB", "CGA"] == NEW["concept"]


def test_who_may_not_manage_codes_reads_them(script_as):
    clinician = script_as("CLINICIAN")
    assert clinician.get("code-mappings/").status_code == 200
    assert clinician.post("code-mappings/", NEW).status_code == 403
    assert clinician.get("code-mappings/table/").status_code == 403


TABLE = "system,code,concept,status\nLAB,CGA,analyte/chromogranin_a,confirmed\nLAB,NSE,{},\n"


def send(script, text, kind="text/csv"):
    return script.post("code-map-files/", text, content_type=kind)


def test_a_table_is_taken_over_as_a_whole_or_not_at_all(script, institution):
    made = send(script, TABLE.format("analyte/nothing"))
    assert made.status_code == 201, made.content
    assert made.json()["counts"] == {"add": 1, "change": 0, "nothing": 0, "wrong": 1}
    wrong = made.json()["rows"][1]
    assert (wrong["line"], wrong["does"], wrong["errors"][0]["column"]) == (3, "wrong", "concept")
    path = made["Location"].partition("/north/")[2]
    over = {"state": "written"}
    assert script.ask("PATCH", path, over, headers={"if-match": made["ETag"]}).status_code == 409
    with institution_scope(institution):
        assert not CodeMapping.objects.exists()
    good = send(script, TABLE.format("analyte/nse"))
    path = good["Location"].partition("/north/")[2]
    assert script.get(path).json() == good.json()
    assert script.ask("PATCH", path, over).status_code == 428
    done = script.ask("PATCH", path, over, headers={"if-match": good["ETag"]})
    assert (done.status_code, done.json()["state"]) == (200, "written")
    assert done.json()["counts"]["nothing"] == 2
    with institution_scope(institution):
        assert dict(local_codes()) == {("LAB", "CGA"): "analyte/chromogranin_a"}
    table = script.get("code-mappings/table/").content.decode("utf-8-sig")
    again = send(script, table).json()
    assert again["counts"] == {"add": 0, "change": 0, "nothing": 2, "wrong": 0}
    assert script.get("code-mappings/table/?kind=xlsx").content.startswith(b"PK")
    assert "kind" in faults(script.get("code-mappings/table/?kind=doc"))


def test_a_table_that_others_made_another_one_is_looked_at_again(script, coordinator, institution):
    made = send(script, TABLE.format("analyte/nse"))
    path = made["Location"].partition("/north/")[2]
    with institution_scope(institution):
        code_maps.add(by=coordinator, system="LAB", code="NSE", concept="analyte/gastrin")
    stale = script.ask("PATCH", path, {"state": "written"}, headers={"if-match": made["ETag"]})
    assert stale.status_code == 412
    assert stale.json()["current"]["counts"]["change"] == 1


def test_what_is_no_table_of_codes_is_refused(script):
    assert "column" in faults(send(script, "a,b\n1,2\n"))[""][0]
    assert send(script, "{}", kind="application/json").status_code == 415


def test_a_systems_table_confirms_nothing(machine, institution):
    made = send(machine, TABLE.format("analyte/nse"))
    path = made["Location"].partition("/north/")[2]
    assert machine.get(path).status_code == 200
    refused = machine.ask("PATCH", path, {"state": "written"}, headers={"if-match": "*"})
    assert "Only a person" in faults(refused)["status"][0]
    plain = send(machine, TABLE.format("analyte/nse").replace("confirmed", ""))
    path = plain["Location"].partition("/north/")[2]
    done = machine.ask("PATCH", path, {"state": "written"}, headers={"if-match": plain["ETag"]})
    assert done.json()["state"] == "written"
    with institution_scope(institution):
        assert CodeMapping.objects.filter(status="proposed").count() == 2
