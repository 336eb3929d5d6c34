"""Client addresses: the peer's, or the one that a trusted proxy of ours reports. Pure."""

import ipaddress
import re
from collections.abc import Iterable

UNKNOWN = "unknown"
IPV6_PREFIX = 64
IPV6_SITE_PREFIX = 48
"""Providers often give one customer a /48: 65,536 of the /64 networks that are counted."""
_WITH_PORT = re.compile(r"\[(?P<v6>[^\]]*)\](:\d{1,5})?|(?P<v4>\d+\.\d+\.\d+\.\d+):\d{1,5}", re.ASCII)


def client_address(peer: str | None, forwarded_for: Iterable[str], trusted_hops: int) -> str:
    """Return the client's address as limits count it: IPv4 in full, IPv6 as its /64, `unknown` if there is none.

    `forwarded_for` are the X-Forwarded-For headers in order. Each proxy appends its peer, so with N proxies of ours the
    Nth entry from the right is the first that no client could forge. With too few entries, or one that is not an
    address, the request did not come through the proxies, and the peer counts.
    """
    if trusted_hops:
        entries = [entry.strip() for header in forwarded_for for entry in header.split(",")]
        if len(entries) >= trusted_hops:
            forwarded_for = _counted(_without_port(entries[-trusted_hops]))
            if forwarded_for != UNKNOWN:
                return forwarded_for
    return _counted(peer or "")


def site_of(address: str) -> str | None:
    """Return the /48 that an IPv6 address from `client_address` lies in, None for others."""
    if ":" not in address:
        return None
    return str(ipaddress.ip_network(address).supernet(new_prefix=IPV6_SITE_PREFIX))


def is_loopback(address: str) -> bool:
    """Say whether an address from `client_address` belongs to this machine."""
    if address == UNKNOWN:
        return False
    return ipaddress.ip_network(address).is_loopback or address == f"::/{IPV6_PREFIX}"


def is_shared(address: str) -> bool:
    """Say whether an address may stand for everybody: a proxy on this machine, or `unknown`."""
    return address == UNKNOWN or is_loopback(address)


def _without_port(text: str) -> str:
    found = _WITH_PORT.fullmatch(text)
    return (found["v6"] or found["v4"]) if found is not None else text


def _counted(text: str) -> str:
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return UNKNOWN
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, IPV6_PREFIX), strict=False))
