"""What a prefetch lacks, asked of the EHR's FHIR server in time."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

from cases.hooks.asked import MOST_ENTRIES, Asked, fault_of
from cases.hooks.catalogue import PATIENT, PREFETCH, TOKEN
from tumorboard.accounts.sso.faults import SignInFault
from tumorboard.accounts.sso.reach import Reach, ask, origin_of
from tumorboard.timed_http import Deadline

#: [INT] Seconds for all of it: the answer has to be there within half a second.
SECONDS = 0.35
#: [INT] Bytes of one answer, how many are asked at once, and pages of one search.
LARGEST, AT_ONCE, MOST_PAGES = 1_000_000, 4, 10


@dataclass(frozen=True)
class Had:
    """What is known from the EHR, by the keys of templates; a key that is missing was not had."""

    values: Mapping[str, Any]
    #: Keys of searches of which there is more than could be had.
    partial: Sequence[str] = field(default_factory=tuple)
    #: Why the EHR was not asked for what is missing; empty where it was.
    unasked: str = ""


@dataclass(frozen=True)
class _Server:
    """The registered FHIR server, opened for this call."""

    base: str
    reach: Reach
    deadline: Deadline
    token: str = field(repr=False)

    def get(self, address: str) -> dict[str, Any] | None:
        """A resource; None where it was not to be had."""
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "application/fhir+json"}
        try:
            found: dict[str, Any] = ask(
                self.reach, address, headers=headers, deadline=self.deadline, largest=LARGEST
            )
        except SignInFault:
            return None
        return None if _failed(found) else found

    def has(self, address: str) -> bool:
        """Whether an address is below the registered one: a page elsewhere is never asked for."""
        parts = address.removeprefix(self.base).partition("?")[0].split("/")
        return (
            address.startswith((f"{self.base}/", f"{self.base}?"))
            and origin_of(address) == origin_of(self.base)
            and ".." not in parts
            and "%2e" not in address.lower()
        )


def completed(asked: Asked, *, registered: str, slug: str) -> Had:
    """The prefetch, with what could be had of what it lacks.

    A search that has further pages is read to its end, within bounds of time, number and size.

    Outside of any scope: asking must hold no transaction.

    Args:
        registered: the only FHIR server that this client may name; empty: none.
        slug: the institution, whose operator says which hosts may be asked.
    """
    given = {key: value for key, value in asked.prefetch.items() if not _failed(value)}
    # What an EHR could not read itself is not asked for again.
    missing = [key for key in PREFETCH if key not in asked.prefetch]
    going_on = [key for key, value in given.items() if _next(value)]
    opened, reach = asked.authorization, Reach.of(slug)
    unasked = _why_not(asked, registered, reach)
    if opened is None or unasked or not (missing or going_on):
        return Had(given, tuple(going_on), unasked)
    server = _Server(registered.rstrip("/"), reach, Deadline(SECONDS), opened.access_token)

    def had(key: str) -> tuple[Any, bool]:
        first = given.get(key)
        if first is None:
            query = PREFETCH[key].replace(TOKEN, asked.patient_id)
            first = server.get(f"{server.base}/{query}")
        if first is None or fault_of(first, asked.patient_id, of_patient=key == PATIENT):
            return None, False
        return _read_on(first, server, asked.patient_id)

    keys = [*missing, *going_on]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = dict(zip(keys, pool.map(had, keys), strict=True))
    found = {key: value for key, (value, _) in answers.items() if value is not None}
    return Had(given | found, tuple(key for key in keys if answers[key][1]))


def _why_not(asked: Asked, registered: str, reach: Reach) -> str:
    """Why the EHR may not be asked; empty where it may."""
    if not registered:
        return "No FHIR server is registered for this EHR."
    if asked.authorization is None:
        return "fhirServer and fhirAuthorization were not sent."
    if asked.authorization.server.rstrip("/") != registered.rstrip("/"):
        return "fhirServer is not the address that is registered."
    if not reach.allows(registered):
        return "The operator has not allowed the host of the registered FHIR server."
    return ""


def _read_on(first: Any, server: _Server, patient_id: str) -> tuple[Any, bool]:
    """A resource, or a bundle with the entries of its further pages; and whether some are left."""
    entries, page, seen = list(first.get("entry") or ()), first, {""}
    while address := _next(page):
        address = urljoin(f"{server.base}/", address)
        is_new = address not in seen and len(seen) < MOST_PAGES
        page = server.get(address) if is_new and server.has(address) else None
        if page is None or page.get("resourceType") != "Bundle" or fault_of(page, patient_id):
            return {**first, "entry": entries}, True
        seen.add(address)
        entries += page.get("entry", [])
        if len(entries) > MOST_ENTRIES:
            return {**first, "entry": entries[:MOST_ENTRIES]}, True
    return ({**first, "entry": entries} if entries else first), False


def _next(value: Any) -> str:
    """Where a bundle goes on; empty where it does not, or does not say so in a way that counts."""
    links = value.get("link") if isinstance(value, dict) else None
    if not isinstance(links, list) or value.get("resourceType") != "Bundle":
        return ""
    for link in links:
        if isinstance(link, dict) and link.get("relation") == "next":
            return str(link.get("url") or "")
    return ""


def _failed(value: Any) -> bool:
    return isinstance(value, dict) and value.get("resourceType") == "OperationOutcome"
