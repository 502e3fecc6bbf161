"""The commands of docs/fhir.md, run from top to bottom as they stand there."""

import re
from pathlib import Path

import pytest

from cases.services import patients
from tests.integration.api.test_rest_page import EXPECTED, run
from tests.integration.fhir.conftest import program_of
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

TEXT = (Path(__file__).resolve().parents[3] / "docs" / "fhir.md").read_text()
#: What is kept of an answer's head; all else is of its body.
HEADERS = ("ETag", "Content-Location")


def test_every_command_gets_what_the_page_says(institution, coordinator):
    with institution_scope(institution):
        patient = patients.add(record_number="N-0001", family_name="Example", by=coordinator)
    known = {
        "FHIR": "/fhir/north",
        "TOKEN": program_of(institution, coordinator).token,
        "PATIENT": str(patient.pk),
    }
    commands = re.findall(r"```bash\n(.*?)```", TEXT, re.S)
    for command in commands:
        expected = EXPECTED.search(command)
        answer = run(command, known)
        assert answer.status_code == int(expected[1]), (command, answer.content)
        for kept in filter(None, expected[2].split("; ")):
            name, _, source = kept.partition(" = ")
            known[name] = answer[source] if source in HEADERS else answer.json()[source]
    assert len(commands) > 12
