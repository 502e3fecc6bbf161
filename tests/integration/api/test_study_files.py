"""Files of studies are brought, fetched whole or in part, confirmed and discarded."""

import hashlib

import pytest
from django.test import Client

from cases.models import StudyFile, StudyFilePart
from cases.models.study_file import FileState, VirusCheck
from cases.services import virus_checks
from tests.factories.clients import Machine, make_client
from tests.factories.dicom import pdf
from tests.integration.api.conftest import Script, faults, problem
from tumorboard.audit.models import AuditEntry
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

PDF = "application/pdf"


@pytest.fixture
def place(rows):
    return f"studies/{rows.study}/files/"


def bring(script, place, content, kind=PDF, **headers):
    return script.post(place, content, content_type=kind, headers=headers)


def body_of(answer) -> bytes:
    return b"".join(answer.streaming_content)


def test_a_file_is_brought_and_fetched(script, place, institution, audited):
    content = pdf()
    made = bring(script, place, content, **{"idempotency-key": "file-1"})
    assert made.status_code == 201, made.content
    file = made.json()
    assert (file["kind"], file["state"], file["size"]) == ("pdf", "stored", len(content))
    assert file["sha256"] == hashlib.sha256(content).hexdigest()
    again = bring(script, place, content, **{"idempotency-key": "file-1"})
    assert (again.json(), again["Idempotency-Replayed"]) == (file, "true")
    got = script.get(f"study-files/{file['id']}/file/")
    assert (got.status_code, body_of(got)) == (200, content)
    assert got["Content-Type"] == PDF
    assert got["Content-Disposition"] == 'attachment; filename="study-file.pdf"'
    with institution_scope(institution):
        assert AuditEntry.objects.filter(action="case.study_file.downloaded").exists()


def test_a_part_of_a_file_is_fetched(script, place):
    content = pdf()
    file = bring(script, place, content).json()["id"]
    got = script.get(f"study-files/{file}/file/", headers={"range": "bytes=5-8"})
    assert (got.status_code, body_of(got)) == (206, content[5:9])
    assert got["Content-Range"] == f"bytes 5-8/{len(content)}"
    rest = script.get(
        f"study-files/{file}/file/", headers={"range": "bytes=5-", "if-range": got["ETag"]}
    )
    assert body_of(rest) == content[5:]


def test_what_is_no_such_file_is_refused_with_the_reason(script, place, institution):
    assert "file" in faults(bring(script, place, b"no pdf"))
    assert "file" in faults(bring(script, place, pdf(), kind="image/png"))
    assert "Content-Length" in faults(bring(script, place, b""))["file"][0]
    assert bring(script, place, b"{}", kind="application/json").status_code == 415
    missing = "studies/00000000-0000-0000-0000-000000000007/files/"
    assert bring(script, missing, pdf()).status_code == 404
    with institution_scope(institution):
        assert not StudyFile.objects.exists()


def test_a_file_that_is_too_long_is_refused(script, place, monkeypatch):
    monkeypatch.setattr("cases.api.files.FILE_BYTES", 10)
    assert problem(bring(script, place, pdf()))["status"] == 413


def test_a_file_twice_is_refused(script, place):
    assert bring(script, place, pdf()).status_code == 201
    assert "already" in faults(bring(script, place, pdf()))["file"][0]


def test_a_file_with_a_virus_is_not_kept(script, place, institution, monkeypatch):
    found = virus_checks.Look(VirusCheck.INFECTED, "Test.Virus")
    monkeypatch.setattr(virus_checks, "look", lambda content: found)
    file = bring(script, place, pdf()).json()
    assert (file["state"], file["virus_check"]) == ("infected", "infected")
    assert script.get(f"study-files/{file['id']}/file/").status_code == 404
    with institution_scope(institution):
        assert not StudyFilePart.objects.exists()


def test_a_held_file_is_confirmed_by_a_person_and_discarded(script, place, institution):
    file = bring(script, place, pdf()).json()["id"]
    with institution_scope(institution):
        StudyFile.objects.update(state=FileState.HELD)
    path = f"study-files/{file}/"
    assert script.get(f"{path}file/").status_code == 404
    held = script.get(path)
    assert held.json()["state"] == "held"
    blind = script.ask("PATCH", path, {"state": "stored"})
    assert blind.status_code == 428
    tag = {"if-match": held["ETag"]}
    stored = script.ask("PATCH", path, {"state": "stored"}, headers=tag)
    assert (stored.status_code, stored.json()["state"]) == (200, "stored")
    assert script.ask("PATCH", path, {"state": "stored"}, headers=tag).status_code == 412
    assert script.ask("DELETE", path, headers=tag).status_code == 412
    assert script.ask("DELETE", path, headers={"if-match": stored["ETag"]}).status_code == 204
    assert script.get(path).status_code == 404
    with institution_scope(institution):
        assert not StudyFilePart.objects.exists()


def test_a_system_brings_and_fetches_and_confirms_nothing(institution, administrator, place):
    registered = make_client(institution, administrator, granted=["system/ImagingStudy.crus"])
    token = Machine(str(registered.pk)).token(scope="system/ImagingStudy.crus")
    machine = Script(institution, token, Client(raise_request_exception=False))
    made = bring(machine, place, pdf())
    assert made.status_code == 201, made.content
    path = f"study-files/{made.json()['id']}/"
    assert body_of(machine.get(f"{path}file/")) == pdf()
    refused = machine.ask("PATCH", path, {"state": "stored"}, headers={"if-match": "*"})
    assert refused.status_code == 403
    assert machine.ask("DELETE", path, headers={"if-match": "*"}).status_code == 204
