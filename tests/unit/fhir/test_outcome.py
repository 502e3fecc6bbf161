"""Refusals, translated in one place."""

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404
from rest_framework.exceptions import NotAuthenticated, ParseError, Throttled, ValidationError

from cases.fhir.outcome import (
    FhirError,
    Gone,
    exception_handler,
    outcome,
    translated,
)
from cases.r4.issue import Code, Issue, Severity
from cases.services.errors import Changed, Invalid, Refused
from cases.services.idempotency import KeyReused


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Invalid({"birth_date": ["It is in the future."]}), 422, "value"),
        (ValidationError({"a": {"b": ["Bad."]}}), 422, "value"),
        (Http404(), 404, "not-found"),
        (PermissionDenied(), 403, "forbidden"),
        (Changed(seen=1, current=2), 412, "conflict"),
        (Refused("It is signed."), 409, "conflict"),
        (KeyReused("Used."), 422, "business-rule"),
        (SuspiciousOperation(), 400, "invalid"),
        (ParseError("No JSON."), 400, "structure"),
        (NotAuthenticated(), 401, "login"),
        (Throttled(wait=2.5), 429, "throttled"),
        (Gone("Gone."), 410, "deleted"),
    ],
)
def test_an_error_becomes_an_outcome(error, status, code):
    known = translated(error)
    assert isinstance(known, FhirError)
    assert known.status == status
    assert [issue.code for issue in known.issues] == [code]


def test_every_reason_is_an_issue_of_its_own():
    answer = exception_handler(Invalid({"a": ["One.", "Two."], "": ["Three."]}), {})
    issues = answer.data["issue"]
    assert [issue["diagnostics"] for issue in issues] == ["a: One.", "a: Two.", "Three."]
    assert issues[0]["expression"] == ["a"]
    assert "expression" not in issues[2]


def test_how_long_to_wait_is_told():
    assert exception_handler(Throttled(wait=2.5), {})["Retry-After"] == "3"


def test_a_fault_of_ours_is_no_outcome_of_theirs():
    assert exception_handler(RuntimeError("secret"), {}) is None


def test_an_outcome_needs_an_issue():
    (issue,) = outcome(())["issue"]
    assert issue["severity"] == Severity.INFORMATION
    assert outcome([Issue(Code.VALUE)])["issue"] == [{"severity": "error", "code": "value"}]
