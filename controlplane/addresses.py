"""Where a request comes from: the peer, or what a trusted proxy of ours says of it. Pure."""

import ipaddress
from collections.abc import Iterable

UNKNOWN = "unknown"
IPV6_PREFIX = 64


def client_address(peer: str | None, forwarded_for: Iterable[str], trusted_hops: int) -> str:
    """Return the client's address as it is counted: IPv4 in full, IPv6 as its /64, `unknown` if there is none.

    `forwarded_for` are the X-Forwarded-For headers in order. Each proxy appends whom it saw, so with N proxies of ours
    the Nth entry from the right is the first that no stranger could write. Too few entries, or one that is no address:
    the request did not come through them, and the peer counts.
    """
    if trusted_hops:
        entries = [entry.strip() for header in forwarded_for for entry in header.split(",")]
        if len(entries) >= trusted_hops:
            said = _counted(entries[-trusted_hops])
            if said != UNKNOWN:
                return said
    return _counted(peer or "")


def is_loopback(address: str) -> bool:
    """Say whether an address from `client_address` is of this machine."""
    if address == UNKNOWN:
        return False
    return ipaddress.ip_network(address).is_loopback or address == f"::/{IPV6_PREFIX}"


def is_of_many(address: str) -> bool:
    """Say whether everybody might be behind an address: that of a proxy on this machine, or none."""
    return address == UNKNOWN or is_loopback(address)


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
