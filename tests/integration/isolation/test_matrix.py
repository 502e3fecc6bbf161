"""Every route, every role, every foreign row: the answer is that of a row that is not there.

The routes come from the URL configuration, the fields from the pages and from the API's
description, so that a new one is tried as soon as it is there. `python -m tests.isolation_matrix`
tries the whole matrix; here every route is tried with those roles for which its door differs.
"""

import os
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from django.db import transaction

from tests.integration.isolation.answers import fingerprint
from tests.integration.isolation.fields import (
    INSIDE,
    WITHOUT_ROWS,
    Carrier,
    address_of,
    api_carriers,
    every_name,
    page_carriers,
    scripted,
)
from tests.integration.isolation.matrix import (
    METHODS,
    Ask,
    Tally,
    answer,
    answer_undone,
    beside,
    try_pair,
    try_path,
    with_id,
    with_query,
)
from tests.integration.isolation.routes import Route
from tests.integration.isolation.world import (
    BUILT_IN,
    EVERYTHING,
    MACHINE,
    MACHINES,
    NOBODY,
    STRANGER,
    Visitor,
    ids_of,
)
from tumorboard.accounts.permissions import Permission
from tumorboard.accounts.roles import Role

#: "whole" tries every cell; else roles are sampled where the door is the same code.
IS_WHOLE = os.environ.get("TUMORBOARD_MATRIX") == "whole"
WITH_IDS = [route for route in INSIDE if route.ids]
EVERYBODY = (EVERYTHING, *BUILT_IN, MACHINE, STRANGER, NOBODY)


class Offered(NamedTuple):
    """The fields that name rows, and the routes of which some form or description was found."""

    carriers: list[Carrier]
    routes: set[str]


@pytest.fixture(scope="module")
def offered(world) -> Offered:
    """Read once: every page is asked for."""
    pages, api, scripts = page_carriers(world), api_carriers(world), scripted(world)
    routes = pages[1] | api[1] | {carrier.route.name or "" for carrier in scripts}
    return Offered([*pages[0], *api[0], *scripts], routes)


@pytest.fixture
def visitors(world, settings) -> Iterator[dict[str, Visitor]]:
    """Everybody with a session; at the end nothing of the other institution has changed."""
    settings.RATE_PERSONAL_TOKEN = 10_000_000
    with transaction.atomic():
        before = fingerprint(world.south)
        yield {name: world.visitor(name) for name in EVERYBODY}
        after = fingerprint(world.south)
        transaction.set_rollback(True)
    # A token of theirs was used, in vain.
    del before["accounts_apitoken"], after["accounts_apitoken"]
    assert after == before


def tell(tally: Tally, what: str, record_property) -> None:
    """The counts, for people and for the report; the faults fail."""
    record_property(what, sum(tally.cells.values()))
    print(f"\n{what}: {tally}")
    assert not tally.faults, "\n".join(f"{cell}: {fault}" for cell, fault in tally.faults.items())


def who_tries(place: int, route: Route) -> list[str]:
    """Whose cells of a route are tried: all, or one that may and one that may not, by turns."""
    if IS_WHOLE:
        return list(EVERYBODY)
    permission = getattr(route.view, "permission", None)
    allowed = [r.name for r in Role if permission in r.value.permissions]
    refused = [name for name in BUILT_IN if name not in allowed]
    if not isinstance(permission, Permission):
        allowed = refused = list(BUILT_IN)
    turns = [names[place % len(names)] for names in (allowed, refused) if names]
    return [*mightiest(route), *turns, STRANGER, NOBODY]


def mightiest(route: Route) -> list[str]:
    """Who may the most: a person, and on routes that know machines one of these too."""
    knows_machines = route.pattern.startswith(MACHINES)
    return [EVERYTHING, MACHINE] if knows_machines else [EVERYTHING]


