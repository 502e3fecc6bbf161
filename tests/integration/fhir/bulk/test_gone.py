"""What an export says was deleted: by file and line, and of whom."""

import pytest

from cases.fhir.bulk import gone
from tests.integration.fhir.bulk.conftest import exported

pytestmark = pytest.mark.django_db
SINCE = "_since=2020-01-01T00:00:00Z"


def deleted(export):
    return [each["request"]["url"] for line in export.lines("deleted") for each in line["entry"]]


def test_many_deletions_stand_on_several_lines_and_in_several_files(
    program, institution, record, monkeypatch
):
    for whose in ("ada's value", "emmy's value"):
        assert program.ask("DELETE", record[whose]).status_code == 204
    both = sorted([record["ada's value"], record["emmy's value"]])
    monkeypatch.setattr(gone, "A_LINE", 1)
    two_lines = exported(institution, program, f"$export?_type=Observation&{SINCE}")
    assert [file["count"] for file in two_lines.manifest["deleted"]] == [2]
    assert sorted(deleted(two_lines)) == both
    monkeypatch.setattr(gone, "A_FILE", 1)
    two_files = exported(institution, program, f"$export?_type=Observation&{SINCE}")
    assert [file["count"] for file in two_files.manifest["deleted"]] == [1, 1]
    assert sorted(deleted(two_files)) == both


def test_a_kept_document_that_was_deleted_was_of_its_own_type_alone(program, institution, record):
    mood = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "Mood"},
        "subject": {"reference": record["ada"]},
    }
    made = program.ask("POST", "Observation", mood)
    assert made.status_code == 201, made.content
    key = made.json()["id"]
    assert program.ask("DELETE", f"Observation/{key}").status_code == 204
    export = exported(institution, program, f"Patient/$export?{SINCE}")
    assert deleted(export) == [f"Observation/{key}"]
    assert program.get(f"Observation/{key}").status_code == 410
    assert program.get(f"Procedure/{key}").status_code == 404
    assert program.get(f"Procedure/{key}/_history").status_code == 404
