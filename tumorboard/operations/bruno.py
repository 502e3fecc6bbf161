"""The REST API as a collection of requests for Bruno, made from its OpenAPI document.

Each operation is one file, with the first example of its body. Bruno keeps a token in the
environment as a secret, so none stands in a file.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from drf_spectacular.generators import SchemaGenerator

NAME = "Tumorboard"
#: What stands before the noun in every address.
BEFORE = "/api/v1/i/{slug}/"
VERBS = {"post": "add", "patch": "change", "put": "replace", "delete": "take back"}
#: Headers of requests that a person fills in.
HEADERS = {"Idempotency-Key": "{{$guid}}", "If-Match": "{{etag}}"}
#: Bodies that are no JSON: what Bruno calls the kind, and one that is taken.
TABLE_KIND = "text/csv"
TABLES = {
    "imports": "MRN,Ki-67\nN-0001,4.5\n",
    "code-map-files": "system,code,concept\nLAB,CGA,analyte/chromogranin_a\n",
}
COLLECTION = """\
auth {
  mode: bearer
}

auth:bearer {
  token: {{token}}
}

script:post-response {
  const tag = res.getHeader("etag");
  if (tag) bru.setVar("etag", tag);
}

docs {
  Every request of the REST API, made from its description by `manage.py write_bruno`.
  Choose the environment, and set its secret `token` (docs/machines.md says how to get one).
  The ETag of the last answer is what the next change sends as If-Match.
}
"""
ENVIRONMENT = """\
vars {
  baseUrl: http://127.0.0.1:8000
  slug: north
}
vars:secret [
  token
]
"""


class Operation(NamedTuple):
    """One operation of the API's description."""

    method: str
    path: str
    described: Mapping[str, Any]

    @property
    def steps(self) -> list[str]:
        """The address below the institution, without its id."""
        below = self.path.removeprefix(BEFORE).strip("/")
        return [step for step in below.split("/") if step != "{id}"]

    @property
    def verb(self) -> str:
        """What it does, in a word."""
        if self.method != "get":
            return VERBS[self.method]
        return "read" if "{id}" in self.path else "list"

    @property
    def name(self) -> str:
        """How it is called beside the others of its noun."""
        return " ".join([*self.steps[1:], self.verb]).replace("-", " ")

    @property
    def place(self) -> PurePosixPath:
        """The file it stands in."""
        return PurePosixPath(self.steps[0], f"{self.name.replace(' ', '-')}.bru")


def description() -> dict[str, Any]:
    """The API's description, as it is served."""
    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return json.loads(json.dumps(found, default=str))  # type: ignore[no-any-return]


def operations(described: Mapping[str, Any]) -> Iterator[Operation]:
    """Every operation of an institution's address, in the order of the document."""
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield Operation(method, path, operation)


def files(described: Mapping[str, Any]) -> dict[PurePosixPath, str]:
    """Every file of the collection, by its place in it."""
    manifest = {"version": "1", "name": NAME, "type": "collection"}
    found = {
        PurePosixPath("bruno.json"): json.dumps(manifest, indent=2) + "\n",
        PurePosixPath("collection.bru"): COLLECTION,
        PurePosixPath("environments/local.bru"): ENVIRONMENT,
    }
    counted: dict[str, int] = {}
    for operation in operations(described):
        noun = operation.steps[0]
        counted[noun] = counted.get(noun, 0) + 1
        found[operation.place] = _request(operation, number=counted[noun])
    return found


def _request(operation: Operation, *, number: int) -> str:
    body = _body(operation)
    url = "{{baseUrl}}" + operation.path.replace("{slug}", "{{slug}}").replace("{id}", ":id")
    kind = body[0].partition(":")[2] if body else "none"
    blocks = [
        ("meta", [f"name: {operation.name}", "type: http", f"seq: {number}"]),
        (operation.method, [f"url: {url}", f"body: {kind}", "auth: inherit"]),
        ("params:query", [f"~{name}: " for name in _named(operation.described, "query")]),
        ("params:path", ["id: "] if ":id" in url else []),
        ("headers", _headers(operation.described, kind)),
        *([body] if body else []),
        ("docs", str(operation.described["description"]).splitlines()),
    ]
    return "\n".join(_block(name, lines) for name, lines in blocks if lines)


def _block(name: str, lines: list[str]) -> str:
    inside = "".join(f"  {line}".rstrip() + "\n" for line in lines)
    return f"{name} {{\n{inside}}}\n"


def _named(described: Mapping[str, Any], place: str) -> list[str]:
    return [each["name"] for each in described.get("parameters", ()) if each["in"] == place]


def _headers(described: Mapping[str, Any], kind: str) -> list[str]:
    names = _named(described, "header")
    found = [f"{name}: {value}" for name, value in HEADERS.items() if name in names]
    return [*found, f"Content-Type: {TABLE_KIND}"] if kind == "text" else found


def _body(operation: Operation) -> tuple[str, list[str]] | None:
    """The block of the first example of a body, and its lines; None where there is no body."""
    content = operation.described.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        example = next(iter(content["application/json"]["examples"].values()))["value"]
        return "body:json", json.dumps(example, indent=2, ensure_ascii=False).splitlines()
    if TABLE_KIND in content:
        return "body:text", TABLES[operation.steps[0]].splitlines()
    # A file that whoever sends the request chooses.
    kind = next(iter(content), "")
    return ("body:file", [f"file: @file() @contentType({kind})"]) if kind else None
