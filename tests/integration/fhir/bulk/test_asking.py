"""Asking for an export: what is taken, what is refused, and how many one may have."""

import json
import uuid

import pytest

from cases.models import BulkExport
from cases.services import bulk_exports
from tests.factories.people import add_member, make_institution
from tests.integration.fhir.bulk.conftest import ASYNC, Exported, begin, exported, work
from tests.integration.fhir.conftest import issues_of, program_of
from tumorboard.audit.models import AuditEntry
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db
EVERY = "Patient,Condition,Observation"


def by_post(program, path, *parameters, **headers):
    body = {"resourceType": "Parameters", "parameter": list(parameters)}
    return program.ask("POST", path, body, **{**ASYNC, **headers})


def test_an_export_is_followed_until_it_is_whole(program, institution, record, audited):
    audited()
    export = begin(program, f"$export?_type={EVERY}")
    early = export.ask()
    assert (early.status_code, early["X-Progress"], early["Retry-After"]) == (202, "0%", "2")
    assert early.content == b""
    work(institution)
    answer = export.ask()
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert answer["Expires"].endswith("GMT")
    manifest = answer.json()
    assert manifest["request"] == f"http://localhost:8000/fhir/north/$export?_type={EVERY}"
    assert manifest["requiresAccessToken"] is True
    assert (manifest["deleted"], manifest["error"]) == ([], [])
    assert [each["type"] for each in manifest["output"]] == EVERY.split(",")
    assert sorted(export.names()) == sorted(record.values())
    said = [entry.action for entry in audited()]
    assert said.count("bulk_export.downloaded") == 3
    assert said[0] == "bulk_export.requested"
    with institution_scope(institution):
        collected = AuditEntry.objects.get(action="bulk_export.collected")
        assert (collected.found, collected.via) == (8, "job")
        assert len(collected.shown) == 4


def test_what_is_exported_is_what_is_read(program, institution, record):
    export = exported(institution, program, "$export?_type=Patient,Observation")
    for each in export.lines():
        assert program.get(f"{each['resourceType']}/{each['id']}").json() == each


def test_all_types_that_one_may_read_are_exported_without_a_choice(program, institution, record):
    types = {each["resourceType"] for each in exported(institution, program, "$export").lines()}
    assert types > {"Patient", "Condition", "Observation", "Practitioner", "PlanDefinition"}
    assert "AuditEvent" not in types
    export = exported(institution, program, "Patient/$export")
    types = {each["resourceType"] for each in export.lines()}
    assert types >= {"Patient", "Condition", "Observation"}
    assert types.isdisjoint({"Practitioner", "PlanDefinition", "Organization"})


def test_parameters_come_by_post_too(program, institution, record):
    answer = by_post(
        program,
        "Patient/$export",
        {"name": "_type", "valueString": "Patient,Observation"},
        {"name": "_outputFormat", "valueString": "ndjson"},
        {"name": "_elements", "valueString": "id,Patient.gender"},
        {"name": "patient", "valueReference": {"reference": record["emmy"]}},
    )
    assert answer.status_code == 202, answer.content
    work(institution)
    export = Exported(program, answer["Content-Location"])
    assert export.manifest["request"].endswith("/fhir/north/Patient/$export")
    patient, value, _ = export.lines()
    assert sorted(patient) == ["gender", "id", "meta", "resourceType"]
    assert "valueQuantity" not in value
    assert {"status", "code"} <= set(value)
    assert export.names() == [record["emmy"], record["emmy's value"], record["emmy's answer"]]


def test_what_was_written_since_is_exported(program, institution, record):
    first = exported(institution, program, "$export?_type=Patient,Observation").manifest
    path = record["ada"]
    ada = program.get(path).json()
    assert program.ask("PUT", path, {**ada, "gender": "other"}).status_code == 200
    assert program.ask("DELETE", record["emmy's value"]).status_code == 204
    since = first["transactionTime"].replace("+", "%2B")
    export = exported(institution, program, f"$export?_type=Patient,Observation&_since={since}")
    assert path in export.names()
    (gone,) = export.lines("deleted")
    assert gone["type"] == "transaction"
    assert gone["entry"] == [{"request": {"method": "DELETE", "url": record["emmy's value"]}}]
    later = exported(institution, program, "$export?_type=Patient&_since=2100-01-01T00:00:00Z")
    assert (later.names(), later.lines("deleted")) == ([], [])


