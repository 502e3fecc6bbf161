"""A hospital's interface that talks to the FHIR server."""

import json
from dataclasses import dataclass
from typing import Any

from django.test import Client

from tumorboard.accounts.models import User
from tumorboard.accounts.tokens import issue
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope

JSON = "application/fhir+json"


@dataclass
class Server:
    """One institution's FHIR server, as somebody with a token sees it."""

    institution: Institution
    token: str
    client: Client

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The answer to one request; a body that is text or bytes goes as it is."""
        raw = body if isinstance(body, bytes | str) or body is None else json.dumps(body)
        return self.client.generic(
            method,
            f"/fhir/{self.institution.slug}{path}",
            raw or "",
            content_type=headers.pop("content_type", JSON),
            headers={
                "authorization": f"Bearer {self.token}",
                **{name.replace("_", "-"): value for name, value in headers.items()},
            },
        )

    def post(self, path: str, body: Any, **headers: str) -> Any:
        """The answer to a POST."""
        return self.ask("POST", path, body, **headers)

    def put(self, path: str, body: Any, **headers: str) -> Any:
        """The answer to a PUT."""
        return self.ask("PUT", path, body, **headers)

    def get(self, path: str, **headers: str) -> Any:
        """The answer to a GET."""
        return self.ask("GET", path, **headers)

    def made(self, resource: dict[str, Any], **headers: str) -> dict[str, Any]:
        """A resource that was created, as it was answered."""
        answer = self.post(f"/{resource['resourceType']}", resource, **headers)
        assert answer.status_code == 201, answer.content
        found: dict[str, Any] = answer.json()
        return found


def server_of(institution: Institution, user: User) -> Server:
    """The server, for somebody with a fresh token."""
    with institution_scope(institution):
        _, secret = issue(user=user, label="test", days=1, by=user)
    return Server(institution, secret, Client(raise_request_exception=False))


def issues(answer: Any) -> list[tuple[str, str]]:
    """Code and place of everything that an OperationOutcome tells."""
    body = answer.json()
    assert body["resourceType"] == "OperationOutcome", body
    return [(each["code"], (each.get("expression") or [""])[0]) for each in body["issue"]]
