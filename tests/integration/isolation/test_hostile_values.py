"""Whatever is sent, there is an answer: no field of a form, a body or a query ends in a 500.

The fields come from the pages and from the API's description, so that a new one is tried as soon
as it is there; here each with one value, with `TUMORBOARD_HOSTILE=all` each alone with every one.
"""

import os
from collections.abc import Iterable
from http.cookies import SimpleCookie

import pytest
from django.db import transaction
from django.urls import reverse

from tests.integration.isolation.answers import body_of
from tests.integration.isolation.hostile import Attempt, of_bodies, of_forms, of_queries
from tests.integration.isolation.world import EVERYTHING, World

EACH = None if os.environ.get("TUMORBOARD_HOSTILE") == "all" else 1
#: Answers of somebody who does not look at what was sent: no token, too many requests.
UNAUTHORIZED, TOO_MANY = 401, 429
NOT_JUDGED = (UNAUTHORIZED, TOO_MANY)
#: What pages read of their addresses.
PARAMETERS = (
    *("days", "example", "from", "had", "item", "kind", "next", "page", "panel", "paper", "q"),
    *("reason", "record", "rows", "state", "studies", "ticket", "to", "until", "version"),
)


@pytest.mark.usefixtures("undone")
def test_no_form_stumbles_over_what_is_typed(world):
    """ASVS v5.0.0-2.2.1: every field is judged, and what it cannot hold is refused with words."""
    assert faults(world, of_forms(world, at_once=EACH is not None), fewest=60) == {}


@pytest.mark.usefixtures("undone")
def test_no_endpoint_stumbles_over_what_is_sent(world):
    """ASVS v5.0.0-2.2.1: and so is every property of a body."""
    assert faults(world, of_bodies(world, each=EACH), fewest=80) == {}


@pytest.mark.usefixtures("undone")
def test_no_page_stumbles_over_what_stands_in_its_address(world):
    """ASVS v5.0.0-2.2.1: and so is every parameter of an address."""
    assert faults(world, of_queries(world, PARAMETERS, each=EACH), fewest=100) == {}


def faults(world: World, attempts: Iterable[Attempt], *, fewest: int) -> dict[str, str]:
    """What did not answer as it should; each attempt is undone."""
    visitor, found, count = world.visitor(EVERYTHING), {}, 0
    session = visitor.browser.cookies.output()
    for attempt in attempts:
        count += 1
        # Some forms end the session, and what they did in the database is undone.
        visitor.browser.cookies = SimpleCookie(session.replace("Set-Cookie: ", ""))
        try:
            with transaction.atomic():
                status = _status(visitor.for_(attempt.address), attempt)
                transaction.set_rollback(True)
        except Exception as error:
            # Every kind is one too many, and the others are to be seen as well.
            status = f"{type(error).__name__}: {str(error)[:200]}"
        if status not in range(200, 500) or status in NOT_JUDGED:
            found[attempt.place] = str(status)
    assert count >= fewest
    # Else they were turned away at the door.
    visitor.browser.cookies = SimpleCookie(session.replace("Set-Cookie: ", ""))
    assert visitor.browser.get("/i/north/cases/").status_code == 200
    return found


def _status(client, attempt: Attempt) -> int:
    if attempt.data is None:
        response = client.get(attempt.address)
    elif isinstance(attempt.data, str):
        kind = "application/json"
        response = client.post(attempt.address, attempt.data, content_type=kind)
    else:
        response = client.post(attempt.address, attempt.data)
    body_of(response)
    is_turned_away = response.headers.get("Location", "").startswith(reverse("account_login"))
    return UNAUTHORIZED if is_turned_away else response.status_code
