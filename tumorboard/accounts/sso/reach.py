"""What the server itself asks of a provider, and only where the operator lets it.

An administrator types the address of a provider. Without a list by the operator they could let the
server ask whatever stands in the hospital's network; and a client secret in a form would stand in
tables and backups, and could be sent to a host of their choice. So hosts and secrets come from the
environment, by institution: `{"north": {"hosts": ["https://id.north.example"], "secrets":
{"<client id>": "<secret>"}}}`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from urllib3.exceptions import HTTPError

from tumorboard.accounts.sso.faults import Fault, SignInFault
from tumorboard.timed_http import Deadline, TimedAdapter

SETTING = "TUMORBOARD_IDENTITY_PROVIDERS"
#: [INT] Bytes of an answer; a set of keys with its certificates stays far below.
LARGEST = 300_000
#: [INT] Bytes that are read at once.
PIECE = 16_384
#: [INT] Seconds: for a connection, and for the whole answer.
PATIENCE, LONGEST = 5, 10
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class Unreadable(ValueError):
    """The operator's configuration cannot be read; the message quotes no secret."""


@dataclass(frozen=True)
class Reach:
    """Which origins one institution may reach, and its secrets by client id."""

    origins: frozenset[str] = frozenset()
    secrets: dict[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, slug: str) -> "Reach":
        """Of the institution with this slug: nothing, where the operator's setting is unreadable.

        `manage.py check` says that it is.
        """
        try:
            return read(settings.IDENTITY_PROVIDERS).get(slug, cls())
        except Unreadable:
            return cls()

    def allows(self, address: str) -> bool:
        """Whether the server may ask there: an origin of the list, over TLS but on this machine."""
        origin = origin_of(address)
        return bool(origin) and origin in self.origins


def origin_of(address: str) -> str:
    """Scheme, host and port; empty for what is no address that may be asked."""
    if not address.isascii() or not address.isprintable() or set(address) & set(' \\"<>'):
        return ""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return ""
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    if not is_safe or not parts.hostname or parts.username is not None or parts.fragment:
        return ""
    return f"{parts.scheme}://{parts.hostname}:{port or (443 if parts.scheme == 'https' else 80)}"


def ask(
    reach: Reach,
    address: str,
    form: dict[str, str] | None = None,
    *,
    headers: Mapping[str, str] | None = None,
    deadline: Deadline | None = None,
    largest: int = LARGEST,
    **options: Any,
) -> Any:
    """The JSON at an address; by POST where a form is sent.

    Args:
        headers: beside those that are always sent.
        deadline: where it is not `LONGEST` from now.
        largest: how many bytes an answer may have.

    Raises:
        SignInFault: it may not be asked, does not answer, or not with an object in JSON.
    """
    if not reach.allows(address):
        raise SignInFault(Fault.NOT_ALLOWED)
    with requests.Session() as session:
        # No proxy and no credentials from the environment.
        session.trust_env = False
        adapter = TimedAdapter(deadline or Deadline(LONGEST))
        session.mount("https://", adapter)
        session.mount("http://", adapter)
        try:
            with session.request(
                "POST" if form is not None else "GET",
                address,
                data=form,
                headers={
                    "Accept": "application/json",
                    "Accept-Encoding": "identity",
                    **(headers or {}),
                },
                timeout=min(PATIENCE, deadline.left()) if deadline else PATIENCE,
                allow_redirects=False,
                stream=True,
                **options,
            ) as answer:
                body = _body(answer, largest)
        except (requests.RequestException, HTTPError, OSError):
            raise SignInFault(Fault.UNREACHABLE) from None
    # A proxy's page of an error is no JSON, and is still that error.
    refusal = Fault.UNREACHABLE if form is None else Fault.DENIED
    if answer.status_code != requests.codes.ok:
        raise SignInFault(refusal)
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise SignInFault(Fault.MALFORMED) from None
    if not isinstance(found, dict):
        raise SignInFault(refusal)
    return found


def _body(answer: requests.Response, largest: int) -> bytes:
    """The whole answer, unless it is too long, or packed: unpacked it could be of any size."""
    if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise SignInFault(Fault.MALFORMED)
    body = bytearray()
    while piece := answer.raw.read(PIECE, decode_content=False):
        body += piece
        if len(body) > largest:
            raise SignInFault(Fault.MALFORMED)
    return bytes(body)


def read(text: str) -> dict[str, Reach]:
    """The operator's setting, by the slugs of institutions.

    Raises:
        Unreadable: it is not of its form.
    """
    try:
        entries = json.loads(text or "{}")
        found = {
            str(slug): Reach(
                origins=frozenset(_origin(host) for host in entry.get("hosts", [])),
                secrets={str(k): str(v) for k, v in entry.get("secrets", {}).items()},
            )
            for slug, entry in entries.items()
        }
    except (ValueError, AttributeError, TypeError):
        # Never the text itself, which holds secrets.
        message = f'{SETTING} is not {{"slug": {{"hosts": ["https://…"], "secrets": {{…}}}}}}.'
        raise Unreadable(message) from None
    return found


def _origin(host: Any) -> str:
    origin = origin_of(host)
    if not origin:
        raise ValueError
    return origin
