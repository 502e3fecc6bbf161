"""Everything that a FHIR server can answer, asked for and collected."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from cases.fhir.registry import types
from tests.integration.fhir.conftest import Program, link_of
from tests.integration.fhir.writing import samples

Json = dict[str, Any]
#: Ways of writing less of a resource; what is left must be valid too.
LESS = ("_summary=true", "_summary=text", "_summary=data", "_summary=count", "_elements=id")
#: How many of each kind are read one by one, beside all in lists and histories.
EACH = 4
SEARCH, HISTORY = "?_count=200", "/_history?_count=200"


def found(program: Program) -> Iterator[Json]:
    """What there is of every type, page by page, and what says so."""
    yield program.get("metadata").json()
    for resource_type in types():
        yield from _pages(program, resource_type + SEARCH)


def everything(program: Program) -> Iterator[Json]:
    """All answers there are: each resource by every address at which it can be read."""
    yield from errors(program)
    yield from written(program)
    listed = list(found(program))
    yield from listed
    yield from _pages(program, HISTORY[1:])
    for resource_type in types():
        yield from _pages(program, resource_type + HISTORY)
        for part in LESS:
            yield program.get(f"{resource_type}?{part}").json()
    for name in _some(each for bundle in listed for each in _entries(bundle)):
        yield program.get(name).json()
        for bundle in _pages(program, name + HISTORY):
            yield bundle
            for each in _entries(bundle):
                yield program.get(f"{name}/_history/{each['meta']['versionId']}").json()
        if name.startswith("Patient/"):
            yield from _pages(program, f"{name}/$everything{SEARCH}")


def errors(program: Program) -> Iterator[Json]:
    """OperationOutcomes of every kind."""
    patient = samples.patient("H-900")
    odd = {**samples.chromogranin("Patient/none"), "status": "odd"}
    yield program.get("Shoe").json()
    yield program.get("Patient/none").json()
    yield program.get("Patient?_format=xml").json()
    yield program.get("Patient?family=x").json()
    yield program.get("Observation?colour=red").json()
    yield program.get("Observation?colour=red", prefer="handling=strict").json()
    yield program.ask("DELETE", "Patient").json()
    yield program.ask("POST", "Patient", "{").json()
    yield program.ask("POST", "Observation", odd).json()
    yield program.ask("POST", "Observation", samples.chromogranin("Patient/none")).json()
    yield program.ask("POST", "Observation/$validate", odd).json()
    yield program.ask("POST", "Patient/$validate", patient).json()
    yield program.ask("POST", "Patient", {**patient, "birthDate": "yesterday"}).json()
    yield Program(program.slug, "none").get("Patient").json()


def written(program: Program) -> Iterator[Json]:
    """Answers to writes, and to Bundles of them."""
    patient = program.ask("POST", "Patient", samples.patient("H-901")).json()
    yield patient
    path = f"Patient/{patient['id']}"
    yield program.ask("PUT", path, patient, if_match='W/"99"').json()
    entries = [
        {"resource": samples.tumor(path), "request": {"method": "POST", "url": "Condition"}},
        {"resource": samples.pain(path), "request": {"method": "POST", "url": "Observation"}},
        {"request": {"method": "GET", "url": path}},
    ]
    wrong = {"request": {"method": "GET", "url": "Patient/none"}}
    for kind, sent in (("transaction", entries), ("batch", [*entries, wrong])):
        body = {"resourceType": "Bundle", "type": kind, "entry": sent}
        for wanted in ("minimal", "representation", "OperationOutcome"):
            yield program.ask("POST", "", body, prefer=f"return={wanted}").json()


def resources(value: Any) -> Iterator[Json]:
    """Every resource in an answer, the answer too."""
    if isinstance(value, dict):
        if "resourceType" in value:
            yield value
        for inner in value.values():
            yield from resources(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from resources(inner)


def once(answers: Iterator[Json]) -> list[Json]:
    """Each answer once."""
    return list({json.dumps(each, sort_keys=True): each for each in answers}.values())


def _some(listed: Iterator[Json]) -> Iterator[str]:
    """The names of a few resources of each kind: what ends alike is made alike."""
    taken: Counter[tuple[str, str]] = Counter()
    for each in listed:
        kind = each["resourceType"], each["id"][36:]
        taken[kind] += 1
        if taken[kind] <= EACH:
            yield f"{kind[0]}/{each['id']}"


def _entries(bundle: Json) -> Iterator[Json]:
    """What a Bundle brings, without what it says of the search itself."""
    for entry in bundle.get("entry", ()):
        if "id" in entry.get("resource", {}):
            yield entry["resource"]


def _pages(program: Program, path: str | None) -> Iterator[Json]:
    while path is not None:
        answer = program.get(path)
        assert answer.status_code == 200, (path, answer.content)
        yield answer.json()
        path = link_of(answer)
