"""Which address the audit notes."""

import pytest
from django.test import RequestFactory

from tumorboard.audit.origin import client_address, client_network


def address(settings, *, remote: str, forwarded: str = "", proxies: tuple[str, ...] = ()) -> str:
    settings.TRUSTED_PROXIES = list(proxies)
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    return client_address(RequestFactory().get("/", headers=headers, REMOTE_ADDR=remote))


def test_without_a_proxy_what_the_client_forwards_counts_for_nothing(settings):
    """ASVS v5.0.0-4.1.3: what a proxy sets cannot be set by whoever asks."""
    assert address(settings, remote="192.0.2.7", forwarded="198.51.100.1") == "192.0.2.7"


@pytest.mark.parametrize(
    ("forwarded", "expected"),
    [
        ("198.51.100.1", "198.51.100.1"),
        # What stands before the hop that the proxy wrote is the client's own claim.
        ("203.0.113.99, 198.51.100.1", "198.51.100.1"),
        ("198.51.100.1, 10.0.0.9", "198.51.100.1"),
        ("", "10.0.0.1"),
        ("no address", "10.0.0.1"),
        ("2001:DB8::1", "2001:db8::1"),
    ],
)
def test_behind_a_proxy_its_word_counts(settings, forwarded, expected):
    found = address(settings, remote="10.0.0.1", forwarded=forwarded, proxies=("10.0.0.0/8",))
    assert found == expected


def test_where_all_are_proxies_the_first_of_them_is_noted(settings):
    found = address(settings, remote="10.0.0.1", forwarded="10.0.0.2", proxies=("10.0.0.0/8",))
    assert found == "10.0.0.2"


def test_a_request_without_a_network_has_no_address(settings):
    assert address(settings, remote="") == ""


def test_an_address_of_ipv4_that_is_written_as_ipv6_is_the_same(settings):
    found = address(
        settings, remote="::ffff:10.0.0.1", forwarded="198.51.100.1", proxies=("10.0.0.0/8",)
    )
    assert found == "198.51.100.1"


@pytest.mark.parametrize(
    ("remote", "network"),
    [
        ("198.51.100.1", "198.51.100.1"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::2", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("", ""),
    ],
)
def test_who_asks_is_counted_by_a_network_of_ipv6(remote, network):
    """ASVS v5.0.0-6.3.1: whoever has one address of IPv6 has 2^64 of them to guess from."""
    assert client_network(RequestFactory().get("/", REMOTE_ADDR=remote)) == network