def test_what_was_deleted_of_one_patient(program, institution, record):
    for whose in ("ada's value", "emmy's value"):
        assert program.ask("DELETE", record[whose]).status_code == 204
    answer = by_post(
        program,
        "Patient/$export",
        {"name": "_type", "valueString": "Observation"},
        {"name": "_since", "valueInstant": "2020-01-01T00:00:00Z"},
        {"name": "patient", "valueReference": {"reference": record["ada"]}},
    )
    work(institution)
    (gone,) = Exported(program, answer["Content-Location"]).lines("deleted")
    assert [each["request"]["url"] for each in gone["entry"]] == [record["ada's value"]]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ("_typeFilter=Observation%3Fvalue-quantity%3Dgt93", ["emmy's value"]),
        (
            "_typeFilter=Observation%3Fvalue-quantity%3D93&_typeFilter=Observation%3Fstatus%3Dx",
            ["ada's value"],
        ),
        ("_typeFilter=Observation%3Fstatus%3Dx,Condition%3Fcode%3Dx", []),
        ("_typeFilter=Condition%3Fcode%3DC25.4", ["ada's value", "emmy's value"]),
        ("_typeFilter=Observation%3Fpatient.gender%3Dmale", []),
    ],
)
def test_types_are_narrowed_by_searches(program, institution, record, filters, found):
    export = exported(institution, program, f"$export?_type=Observation,Condition&{filters}")
    values = [name for name in export.names() if name.startswith("Observation")]
    assert set(values) - {record["ada's answer"], record["emmy's answer"]} == {
        record[each] for each in found
    }


def test_by_post_a_filter_may_say_who_somebody_is(program, institution, record):
    narrow = {"name": "_typeFilter", "valueString": "Patient?identifier=H-2"}
    only = {"name": "_type", "valueString": "Patient"}
    answer = by_post(program, "$export", only, narrow)
    work(institution)
    assert Exported(program, answer["Content-Location"]).names() == [record["emmy"]]
    refused = program.get("$export?_typeFilter=Patient%3Fidentifier%3DH-2", **ASYNC)
    assert (refused.status_code, issues_of(refused)[0]["code"]) == (400, "suppressed")


@pytest.mark.parametrize(
    "query",
    [
        "_outputFormat=application/parquet",
        "_since=yesterday",
        "_since=2026-01-01&_since=2026-01-01",
        "_since=2026-13-01",
        "_since=9999-12-31T23:59:59.999999Z",
        "_since=%00",
        "_elements=" + ",".join(f"e{number}" for number in range(201)),
        "_type=" + ",".join(f"Shoe{number}" for number in range(3_000)),
        "_type=Shoe",
        "_typeFilter=Shoe%3Fsize%3D1",
        "_typeFilter=Patient",
        "_typeFilter=Patient%3Fshoe%3D1",
        "_typeFilter=Patient%3F_sort%3D_id",
        "_type=Condition&_typeFilter=Patient%3Fgender%3Dmale",
        "_typeFilter=" + "Patient%3Fgender%3Dmale," * 60 + "Patient%3Fgender%3Dmale",
        "patient=Patient/1",
    ],
)
def test_what_is_none_is_refused(program, institution, query):
    refused = program.get(f"$export?{query}", **ASYNC)
    assert refused.status_code == 400
    issues_of(refused)
    with institution_scope(institution):
        assert not BulkExport.objects.exists()


def test_a_chain_that_leads_to_too_much_is_told_at_once(program, record, monkeypatch):
    monkeypatch.setattr("cases.fhir.search.chains.MOST", 1)
    query = "_typeFilter=Observation%3Fpatient.gender%3Dfemale"
    refused = program.get(f"$export?{query}", **ASYNC)
    assert (refused.status_code, issues_of(refused)[0]["code"]) == (403, "too-costly")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"resourceType": "Patient"}, 400),
        ({"resourceType": "Parameters", "parameter": [{"name": "_type"}]}, 400),
        ({"resourceType": "Parameters", "parameter": [{"valueString": "x"}]}, 400),
        (
            {
                "resourceType": "Parameters",
                "parameter": [{"name": "patient", "valueReference": {"reference": "Patient/1"}}],
            },
            422,
        ),
        ([], 400),
    ],
)
def test_a_body_that_is_none_is_refused(program, body, status):
    answer = program.ask("POST", "Patient/$export", body, **ASYNC)
    assert answer.status_code == status, answer.content
    issues_of(answer)


