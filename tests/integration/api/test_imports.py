"""Many cases at once: a table is sent, its columns are named, a worker writes; each row is told."""

import io

import openpyxl
import pytest
from django.utils import timezone

import cases.jobs  # noqa: F401 - registers what the worker does
from cases.models import Case, ImportFile
from cases.models.study_file import VirusCheck
from cases.services import virus_checks
from tests.integration.api.conftest import faults, problem
from tests.integration.imports.conftest import woken  # noqa: F401 - a broker that remembers
from tumorboard.audit.models import AuditEntry
from tumorboard.outbox import queue
from tumorboard.outbox.models import OutboxMessage, OutboxSignal
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

CSV, LINES = "text/csv", "application/x-ndjson"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TABLE = "MRN,Ki-67,Remarks\nN-1,4.5,x\nN-2,101,\nN-3,,\n"


def send(script, content=TABLE, kind=CSV, **headers):
    return script.post("imports/", content, content_type=kind, headers=headers)


def work(institution) -> None:
    """What a worker does until nothing is left."""
    while True:
        with institution_scope(institution):
            waiting = OutboxMessage.objects.filter(state="waiting")
            message = waiting.filter(topic__in=["import.rows", "export.rows"]).first()
        if message is None:
            return
        OutboxSignal.objects.filter(pk=message.pk).update(due_at=timezone.now())
        queue.deliver(str(message.pk))


def test_a_table_is_sent_named_and_written(script, institution, audited):
    audited()
    made = send(script)
    assert made.status_code == 201, made.content
    assert (made.json()["state"], made.json()["row_count"]) == ("uploaded", 3)
    assert made.json()["columns"] == ["MRN", "Ki-67", "Remarks"]
    assert made.json()["rows"]["waiting"] == 3
    mapping = made.json()["mapping"]
    assert (mapping["MRN"], mapping["Remarks"]) == ("record_number", "")
    path = made["Location"].partition("/north/")[2]
    assert script.get(path).json() == made.json()
    early = script.ask("PATCH", path, {"state": "running"}, headers={"if-match": made["ETag"]})
    assert (early.status_code, "Check the rows" in problem(early)["detail"]) == (409, True)
    checked = script.ask("PATCH", path, {"mapping": mapping}, headers={"if-match": made["ETag"]})
    assert checked.json()["state"] == "checked"
    assert checked.json()["rows"] == {"waiting": 0, "good": 2, "bad": 1, "known": 0, "written": 0}
    (bad,) = script.get(f"{path}rows/?state=bad").json()["results"]
    assert (bad["line"], bad["case"]) == (3, None)
    assert [(e["column"], e["field"], e["value"]) for e in bad["errors"]] == [
        ("Ki-67", "ki67_percent", "101")
    ]
    with institution_scope(institution):
        assert not Case.objects.exists()
    running = script.ask("PATCH", path, {"state": "running"}, headers={"if-match": checked["ETag"]})
    assert running.json()["state"] == "running"
    work(institution)
    done = script.get(path).json()
    assert (done["state"], done["done_count"], done["has_stopped"]) == ("done", 2, False)
    audited()
    written = script.get(f"{path}rows/?state=written&sort=-id").json()["results"]
    assert [row["line"] for row in written] == [4, 2]
    with institution_scope(institution):
        assert {row["case"] for row in written} == {str(case.pk) for case in Case.objects.all()}
        shown = AuditEntry.objects.filter(action="import.rows.read").latest("at").shown
    assert {str(key) for key in shown} == {row["case"] for row in written}
    again = script.ask("PATCH", path, {"state": "running"}, headers={"if-match": "*"})
    assert again.status_code == 409


def test_workbooks_and_lines_of_json_are_tables_too(script):
    book = openpyxl.Workbook()
    for row in (("MRN", "Grade"), ("N-1", 2)):
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    lines = '{"MRN": "N-1", "Ki-67": 4.5}\n{"MRN": "N-2", "metastatic": true}\n'
    for sent, kind, count in ((content.getvalue(), XLSX, 1), (lines, LINES, 2)):
        made = send(script, sent, kind)
        assert made.status_code == 201, made.content
        assert made.json()["row_count"] == count


def test_what_is_no_table_is_refused_and_nothing_is_kept(script, institution):
    for content, kind in (
        ("", CSV),
        ("only one column\n1\n", CSV),
        ("a,b\n1,2,3\n", CSV),
        (TABLE, XLSX),
        (TABLE, LINES),
        ('{"a": [1], "b": 2}', LINES),
        (b"PK\x03\x04nonsense", XLSX),
        (b"\xff\xfe\x00", CSV),
    ):
        assert list(faults(send(script, content, kind))) == [""], content
    assert send(script, TABLE, "application/json").status_code == 415
    assert send(script, TABLE, "application/pdf").status_code == 415
    assert send(script, "a,b\n" + "1,2\n" * 900_000).status_code == 413
    with institution_scope(institution):
        assert not ImportFile.objects.exists()


def test_columns_that_mean_nothing_are_told(script):
    made = send(script)
    path = f"imports/{made.json()['id']}/"
    for mapping, field in (
        ({"MRN": "record_number", "Ki-67": "colour"}, "mapping.Ki-67"),
        ({"MRN": "record_number", "Age": "sex"}, "mapping.Age"),
        ({"Ki-67": "ki67_percent"}, "mapping"),
        ({"MRN": "record_number", "Remarks": "record_number"}, "mapping.Remarks"),
        ({"MRN": 7}, "mapping.MRN"),
        ("x", "mapping"),
    ):
        answer = script.ask("PATCH", path, {"mapping": mapping}, headers={"if-match": "*"})
        assert field in str(faults(answer)), mapping
    for body in ({"state": "done"}, {"name": "x"}):
        assert faults(script.ask("PATCH", path, body, headers={"if-match": "*"}))


def test_a_table_sent_again_is_one_import(script, institution):
    key = {"idempotency-key": "import-1"}
    first = send(script, **key)
    again = send(script, **key)
    assert (again.json(), again["Idempotency-Replayed"]) == (first.json(), "true")
    assert send(script, TABLE + "N-4,,\n", **key).status_code == 422
    with institution_scope(institution):
        assert ImportFile.objects.count() == 1


def test_that_somebody_sent_a_virus_stays_in_the_audit(script, monkeypatch, audited):
    """ASVS v5.0.0-5.4.3: files from untrusted sources are scanned."""
    seen = virus_checks.Look(VirusCheck.INFECTED, "Eicar")
    monkeypatch.setattr(virus_checks, "look", lambda _: seen)
    audited()
    assert "Eicar" in str(faults(send(script)))
    assert [action for action, _ in audited()] == ["import.infected"]


def test_who_may_not_import_sends_nothing(script_as):
    assert send(script_as("CLINICIAN")).status_code == 403
