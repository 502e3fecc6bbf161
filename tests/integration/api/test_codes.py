"""The codes of problems: every one that is listed is produced, and none else."""

import json
import re
from pathlib import Path

import pytest
from django.test import RequestFactory

from cases.api import problems
from cases.api.problems import KINDS, server_error
from tests.integration.api.conftest import Script

pytestmark = pytest.mark.django_db

PAGE = Path(__file__).resolve().parents[3] / "docs" / "rest.md"
KEY = {"idempotency-key": "k"}


def _duplicate(script, rows):
    given = {"family_name": "Twin", "given_name": "Alex", "birth_date": "1960-01-01"}
    script.post("patients/", {"record_number": "T-1", **given})
    return script.post("patients/", {"record_number": "T-2", **given})


def _reused(script, rows):
    script.post("patients/", {"record_number": "T-1"}, headers=KEY)
    return script.post("patients/", {"record_number": "T-2"}, headers=KEY)


def _forbidden(script, rows):
    return script.ask("OPTIONS", "patients/")


def _too_many(script, rows):
    answers = [Script(script.institution, "tb_x", script.client).get("cases/") for _ in range(3)]
    return answers[-1]


def _changed(script, rows):
    path = f"cases/{rows.case}/"
    return script.ask("PATCH", path, {"title": "X"}, headers={"if-match": '"x"'})


#: By code, a request that gets it.
PRODUCED = {
    "bad-request": lambda s, r: s.post("patients/", b"{"),
    "unauthorized": lambda s, r: Script(s.institution, "tb_x", s.client).get("patients/"),
    "forbidden": _forbidden,
    "not-found": lambda s, r: s.get("nowhere/"),
    "method-not-allowed": lambda s, r: s.ask("DELETE", "patients/"),
    "not-acceptable": lambda s, r: s.get("patients/", headers={"accept": "text/csv"}),
    "conflict": lambda s, r: s.post("results/", {"study": str(r.study), "outcome": "stable"}),
    "possible-duplicate": _duplicate,
    "precondition-failed": _changed,
    "request-entity-too-large": lambda s, r: s.post("patients/", b" " * 1_000_001),
    "unsupported-media-type": lambda s, r: s.post("patients/", "a=b", content_type="text/plain"),
    "unprocessable-entity": lambda s, r: s.post("patients/", {}),
    "idempotency-key-reused": _reused,
    "precondition-required": lambda s, r: s.ask("PATCH", f"cases/{r.case}/", {"title": "X"}),
    "too-many-requests": _too_many,
    "internal-server-error": lambda s, r: server_error(RequestFactory().get("/api/v1/")),
}


@pytest.mark.parametrize("code", PRODUCED)
def test_a_code_is_produced_with_its_status_and_title(script, rows, settings, code):
    settings.RATE_FAILED_AUTHENTICATION = 2
    answer = PRODUCED[code](script, rows)
    body = json.loads(answer.content)
    kind = KINDS[code]
    assert answer["Content-Type"] == "application/problem+json"
    assert body["type"] == f"urn:tumorboard:problem:{code}"
    assert (answer.status_code, body["status"], body["title"]) == (
        kind.status,
        kind.status,
        kind.title,
    )


def test_no_code_is_left_out():
    assert set(PRODUCED) == set(KINDS)
    assert set(problems.SERVICE_ERRORS.values()) <= set(KINDS)


def test_the_page_lists_the_codes_as_they_are():
    rows = re.findall(r"^\| `([a-z-]+)` \| (\d{3}) \| (.+) \|$", PAGE.read_text(), re.M)
    assert {code: (int(status), meaning) for code, status, meaning in rows} == {
        code: (kind.status, kind.meaning) for code, kind in KINDS.items()
    }