def test_patients_are_named_at_their_address_and_not_too_many(program, record):
    named = [{"name": "patient", "valueReference": {"reference": record["ada"]}}]
    assert by_post(program, "$export", *named).status_code == 400
    many = [
        {"name": "patient", "valueReference": {"reference": f"Patient/{uuid.uuid4()}"}}
        for _ in range(1_001)
    ]
    assert by_post(program, "Patient/$export", *many).status_code == 400


def test_who_does_not_wait_is_refused(program):
    refused = program.get("$export")
    assert (refused.status_code, issues_of(refused)[0]["code"]) == (400, "required")
    assert program.ask("PUT", "$export", {}).status_code == 405
    assert program.ask("OPTIONS", "$export").status_code == 405
    assert program.ask("HEAD", "$export", **ASYNC).status_code == 405


def test_unknown_parameters_are_told_in_a_file_or_refused(program, institution, record):
    strict = {"prefer": "respond-async, handling=strict"}
    refused = program.get("$export?_type=Patient&shoe=1", **strict)
    assert refused.status_code == 400
    export = exported(institution, program, "$export?_type=Patient&shoe=1&_pretty=true")
    (told,) = export.lines("error")
    assert "shoe" in told["issue"][0]["diagnostics"]
    assert len(export.names()) == 2
    lenient = {"prefer": "respond-async; handling=lenient"}
    export = exported(institution, program, "$export?_type=Patient,Shoe", **lenient)
    assert "Shoe" in json.dumps(export.lines("error"))


def test_however_many_are_unknown_only_some_are_told(program, institution, record):
    many = ",".join(["Patient", *(f"Shoe{number}" for number in range(2_000))])
    unknown = [{"name": f"shoe{number}", "valueString": "x"} for number in range(2_000)]
    asked = [{"name": "_type", "valueString": many}, *unknown]
    refused = by_post(program, "$export", *asked, prefer="respond-async, handling=strict")
    assert (refused.status_code, len(issues_of(refused))) == (400, 20)
    taken = by_post(program, "$export", *asked, prefer="respond-async, handling=lenient")
    work(institution)
    export = Exported(program, taken["Content-Location"])
    assert len(export.names()) == 2
    assert len(export.lines("error")) == 40


def test_nobody_has_more_exports_than_one_may(program, institution, monkeypatch, record):
    first = begin(program, "$export?_type=Patient")
    begin(program, "$export?_type=Patient")
    refused = program.get("$export?_type=Patient", **ASYNC)
    assert (refused.status_code, refused["Retry-After"]) == (429, "60")
    assert issues_of(refused)[0]["code"] == "throttled"
    work(institution)
    monkeypatch.setattr(bulk_exports, "MOST_KEPT", 2)
    assert program.get("$export?_type=Patient", **ASYNC).status_code == 429
    # Somebody else has room.
    other = add_member(institution, "COORDINATOR", email="o@north.example", name="Other")
    begin(program_of(institution, other), "$export?_type=Patient")
    assert program.ask("DELETE", first.status).status_code == 202
    begin(program, "$export?_type=Patient")


def test_exporting_needs_its_right_and_each_type_its_own(program_as, institution):
    refused = program_as("CLINICIAN").get("$export", **ASYNC)
    assert refused.status_code == 403
    issues_of(refused)
    coordinator = program_as("COORDINATOR")
    assert coordinator.get("$export?_type=AuditEvent", **ASYNC).status_code == 403
    south = make_institution(slug="south", name="South")
    stranger = program_of(south, add_member(south, "COORDINATOR", email="s@s.example", name="S"))
    stranger.slug = "north"
    assert stranger.get("$export", **ASYNC).status_code == 401
