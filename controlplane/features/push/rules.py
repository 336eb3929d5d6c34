"""Which push services are spoken to, and when listeners are told. Pure."""

from base64 import urlsafe_b64decode
from binascii import Error as NoBase64
from collections.abc import Iterable
from hashlib import sha256
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec

from controlplane.db.push import Subscription
from controlplane.kernel.errors import InvalidInput
from controlplane.protocol.push import PushRequest

LOOPBACK = "127.0.0.1"
AUTH_BYTES = 16
QUIET_S = 15 * 60
"""A host whose line breaks, and who goes live again, is not new to listeners."""


def subscription(request: PushRequest, services: Iterable[str]) -> Subscription:
    """Return a request as a subscription; raise InvalidInput for what is none, or of a service that is not listed."""
    if not _is_of_service(request.endpoint, services):
        raise InvalidInput("endpoint: it is not of a push service that this server speaks to")
    try:
        point = _bytes(request.keys.p256dh)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        secret = _bytes(request.keys.auth)
    except (ValueError, NoBase64) as error:
        raise InvalidInput("keys: they are not those of a push subscription") from error
    if len(secret) != AUTH_BYTES:
        raise InvalidInput("keys.auth: it has 16 bytes")
    digest = sha256(request.endpoint.encode()).hexdigest()
    return Subscription(digest, request.endpoint, request.keys.p256dh, request.keys.auth, request.language)


def _is_of_service(endpoint: str, services: Iterable[str]) -> bool:
    """Say whether an address belongs to a listed host or one below it, by https. Addresses come from strangers."""
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    is_plain = endpoint.isascii() and endpoint.isprintable() and " " not in endpoint
    if parts.username is not None or parts.password is not None or not is_plain:
        return False
    known = any(host == service or host.endswith(f".{service}") for service in services)
    if host == LOOPBACK:
        return known and parts.scheme == "http"
    return known and parts.scheme == "https" and port in {None, 443}


def _bytes(text: str) -> bytes:
    bare = text.rstrip("=")
    return urlsafe_b64decode(bare + "=" * (-len(bare) % 4))
