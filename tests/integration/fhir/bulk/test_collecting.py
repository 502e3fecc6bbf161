"""What a worker collects: step by step, once, under the rights of the moment."""

import datetime
import uuid

import pytest
from django.utils import timezone

from cases.fhir.bulk import collecting
from cases.fhir.registry import SOURCES
from cases.models import BulkExport, BulkExportPart, Case, Patient
from cases.services import bulk_exports, erasures
from tests.factories.clients import Machine, make_client
from tests.factories.everything import one_of_everything
from tests.factories.people import add_member, make_institution
from tests.factories.restrictions import restricted
from tests.integration.fhir.bulk.conftest import begin, exported, step, work
from tests.integration.fhir.conftest import Program, issues_of, program_of
from tumorboard.accounts import clients, scopes
from tumorboard.accounts.models import Membership
from tumorboard.accounts.roles import Role
from tumorboard.audit.models import AuditEntry
from tumorboard.outbox.models import OutboxMessage
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db
TYPES = "$export?_type=Patient,Condition,Observation"


@pytest.fixture
def small(monkeypatch):
    """Steps of two rows."""
    monkeypatch.setattr(collecting, "ROWS", 2)
    monkeypatch.setattr(collecting, "BATCH", 2)


def machine_of(institution, by, scope):
    client = make_client(institution, by, granted=scope.split(" "))
    return client, Program(institution.slug, Machine(str(client.pk)).token(scope=scope))


def test_many_rows_are_collected_in_steps(program, institution, record, small):
    export = begin(program, TYPES)
    assert step(institution)
    progress = export.ask()
    assert (progress.status_code, progress["X-Progress"]) == (202, "0%, 2 resources")
    assert work(institution) > 2
    assert sorted(export.names()) == sorted(record.values())
    assert [each["type"] for each in export.manifest["output"]].count("Observation") >= 1


def test_a_step_that_broke_is_done_again_and_nothing_is_there_twice(
    program, institution, record, small, monkeypatch
):
    export = begin(program, TYPES)
    assert step(institution)
    add_files = bulk_exports.add_files

    def broken(**given):
        add_files(**given)
        message = "the worker died here"
        raise RuntimeError(message)

    monkeypatch.setattr(collecting.services, "add_files", broken)
    step(institution)
    with institution_scope(institution):
        assert BulkExportPart.objects.count() == 1
    monkeypatch.setattr(collecting.services, "add_files", add_files)
    work(institution)
    assert sorted(export.names()) == sorted(record.values())


def test_a_message_that_comes_again_does_nothing(program, institution, record):
    export = exported(institution, program, TYPES)
    with institution_scope(institution):
        (row,) = BulkExport.objects.all()
        collecting.collect_next({"export": str(row.pk)})
        collecting.collect_next({"export": str(institution.pk)})
        assert BulkExportPart.objects.count() == 3
    assert program.ask("DELETE", export.status).status_code == 202
    assert export.ask().status_code == 404


def test_an_export_that_is_cancelled_is_gone_at_once(program, institution, record, small):
    export = begin(program, TYPES)
    assert step(institution)
    assert program.ask("DELETE", export.status).status_code == 202
    work(institution)
    assert (export.ask().status_code, program.ask("DELETE", export.status).status_code) == (
        404,
        404,
    )
    with institution_scope(institution):
        assert not BulkExportPart.objects.exists()


def test_a_collecting_that_failed_for_good_is_told(program, institution):
    export = begin(program, TYPES)
    with institution_scope(institution):
        OutboxMessage.objects.filter(topic=bulk_exports.TOPIC).update(state="failed")
    answer = export.ask()
    assert (answer.status_code, issues_of(answer)[0]["code"]) == (500, "exception")


def test_a_type_that_was_withdrawn_meanwhile_is_left_out_and_told(institution, coordinator, record):
    scope = "system/Group.rs system/Patient.rs system/Observation.rs"
    client, machine = machine_of(institution, coordinator, scope)
    export = begin(machine, "$export?_type=Patient,Observation")
    with institution_scope(institution):
        clients.set_access(
            client=client,
            granted=["system/Group.rs", "system/Patient.rs"],
            requests_per_minute=600,
            by=coordinator,
        )
    work(institution)
    assert sorted(export.names()) == sorted([record["ada"], record["emmy"]])
    assert "any more" in export.lines("error")[0]["issue"][0]["diagnostics"]


