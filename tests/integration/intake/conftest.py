"""A system that sends, and a case that its messages are about."""

import datetime
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.test import Client

from cases.models import Case, InboxMessage
from cases.services import cases, patients
from cases.services.intake import sources
from tests.factories.cases import FEASIBLE
from tests.factories.clients import Machine, make_client
from tests.integration.intake.messages import AUTHORITY, NUMBER
from tumorboard.accounts.client_models import ApiClient
from tumorboard.accounts.models import User
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope

SCOPE = "system/MessageHeader.c"


@pytest.fixture
def sender(institution: Institution, administrator: User) -> ApiClient:
    """An API client that may send messages."""
    return make_client(institution, administrator, granted=[SCOPE], label="Laboratory")


@pytest.fixture
def known(institution: Institution, sender: ApiClient, coordinator: User) -> ApiClient:
    """The same, of whose numbers somebody has said that they are record numbers here."""
    with institution_scope(institution):
        source = sources.source_of(sender)
        sources.change(source=source, authorities=[AUTHORITY], rules=[], by=coordinator)
    return sender


@pytest.fixture
def case(institution: Institution, coordinator: User) -> Case:
    """A case of the patient whom the messages name."""
    with institution_scope(institution):
        return open_for(NUMBER, by=coordinator)


@pytest.fixture
def inside(institution: Institution) -> Callable[[], AbstractContextManager[None]]:
    """Enters the institution's scope."""
    return lambda: institution_scope(institution)


@pytest.fixture
def other(institution: Institution, coordinator: User) -> Case:
    """A case of somebody else of the same name and date of birth."""
    with institution_scope(institution):
        return open_for("MRN-2", by=coordinator)


@pytest.fixture
def stored(institution: Institution) -> Callable[[], int]:
    """How many messages are kept."""

    def number() -> int:
        with institution_scope(institution):
            return InboxMessage.objects.count()

    return number


def open_for(record_number: str, *, by: User) -> Case:
    """A case of Anna Berg under a record number."""
    patient = patients.add(
        record_number=record_number,
        family_name="Berg",
        given_name="Anna",
        birth_date=datetime.date(1961, 4, 2),
        sex="female",
        by=by,
    )
    return cases.open_case(patient=patient, title="pNET of the tail", answers=FEASIBLE, by=by)


@pytest.fixture
def send(sender: ApiClient) -> Callable[..., Any]:
    """Sends a message of HL7 v2, or a bundle, as the client."""
    machine = Machine(str(sender.pk))
    token = machine.token(scope=SCOPE)

    def post(body: str | bytes, *, door: str = "hl7v2", slug: str = "north", **more: Any) -> Any:
        kind = "application/hl7-v2" if door == "hl7v2" else "application/fhir+json"
        return Client(raise_request_exception=False).post(
            f"/intake/{slug}/{door}",
            body,
            content_type=more.pop("content_type", kind),
            headers={"authorization": f"Bearer {more.pop('token', token)}"},
        )

    return post
