"""Client addresses behind trusted and untrusted proxies."""

import pytest

from controlplane.kernel.addresses import client_address, is_loopback, site_of


@pytest.mark.parametrize(
    ("peer", "headers", "hops", "address"),
    [
        ("203.0.113.7", [], 0, "203.0.113.7"),
        ("203.0.113.7", ["6.6.6.6"], 0, "203.0.113.7"),
        ("10.0.0.1", ["203.0.113.7"], 1, "203.0.113.7"),
        ("10.0.0.1", ["6.6.6.6, 203.0.113.7"], 1, "203.0.113.7"),
        ("10.0.0.1", ["6.6.6.6", "203.0.113.7"], 1, "203.0.113.7"),
        ("10.0.0.1", ["6.6.6.6, 203.0.113.7, 10.0.0.2"], 2, "203.0.113.7"),
        ("10.0.0.1", ["203.0.113.7"], 2, "10.0.0.1"),
        ("10.0.0.1", [], 1, "10.0.0.1"),
        ("10.0.0.1", ["nonsense"], 1, "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.7, "], 1, "10.0.0.1"),
        ("10.0.0.1", ["1.2.3.4' or 1=1"], 1, "10.0.0.1"),
        ("2001:db8::1", [], 0, "2001:db8::/64"),
        ("2001:db8::ffff:0:0:1", [], 0, "2001:db8::/64"),
        ("2001:db8:0:1::1", [], 0, "2001:db8:0:1::/64"),
        ("fe80::1%eth0", [], 0, "fe80::/64"),
        ("::ffff:203.0.113.7", [], 0, "203.0.113.7"),
        ("10.0.0.1", ["203.0.113.7:4711"], 1, "203.0.113.7"),
        ("10.0.0.1", ["[2001:db8::1]:4711"], 1, "2001:db8::/64"),
        ("10.0.0.1", ["[2001:db8::1]"], 1, "2001:db8::/64"),
        ("10.0.0.1", ["203.0.113.7:x"], 1, "10.0.0.1"),
        (None, [], 0, "unknown"),
        ("/run/socket", [], 0, "unknown"),
    ],
)
def test_client_addresses_ignore_untrusted_forwarded_headers(
    peer: str | None, headers: list[str], hops: int, address: str
) -> None:
    assert client_address(peer, headers, hops) == address


@pytest.mark.parametrize(
    ("address", "loopback"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::/64", True), ("203.0.113.7", False), ("unknown", False)],
)
def test_loopback_addresses_are_recognised(address: str, loopback: bool) -> None:
    assert is_loopback(address) is loopback


@pytest.mark.parametrize(
    ("address", "site"), [("2001:db8:1:2::/64", "2001:db8:1::/48"), ("203.0.113.7", None), ("unknown", None)]
)
def test_ipv6_networks_map_to_their_site_prefix(address: str, site: str | None) -> None:
    assert site_of(address) == site
