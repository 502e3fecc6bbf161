"""A program that asks the FHIR server, and records for it to find."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client

from tests.factories.people import add_member
from tumorboard.accounts.models import User
from tumorboard.accounts.tokens import issue
from tumorboard.audit.models import AuditEntry
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope

FHIR = "application/fhir+json"


@dataclass
class Program:
    """What somebody's program does: requests with a token, answers as FHIR."""

    slug: str
    token: str
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The answer to one request; header names with underscores for hyphens."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        kind = given.pop("content-type", FHIR)
        raw = body if isinstance(body, bytes | str) or body is None else json.dumps(body)
        # Whoever follows a link has the whole address.
        address = f"/fhir/{self.slug}/{path}" if not path.startswith("http") else path
        return self.client.generic(
            method,
            address.removeprefix("http://localhost:8000"),
            raw if raw is not None else "",
            content_type=kind,
            headers={"authorization": f"Bearer {self.token}", **given},
        )

    def get(self, path: str, **headers: str) -> Any:
        """The answer to a GET."""
        return self.ask("GET", path, **headers)

    def search(self, resource_type: str, body: str, **headers: str) -> Any:
        """The answer to a search by POST."""
        form = {"content_type": "application/x-www-form-urlencoded"}
        return self.ask("POST", f"{resource_type}/_search", body, **form, **headers)


def program_of(institution: Institution, user: User) -> Program:
    """A program with a fresh token of the person."""
    with institution_scope(institution):
        _, secret = issue(user=user, label="test", days=1, by=user)
    return Program(institution.slug, secret)


def issues_of(answer: Any) -> list[dict[str, Any]]:
    """The issues of an OperationOutcome; checks its form."""
    assert answer["Content-Type"] == FHIR, answer.content
    body = answer.json()
    assert body["resourceType"] == "OperationOutcome", body
    assert body["issue"]
    return body["issue"]


def ids_of(answer: Any, mode: str = "match") -> list[str]:
    """The ids of the entries of a searchset."""
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert (body["resourceType"], body["type"]) == ("Bundle", "searchset")
    entries = body.get("entry", [])
    return [each["resource"].get("id") for each in entries if each["search"]["mode"] == mode]


def link_of(answer: Any, relation: str = "next") -> str | None:
    """The address of another page."""
    links = {each["relation"]: each["url"] for each in answer.json()["link"]}
    return links.get(relation)


@pytest.fixture
def program(institution: Institution, coordinator: User) -> Program:
    """A coordinator's program."""
    return program_of(institution, coordinator)


@pytest.fixture
def program_as(institution: Institution) -> Callable[[str], Program]:
    """A program of somebody with a role."""

    def make(role: str) -> Program:
        email = f"{role.lower()}@north.example"
        return program_of(institution, add_member(institution, role, email=email, name=role))

    return make


@pytest.fixture
def audited(institution: Institution) -> Callable[[], list[AuditEntry]]:
    """Reads what the audit says since the last reading, oldest first."""
    seen: set[Any] = set()

    def read() -> list[AuditEntry]:
        with institution_scope(institution):
            new = [e for e in AuditEntry.objects.order_by("at", "id") if e.id not in seen]
        seen.update(entry.id for entry in new)
        return new

    read()
    return read
