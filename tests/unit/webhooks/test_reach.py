"""Where events may be sent: public addresses, and what the operator lists for the institution."""

import ipaddress
import socket

import pytest

from cases.models.webhook import Fault
from cases.services.webhooks import reach
from cases.services.webhooks.faults import SendError
from cases.services.webhooks.reach import Reach, Unreadable

NOTHING = Reach()


@pytest.mark.parametrize(
    "ip",
    [
        "127.0.0.1",
        "127.8.9.10",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "::127.0.0.1",
        "64:ff9b:1::a9fe:a9fe",
        "fec0::1",
    ],
)
def test_what_stands_beside_the_server_is_not_asked(ip):
    """ASVS v5.0.0-1.3.6: neither loopback nor link-local, metadata or private addresses."""
    assert not NOTHING.allows(ipaddress.ip_address(ip))


@pytest.mark.parametrize("ip", ["93.184.215.14", "2606:2800:21f:cb07::1", "::ffff:93.184.215.14"])
def test_public_addresses_are_asked(ip):
    assert NOTHING.allows(ipaddress.ip_address(ip))


def test_the_operator_lets_an_institution_reach_networks_of_its_own(settings):
    """ASVS v5.0.0-13.2.4, ASVS v5.0.0-13.2.5: by a list, which is each institution's own."""
    settings.WEBHOOK_NETWORKS = "north=10.20.0.0/16, north=fd00:20::/32,south=10.30.0.0/16"
    north, south = Reach.of("north"), Reach.of("south")
    assert north.allows(ipaddress.ip_address("10.20.3.4"))
    assert north.allows(ipaddress.ip_address("::ffff:10.20.3.4"))
    assert north.allows(ipaddress.ip_address("fd00:20::7"))
    assert not north.allows(ipaddress.ip_address("10.30.3.4"))
    assert not south.allows(ipaddress.ip_address("10.20.3.4"))
    assert Reach.of("west") == NOTHING


@pytest.mark.parametrize(
    ("networks", "plain"),
    [("10.0.0.0/8", ""), ("north=ten", ""), ("north=10.0.0.1/8", ""), ("", "north"), ("", "=x")],
)
def test_a_setting_that_cannot_be_read_allows_nothing_more(settings, networks, plain):
    settings.WEBHOOK_NETWORKS, settings.WEBHOOK_PLAIN_HOSTS = networks, plain
    with pytest.raises(Unreadable):
        reach.read("north")
    assert Reach.of("north") == NOTHING


@pytest.mark.parametrize(
    "address",
    [
        "",
        "engine.example",
        "ftp://engine.example/",
        "http://engine.example/events",
        "https://user:pass@engine.example/",
        "https://engine.example/?key=1",
        "https://engine.example/#x",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://engine.example:99999/",
        "https://engine.example/\nHost: x",
    ],
)
def test_an_address_that_cannot_be_is_refused_when_it_is_typed(address):
    """ASVS v5.0.0-1.3.6, ASVS v5.0.0-12.3.1: https, and nothing hidden in the address."""
    assert NOTHING.fault_of(address)


def test_an_address_over_tls_may_be_typed():
    assert NOTHING.fault_of("https://engine.example/events") == ""
    assert NOTHING.fault_of("https://93.184.215.14:8443/events") == ""


def test_without_tls_only_hosts_of_the_operators_list(settings):
    settings.WEBHOOK_PLAIN_HOSTS = "north=engine.test,north=Other.test:8080"
    north = Reach.of("north")
    assert north.fault_of("http://engine.test/x") == ""
    assert north.fault_of("http://other.test:8080/x") == ""
    assert north.fault_of("http://other.test/x")
    assert Reach.of("south").fault_of("http://engine.test/x")


def found(*addresses):
    def getaddrinfo(host, port, **_):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in addresses]

    return getaddrinfo


def test_a_name_that_leads_inside_is_refused_whole(monkeypatch):
    """ASVS v5.0.0-1.3.6: one public address beside an inner one does not help."""
    monkeypatch.setattr(socket, "getaddrinfo", found("93.184.215.14", "127.0.0.1"))
    with pytest.raises(SendError) as error:
        NOTHING.addresses("engine.example", 443)
    assert error.value.fault == Fault.NOT_ALLOWED


def test_every_public_address_of_a_name_is_given_once(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", found("93.184.215.14", "93.184.215.14", "8.8.8.8"))
    assert NOTHING.addresses("engine.example", 443) == ["93.184.215.14", "8.8.8.8"]


@pytest.mark.parametrize("raised", [socket.gaierror(), UnicodeError()])
def test_a_name_that_nobody_knows(monkeypatch, raised):
    def unknown(*_, **__):
        raise raised

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(SendError) as error:
        NOTHING.addresses("nowhere.example", 443)
    assert error.value.fault == Fault.NO_HOST
