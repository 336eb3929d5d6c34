"""What pages may load: the Content-Security-Policy of each kind of answer. Pure."""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

LOOPBACK_NAMES = frozenset({"localhost", "0.0.0.0"})  # noqa: S104 - compared with, not listened on
HOST = re.compile(r"(?P<name>[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:]{2,45}\])(:[0-9]{1,5})?")
OWN = "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"

PLAIN = f"default-src 'self'; {OWN}"
"""For answers that are no page."""

REFERENCE = f"default-src 'self'; img-src 'self' data:; {OWN}"
"""For the page with a library's renderer, which writes HTML, and without a player."""


def page(audio_url: str, host_header: str) -> str:
    """Return the policy of a page with a player, which is asked for under the name in a `Host` header."""
    sources = " ".join(("'self'", *audio_origins(audio_url, host_header)))
    return (
        f"default-src 'self'; img-src 'self' data:; media-src {sources}; connect-src 'self'; "
        f"require-trusted-types-for 'script'; trusted-types lit-html; {OWN}"
    )


def audio_origins(audio_url: str, host_header: str) -> list[str]:
    """Return the origins that the stream may be played from."""
    url = urlsplit(audio_url)
    return list(dict.fromkeys((f"{url.scheme}://{url.netloc}", playable_origin(audio_url, host_header))))


def playable_origin(audio_url: str, host_header: str) -> str:
    """Return the origin that a client of this server plays the stream from.

    Without a public address the stream's is on loopback: it is played from the host that the request is to.
    """
    url = urlsplit(audio_url)
    asked = HOST.fullmatch(host_header)
    if not is_loopback(url.hostname or "") or asked is None:
        return f"{url.scheme}://{url.netloc}"
    port = f":{url.port}" if url.port is not None else ""
    return f"{url.scheme}://{asked['name'].lower()}{port}"


def is_loopback(hostname: str) -> bool:
    """Say whether a host name means the machine itself."""
    try:
        return ip_address(hostname).is_loopback
    except ValueError:
        return hostname in LOOPBACK_NAMES or hostname.endswith(".localhost")
