"""Tokens: ours, and those of an external issuer. One algorithm and one kind of key each.

Each verifier is tried in turn: nothing in a token that has not been verified decides anything.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from controlplane.access.claims import MAX_LIFETIME_S, Claims, check_header, read_claims
from controlplane.kernel.clock import SYSTEM_CLOCK, Clock
from controlplane.kernel.errors import ConfigError, Unauthenticated
from controlplane.runtime.config import Settings
from controlplane.runtime.paths import Paths
from controlplane.runtime.secrets import RotatingSecret
from controlplane.runtime.sections import ExternalIssuerSettings, TokensSettings

ALGORITHM = "HS256"
MAX_BYTES = 4096
SECRET_BYTES = 32
RSA_BITS = 2048
TOKEN_NEEDED = "a token is needed: POST /api/v1/auth/guest gives one to anybody"  # noqa: S105 - a sentence
DEVICE = "/device"
"""Added to the audience of device tokens."""
DEVICE_TOKEN_LIFETIME_S = 90 * 86400
GUEST_REFRESH = "/guest-refresh"
"""Added to the audience of guests' refresh tokens, so that nothing else accepts them."""
PREVIEW = "/preview"
"""Added to the audience of preview keys, whose subject is what may be heard."""
PREVIEW_LIFETIME_S = 3600


@dataclass(frozen=True, slots=True)
class Verifier:
    """Reads tokens of one issuer, for one audience, signed with one algorithm and one of the keys."""

    algorithm: str
    keys: Callable[[], tuple[Any, ...]]
    issuer: str
    audience: str
    max_lifetime_s: int = MAX_LIFETIME_S
    clock: Clock = SYSTEM_CLOCK

    def read(self, token: str) -> Claims | None:
        """Return a token's claims, None if none of the keys signed it; raise Unauthenticated if they are not valid."""
        try:
            header, payload, signature = (_segment(part) for part in token.split(".", 3))
            check_header(header, self.algorithm)
        except (ValueError, Unauthenticated):
            return None
        signed, by = token.rpartition(".")[0].encode(), jwt.get_algorithm_by_name(self.algorithm)
        for key in self.keys():
            if by.verify(signed, _prepared(key) if isinstance(key, str) else key, signature):
                return read_claims(payload, self.issuer, self.audience, self.clock.now_s(), self.max_lifetime_s)
        return None


