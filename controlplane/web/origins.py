"""The origins that a station's stream is played from. Pure."""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

LOOPBACK_NAMES = frozenset({"localhost", "0.0.0.0"})  # noqa: S104 - compared with, not listened on
HOST = re.compile(r"(?P<name>[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:]{2,45}\])(:[0-9]{1,5})?")


def audio_origins(audio_url: str, host_header: str) -> list[str]:
    """Return the configured origin, and the one that a client of this server can reach, if it is another."""
    url = urlsplit(audio_url)
    return list(dict.fromkeys((f"{url.scheme}://{url.netloc}", playable_origin(audio_url, host_header))))


def playable_origin(audio_url: str, host_header: str) -> str:
    """Return the origin that a client of this server plays the stream from.

    Without a public address the stream's is on loopback: it is played from the host that the request is to.
    """
    url = urlsplit(audio_url)
    asked = HOST.fullmatch(host_header)
    if not is_loopback_host(url.hostname or "") or asked is None:
        return f"{url.scheme}://{url.netloc}"
    port = f":{url.port}" if url.port is not None else ""
    return f"{url.scheme}://{asked['name'].lower()}{port}"


def is_loopback_host(hostname: str) -> bool:
    """Say whether a host name means the machine itself."""
    try:
        return ip_address(hostname).is_loopback
    except ValueError:
        return hostname in LOOPBACK_NAMES or hostname.endswith(".localhost")
