"""Where the server may send events.

An administrator types the address. Without a rule they could let the server knock at whatever
stands beside it: its own ports, the cloud's metadata, the hospital's network. So only public
addresses are asked, and those of networks that the operator lists for the institution:
`north=10.20.0.0/16,south=10.30.0.0/16`. What a name leads to is looked up for each attempt, and
the very address that was judged is asked, since a name may lead elsewhere a moment later.
"""

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from cases.dicom.pacs_access import address_fault
from cases.models.webhook import Fault
from cases.services.webhooks.faults import SendError

NETWORKS, PLAIN_HOSTS = "TUMORBOARD_WEBHOOK_NETWORKS", "TUMORBOARD_WEBHOOK_PLAIN_HOSTS"
IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
#: IPv6 addresses that carry an IPv4 address to a translator (RFC 6052).
TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
#: What of IPv6 is given out to be reached from everywhere (RFC 4291, 2.4). Beside it lie site-local
#: addresses and translators of a network's own, which Python takes for public.
PUBLIC = ipaddress.IPv6Network("2000::/3")


class Unreadable(ValueError):
    """The operator's configuration cannot be read."""


@dataclass(frozen=True)
class Reach:
    """Which networks and hosts one institution may reach beside public ones over TLS."""

    networks: tuple[Network, ...] = ()
    #: Hosts, as `host` or `host:port`, that may be asked without TLS.
    plain_hosts: frozenset[str] = frozenset()

    @classmethod
    def of(cls, slug: str) -> "Reach":
        """Of the institution with this slug: nothing more, where a setting is unreadable.

        `manage.py check` says that it is.
        """
        try:
            return read(slug)
        except Unreadable:
            return cls()

    def fault_of(self, address: str) -> str:
        """Why events are not sent to `address`, as far as its text tells; empty where they are."""
        if fault := address_fault(address):
            return fault
        parts = urlsplit(address)
        host = parts.hostname or ""
        may_be_plain = not self.plain_hosts.isdisjoint({host, f"{host}:{parts.port or 80}"})
        if parts.scheme != "https" and not may_be_plain:
            return "Give an address that begins with https://."
        try:
            ip = ipaddress.ip_address(host)
        except ValueError:
            return ""
        return "" if self.allows(ip) else "The server may not ask this address."

    def allows(self, ip: IPAddress) -> bool:
        """Whether this address of a host may be asked."""
        ip = _behind(ip)
        if any(ip in network for network in self.networks):
            return True
        if isinstance(ip, ipaddress.IPv6Address) and ip not in PUBLIC:
            return False
        return ip.is_global and not ip.is_multicast

    def addresses(self, host: str, port: int) -> list[str]:
        """What `host` leads to.

        Raises:
            SendError: to nowhere, or to anything that may not be asked.
        """
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise SendError(Fault.NO_HOST) from None
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        if not all(self.allows(ipaddress.ip_address(each)) for each in addresses):
            raise SendError(Fault.NOT_ALLOWED)
        return addresses


def read(slug: str) -> Reach:
    """The operator's settings for the institution with this slug.

    Raises:
        Unreadable: one is not of its form.
    """
    networks = _entries(settings.WEBHOOK_NETWORKS, NETWORKS)
    try:
        judged = [(name, ipaddress.ip_network(text)) for name, text in networks]
    except ValueError:
        message = f"{NETWORKS}: write institution=network, with commas between."
        raise Unreadable(message) from None
    plain = _entries(settings.WEBHOOK_PLAIN_HOSTS, PLAIN_HOSTS)
    return Reach(
        tuple(network for name, network in judged if name == slug),
        frozenset(host.lower() for name, host in plain if name == slug),
    )


def _behind(ip: IPAddress) -> IPAddress:
    """The IPv4 address that an IPv6 address stands for; else the address itself."""
    if isinstance(ip, ipaddress.IPv4Address):
        return ip
    if ip in TRANSLATED:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or ip


def _entries(text: str, setting: str) -> list[tuple[str, str]]:
    found = []
    for entry in filter(None, map(str.strip, text.split(","))):
        name, _, value = (part.strip() for part in entry.partition("="))
        if not name or not value:
            message = f"{setting}: write institution=value, with commas between."
            raise Unreadable(message)
        found.append((name, value))
    return found
