"""The cells of the matrix: a route, somebody who asks, and a row that is not theirs to name.

Each cell asks twice, for another institution's row and for one that is not there; the answers must
be the same to the byte, and nothing may be written.
"""

import json
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.urls import reverse

from tests.integration.isolation.answers import Answer, since, taken, written
from tests.integration.isolation.routes import Route
from tests.integration.isolation.samples import row_of, sample
from tests.integration.isolation.world import EVERYTHING, Visitor, World

METHODS = ("get", "post", "put", "patch", "delete")
#: What an answer may be for a row that is not there: not found, no such method, not allowed, and
#: the way to sign in; the last two only for those who may not come in at all.
NOT_THERE = {404, 405}
TURNED_AWAY = {302, 401, 403}
#: Of FHIR: a body that is none is refused before anything is looked up.
UNREAD = {400, 415}
#: A page shows the minute: what differs is asked for again before it counts.
ATTEMPTS = 3


@dataclass
class Tally:
    """What was tried, and what was wrong."""

    cells: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    routes: set[str] = field(default_factory=set)
    faults: dict[str, str] = field(default_factory=dict)

    def note(self, route: Route, visitor: str, kind: str, place: str, fault: str) -> None:
        """One cell, and its fault where it has one."""
        self.routes.add(route.pattern)
        self.cells[visitor, kind, place] += 1
        if fault:
            self.faults[f"{visitor} {route.pattern} {place} {kind}"] = fault

    def __str__(self) -> str:
        visitors, kinds, places = (
            {key[place] for key in self.cells} for place in range(len(("who", "kind", "place")))
        )
        total = sum(self.cells.values())
        by_visitor: Counter[str] = Counter()
        for (visitor, _, _), count in self.cells.items():
            by_visitor[visitor] += count
        lines = [
            f"{total:,} cells: {len(self.routes)} routes x {len(visitors)} kinds of visitors x "
            f"{len(kinds)} kinds of rows, in {len(places)} places; {len(self.faults)} faults",
            *(f"  {name:<18}{count:>9,}" for name, count in sorted(by_visitor.items())),
        ]
        return "\n".join(lines)


@dataclass(frozen=True)
class Ask:
    """One request, but for the ids in it: `{}` in texts stands where an id comes."""

    method: str
    address: str
    data: Mapping[str, Any] = field(default_factory=dict)
    is_json: bool = False


#: From whether the row is there to the request and the ids in it.
Asked = Callable[[bool], tuple[Ask, list[object]]]


def answer(visitor: Visitor, route: Route, ask: Ask, given: Iterable[object]) -> Answer:
    """What the visitor gets."""
    client = visitor.for_(route.pattern)
    options: dict[str, Any] = {}
    if ask.is_json:
        options = {"data": json.dumps(ask.data), "content_type": "application/json"}
    elif ask.data:
        options = {"data": ask.data}
    if ask.method in ("patch", "put") and ask.is_json:
        # A change names the version that was seen; any is what an attacker would say.
        options["headers"] = {"if-match": "*"}
    response = getattr(client, ask.method)(ask.address, **options)
    new_ids = bool(ask.data) or "?" in ask.address
    return taken(response, [ask.address, *given], new_ids=new_ids)


def answer_undone(visitor: Visitor, route: Route, ask: Ask, given: Iterable[object]) -> Answer:
    """What the visitor gets; whatever was written is counted, and undone."""
    before = written()
    with transaction.atomic():
        got = answer(visitor, route, ask, given)
        count = since(before)
        transaction.set_rollback(True)
    return replace(got, written=tuple(count.items()))


def arguments(route: Route, ids: Mapping[str, object]) -> dict[str, object]:
    """The parameters of a route's address in the first institution."""
    rest = {n: sample(route, n) for n in route.converters if n not in ids and n != "slug"}
    return {"slug": "north", **ids, **rest}


def beside(key: uuid.UUID) -> uuid.UUID:
    """An id of no row that sorts as `key` does: where ids break ties, both break them alike."""
    return uuid.UUID(int=key.int ^ 1)


