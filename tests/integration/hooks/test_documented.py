"""The page docs/cds-hooks.md, run as it stands there."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from cases.hooks.catalogue import PREFETCH, SERVICES, address_of
from cases.models import HookClient, HookFeedback
from tests.factories.clients import ec_key, make_client
from tests.factories.hooks import GRANTED, SELECT
from tests.factories.people import add_member
from tumorboard.accounts.tokens import issue
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

TEXT = (Path(__file__).resolve().parents[3] / "docs" / "cds-hooks.md").read_text()
ISSUER = "https://ehr.example.org/"


def run(command: str, known: dict[str, str]) -> Any:
    """What one command of curl gets."""
    filled = re.sub(r"\$([A-Z]+)", lambda found: known[found[1]], command).replace("\\\n", "")
    words = iter(shlex.split(filled)[1:])
    method, data, headers, address = "GET", "", {}, ""
    for word in words:
        if word == "-X":
            method = next(words)
        elif word == "-d":
            data = next(words)
        elif word == "-H":
            name, _, value = next(words).partition(": ")
            headers[name] = value
        elif word != "-s":
            address = word
    kind = headers.pop("Content-Type", "application/json")
    return Client().generic(method, address, data, content_type=kind, headers=headers)


def test_the_page_works(institution, administrator):
    client = make_client(institution, administrator, granted=GRANTED)
    who = {"by": administrator.email, "issuer": ISSUER}
    call_command("hook_client", "north", str(client.pk), **who)
    space: dict[str, Any] = {}
    (block,) = re.findall(r"```python\n(.*?)```", TEXT, re.S)
    exec(compile(block, "cds-hooks.md", "exec"), space)
    tokens = [
        space["bearer"](ISSUER, address_of("north", SERVICES[SELECT], feedback=feedback), ec_key())
        for feedback in (False, True)
    ]
    known = {"SITE": "", "TOKEN": tokens[0], "FEEDBACKTOKEN": tokens[1]}
    discover, ask, tell, count = re.findall(r"```bash\n(.*?)```", TEXT, re.S)

    services = run(discover, known).json()["services"]
    assert {one["hook"] for one in services} == {"patient-view", "order-select", "order-sign"}
    for one in services:
        assert one["id"] in TEXT
        assert one["prefetch"] == PREFETCH
        assert one["title"]
        assert one["description"]
        assert one["usageRequirements"]

    answer = run(ask, known)
    assert answer.status_code == 200, answer.content
    [card] = answer.json()["cards"]
    assert card["summary"].startswith("Not enough data")

    assert run(tell, known | {"CARD": card["uuid"]}).status_code == 200
    with institution_scope(institution):
        assert HookFeedback.objects.get().outcome == "overridden"
        person = add_member(
            institution, "ADMINISTRATOR", "COORDINATOR", email="bo@north.example", name="Bo"
        )
        _, known["PERSON"] = issue(user=person, label="docs", days=1, by=person)
    [line] = run(count, known).json()["lines"]
    assert (line["kind"], line["overridden"]) == ("missing", 1)


@pytest.mark.parametrize("slug", ["north", "nowhere"])
def test_discovery_tells_nobody_which_institutions_there_are(db, slug):
    """ASVS v5.0.0-8.4.1."""
    answer = Client().get(f"/cds-services/{slug}/")
    assert answer.status_code == 200
    assert len(answer.json()["services"]) == 3


@pytest.mark.parametrize(
    ("slug", "other"),
    [
        ("nowhere", {}),
        ("north", {"by": "nobody@north.example"}),
        ("north", {"issuer": ""}),
        ("north", {"fhir_server": "https://not-listed.example/"}),
        ("north", {"client": "x"}),
    ],
)
def test_the_command_says_what_cannot_be(institution, administrator, slug, other):
    client = make_client(institution, administrator)
    given = {"by": administrator.email, "issuer": ISSUER, **other}
    key = given.pop("client", str(client.pk))
    with pytest.raises(CommandError):
        call_command("hook_client", slug, key, **given)
    with institution_scope(institution):
        assert not HookClient.objects.exists()