def test_a_filter_finds_nothing_by_what_was_withdrawn_meanwhile(institution, coordinator, record):
    granted = ["system/Group.rs", "system/Observation.rs"]
    client, machine = machine_of(institution, coordinator, " ".join([*granted, "system/Patient.s"]))
    narrow = "$export?_type=Observation&_typeFilter=Observation%3Fpatient._id%3D"
    export = begin(machine, narrow + record["ada"].partition("/")[2])
    with institution_scope(institution):
        clients.set_access(client=client, granted=granted, requests_per_minute=600, by=coordinator)
    work(institution)
    assert export.names() == []


def test_the_audit_names_everybody_of_whom_a_file_tells(institution, coordinator):
    """HIPAA 164.528: also where they are many."""
    about = [uuid.uuid4() for _ in range(2_500)]
    with institution_scope(institution):
        export = bulk_exports.ask(
            request="$export", asked={}, permissions=[], scopes="", by=coordinator
        )
        file = bulk_exports.File("output", "Patient", ["{}"], ["Patient"], about)
        bulk_exports.add_files(export=export, files=[file], place=None, by=coordinator)
        bulk_exports.fetch(part=export.parts.get(), by=coordinator)
        for action in ("bulk_export.collected", "bulk_export.downloaded"):
            assert set(AuditEntry.objects.get(action=action).shown) == set(about)


def test_who_lost_the_right_gets_nothing(institution, coordinator, record):
    person = add_member(institution, "COORDINATOR", email="x@north.example", name="X")
    program = program_of(institution, person)
    export = begin(program, TYPES)
    with institution_scope(institution):
        Membership.objects.filter(user=person).update(role="CLINICIAN")
    work(institution)
    assert export.ask().status_code == 403
    with institution_scope(institution):
        assert BulkExport.objects.get().state == "stopped"
        Membership.objects.filter(user=person).update(role="COORDINATOR")
    assert export.ask().status_code == 403


def test_a_client_that_was_disabled_gets_nothing(institution, coordinator, record):
    scope = "system/Group.rs system/Patient.rs"
    client, machine = machine_of(institution, coordinator, scope)
    begin(machine, "$export")
    with institution_scope(institution):
        clients.disable(client=client, by=coordinator)
    work(institution)
    with institution_scope(institution):
        assert not BulkExportPart.objects.exists()


def test_a_client_needs_the_scope_of_exports(institution, coordinator, record):
    _, machine = machine_of(institution, coordinator, "system/Patient.rs")
    assert machine.get("$export", prefer="respond-async").status_code == 403
    every = [scope for scope, _ in scopes.choices() if scope.endswith(".rs")]
    _, machine = machine_of(institution, coordinator, " ".join(every))
    export = exported(institution, machine, "$export")
    assert set(record.values()) <= set(export.names())


def test_restricted_records_are_left_out(institution, coordinator, record):
    """ASVS v5.0.0-8.2.2; HIPAA 164.312(a)(1)."""
    other = add_member(institution, "COORDINATOR", email="x@north.example", name="X")
    program = program_of(institution, other)
    export = begin(program, "$export")
    with institution_scope(institution):
        case = Case.objects.get(patient=record["ada"].partition("/")[2])
        restricted(case, coordinator, by=coordinator)
    work(institution)
    text = str(export.lines())
    assert record["emmy"] in text
    for hidden in ("ada", "ada's tumor", "ada's value"):
        assert record[hidden].partition("/")[2] not in text
    insider = exported(institution, program_of(institution, coordinator), "$export")
    assert record["ada"] in insider.names()


def test_what_is_restricted_later_is_not_given_out(institution, coordinator, record):
    """ASVS v5.0.0-8.3.2: rights that change count at once."""
    other = add_member(institution, "COORDINATOR", email="x@north.example", name="X")
    program = program_of(institution, other)
    export = exported(institution, program, "$export?_type=Patient,Practitioner")
    people, staff = export.manifest["output"]
    assert program.get(people["url"]).status_code == 200
    with institution_scope(institution):
        case = Case.objects.get(patient=record["ada"].partition("/")[2])
        restricted(case, coordinator, by=coordinator)
    refused = program.get(people["url"])
    assert refused.status_code == 409
    issues_of(refused)
    assert program.get(staff["url"]).status_code == 200


def test_what_only_names_a_record_by_its_id_is_looked_through_too(institution, coordinator, record):
    export = exported(institution, program_of(institution, coordinator), "$export?_type=Patient")
    with institution_scope(institution):
        part = BulkExportPart.objects.get()
        part.subjects = []
        part.save()
        case = Case.objects.get(patient=record["ada"].partition("/")[2])
        restricted(
            case,
            add_member(institution, "COORDINATOR", email="i@n.example", name="I"),
            by=coordinator,
        )
    (file,) = export.manifest["output"]
    assert export.program.get(file["url"]).status_code == 409