def path_cells(world: World, route: Route, *, every_kind: bool) -> Iterator[tuple[str, dict, dict]]:
    """Foreign ids that an address can name.

    Yields:
        the kinds in words; the ids with foreign ones; the same with ids that are not there. Where
        an address has several ids, each of them is foreign in turn, and all at once.
    """
    ours = {name: row_of(route, name, world.ours) for name in route.ids}
    fitting = {name: [row_of(route, name, world.theirs)] for name in route.ids}
    if every_kind:
        others = [v for v in vars(world.theirs).values() if isinstance(v, uuid.UUID)]
        fitting = {name: [*dict.fromkeys([*keys, *others])] for name, keys in fitting.items()}
    kinds = {key: kind for kind, key in vars(world.theirs).items() if isinstance(key, uuid.UUID)}
    for chosen in product((False, True), repeat=len(route.ids)):
        foreign = [name for name, is_foreign in zip(route.ids, chosen, strict=True) if is_foreign]
        for keys in product(*(fitting[name] for name in foreign)):
            if not foreign:
                continue
            theirs = dict(zip(foreign, keys, strict=True))
            words = "+".join(kinds.get(key, route.name or "") for key in keys)
            missing = {name: beside(key) for name, key in theirs.items()}
            yield words, {**ours, **theirs}, {**ours, **missing}


def try_path(
    world: World, tally: Tally, route: Route, visitor: Visitor, methods: Iterable[str], **how: bool
) -> None:
    """Every cell of one route and one visitor whose foreign id stands in the address."""
    before = written()
    for kind, theirs, missing in path_cells(world, route, every_kind=how.get("every_kind", False)):
        for method in methods:
            asks = [
                Ask(method, reverse(route.name or "", kwargs=arguments(route, ids)))
                for ids in (theirs, missing)
            ]
            first, second = (
                answer(visitor, route, ask, ids.values())
                for ask, ids in zip(asks, (theirs, missing), strict=True)
            )
            allowed = NOT_THERE if visitor.name == EVERYTHING else NOT_THERE | TURNED_AWAY
            allowed = allowed | UNREAD if route.pattern.startswith("/fhir/") else allowed
            fault = _fault(first, second)
            if not fault and first.status not in allowed:
                fault = f"answers {first.status}"
            tally.note(route, visitor.name, kind, f"address, {method.upper()}", fault)
    if wrote := since(before):
        tally.faults[f"{visitor.name} {route.pattern}"] = f"writes {wrote}"


def try_pair(
    tally: Tally, route: Route, visitor: Visitor, place: str, kind: str, asked: Asked
) -> None:
    """One cell whose foreign ids stand in a body or in a query.

    Args:
        asked: from whether the row is there (as another institution's) the request and its ids.
    """
    for attempt in range(ATTEMPTS):
        first, second = (
            answer_undone(visitor, route, *asked(is_there)) for is_there in (True, False)
        )
        fault = _fault(first, second)
        if not fault or attempt + 1 == ATTEMPTS:
            break
    tally.note(route, visitor.name, kind, place, fault)


def with_id(ask: Ask, key: uuid.UUID) -> Asked:
    """A request that names the row `key`, or one that is not there, where it holds `{}`."""

    def asked(is_there: bool) -> tuple[Ask, list[object]]:
        given = key if is_there else beside(key)
        return _filled(ask, given), [given]

    return asked


def _fault(first: Answer, second: Answer) -> str:
    if first.shows_canary:
        return f"shows a word of theirs: {first.around_canary}"
    if first.status >= 500 or first.status != second.status:
        return f"answers {first.status}, and {second.status} for a missing row"
    if first.written != second.written:
        return f"writes {dict(first.written)}, and {dict(second.written)} for a missing row"
    for one, other in ((first.content, second.content), (first.headers, second.headers)):
        if one != other:
            return f"differs: {_difference(one, other)}"
    return ""


def _difference(one: bytes, other: bytes) -> str:
    place = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
    return f"{one[max(place - 60, 0) : place + 60]!r} {other[max(place - 60, 0) : place + 60]!r}"


def _filled(ask: Ask, key: object) -> Ask:
    def put(value: Any) -> Any:
        if isinstance(value, list):
            return [put(each) for each in value]
        return value.replace("{}", str(key)) if isinstance(value, str) else value

    data = {name.replace("{}", str(key)): put(value) for name, value in ask.data.items()}
    return Ask(ask.method, ask.address.replace("{}", str(key)), data, ask.is_json)


def with_query(address: str, query: Mapping[str, str]) -> str:
    """An address that asks for ids in its query; `{}` stays as it is."""
    return f"{address}?{urlencode(query, safe='{}')}"
