"""Many cases out: a table is asked for, collected by a worker, fetched for an hour."""

import csv
import datetime
import io
import json

import openpyxl
import pytest
from django.utils import timezone

from cases.models import Case, Erasure, ExportFile
from cases.services import erasures, export_files, exports
from tests.factories.cases import make_case
from tests.factories.people import add_member
from tests.integration.api.conftest import faults, problem, script_of
from tests.integration.api.test_imports import work
from tests.integration.imports.conftest import woken  # noqa: F401 - a broker that remembers
from tumorboard.audit.models import AuditEntry
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(institution, coordinator) -> None:
    """Three cases."""
    with institution_scope(institution):
        for name in ("Rivera", "=cmd", "Okafor"):
            make_case(by=coordinator, family_name=name)


def finished(script, institution, **body) -> str:
    """The address of an export that is done."""
    made = script.post("exports/", body)
    assert made.status_code == 201, made.content
    work(institution)
    return f"exports/{made.json()['id']}/"


def test_cases_are_collected_and_fetched(script, institution, three, audited, monkeypatch):
    monkeypatch.setattr(export_files, "CHUNK", 2)
    made = script.post("exports/", {"columns": ["diagnosis", "gaps"]})
    assert made.status_code == 201, made.content
    row = made.json()
    assert (row["state"], row["row_count"], row["done_count"]) == ("running", 3, 0)
    assert (row["file"], row["has_stopped"]) == (None, False)
    early = script.get(f"exports/{row['id']}/file/")
    assert (early.status_code, "still" in problem(early)["detail"]) == (409, True)
    work(institution)
    done = script.get(f"exports/{row['id']}/").json()
    assert (done["state"], done["done_count"]) == ("done", 3)
    assert script.get("exports/").json()["results"] == [done]
    audited()
    file = script.get(done["file"].partition("/north/")[2], headers={"accept": "text/csv"})
    assert file["Content-Type"].startswith("text/csv")
    assert file["Cache-Control"] == "no-store"
    heads, *rows = csv.reader(io.StringIO(file.content.decode("utf-8-sig")))
    assert heads[-2:] == ["Diagnosis", "Gaps"]
    assert sorted(line[1] for line in rows) == ["'=cmd", "Okafor", "Rivera"]
    assert [action for action, _ in audited()] == ["export.downloaded"]
    with institution_scope(institution):
        assert AuditEntry.objects.filter(action="case.exported").count() == 3


def test_a_table_comes_as_a_workbook_or_as_lines(script, institution, three):
    path = finished(script, institution, format="xlsx")
    book = openpyxl.load_workbook(io.BytesIO(script.get(f"{path}file/").content))
    assert book.active.max_row == 4
    path = finished(script, institution, format="jsonl", columns=["diagnosis"])
    lines = script.get(f"{path}file/").content.decode().splitlines()
    assert {json.loads(line)["Family name"] for line in lines} == {"Rivera", "=cmd", "Okafor"}


def test_it_is_narrowed_by_codes_and_wrong_ones_are_told(script, institution, three):
    path = finished(script, institution, readiness="signed")
    assert script.get(path).json()["filters"] == {"readiness": "signed"}
    assert script.get(path).json()["row_count"] == 0
    assert script.get(f"{path}file/").status_code == 200
    for body, field in (
        ({"readiness": "late"}, "readiness"),
        ({"scenario": "SC-99"}, "scenario"),
        ({"columns": ["shoe size"]}, "columns"),
        ({"columns": []}, "columns"),
        ({"format": "pdf"}, "format"),
        ({"q": "Rivera"}, "q"),
    ):
        assert field in str(faults(script.post("exports/", body))), body


def test_nobody_else_gets_it_and_nobody_after_an_hour(script, institution, three, script_as):
    path = finished(script, institution)
    other = add_member(institution, "COORDINATOR", email="o@north.example", name="Other")
    for address in (path, f"{path}file/"):
        assert script_of(institution, other).get(address).status_code == 404
    clinician = script_as("CLINICIAN")
    assert clinician.get(f"{path}file/").status_code == 403
    assert clinician.post("exports/", {}).status_code == 403
    with institution_scope(institution):
        ExportFile.objects.update(requested_at=timezone.now() - datetime.timedelta(minutes=61))
    assert script.get(f"{path}file/").status_code == 404
    export_files.sweep()
    with institution_scope(institution):
        assert not ExportFile.objects.exists()


def test_too_many_cases_are_refused_at_once(script, three, monkeypatch):
    monkeypatch.setattr(export_files, "MOST", 2)
    refused = script.post("exports/", {})
    assert (refused.status_code, "Narrow" in problem(refused)["detail"]) == (409, True)


def test_what_is_hidden_while_it_is_collected_is_left_out(
    script, institution, three, monkeypatch, coordinator
):
    """ASVS v5.0.0-8.2.2: a worker sees no more than who asked."""
    asked = []
    collect = exports.table_of

    def table_of(**given):
        asked.append(given["by"])
        return collect(**given)

    monkeypatch.setattr(exports, "table_of", table_of)
    made = script.post("exports/", {})
    with institution_scope(institution):
        file = ExportFile.objects.get()
        file.cases = [*file.cases, file.pk]
        file.save(update_fields=["cases"])
    work(institution)
    done = script.get(f"exports/{made.json()['id']}/").json()
    assert (done["row_count"], done["done_count"], asked) == (3, 3, [coordinator])
    assert script.get(f"exports/{made.json()['id']}/file/").status_code == 200


def test_a_patient_who_is_erased_is_in_no_table(script, institution, three, coordinator):
    path = finished(script, institution)
    with institution_scope(institution):
        patient = Case.objects.first().patient
        erasure = erasures.erase(
            patient=patient, record_number=patient.record_number, reason="Asked for.",
            by=coordinator,
        )  # fmt: skip
        assert erasure.counts["exports"] == 1
        assert erasures.faults_of(Erasure.objects.get()) == []
    assert script.get(f"{path}file/").status_code == 404


def test_a_message_about_a_table_that_is_gone_or_done_does_nothing(script, institution, three):
    path = finished(script, institution)
    done = script.get(path).json()
    with institution_scope(institution):
        export_files.write_rows({"file": done["id"]})
        export_files.write_rows({"file": str(institution.pk)})
    assert script.get(path).json() == done
