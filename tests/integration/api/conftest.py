"""A script with a token, and records to work on."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cases.services import results, studies
from tests.factories.cases import STAGING, make_case
from tests.factories.people import add_member
from tumorboard.accounts.models import User
from tumorboard.accounts.tokens import issue
from tumorboard.audit.models import AuditEntry
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope


@dataclass
class Script:
    """What a person's script does: requests with a token, answers as JSON."""

    institution: Institution
    token: str
    client: Client

    def ask(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """The answer to one request; a `body` that is bytes or text is sent as it is."""
        raw = body if isinstance(body, bytes | str) or body is None else json.dumps(body)
        headers = {"authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        more.setdefault("content_type", "application/json")
        return self.client.generic(
            method,
            f"/api/v1/i/{self.institution.slug}/{path}",
            raw if raw is not None else "",
            headers=headers,
            **more,
        )

    def get(self, path: str, **more: Any) -> Any:
        """The answer to a GET."""
        return self.ask("GET", path, **more)

    def post(self, path: str, body: Any, **more: Any) -> Any:
        """The answer to a POST."""
        return self.ask("POST", path, body, **more)


def script_of(institution: Institution, user: User) -> Script:
    """A script with a fresh token of the person."""
    with institution_scope(institution):
        _, secret = issue(user=user, label="test", days=1, by=user)
    return Script(institution, secret, Client(raise_request_exception=False))


def faults(response: Any) -> dict[str, list[str]]:
    """The reasons of a 422, by field; checks the form of the problem."""
    assert response.status_code == 422, response.content
    body = problem(response)
    found: dict[str, list[str]] = {}
    for fault in body["errors"]:
        found.setdefault(fault["field"], []).append(fault["reason"])
    return found


def problem(response: Any) -> dict[str, Any]:
    """The problem that was answered; checks its form."""
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == response.status_code
    assert body["type"].startswith("urn:tumorboard:problem:")
    assert body["title"]
    assert set(body) <= {"type", "title", "status", "detail", "errors", "current", "sent"}
    return body


@pytest.fixture
def script(institution: Institution, coordinator: User) -> Script:
    """A coordinator's script."""
    return script_of(institution, coordinator)


@pytest.fixture
def script_as(institution: Institution) -> Callable[[str], Script]:
    """A script of somebody with a role."""

    def make(role: str) -> Script:
        email = f"{role.lower()}@north.example"
        return script_of(institution, add_member(institution, role, email=email, name=role))

    return make


def make_rows(institution: Institution, by: User, **names: str) -> SimpleNamespace:
    """One row of everything: `open_study` has no result yet, `study` has."""
    with institution_scope(institution):
        case = make_case(by=by, **STAGING, **names)
        today = timezone.localdate()
        study = studies.add(case=case, modality="CT", performed_on=today, by=by)
        result = results.enter(study=study, outcome="negative", by=by)
        open_study = studies.add(case=case, modality="MRI", performed_on=today, by=by)
        case.refresh_from_db()
        record_number = case.patient.record_number
    return SimpleNamespace(
        patient=case.patient_id,
        case=case.id,
        study=study.id,
        open_study=open_study.id,
        result=result.id,
        assessment=case.assessment_id,
        record_number=record_number,
        version=case.version,
    )


@pytest.fixture
def rows(institution: Institution, coordinator: User) -> SimpleNamespace:
    """One row of everything."""
    return make_rows(institution, coordinator)


def make_theirs(institution: Institution) -> SimpleNamespace:
    """One row of everything in an institution of others, whose texts all say so."""
    by = add_member(institution, "COORDINATOR", email="sam@south.example", name="Sam South")
    return make_rows(institution, by, family_name="Canary", given_name="Canary", title="Canary")


@pytest.fixture
def theirs(other_institution: Institution) -> SimpleNamespace:
    """One row of everything in the other institution."""
    return make_theirs(other_institution)


@pytest.fixture
def audited(institution: Institution) -> Callable[[], list[tuple[str, Any]]]:
    """Reads what the audit says since the last reading, oldest first: action and subject."""
    seen: set[Any] = set()

    def read() -> list[tuple[str, Any]]:
        with institution_scope(institution):
            entries = AuditEntry.objects.order_by("at", "id")
            new = [entry for entry in entries if entry.id not in seen]
        seen.update(entry.id for entry in new)
        return [(entry.action, entry.subject_id) for entry in new]

    read()
    return read