def test_nobody_else_gets_it(program, institution, coordinator, record):
    """ASVS v5.0.0-8.2.2, 8.4.1: theirs is as good as missing."""
    export = exported(institution, program, TYPES)
    file = export.manifest["output"][0]["url"]
    other = add_member(institution, "COORDINATOR", email="x@north.example", name="X")
    south = make_institution(slug="south", name="South")
    stranger = add_member(south, "COORDINATOR", email="s@south.example", name="S")
    elsewhere = program_of(south, stranger)
    for asking in (program_of(institution, other), elsewhere):
        for theirs in (export.status, file):
            path = theirs.replace("/north/", f"/{asking.slug}/")
            answer = asking.get(path)
            assert answer.status_code == 404
            missing = asking.get(f"{path[:-36]}{institution.pk}")
            assert answer.content == missing.content
        status = export.status.replace("/north/", f"/{asking.slug}/")
        assert asking.ask("DELETE", status).status_code == 404
    assert export.ask().status_code == 200


def test_a_type_is_asked_for_again_when_its_file_is_fetched(institution, coordinator, record):
    scope = "system/Group.rs system/Patient.rs system/Condition.rs"
    client, machine = machine_of(institution, coordinator, scope)
    export = exported(institution, machine, "$export?_type=Patient,Condition")
    people, tumors = export.manifest["output"]
    narrow = Program(
        "north", Machine(str(client.pk)).token(scope="system/Group.rs system/Patient.rs")
    )
    assert narrow.get(people["url"]).status_code == 200
    assert narrow.get(tumors["url"]).status_code == 403


def test_no_file_of_an_export_that_is_not_whole(program, institution, record, small):
    begin(program, TYPES)
    step(institution)
    with institution_scope(institution):
        part = BulkExportPart.objects.get()
    assert program.get(f"$export-file/{part.pk}").status_code == 404


def test_erasing_a_patient_deletes_the_exports_that_tell_of_them(
    program, institution, coordinator, record
):
    export = exported(institution, program, TYPES)
    none = exported(institution, program, "$export?_type=Practitioner")
    with institution_scope(institution):
        patient = Patient.objects.get(pk=record["ada"].partition("/")[2])
        erasure = erasures.erase(
            patient=patient,
            record_number=patient.record_number,
            reason="Asked for.",
            by=coordinator,
        )
        assert erasure.counts["bulk_exports"] == 4
    assert (export.ask().status_code, none.ask().status_code) == (404, 200)


def test_a_file_that_an_erasure_did_not_meet_is_not_given_out(
    program, institution, coordinator, record, monkeypatch
):
    """One that was being collected while the patient was erased."""
    export = exported(institution, program, "$export?_type=Patient")
    monkeypatch.setattr(erasures.bulk_exports, "forget", lambda *_: 0)
    with institution_scope(institution):
        patient = Patient.objects.get(pk=record["ada"].partition("/")[2])
        erasures.erase(
            patient=patient,
            record_number=patient.record_number,
            reason="Asked for.",
            by=coordinator,
        )
    (file,) = export.manifest["output"]
    assert program.get(file["url"]).status_code == 409


def test_files_expire(program, institution, record):
    export = exported(institution, program, TYPES)
    kept = exported(institution, program, "$export?_type=Practitioner")
    with institution_scope(institution):
        row = BulkExport.objects.get(pk=export.status[-36:])
        row.expires_at = timezone.now() - datetime.timedelta(seconds=1)
        row.save()
    assert export.ask().status_code == 404
    bulk_exports.sweep()
    with institution_scope(institution):
        assert str(BulkExport.objects.get().pk) == kept.status[-36:]


def test_everything_is_exported_of_everything(institution, coordinator):
    """Each source at least once, and what is written of it is what its address says."""
    every = add_member(
        institution, *(role.name for role in Role), email="all@north.example", name="All"
    )
    with institution_scope(institution):
        one_of_everything(by=every, word="Own")
    program = program_of(institution, every)
    export = exported(institution, program, "$export")
    lines = export.lines()
    assert len({each["resourceType"] for each in lines}) > 20
    assert len({(each["resourceType"], each["id"]) for each in lines}) == len(lines)
    assert len(SOURCES) > 60
    for each in lines[::9]:
        if each["resourceType"] != "AuditEvent":
            found = program.get(f"{each['resourceType']}/{each['id']}")
            assert found.json() == each


def test_the_time_of_an_export_is_before_all_that_is_being_written(program, institution):
    before = timezone.now()
    manifest = exported(institution, program, "$export?_type=Patient").manifest
    at = datetime.datetime.fromisoformat(manifest["transactionTime"])
    assert at <= timezone.now()
    assert manifest["transactionTime"].endswith("Z")
    assert before - at < datetime.timedelta(days=1)
