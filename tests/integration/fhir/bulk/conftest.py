"""A program that exports, a worker that collects, and records to be exported."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from django.utils import timezone

import cases.fhir.jobs  # noqa: F401 - registers what the worker does
from cases.models import FactAnswer
from cases.services import bulk_exports
from tests.integration.fhir.conftest import Program
from tests.integration.fhir.writing import samples
from tests.integration.fhir.writing.server import server_of
from tumorboard.accounts.models import User
from tumorboard.outbox import queue
from tumorboard.outbox.models import OutboxMessage, OutboxSignal
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope

ASYNC = {"prefer": "respond-async"}


@pytest.fixture(autouse=True)
def broker(monkeypatch):
    """One that only remembers."""
    monkeypatch.setattr(queue.deliver, "apply_async", lambda *args, **options: None)


def step(institution: Institution) -> bool:
    """What a worker does with one message; False where none waits."""
    with institution_scope(institution):
        waiting = OutboxMessage.objects.filter(state="waiting", topic=bulk_exports.TOPIC)
        message = waiting.order_by("id").first()
        if message is None:
            return False
        OutboxSignal.objects.filter(pk=message.pk).update(due_at=timezone.now())
    queue.deliver(str(message.pk))
    return True


def work(institution: Institution) -> int:
    """What a worker does until nothing is left; how many steps it took."""
    steps = 0
    while step(institution):
        steps += 1
    return steps


@dataclass
class Exported:
    """One export as its program sees it."""

    program: Program
    status: str

    def ask(self) -> Any:
        """The answer of its status."""
        return self.program.get(self.status)

    @property
    def manifest(self) -> dict[str, Any]:
        """What is there."""
        answer = self.ask()
        assert answer.status_code == 200, answer.content
        found: dict[str, Any] = answer.json()
        return found

    def lines(self, kind: str = "output") -> list[dict[str, Any]]:
        """All that is in the files of a kind."""
        found = []
        for file in self.manifest[kind]:
            answer = self.program.get(file["url"], accept="application/fhir+ndjson")
            assert (answer.status_code, answer["Content-Type"]) == (200, "application/fhir+ndjson")
            lines = [json.loads(line) for line in answer.content.decode().splitlines()]
            assert len(lines) == file["count"]
            assert {each["resourceType"] for each in lines} == {file["type"]}
            found += lines
        return found

    def names(self) -> list[str]:
        """Type and id of each resource."""
        return [f"{each['resourceType']}/{each['id']}" for each in self.lines()]


def begin(program: Program, path: str = "$export", **headers: str) -> Exported:
    """An export that was asked for."""
    answer = program.get(path, **{**ASYNC, **headers})
    assert (answer.status_code, answer.content) == (202, b""), answer.content
    return Exported(program, answer["Content-Location"])


def exported(institution: Institution, program: Program, path: str, **headers: str) -> Exported:
    """An export that is whole."""
    export = begin(program, path, **headers)
    work(institution)
    return export


@pytest.fixture
def record(institution: Institution, coordinator: User) -> dict[str, str]:
    """Two patients, each with a tumor and a value: their names by words."""
    server = server_of(institution, coordinator)
    found = {}
    for who, number in (("ada", "H-1"), ("emmy", "H-2")):
        born = {"name": [{"family": who.title()}], "birthDate": f"19{len(who)}2-03-23"}
        person = server.made(samples.patient(number, **born))
        subject = f"Patient/{person['id']}"
        tumor = server.made(samples.tumor(subject))
        # The codes of a tumor answer something of the case, which is an Observation too.
        with institution_scope(institution):
            answer = FactAnswer.objects.get(case=tumor["id"])
        value = server.made(samples.chromogranin(subject, 90 + len(who)))
        found |= {
            who: subject,
            f"{who}'s tumor": f"Condition/{tumor['id']}",
            f"{who}'s answer": f"Observation/{answer.pk}",
            f"{who}'s value": f"Observation/{value['id']}",
        }
    return found
