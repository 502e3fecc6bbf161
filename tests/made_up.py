"""Requests made up from the API's description, and what must not be wrong with their answers.

Schemathesis makes them: those that the description allows, and those that it forbids. So that they
get past the first question, ids in them are often those of rows that are there, of the caller's
institution or of another one.
"""

import random
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.integration.isolation.answers import IN_ANY_CASE
from tests.integration.isolation.fields import KIND_OF
from tests.integration.isolation.routes import all_routes
from tests.integration.isolation.world import World

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
#: How often an id is one of ours, and one of the other institution; else what was made up.
OURS, THEIRS = 0.6, 0.2


@dataclass
class Found:
    """How many answers there were by status, and what was wrong with some."""

    statuses: Counter[int] = field(default_factory=Counter)
    faults: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        by_status = ", ".join(f"{code}: {n}" for code, n in sorted(self.statuses.items()))
        lines = [f"{sum(self.statuses.values())} requests ({by_status}); {len(self.faults)} faults"]
        return "\n".join([*lines, *(f"  {name}: {said}" for name, said in self.faults.items())])


class MadeUp:
    """Sends made-up requests to every operation and judges the answers."""

    def __init__(self, schema: Any, world: World, *, token: str, number: int) -> None:
        self.schema, self.world, self.token = schema, world, token
        self.choose = random.Random(number)
        self.number = number
        self.named = dict(_named(world))
        self.found = Found()

    def send(self, case: Any) -> Any:
        """What is answered to one request."""
        return case.call(headers=self.headers(case))

    def headers(self, case: Any) -> dict[str, str]:
        """The token, and a version that lets changes through."""
        changes = case.method.upper() in ("PATCH", "PUT", "DELETE")
        return {"Authorization": f"Bearer {self.token}", **({"If-Match": "*"} if changes else {})}

    def try_every_operation(self, *, most: int) -> Found:
        """At most `most` requests of each kind to each operation."""
        for result in self.schema.get_all_operations():
            for mode in GenerationMode:
                self._try(result.ok(), mode, most)
        return self.found

    def _try(self, operation: Any, mode: GenerationMode, most: int) -> None:
        @seed(self.number)
        @settings(
            max_examples=most,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            verbosity=Verbosity.quiet,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def judged(case: Any) -> None:
            self._judge(operation, case)

        judged()

    def _judge(self, operation: Any, case: Any) -> None:
        case.path_parameters = {"slug": "north", **self._ids(operation.path)}
        case.headers = None
        if isinstance(case.body, dict):
            case.body = {name: self._filled(name, value) for name, value in case.body.items()}
        if isinstance(case.query, dict):
            case.query = {name: self._filled(name, value) for name, value in case.query.items()}
        answer = self.send(case)
        self.found.statuses[answer.status_code] += 1
        place = f"{case.method} {operation.path}"
        if IN_ANY_CASE.search(answer.content):
            self.found.faults[f"{place} shows theirs"] = str(answer.content[:300])
        try:
            case.validate_response(answer, checks=CHECKS)
        except FailureGroup as group:
            for fault in group.exceptions:
                said = f"{fault.message} | {answer.status_code} {answer.content[:300]!r}"
                self.found.faults.setdefault(
                    f"{place} {fault.title}", f"{said} {case.body!r}"[:900]
                )

    def _ids(self, path: str) -> dict[str, str]:
        if "{id}" not in path:
            return {}
        return {"id": self._row(self.named.get(path), str(uuid.uuid4()))}

    def _filled(self, name: str, value: Any) -> Any:
        kind = KIND_OF.get(name)
        return self._row(kind, value) if kind and isinstance(value, str) else value

    def _row(self, kind: Any, otherwise: Any) -> Any:
        chance = self.choose.random()
        rows = self.world.ours if chance < OURS else self.world.theirs
        if kind is None or chance > OURS + THEIRS:
            return otherwise
        names: Mapping[str, Any] = {**vars(rows), **rows.api}
        return str(names.get(kind, otherwise))


def _named(world: World) -> Iterator[tuple[str, str]]:
    """The name of the route of each address that holds an id."""
    for route in all_routes():
        if route.name in world.ours.api:
            path = route.pattern.replace("<slug:slug>", "{slug}").replace("<uuid:pk>", "{id}")
            yield path, route.name


def schema_of(application: Any) -> Any:
    """The API's description with the application that it describes."""
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


def schema_at(url: str) -> Any:
    """The API's description as a running server gives it."""
    return schemathesis.openapi.from_url(f"{url}/api/v1/openapi.json")