class TokenMint:
    """Makes our tokens, and reads ours and those of the external issuer."""

    def __init__(
        self,
        secrets: RotatingSecret,
        settings: TokensSettings,
        external_issuer: Verifier | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self.secrets = secrets
        self.settings = settings
        self.clock = clock
        ours = self._verifier("", MAX_LIFETIME_S)
        self._readers = [ours] if external_issuer is None else [ours, external_issuer]
        self._devices = [self._verifier(DEVICE, DEVICE_TOKEN_LIFETIME_S)]
        self._guests = [self._verifier(GUEST_REFRESH, settings.refresh_lifetime_s)]
        self._previews = [self._verifier(PREVIEW, PREVIEW_LIFETIME_S)]

    @classmethod
    def of(cls, settings: Settings, clock: Clock = SYSTEM_CLOCK) -> "TokenMint":
        """Return the mint of a platform; raise ConfigError if the external issuer's key cannot be used."""
        secrets = RotatingSecret(Paths.of(settings).secrets, "tokens")
        return cls(
            secrets, settings.tokens, _external_verifier(settings.external_issuer, settings.tokens, clock), clock
        )

    def make(
        self,
        subject: str,
        name: str = "",
        lifetime_s: int | None = None,
        *,
        session: str | None = None,
        not_before: int = 0,
        since: int | None = None,
    ) -> str:
        """Make an access token, issued at unix second `not_before` if that is still to come.

        `since` is when its subject first got a token, by default now.
        """
        claims = {"sub": subject, "name": name or None, "sid": session, "auth_time": since}
        given = {claim: value for claim, value in claims.items() if value is not None}
        return self._sign(given, self.settings.audience, lifetime_s or self.settings.lifetime_s, not_before)

    def make_guest_refresh(self, subject: str, name: str, since: int | None = None) -> str:
        """Make a guest's refresh token; `since` is when the guest first got a token, by default now."""
        audience = self.settings.audience + GUEST_REFRESH
        claims = {"sub": subject, "name": name} | ({"auth_time": since} if since is not None else {})
        return self._sign(claims, audience, self.settings.refresh_lifetime_s)

    def read(self, token: object) -> Claims:
        """Read an access token, ours or an external issuer's; raise Unauthenticated if it is not valid."""
        return _first(self._readers, token)

    def make_device(self, user_id: str, device_id: str) -> str:
        """Make a device token, which a browser sends with its next login: it grants nothing but a count of its own."""
        return self._sign({"sub": user_id, "sid": device_id}, self.settings.audience + DEVICE, DEVICE_TOKEN_LIFETIME_S)

    def read_device(self, token: object, user_id: str) -> str | None:
        """Return a device token's id, None unless it is valid and the user's."""
        try:
            claims = _first(self._devices, token)
        except Unauthenticated:
            return None
        return claims.session if claims.subject == user_id else None

    def read_guest_refresh(self, token: object) -> Claims:
        """Read a guest's refresh token; raise Unauthenticated if it is not valid."""
        return _first(self._guests, token)

    def make_preview(self, subject: str, lifetime_s: int = PREVIEW_LIFETIME_S) -> str:
        """Make a key to hear something with, for an hour at most: players send no token."""
        return self._sign({"sub": subject}, self.settings.audience + PREVIEW, lifetime_s)

    def read_preview(self, key: object) -> Claims:
        """Return a preview key's claims, of which the subject is what it is for; raise Unauthenticated."""
        return _first(self._previews, key)

    def _verifier(self, kind: str, max_lifetime_s: int) -> Verifier:
        own = self.settings
        return Verifier(ALGORITHM, self.secrets.accepted, own.issuer, own.audience + kind, max_lifetime_s, self.clock)

    def _sign(self, claims: dict[str, Any], audience: str, lifetime_s: int, not_before: int = 0) -> str:
        now = max(int(self.clock.now_s()), not_before)
        body = {**claims, "iat": now, "exp": now + lifetime_s, "iss": self.settings.issuer, "aud": audience}
        return jwt.encode(body, self.secrets.accepted()[0], ALGORITHM)


def _segment(text: str) -> bytes:
    """Decode a part of a token (RFC 7515, section 2); raise ValueError for any but the one way to write it."""
    found = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if base64.urlsafe_b64encode(found).rstrip(b"=") != text.encode():
        raise ValueError("that is not base64url")
    return found


@cache
def _prepared(secret: str) -> bytes:
    # PyJWT checks each time whether a secret might be another kind of key, which is a tenth of a handshake's cost.
    prepared: bytes = jwt.get_algorithm_by_name(ALGORITHM).prepare_key(secret)
    return prepared


def _first(readers: list[Verifier], token: object) -> Claims:
    checked = _text(token)
    for reader in readers:
        claims = reader.read(checked)
        if claims is not None:
            return claims
    raise Unauthenticated("the token is not valid")


def _text(token: object) -> str:
    if not isinstance(token, str) or not token:
        raise Unauthenticated(TOKEN_NEEDED)
    if len(token) > MAX_BYTES:
        raise Unauthenticated("the token is too long")
    if not token.isascii():
        raise Unauthenticated("the token is not valid")
    return token


def _external_verifier(settings: ExternalIssuerSettings, ours: TokensSettings, clock: Clock) -> Verifier | None:
    if not settings.algorithm:
        if settings.key or settings.issuer or settings.audience:
            raise ConfigError(["external_issuer.algorithm: needed with the other settings of this section"])
        return None
    problems = [
        f"external_issuer.{name}: needed" for name in ("key", "issuer", "audience") if not getattr(settings, name)
    ]
    if settings.issuer == ours.issuer:
        problems.append("external_issuer.issuer: must not be tokens.issuer, which names ourselves")
    key: Any = None
    if settings.key:
        try:
            key = _key(settings.algorithm, settings.key)
        except (ValueError, UnsupportedAlgorithm) as error:
            problems.append(f"external_issuer.key: {error}")
    if problems:
        raise ConfigError(problems)
    return Verifier(settings.algorithm, lambda: (key,), settings.issuer, settings.audience, clock=clock)


def _key(algorithm: str, text: str) -> Any:  # noqa: ANN401 - PyJWT takes either
    if algorithm == ALGORITHM:
        if "-----BEGIN" in text:
            raise ValueError("a PEM key cannot be an HS256 secret")
        if len(text.encode()) < SECRET_BYTES:
            raise ValueError(f"an HS256 secret must have at least {SECRET_BYTES} bytes")
        return text
    try:
        key = load_pem_public_key(text.encode())
    except ValueError:
        raise ValueError("not a public key in PEM") from None
    if algorithm == "EdDSA" and not isinstance(key, Ed25519PublicKey):
        raise ValueError("EdDSA needs an Ed25519 public key")
    if algorithm == "RS256" and not (isinstance(key, RSAPublicKey) and key.key_size >= RSA_BITS):
        raise ValueError(f"RS256 needs an RSA public key of at least {RSA_BITS} bits")
    return key
