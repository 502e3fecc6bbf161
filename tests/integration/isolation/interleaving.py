"""Requests of many institutions at once, over few connections, some of them broken in the middle.

Each institution's texts hold a mark of its own, so that one look at an answer says whose it is. A
request goes the way it goes in production: through the WSGI handler with all middleware, on a
thread that serves many institutions, on a connection from the pool that has served others.
"""

import itertools
import random
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.db import DatabaseError, connection, connections
from django.test import Client, RequestFactory
from django.urls import reverse

from tests.factories.cases import make_case
from tests.factories.people import add_member, make_institution
from tumorboard.accounts import second_factor
from tumorboard.accounts.tokens import issue
from tumorboard.tenancy.scope import institution_scope

MARK = re.compile(rb"qmark(\d{4})q")
#: How many of a hundred requests are broken, and in which way.
BROKEN = {"fails": 3, "times out": 3, "is cut off": 2, "is gone": 3}
#: A request is broken at one of its first statements: before, at and after the scope is entered.
FIRST_STATEMENTS = 14


@dataclass(frozen=True)
class Tenant:
    """One institution: its mark, somebody's session and token, and the rows that others guess."""

    number: int
    slug: str
    cookie: str
    token: str
    case_ids: tuple[str, ...]


@dataclass
class Outcome:
    """What came of all requests."""

    statuses: Counter[int] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)
    marked: int = 0
    mixes: list[str] = field(default_factory=list)
    backends: set[int] = field(default_factory=set)
    threads: set[int] = field(default_factory=set)

    @property
    def requests(self) -> int:
        """How many were answered or broken off."""
        return sum(self.statuses.values())


class Broken(RuntimeError):
    """An error in the middle of a request."""


def make_tenant(number: int) -> Tenant:
    """An institution whose every text holds its mark."""
    mark, slug = f"qmark{number:04}q", f"hospital-{number}"
    institution = make_institution(slug=slug, name=f"Hospital {mark}")
    by = add_member(institution, "COORDINATOR", email=f"{mark}@x.example", name=f"Cora {mark}")
    with institution_scope(institution):
        cases = [make_case(by=by, family_name=mark, title=f"Tumor {mark}") for _ in range(2)]
        _, token = issue(user=by, label="x", days=1, by=by)
    client = Client()
    client.force_login(by)
    session = client.session
    session[second_factor.PROVEN] = str(by.pk)
    session.save()
    cookie = f"sessionid={session.session_key}"
    return Tenant(number, slug, cookie, token, tuple(str(case.pk) for case in cases))


@contextmanager
def pooled(size: int) -> Iterator[None]:
    """Connections from a pool, as `DATABASE_POOL_SIZE` gives them in production."""
    options = connections["default"].settings_dict["OPTIONS"]
    connection.close()
    options["pool"] = {"min_size": 1, "max_size": size, "timeout": 120}
    try:
        yield
    finally:
        connection.close()
        connection.close_pool()
        del options["pool"]


def interleave(tenants: list[Tenant], *, requests: int, threads: int, seed: int = 1) -> Outcome:
    """Ask for pages, lists and searches of all institutions in a mixed order.

    Returns:
        what was answered; `mixes` names each answer that held another institution's mark, or was
        not its own's, and must be empty.
    """
    outcome, lock, turns = Outcome(), threading.Lock(), itertools.count()
    handler = WSGIHandler()

    def serve(_: int) -> None:
        turn = next(turns)
        chance = random.Random(seed * 1_000_003 + turn)
        # Never the same institution twice in a row on a thread.
        tenant = tenants[turn % len(tenants)]
        other = tenants[(turn * 7 + 1) % len(tenants)]
        way, ask = _asked(tenant, other if other != tenant else tenants[0], chance)
        how = _broken(chance)
        status, body, backends = _answered(handler, ask, how, chance)
        found = {int(number) for number in MARK.findall(body)}
        with lock:
            outcome.statuses[status] += 1
            outcome.broken[how] += bool(how)
            outcome.backends |= backends
            outcome.threads.add(threading.get_ident())
            outcome.marked += bool(found)
            if found - {tenant.number}:
                outcome.mixes.append(f"{tenant.slug} {way} {how}: shows {found}")
            is_whole = not how and way != "foreign"
            if is_whole and (status != 200 or tenant.number not in found):
                outcome.mixes.append(f"{tenant.slug} {way}: answers {status} without its own")
            if way == "foreign" and not how and status != 404:
                outcome.mixes.append(f"{tenant.slug} {way}: answers {status}")

    def work(turn: int) -> None:
        serve(turn)

    with ThreadPoolExecutor(threads) as workers:
        list(workers.map(work, range(requests)))
        # Threads end with their pool; the connections they hold go back before.
        list(workers.map(lambda _: connection.close(), range(threads * 2)))
    return outcome


def _asked(tenant: Tenant, other: Tenant, chance: random.Random) -> tuple[str, Any]:
    make, slug = RequestFactory(headers={"host": "localhost"}), tenant.slug
    browser = {"HTTP_COOKIE": tenant.cookie}
    script = {"HTTP_AUTHORIZATION": f"Bearer {tenant.token}"}
    own, foreign = chance.choice(tenant.case_ids), chance.choice(other.case_ids)
    ways: list[tuple[str, Callable[[], Any]]] = [
        ("page", lambda: make.get(reverse("case", args=[slug, own]), **browser)),
        ("list", lambda: make.get(reverse("case_list", args=[slug]), **browser)),
        ("overview", lambda: make.get(reverse("overview", args=[slug]), **browser)),
        ("api list", lambda: make.get(reverse("api_cases", args=[slug]), **script)),
        ("api one", lambda: make.get(reverse("api_case", args=[slug, own]), **script)),
        ("foreign", lambda: make.get(reverse("case", args=[slug, foreign]), **browser)),
        ("foreign", lambda: make.get(reverse("api_case", args=[slug, foreign]), **script)),
    ]
    way, ask = chance.choice(ways)
    return way, ask()


def _broken(chance: random.Random) -> str:
    number = chance.randrange(100)
    for how, share in BROKEN.items():
        number -= share
        if number < 0:
            return how
    return ""


def _answered(
    handler: WSGIHandler, ask: Any, how: str, chance: random.Random
) -> tuple[int, bytes, set[int]]:
    """Status and body of one request, and the backends of the database that served it."""
    statements, at = itertools.count(), chance.randrange(FIRST_STATEMENTS)
    backends: set[int] = set()

    def disturb(execute: Callable, sql: str, params: Any, many: bool, context: Any) -> Any:
        backends.add(context["connection"].connection.info.backend_pid)
        if next(statements) == at:
            _disturb(how, execute, context)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(disturb):
        response = handler(ask.environ, lambda *_: None)
        # A client who is gone reads nothing.
        body = b"" if how == "is gone" else b"".join(response)
        response.close()
    return response.status_code, body, backends


def _disturb(how: str, execute: Callable, context: Any) -> None:
    if how == "fails":
        raise Broken
    if how == "times out":
        # In one go: what is set for the session, a pooler in transaction mode gives to others.
        execute("SET LOCAL statement_timeout = '1ms'; SELECT pg_sleep(1)", None, False, context)
    if how == "is cut off":
        try:
            execute("SELECT pg_terminate_backend(pg_backend_pid())", None, False, context)
        except DatabaseError:
            context["connection"].errors_occurred = True
            raise
