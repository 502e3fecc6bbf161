"""What the operator of an installation allows its institutions to reach, and with which secrets.

Both come from the environment and name the institution: an administrator of one could otherwise
type another's archive and the name of another's credentials into the settings of the own.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, urlsplit

import requests
from requests.auth import AuthBase, HTTPBasicAuth

from cases.dicom.pacs_faults import Fault, PacsError

HOSTS = "TUMORBOARD_PACS_HOSTS"
CREDENTIALS = "TUMORBOARD_PACS_CREDENTIALS"

PORTS = {"http": 80, "https": 443}


class Unreadable(ValueError):
    """The operator's configuration cannot be read; the message quotes no secret."""


class Bearer(AuthBase):
    """Sign-in by a token."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the token."""
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


@dataclass(frozen=True)
class Access:
    """What one institution may reach."""

    origins: tuple[str, ...] = ()
    secrets: Mapping[str, AuthBase] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, *, institution: str, hosts: str, credentials: str) -> "Access":
        """Read the operator's configuration for the institution with this slug.

        Args:
            hosts: `north=https://pacs.north.example,south=http://10.0.0.7:8042`.
            credentials: JSON; name to `{"institution": "north", "user": …, "password": …}` or
                `{"institution": "north", "token": …}`.

        Raises:
            Unreadable: one of the two is not of this form.
        """
        return cls(
            origins=tuple(origin for slug, origin in _hosts(hosts) if slug == institution),
            secrets={
                name: auth for slug, name, auth in _credentials(credentials) if slug == institution
            },
        )

    def check(self, address: str) -> None:
        """Make sure that `address` lies where the operator allows it.

        Raises:
            PacsError: it does not.
        """
        if not self.origins:
            raise PacsError(Fault.OFF)
        if address_fault(address) or origin_of(address) not in self.origins:
            raise PacsError(Fault.NOT_ALLOWED)

    def auth(self, name: str) -> AuthBase | None:
        """The sign-in of this name; None for no name.

        Raises:
            PacsError: the operator gave this institution none of this name.
        """
        if not name:
            return None
        if name not in self.secrets:
            raise PacsError(Fault.NO_CREDENTIALS)
        return self.secrets[name]


def address_fault(address: str) -> str:
    """Why `address` cannot be the address of a service; empty where it can."""
    parts = _split(address)
    if parts is None or parts.scheme not in PORTS or not parts.hostname:
        return "Give an address that begins with https:// or http://."
    if parts.username is not None or parts.password is not None:
        return "Leave user and password out of the address: the operator keeps them."
    if parts.query or parts.fragment:
        return "Leave out what follows ? or #."
    return ""


def origin_of(address: str) -> str:
    """Scheme, host and port of a sound address, always with the port."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.hostname}:{parts.port or PORTS[parts.scheme]}"


def _split(address: str) -> SplitResult | None:
    # urlsplit drops line breaks and tabs; nobody means them.
    if not address.isascii() or not address.isprintable() or " " in address or "\\" in address:
        return None
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018 - raises where it is no number of a port
    except ValueError:
        return None
    return parts


def _hosts(text: str) -> list[tuple[str, str]]:
    found = []
    for entry in filter(None, map(str.strip, text.split(","))):
        slug, is_pair, address = entry.partition("=")
        if not is_pair or not slug.strip() or address_fault(address.strip()):
            message = f"{HOSTS}: write institution=https://host:port, with commas between."
            raise Unreadable(message)
        found.append((slug.strip(), origin_of(address.strip())))
    return found


def _credentials(text: str) -> list[tuple[str, str, AuthBase]]:
    if not text.strip():
        return []
    try:
        given = json.loads(text)
    except ValueError:
        message = f"{CREDENTIALS} is not JSON."
        raise Unreadable(message) from None
    if not isinstance(given, dict):
        message = f"{CREDENTIALS}: write an object of names."
        raise Unreadable(message)
    return [_credential(name, entry) for name, entry in given.items()]


def _credential(name: str, entry: Any) -> tuple[str, str, AuthBase]:
    values = entry if isinstance(entry, dict) else {}
    if all(isinstance(value, str) and value for value in values.values()):
        if values.keys() == {"institution", "user", "password"}:
            # As bytes: `requests` would otherwise send Latin-1.
            basic = HTTPBasicAuth(values["user"].encode(), values["password"].encode())
            return values["institution"], name, basic
        if values.keys() == {"institution", "token"} and values["token"].isascii():
            return values["institution"], name, Bearer(values["token"])
    message = f"{CREDENTIALS}: {name} needs institution, and user and password or token."
    raise Unreadable(message)
