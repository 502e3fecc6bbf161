"""The entries of a bundle: what each asks for, read before anything is done."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cases.fhir.keeping import Json
from cases.fhir.linking import based
from cases.fhir.outcome import BadRequest, NotAllowed, Unprocessable
from cases.r4.issue import Code, Issue
from cases.r4.judging import faults
from cases.r4.references import ID

#: How many entries one bundle has at most.
MOST = 500
WRITES = ("POST", "PUT", "DELETE")
#: http.html#trules: the order in which a transaction does them.
ORDER = ("DELETE", "POST", "PUT", "GET", "HEAD")
READS = ("GET", "HEAD")
ADDRESS = re.compile(rf"(?P<type>[A-Z][A-Za-z]+)(?:/(?P<id>{ID}))?(?:\?(?P<condition>.*))?", re.S)
#: The address of an entry on a REST server: what stands before its type and id.
ELSEWHERE = re.compile(rf"(?P<base>https?://\S+)/[A-Z][A-Za-z]+/{ID}")
NO_LIMIT = "A bundle has at most {most} entries; send the rest in another one."


@dataclass
class Entry:
    """One entry of a bundle of type transaction or batch."""

    number: int
    method: str
    #: As it was given, for GET.
    url: str
    #: Of the address; empty where the address is of the whole server.
    resource_type: str
    resource_id: str
    condition: str
    full_url: str
    resource: Json | None
    #: This server's address.
    base: str
    if_match: str | None
    if_none_exist: str | None

    @property
    def path(self) -> str:
        """Where it stands."""
        return f"Bundle.entry[{self.number}]"

    @property
    def resource_path(self) -> str:
        """Where its resource stands."""
        return f"{self.path}.resource"

    @cached_property
    def resource_at_home(self) -> Json | None:
        """The resource, with references of the form Type/id leading to the server it comes from.

        By its `fullUrl`, as bundle.html says; where that is none of a server's, they lead here.
        """
        found = ELSEWHERE.fullmatch(self.full_url)
        if self.resource is None or found is None or found["base"] == self.base:
            return self.resource
        return based(self.resource, base=found["base"])


def entries_of(bundle: Any, *, base: str) -> tuple[str, list[Entry]]:
    """Type and entries of a bundle.

    Args:
        base: this server's address, which the addresses of entries may begin with.

    Raises:
        BadRequest: it is no Bundle of R4, of another type, or too long.
        Unprocessable: an entry says what R4 does not allow to be said.
    """
    given = bundle.get("entry", []) if isinstance(bundle, dict) else []
    if isinstance(given, list) and len(given) > MOST:
        message = NO_LIMIT.format(most=MOST)
        raise BadRequest(message, "Bundle.entry", code=Code.TOO_COSTLY)
    _judge(bundle)
    type_ = bundle["type"]
    if type_ not in ("transaction", "batch"):
        message = "Send a Bundle of type transaction or batch here."
        raise BadRequest(message, "Bundle.type", code=Code.INVALID)
    return type_, [_entry(number, each, base) for number, each in enumerate(given)]


def _judge(bundle: Any) -> None:
    found = faults(bundle)
    if not found and bundle["resourceType"] != "Bundle":
        found = [Issue(Code.INVALID, "Send a Bundle here.", ("resourceType",))]
    if found:
        content = all(issue.code in (Code.CODE_INVALID, Code.INVARIANT) for issue in found)
        raise (Unprocessable if content else BadRequest)(issues=found)


def _entry(number: int, said: Json, base: str) -> Entry:
    path = f"Bundle.entry[{number}]"
    request = said.get("request")
    if request is None:
        message = "An entry of a transaction or batch has a request (bdl-3)."
        raise BadRequest(message, f"{path}.request", code=Code.REQUIRED)
    method, url = request["method"], request["url"].removeprefix(f"{base}/").lstrip("/")
    if method not in ORDER:
        raise NotAllowed(f"{method} is not done here.", f"{path}.request.method")
    found = ADDRESS.fullmatch(url)
    if found is None and method in WRITES:
        message = "This is no address of a resource: Type, Type/id or Type?condition."
        raise BadRequest(message, f"{path}.request.url", code=Code.VALUE)
    resource = said.get("resource")
    if (resource is None) == (method in ("POST", "PUT")):
        words = "needs" if resource is None else "has no"
        raise BadRequest(f"{method} {words} resource.", f"{path}.resource", code=Code.REQUIRED)
    return Entry(
        number=number,
        method=method,
        url=url,
        resource_type=found["type"] if found else "",
        resource_id=(found["id"] or "") if found else "",
        condition=(found["condition"] or "") if found else "",
        full_url=said.get("fullUrl", ""),
        resource=resource,
        base=base,
        if_match=request.get("ifMatch"),
        if_none_exist=request.get("ifNoneExist"),
    )


def check_types(entry: Entry) -> None:
    """Refuse a resource that is of another type than its address.

    Raises:
        BadRequest: it is.
    """
    if entry.resource is not None and entry.resource["resourceType"] != entry.resource_type:
        message = f"The address is of {entry.resource_type}."
        where = f"{entry.resource_path}.resourceType"
        raise BadRequest(message, where, code=Code.INVALID)


def refuse_twice(entries: Sequence[Entry]) -> None:
    """Refuse a transaction that does two things to one resource.

    Raises:
        BadRequest: a resource, or an address of an entry, is there twice.
    """
    seen: dict[str, int] = {}
    for entry in entries:
        names = [entry.full_url] if entry.full_url and entry.method in ("POST", "PUT") else []
        if entry.resource_id and entry.method in WRITES:
            names.append(f"{entry.resource_type}/{entry.resource_id}")
        for name in names:
            if name in seen:
                message = f"This is in entry[{seen[name]}] already: a transaction writes it once."
                raise BadRequest(message, entry.path, code=Code.DUPLICATE)
            seen[name] = entry.number
