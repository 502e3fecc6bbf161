"""The doors by which other systems send JSON in, each with something that it takes."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.test import Client

from cases.services.intake import sources
from tests.factories.clients import Machine, make_client
from tests.factories.hooks import PATIENT_ID, SELECT, Ehr, call, make_ehr
from tests.factories.people import add_member
from tests.integration.api.conftest import make_rows, script_of
from tests.integration.fhir.writing import samples
from tests.integration.intake import messages
from tests.integration.isolation.answers import OF_THE_DOOR
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope

JSON, PROBLEM, FHIR = "application/json", "application/problem+json", "application/fhir+json"
#: Stands in a text of each good body, to be replaced; and in no refusal.
WORD = "Wordsworth"
#: Stands for a number in each good body.
NUMBER = 8051
URN = "urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a"
INTAKE = "system/MessageHeader.c"


@dataclass(frozen=True)
class Door:
    """One address that takes JSON by POST.

    Args:
        name: how the tests call it.
        path: below the institution's name, which stands in it as `{slug}`.
        good: a body that is taken; holds `WORD` and `NUMBER`.
        kind: the media type that it takes.
        refusal: the media type of its errors.
        token: a token for the institution north; made anew each time, as JWTs are good for once.
    """

    name: str
    path: str
    good: Mapping[str, Any]
    kind: str
    refusal: str
    token: Callable[[], str]

    @property
    def raw(self) -> bytes:
        """The good body as it is sent."""
        return json.dumps(self.good, ensure_ascii=False).encode()

    def send(self, body: bytes, *, slug: str = "north", kind: str = "", **headers: str) -> Any:
        """The answer to a body."""
        return Client(raise_request_exception=False).generic(
            "POST",
            self.path.format(slug=slug),
            body,
            content_type=kind or self.kind,
            headers={"authorization": f"Bearer {self.token()}", **headers},
        )


def doors_of(institution: Institution) -> dict[str, Door]:
    """Every door of an institution, by its name."""
    people = {
        role: add_member(institution, role, email=f"{role.lower()}@north.example", name=role)
        for role in ("COORDINATOR", "ADMINISTRATOR")
    }
    rows = make_rows(institution, people["COORDINATOR"])
    token = script_of(institution, people["COORDINATOR"]).token
    sender = make_client(
        institution, people["ADMINISTRATOR"], granted=[INTAKE], requests_per_minute=6000
    )
    with institution_scope(institution):
        source = sources.source_of(sender)
        sources.change(
            source=source,
            authorities=[messages.AUTHORITY],
            rules=[],
            by=people["COORDINATOR"],
        )
    machine = Machine(str(sender.pk))
    make_ehr(institution, people["ADMINISTRATOR"], requests_per_minute=6000)
    ehr = Ehr(institution.slug)
    subject = f"Patient/{rows.patient}"
    value = samples.chromogranin(subject, NUMBER, note=[{"text": WORD}])
    by_urn = samples.chromogranin(URN, NUMBER)
    entry = {"resource": value, "request": {"method": "POST", "url": "Observation"}}
    collected = [
        {
            "fullUrl": URN,
            "resource": samples.patient(name=[{"family": WORD}]),
        },
        {"resource": by_urn},
    ]
    lab = {
        "case": str(rows.case),
        "analyte": "chromogranin_a",
        "value": NUMBER,
        "unit": "ng/mL",
        "taken_on": "2026-01-10",
        "note": WORD,
    }
    asked = call(record_number=rows.record_number, prefetch={"observations": _found(value)})
    found = [
        Door("rest", "/api/v1/i/{slug}/lab-results/", lab, JSON, PROBLEM, lambda: token),
        Door("fhir", "/fhir/{slug}/Observation", value, FHIR, FHIR, lambda: token),
        Door("bundle", "/fhir/{slug}", _bundle("transaction", entry), FHIR, FHIR, lambda: token),
        Door(
            "intake",
            "/intake/{slug}/fhir",
            _bundle("collection", *collected),
            FHIR,
            FHIR,
            lambda: machine.token(scope=INTAKE),
        ),
        Door(
            "hooks",
            f"/cds-services/{{slug}}/{SELECT}",
            asked,
            JSON,
            PROBLEM,
            lambda: ehr.jwt(ehr.claims(SELECT)),
        ),
    ]
    return {door.name: door for door in found}


@contextmanager
def nothing_written(institution: Institution) -> Iterator[None]:
    """Nothing is there afterwards that was not before, in any table of the record."""
    before = counts(institution)
    yield
    assert counts(institution) == before


def counts(institution: Institution) -> dict[str, int]:
    """How many rows there are of each model of the record."""
    with institution_scope(institution):
        return {
            model._meta.db_table: model._default_manager.count()
            for model in apps.get_app_config("cases").get_models()
            if model._meta.db_table not in OF_THE_DOOR
        }


def _bundle(kind: str, *entries: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": kind, "entry": list(entries)}


def _found(resource: dict[str, Any]) -> dict[str, Any]:
    return _bundle(
        "searchset", {"resource": {**resource, "subject": {"reference": f"Patient/{PATIENT_ID}"}}}
    )
