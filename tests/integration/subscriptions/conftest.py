"""A system that follows events over FHIR, with a receiver on loopback."""

import ssl
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cases.fhir.subscriptions import guide
from cases.models import Subscription, WebhookDelivery
from cases.models.event import EventKind
from cases.r4.judging import faults
from cases.selectors.topics import address_of
from cases.services.webhooks.reach import Reach
from tests.factories.clients import Machine, make_client
from tests.integration.fhir.conftest import Program
from tests.integration.webhooks.conftest import _operator, receiver  # noqa: F401
from tests.integration.webhooks.work import work
from tests.receivers import Got, Receiver, receiving
from tumorboard.accounts.client_models import ApiClient
from tumorboard.accounts.models import User
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope

SCOPES = [
    "system/Subscription.rs",
    "system/Subscription.c",
    "system/Subscription.u",
    "system/Subscription.d",
    *(
        f"system/{name}.rs"
        for name in (
            *("List", "Appointment", "ClinicalImpression", "CarePlan", "ServiceRequest", "Task"),
            *("Condition", "Basic"),
        )
    ),
]
SECRET = "Authorization: Bearer swordfish"


def asked(address: str, kind: str = EventKind.CASE_LISTED, **given: Any) -> dict[str, Any]:
    """A Subscription as a client sends it.

    Args:
        given: `content`, `filters`, `header`, or elements of the resource.
    """
    content, filters = given.pop("content", "id-only"), given.pop("filters", [])
    header, channel = given.pop("header", [SECRET]), given.pop("channel", {})
    narrowed = [{"url": guide.FILTER, "valueString": each} for each in filters]
    return {
        "resourceType": "Subscription",
        "status": "requested",
        "reason": "To follow the board",
        "criteria": address_of(EventKind(kind)),
        **({"_criteria": {"extension": narrowed}} if narrowed else {}),
        "channel": {
            "type": "rest-hook",
            "endpoint": address,
            "payload": "application/fhir+json",
            "_payload": {"extension": [{"url": guide.CONTENT, "valueCode": content}]},
            **({"header": header} if header else {}),
            **channel,
        },
        **given,
    }


@dataclass
class Follower:
    """An API client's program, its receiver, and what it makes."""

    program: Program
    client: ApiClient
    receiver: Receiver
    institution: Institution

    def follow(self, kind: str = EventKind.CASE_LISTED, **given: Any) -> dict[str, Any]:
        """A subscription that has shaken hands, as it is read; the handshake is taken away."""
        made = self.post(asked(given.pop("address", self.receiver.address), kind, **given))
        assert made.status_code == 201, made.content
        work(self.institution)
        self.receiver.got.clear()
        return self.read(made.json()["id"])

    def post(self, body: Any, **headers: str) -> Any:
        """The answer to a create."""
        return self.program.ask("POST", "Subscription", body, **headers)

    def read(self, key: str) -> dict[str, Any]:
        """One, as it is now."""
        answer = self.program.get(f"Subscription/{key}")
        assert answer.status_code == 200, answer.content
        return answer.json()

    def put(self, body: dict[str, Any], **change: Any) -> Any:
        """The answer to an update."""
        return self.program.ask("PUT", f"Subscription/{body['id']}", {**body, **change})

    def row(self) -> Subscription:
        """The only one, with its endpoint and owner."""
        with institution_scope(self.institution):
            return Subscription.objects.select_related("endpoint", "owner").get()

    def deliveries(self) -> list[tuple[str, str, int | None]]:
        """Kind, state and number of each delivery of an event, in order."""
        with institution_scope(self.institution):
            rows = WebhookDelivery.objects.filter(event__isnull=False)
            return list(
                rows.order_by("number", "made_at", "id").values_list("kind", "state", "number")
            )


def told(got: Got) -> dict[str, Any]:
    """The status of a notification, by name; checks that the Bundle is one of R4 and the guide."""
    bundle = got.said
    assert faults(bundle) == []
    assert (bundle["resourceType"], bundle["type"]) == ("Bundle", "history")
    assert bundle["meta"]["profile"] == [guide.NOTIFICATION]
    assert got.headers["content-type"] == "application/fhir+json"
    return status(bundle)


def status(bundle: dict[str, Any]) -> dict[str, Any]:
    """What the first entry of a Bundle says; `events` are its notification events."""
    said = bundle["entry"][0]["resource"]
    assert said["meta"]["profile"] == [guide.STATUS]
    found: dict[str, Any] = {"events": []}
    for each in said["parameter"]:
        if each["name"] == "notification-event":
            found["events"].append(_parts(each))
        else:
            (value,) = [value for name, value in each.items() if name.startswith("value")]
            found[each["name"]] = value
    return found


def _parts(event: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"context": []}
    for part in event["part"]:
        (value,) = [value for name, value in part.items() if name.startswith("value")]
        if part["name"] == "additional-context":
            found["context"].append(value["reference"].partition("/fhir/north/")[2])
        elif part["name"] == "focus":
            found["focus"] = value["reference"].partition("/fhir/north/")[2]
        else:
            found[part["name"]] = value
    return found


@pytest.fixture
def follower_with(
    institution: Institution,
    administrator: User,
    receiver: Receiver,  # noqa: F811 - the fixture that stands above
) -> Callable[..., Follower]:
    """A client with some scopes."""

    def make(*scopes: str, label: str = "EHR") -> Follower:
        granted = list(scopes or SCOPES)
        client = make_client(institution, administrator, granted=granted, label=label)
        token = Machine(str(client.pk)).token(scope=" ".join(granted))
        return Follower(Program("north", token), client, receiver, institution)

    return make


@pytest.fixture
def follower(follower_with: Callable[..., Follower]) -> Follower:
    """A client that may follow everything."""
    return follower_with()


@pytest.fixture
def tls_receiver(
    settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Receiver]:
    """A system that takes events over TLS, under a name."""
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-keyout", key, "-out", cert, "-days", "2", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=DNS:localhost"),
        ],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    settings.WEBHOOK_CA_FILE = str(cert)
    monkeypatch.setattr(Reach, "addresses", lambda *_: ["127.0.0.1"])
    with receiving(context) as taking:
        taking.address = taking.address.replace("http://127.0.0.1", "https://localhost")
        yield taking
