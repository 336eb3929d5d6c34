"""Sends notifications to push services, encrypted for each browser (RFC 8291) and signed by us (RFC 8292)."""

import asyncio
import time
from base64 import urlsafe_b64encode
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx
import jwt
import structlog
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pywebpush import WebPusher, WebPushException

from controlplane.db.push import Subscription

log = structlog.get_logger()

ORDER_OF_P256 = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the curve's base point (NIST SP 800-186, 3.2.1.3): private keys are below it."""
SIGNED_FOR_S = 12 * 3600
"""RFC 8292 allows a day."""
DELIVERED_WITHIN_S = 1800
"""A browser that is away for longer need not be told."""
AT_ONCE = 20
TIMEOUT_S = 10.0
MAX_SIGNED = 100
"""Addresses come from strangers, and a service may have any number of hosts."""
GONE = frozenset({httpx.codes.NOT_FOUND, httpx.codes.GONE})


@dataclass(slots=True, repr=False)
class PushSender:
    """A sender with its key, made from a secret; `contact` is where push services reach us, an
    https: or mailto: address, empty for none."""

    secret: str
    contact: str
    _key: ec.EllipticCurvePrivateKey = field(init=False)
    _signed: dict[str, tuple[float, str]] = field(default_factory=dict)
    _gates: defaultdict[str, asyncio.Semaphore] = field(
        default_factory=lambda: defaultdict(lambda: asyncio.Semaphore(AT_ONCE))
    )
    """For each push service, so that one that does not answer keeps no other waiting."""

    def __post_init__(self) -> None:  # noqa: D105 - what belongs to every sender
        scalar = int(self.secret, 16) % (ORDER_OF_P256 - 1) + 1
        self._key = ec.derive_private_key(scalar, ec.SECP256R1())

    @property
    def public_key(self) -> str:
        """The public key, in base64url."""
        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return urlsafe_b64encode(point).rstrip(b"=").decode()

    async def send(
        self, client: httpx.AsyncClient, to: list[tuple[Subscription, bytes]], is_news: Callable[[], bool]
    ) -> list[str]:
        """Send each browser its message, for as long as it is news; return the ids of those that are gone.

        Their push service does not know these any more.
        """
        gone = list[str]()

        async def one(subscription: Subscription, message: bytes) -> None:
            async with self._gates[_service(subscription.endpoint)]:
                if is_news() and await self._send(client, subscription, message) in GONE:
                    gone.append(subscription.id)

        await asyncio.gather(*(one(*each) for each in to))
        return gone

    async def _send(self, client: httpx.AsyncClient, subscription: Subscription, message: bytes) -> int:
        keys = {"p256dh": subscription.p256dh, "auth": subscription.auth}
        try:
            pusher = WebPusher({"endpoint": subscription.endpoint, "keys": keys})
            # Elliptic curves take a millisecond each, and there may be thousands.
            body = (await asyncio.to_thread(pusher.encode, message))["body"]
        except (WebPushException, ValueError) as error:
            log.info("push_not_encrypted", reason=type(error).__name__)
            return 0
        headers = {
            "Authorization": self._signature(subscription.endpoint),
            "TTL": str(DELIVERED_WITHIN_S),
            "Urgency": "high",
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
        }
        try:
            async with asyncio.timeout(TIMEOUT_S):
                answer = await client.post(subscription.endpoint, content=body, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            log.info("push_not_sent", service=urlsplit(subscription.endpoint).hostname, reason=type(error).__name__)
            return 0
        if answer.is_error and answer.status_code not in GONE:
            log.info("push_refused", service=urlsplit(subscription.endpoint).hostname, status=answer.status_code)
        return answer.status_code

    def _signature(self, endpoint: str) -> str:
        parts = urlsplit(endpoint)
        audience, now = f"{parts.scheme}://{parts.netloc}", time.time()
        until, token = self._signed.get(audience, (0.0, ""))
        if until - now < SIGNED_FOR_S / 2:
            until = now + SIGNED_FOR_S
            claims = {"aud": audience, "exp": int(until), **({"sub": self.contact} if self.contact else {})}
            token = jwt.encode(claims, self._key, algorithm="ES256")
            if len(self._signed) >= MAX_SIGNED:
                self._signed.clear()
            self._signed[audience] = until, token
        return f"vapid t={token}, k={self.public_key}"


def _service(endpoint: str) -> str:
    """Return a push service's domain: it may have any number of hosts, as Windows' does."""
    return ".".join((urlsplit(endpoint).hostname or "").split(".")[-2:])


def client() -> httpx.AsyncClient:
    """Return a client for push services: it follows no redirects, since addresses come from strangers."""
    return httpx.AsyncClient(timeout=None, follow_redirects=False, trust_env=False)  # noqa: S113 - the sender has one
