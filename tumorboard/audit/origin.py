"""By which way work comes in, and from where: what every audit entry of it says.

The doors (`institution_view`, `institution_stream`, the API's, a worker's) open an origin; whatever
comes through none of them was started by hand on the server.
"""

import ipaddress
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest

from tumorboard.audit.kinds import Via

#: What one customer of a provider has at least of IPv6.
IPV6_NETWORK_BITS = 64


@dataclass
class Origin:
    """One arrival of work.

    `address` is empty where no network was between; `reason` is what the person gave for looking
    where a reason is asked for (break-glass).
    """

    via: Via = Via.COMMAND
    address: str = ""
    reason: str = ""
    #: The ids that entries of this arrival name already.
    noted: set[UUID] = field(default_factory=set)


_current: ContextVar[Origin | None] = ContextVar("audit_origin", default=None)


def current_origin() -> Origin:
    """Where the present work comes from."""
    return _current.get() or Origin()


@contextmanager
def arriving(via: Via, *, address: str = "") -> Iterator[Origin]:
    """Work that came in by `via`; inside another arrival, its address and reason stay."""
    outer = _current.get()
    origin = Origin(
        via=via,
        address=address or (outer.address if outer else ""),
        reason=outer.reason if outer else "",
    )
    token = _current.set(origin)
    try:
        yield origin
    finally:
        _current.reset(token)


@contextmanager
def requested(request: HttpRequest, via: Via = Via.PAGE) -> Iterator[Origin]:
    """Work that a request asks for."""
    with arriving(via, address=client_address(request)) as origin:
        yield origin


def give_reason(reason: str) -> None:
    """Let every further entry of this arrival say why; outside of any arrival nothing happens."""
    origin = _current.get()
    if origin is not None:
        origin.reason = reason


def client_address(request: HttpRequest) -> str:
    """The address of who asks, as text; empty where it is not known.

    `X-Forwarded-For` is read from its end, and only as far as those who wrote it are among
    `TRUSTED_PROXIES`: the rest of it is whatever the client likes.
    """
    hops = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    address = _known(request.META.get("REMOTE_ADDR", ""))
    while address and hops and _is_trusted(address, settings.TRUSTED_PROXIES):
        further = _known(hops.pop())
        if not further:
            break
        address = further
    return address


def client_network(request: HttpRequest) -> str:
    """By what those who ask are counted: `client_address`, of IPv6 its first 64 bits.

    Whoever has one IPv6 address has the other 2^64 of its network too, and would be counted anew
    with each.
    """
    address = client_address(request)
    if ":" not in address:
        return address
    return str(ipaddress.ip_network((address, IPV6_NETWORK_BITS), strict=False))


def _known(text: str) -> str:
    """An address in its one form; empty for what is none."""
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return ""
    # A server that listens for both kinds sees IPv4 so.
    return str(getattr(found, "ipv4_mapped", None) or found)


def _is_trusted(address: str, proxies: Sequence[str]) -> bool:
    given = ipaddress.ip_address(address)
    return any(given in ipaddress.ip_network(proxy) for proxy in proxies)
