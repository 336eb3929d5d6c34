"""Tokens: ours, and those of a platform with its own login. One algorithm and one kind of key each.

Which of the two a token is, is found by trying: nothing in a token that has not been verified decides anything.
"""

import base64
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from controlplane.accounts.rules import MOST_LIFETIME_S, Claims, check_header, read_claims
from controlplane.config import Elsewhere, Settings, Tokens
from controlplane.errors import ConfigError, Unauthenticated
from controlplane.paths import Paths
from controlplane.vault import Rotating

ALGORITHM = "HS256"
MAX_BYTES = 4096
SECRET_BYTES = 32
RSA_BITS = 2048
NEEDED = "a token is needed: POST /api/v1/auth/guest gives one to anybody"
DEVICE = "/device"
"""Added to the audience of what a browser keeps to show that somebody signed in with it before."""
DEVICE_S = 90 * 86400
GUEST_REFRESH = "/guest-refresh"
"""Added to the audience of guests' refresh tokens, so that they are good for nothing else."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """Reads tokens of one issuer, for one audience, signed in one way with one of the keys."""

    algorithm: str
    keys: Callable[[], tuple[Any, ...]]
    issuer: str
    audience: str
    most_s: int = MOST_LIFETIME_S

    def read(self, token: str) -> Claims | None:
        """Return what a token says, None if none of the keys signed it; raise Unauthenticated if it does not hold."""
        try:
            header, payload, signature = (_segment(part) for part in token.split(".", 3))
            check_header(header, self.algorithm)
        except (ValueError, Unauthenticated):
            return None
        signed, by = token.rpartition(".")[0].encode(), jwt.get_algorithm_by_name(self.algorithm)
        for key in self.keys():
            if by.verify(signed, _prepared(key) if isinstance(key, str) else key, signature):
                return read_claims(payload, self.issuer, self.audience, time.time(), self.most_s)
        return None


class TokenMint:
    """Makes our tokens, and reads ours and those from elsewhere."""

    def __init__(self, secrets: Rotating, settings: Tokens, elsewhere: Verifier | None = None) -> None:
        self.secrets = secrets
        self.settings = settings
        audience, most_s = settings.audience + GUEST_REFRESH, settings.refresh_lifetime_s
        ours = Verifier(ALGORITHM, secrets.accepted, settings.issuer, settings.audience)
        self._readers = [ours] if elsewhere is None else [ours, elsewhere]
        self._devices = [Verifier(ALGORITHM, secrets.accepted, settings.issuer, settings.audience + DEVICE, DEVICE_S)]
        self._guests = [Verifier(ALGORITHM, secrets.accepted, settings.issuer, audience, most_s)]

    @classmethod
    def of(cls, settings: Settings) -> "TokenMint":
        """Return the mint of a house; raise ConfigError if the key from elsewhere cannot be used."""
        secrets = Rotating(Paths.of(settings).secrets, "tokens")
        return cls(secrets, settings.tokens, _elsewhere(settings.elsewhere, settings.tokens))

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

        `since` is when its subject was first let in, now unless it is told.
        """
        claims = {"sub": subject, "name": name or None, "sid": session, "auth_time": since}
        there = {claim: value for claim, value in claims.items() if value is not None}
        return self._sign(there, self.settings.audience, lifetime_s or self.settings.lifetime_s, not_before)

    def make_guest_refresh(self, subject: str, name: str) -> str:
        """Make what a guest gets the next access token with."""
        audience = self.settings.audience + GUEST_REFRESH
        return self._sign({"sub": subject, "name": name}, audience, self.settings.refresh_lifetime_s)

    def read(self, token: object) -> Claims:
        """Read an access token, ours or from elsewhere; raise Unauthenticated if it does not hold."""
        return _first(self._readers, token)

    def make_device(self, user_id: str, device_id: str) -> str:
        """Make what a browser shows the next time its user signs in; it grants nothing but a count of its own."""
        return self._sign({"sub": user_id, "sid": device_id}, self.settings.audience + DEVICE, DEVICE_S)

    def read_device(self, token: object, user_id: str) -> str | None:
        """Return the device's id, None for what is no device of that user's."""
        try:
            claims = _first(self._devices, token)
        except Unauthenticated:
            return None
        return claims.session if claims.subject == user_id else None

    def read_guest_refresh(self, token: object) -> Claims:
        """Read a guest's refresh token; raise Unauthenticated if it does not hold."""
        return _first(self._guests, token)

    def _sign(self, claims: dict[str, Any], audience: str, lifetime_s: int, not_before: int = 0) -> str:
        now = max(int(time.time()), not_before)
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
    # PyJWT looks at every secret it is given, to see whether it might be another kind of key: a tenth of a handshake.
    prepared: bytes = jwt.get_algorithm_by_name(ALGORITHM).prepare_key(secret)
    return prepared


def _first(readers: list[Verifier], token: object) -> Claims:
    checked = _text(token)
    for reader in readers:
        claims = reader.read(checked)
        if claims is not None:
            return claims
    raise Unauthenticated("the token does not hold")


def _text(token: object) -> str:
    if not isinstance(token, str) or not token:
        raise Unauthenticated(NEEDED)
    if len(token) > MAX_BYTES:
        raise Unauthenticated("the token is too long")
    if not token.isascii():
        raise Unauthenticated("the token does not hold")
    return token


def _elsewhere(settings: Elsewhere, ours: Tokens) -> Verifier | None:
    if not settings.algorithm:
        if settings.key or settings.issuer or settings.audience:
            raise ConfigError(["elsewhere.algorithm: needed with the other settings of this section"])
        return None
    problems = [f"elsewhere.{name}: needed" for name in ("key", "issuer", "audience") if not getattr(settings, name)]
    if settings.issuer == ours.issuer:
        problems.append("elsewhere.issuer: must not be tokens.issuer, which names ourselves")
    key: Any = None
    if settings.key:
        try:
            key = _key(settings.algorithm, settings.key)
        except (ValueError, UnsupportedAlgorithm) as error:
            problems.append(f"elsewhere.key: {error}")
    if problems:
        raise ConfigError(problems)
    return Verifier(settings.algorithm, lambda: (key,), settings.issuer, settings.audience)


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
