"""Values that nobody types and somebody sends, for every field that a page or the API has."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django.db import transaction
from django.urls import reverse

from tests.integration.isolation.answers import body_of
from tests.integration.isolation.fields import KIND_OF, PAGES, _aimed, _route_at, address_of
from tests.integration.isolation.forms import UUID, Form, read
from tests.integration.isolation.matrix import with_query
from tests.integration.isolation.world import EVERYTHING, World

#: What a form can send: signs that a database or a page stumbles over, digits that are none of
#: ours, numbers and days at the ends of their kinds, and texts without end.
TYPED = (
    "a\x00b",
    "\u0663\u0661",
    "\uff11\uff12",
    "\u00b2",
    "1e400",
    "NaN",
    "-Infinity",
    "9" * 400,
    "1_000",
    "-1",
    "2147483648",
    "9223372036854775808",
    "1e-400",
    "9999-12-31",
    "0001-01-01",
    "10000-01-01",
    "9999-12-31T23:59",
    "24:00",
    "x" * 20_000,
    "\u202e<script>alert(1)</script>",
    "\r\nX-Header: y",
    "\ufffe\U0010ffff",
    "a" + "\u0300" * 500,
    "\ufdfa" * 100,
    "00000000-0000-0000-0000-000000000000",
    "[]",
    "null",
)
#: What a body in JSON can hold beside those, as it is written.
WRITTEN = (
    *map(json.dumps, TYPED),
    '"\\ud800"',
    '"\\udfff\\ud800"',
    "1e400",
    "-1e400",
    "NaN",
    "9" * 400,
    "9" * 5_000,
    "1e-400",
    "9223372036854775808",
    "-0.0",
    "true",
    "null",
    "[]",
    "{}",
    '{"a": {"b": []}}',
    '["' + "x" * 200 + '"]',
    "[" * 5_000 + "]" * 5_000,
)


class Attempt(NamedTuple):
    """One request: all that a field of a form or body holds is one hostile value."""

    place: str
    address: str
    data: Mapping[str, Any] | str | None


def of_forms(world: World, *, at_once: bool) -> Iterator[Attempt]:
    """Every field of every form that whoever has every role can reach.

    Args:
        at_once: all fields of a form in one request, each with another value; else each field
            alone, with every value.
    """
    browser = world.visitor(EVERYTHING).browser
    seen: set[str] = set()
    for route in PAGES:
        address = address_of(world, route)
        with transaction.atomic():
            response = browser.get(address)
            page = body_of(response).decode(errors="replace")
            transaction.set_rollback(True)
        if not response.headers.get("Content-Type", "").startswith("text/html"):
            continue
        for form, target in _aimed(read(address, page)[0]):
            shape = UUID.sub("#", f"{target} {sorted(form.offered)}")
            if shape in seen or _route_at(target) is None:
                continue
            seen.add(shape)
            for names, value in _filled(form, len(seen), at_once=at_once):
                rest = {key: given for key, given in form.values.items() if key not in value}
                yield Attempt(f"{UUID.sub('#', target)} {names}", target, {**rest, **value})


def _filled(form: Form, place: int, *, at_once: bool) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """What each field holds instead, in words and as it is sent."""
    if at_once:
        values = {
            name: [TYPED[(place * 7 + number * 5) % len(TYPED)]]
            for number, name in enumerate(form.offered)
        }
        yield str({name: value[0][:20] for name, value in values.items()}), values
        return
    for name in form.offered:
        for value in TYPED:
            yield f"{name} {value[:30]!r}", {name: [value]}


def of_bodies(world: World, *, each: int | None = None) -> Iterator[Attempt]:
    """Every property of every body that the API describes."""
    description = world.visitor(EVERYTHING).browser.get(reverse("api_description")).json()
    schemas = description["components"]["schemas"]
    place = 0
    for path, operations in description["paths"].items():
        route = _route_at(path.replace("{slug}", "north").replace("{id}", str(world.ours.case_id)))
        if route is None or "post" not in operations:
            continue
        body = operations["post"]["requestBody"]["content"].get("application/json")
        if body is None:
            # A file, which has no properties.
            continue
        schema = schemas[body["schema"]["$ref"].rpartition("/")[2]]["properties"]
        ids = {n: str(getattr(world.ours, KIND_OF[n])) for n in schema if n in KIND_OF}
        example = next(iter(body["examples"].values()))["value"]
        whole = {**example, **{name: key for name, key in ids.items() if name in example}}
        for name in schema:
            inner = example[name] if isinstance(example.get(name), dict) else {}
            for value in some(WRITTEN, place := place + 1, each):
                rest = {key: given for key, given in whole.items() if key != name}
                yield _written(world, route, rest, name, value)
                for key in inner:
                    nested = json.dumps({**inner, key: "@"}).replace('"@"', value)
                    yield _written(world, route, rest, name, nested)


def of_queries(world: World, names: Sequence[str], *, each: int | None = None) -> Iterator[Attempt]:
    """Every page, asked with the parameters that any of them reads."""
    for place, route in enumerate(PAGES):
        address = address_of(world, route)
        for value in some(TYPED, place, each):
            yield Attempt(
                f"{route.pattern} {value[:30]!r}",
                with_query(address, dict.fromkeys(names, value[:2_000])),
                None,
            )


def some(values: Sequence[str], place: int, count: int | None) -> Sequence[str]:
    """All values, or `count` of them, from one that differs from place to place."""
    if count is None:
        return values
    begin = place * 7 % len(values)
    return [values[(begin + step * 5) % len(values)] for step in range(count)]


def _written(world: World, route: Any, rest: Mapping[str, Any], name: str, value: str) -> Attempt:
    text = json.dumps({**rest, name: "@"}).replace('"@"', value)
    return Attempt(f"{route.pattern} {name} {value[:30]}", address_of(world, route), text)