def test_a_foreign_row_in_an_address_is_as_good_as_missing(world, visitors, record_property):
    """ASVS v5.0.0-8.2.2, ASVS v5.0.0-8.4.1, HIPAA 164.312(a)(1): no address leads across."""
    tally = Tally()
    for place, route in enumerate(WITH_IDS):
        for name in who_tries(place, route):
            methods = METHODS if IS_WHOLE or name in mightiest(route) else ("get", "post")
            try_path(world, tally, route, visitors[name], methods)
    if IS_WHOLE:
        for route in WITH_IDS:
            try_path(world, tally, route, visitors[EVERYTHING], ("get", "post"), every_kind=True)
    assert len(tally.routes) == len(WITH_IDS) > 130
    tell(tally, "ids in addresses", record_property)


def test_a_foreign_row_in_a_field_is_as_good_as_missing(world, offered, visitors, record_property):
    """ASVS v5.0.0-8.2.2, ASVS v5.0.0-8.2.3, ASVS v5.0.0-8.4.1: no body or query leads across."""
    tally = Tally()
    rows = ids_of(world.theirs)
    for route, ask, place, kind in offered.carriers:
        kinds = rows if IS_WHOLE or not kind else [kind]
        for each in kinds:
            for name in EVERYBODY if IS_WHOLE else mightiest(route):
                asked = with_id(ask, rows[each])
                try_pair(tally, route, visitors[name], place, each, asked)
    assert len(tally.routes) > 30
    tell(tally, "ids in bodies and queries", record_property)


def test_no_name_that_no_form_offers_leads_across(world, visitors, record_property):
    """ASVS v5.0.0-8.2.3, ASVS v5.0.0-8.3.1: what a page does not offer is not taken from it."""
    tally = Tally()
    rows = {**ids_of(world.theirs), "institution_id": world.south.pk}
    theirs = every_name(rows)
    missing = every_name({kind: beside(key) for kind, key in rows.items()})
    visitor = visitors[EVERYTHING]
    for route in INSIDE:
        address = address_of(world, route)
        for method in ("get", "post") if IS_WHOLE else ("post",):

            def asked(is_there, address=address, method=method):
                given = theirs if is_there else missing
                if method == "get":
                    return Ask("get", with_query(address, given)), [*given.values()]
                return Ask("post", address, given), [*given.values()]

            try_pair(tally, route, visitor, f"every name, {method.upper()}", "every kind", asked)
    assert len(tally.routes) == len(INSIDE)
    tell(tally, "names that no form offers", record_property)


def test_every_route_that_takes_a_body_was_found(world, offered, visitors):
    """A route whose form is on no page of the sample is named in `scripted` or `WITHOUT_ROWS`."""
    everybody = visitors[EVERYTHING]
    takes = {
        route.name
        for route in INSIDE
        if answer_undone(everybody, route, Ask("post", address_of(world, route)), ()).status != 405
    }
    assert takes - offered.routes - WITHOUT_ROWS.keys() == set()
    assert WITHOUT_ROWS.keys() <= {route.name for route in INSIDE}


def test_somebody_signed_out_is_sent_to_sign_in(world, visitors):
    """ASVS v5.0.0-8.2.1: no page of an institution opens for nobody."""
    faults = {}
    for route in INSIDE:
        if getattr(route.view, "public_because", ""):
            continue
        got = answer(visitors[NOBODY], route, Ask("get", address_of(world, route)), ())
        is_api = route.pattern.startswith(MACHINES)
        is_turned_away = got.status == 401 if is_api else got.status == 302
        if not is_turned_away and not (is_api and got.status == 405):
            faults[route.pattern] = got.status
    assert faults == {}


def test_a_stranger_is_told_of_no_institution(world, visitors):
    """ASVS v5.0.0-8.4.1: who is no member gets what an institution that is not there answers."""
    tally = Tally()
    stranger = visitors[STRANGER]
    for route in INSIDE:
        if getattr(route.view, "public_because", ""):
            continue
        address = address_of(world, route)

        def asked(is_there, address=address):
            slug = "north" if is_there else "nowhere"
            return Ask("get", address.replace("/north/", f"/{slug}/")), []

        try_pair(tally, route, stranger, "slug, GET", "institution", asked)
    assert tally.faults == {}
