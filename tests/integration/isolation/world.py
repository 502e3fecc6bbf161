"""Two institutions with one row of everything, and people of every role in the first."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace

from django.test import Client

from tests.factories.clients import make_client
from tests.factories.everything import one_of_everything
from tests.factories.people import add_member, make_institution
from tests.integration.isolation.answers import CANARY
from tumorboard.accounts import access_tokens, scopes
from tumorboard.accounts.client_models import MOST
from tumorboard.accounts.models import User
from tumorboard.accounts.roles import Role
from tumorboard.accounts.tokens import issue
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope

#: Who has every role of the first institution.
EVERYTHING = "everything"
#: A member of the second institution alone.
STRANGER = "stranger"
#: Who made the rows of the second institution; every text about them holds the canary.
THEIRS = "theirs"
#: An API client of the first institution with every scope there is; no page knows it.
MACHINE = "machine"
#: Nobody: not signed in.
NOBODY = "nobody"
#: Where machines come in, and browsers' sessions count for nothing.
MACHINES = ("/api/", "/fhir/", "/cds-services/", "/intake/")
BUILT_IN = tuple(role.name for role in Role)


@dataclass(frozen=True)
class Visitor:
    """Somebody who asks: with a browser's session for pages, with a token for the API."""

    name: str
    browser: Client
    script: Client

    def for_(self, pattern: str) -> Client:
        """The client that fits a route."""
        return self.script if pattern.startswith(MACHINES) else self.browser


@dataclass(frozen=True)
class World:
    """The first institution asks, the second must not be seen."""

    north: Institution
    south: Institution
    ours: SimpleNamespace
    theirs: SimpleNamespace
    people: dict[str, User]
    tokens: dict[str, str]

    def visitor(self, name: str) -> Visitor:
        """A new session of one of `people`, or of nobody."""
        browser, script = Client(), Client()
        if name in self.people:
            browser.force_login(self.people[name])
        if name in self.tokens:
            script = Client(headers={"authorization": f"Bearer {self.tokens[name]}"})
        return Visitor(name, browser, script)


def make_world() -> World:
    """Both institutions, filled through the services as people would."""
    north = make_institution(slug="north", name="North Hospital")
    south = make_institution(slug="south", name=f"{CANARY} Hospital")
    people = {
        name: add_member(north, name, email=f"{name.lower()}@north.example", name=name.title())
        for name in BUILT_IN
    }
    everything = add_member(north, *BUILT_IN, email="all@north.example", name="All Roles")
    stranger = add_member(south, *BUILT_IN, email="sam@south.example", name="Sam Stranger")
    theirs = add_member(
        south, *BUILT_IN, email=f"{CANARY.lower()}@south.example", name=f"{CANARY} Person"
    )
    people |= {EVERYTHING: everything, STRANGER: stranger, THEIRS: theirs}
    with institution_scope(north):
        ours = one_of_everything(by=everything, word="Own")
    with institution_scope(south):
        foreign = one_of_everything(by=theirs, word=CANARY)
    tokens = {}
    for name, person in people.items():
        with institution_scope(south if name in (STRANGER, THEIRS) else north):
            _, tokens[name] = issue(user=person, label="isolation", days=1, by=person)
    tokens[MACHINE] = machine_token(north, everything)
    return World(north, south, ours, foreign, people, tokens)


def machine_token(institution: Institution, by: User) -> str:
    """A token with every scope, which lives longer than the longest test."""
    granted = [scope for scope, _ in scopes.choices()]
    client = make_client(
        institution, by, granted=granted, label="Machine", requests_per_minute=MOST
    )
    with institution_scope(institution):
        token, secret = access_tokens.issue(client=client, requested=" ".join(granted))
        token.expires_at += timedelta(days=1)
        token.save(update_fields=["expires_at"])
    return secret


def ids_of(rows: SimpleNamespace) -> dict[str, uuid.UUID]:
    """The id of each kind of row, by the name that addresses use for it."""
    return {kind: key for kind, key in vars(rows).items() if isinstance(key, uuid.UUID)}
