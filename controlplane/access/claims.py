"""A token's claims, and whether they are valid. Pure: the time is an argument."""

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from controlplane.kernel.errors import Unauthenticated

KEY_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")

HEADER_NAMES = frozenset({"alg", "typ", "kid"})

TOKEN_TYPES = frozenset({"jwt", "at+jwt"})

SKEW_S = 30

MAX_LIFETIME_S = 86400

MAX_SUBJECT_CHARS = 128

MAX_NAME_CHARS = 200

MAX_SESSION_CHARS = 64

MAX_AUDIENCES = 16

MAX_NESTING = 4

HEADER_BYTES = 256
"""More than our three names with the longest of their values."""

MAX_BRACKETS = 200
"""In a payload, those in texts included: a name may be made of nothing else, but of no more than its 80 bytes."""

LARGEST_TIME = 2**40


@dataclass(frozen=True, slots=True)
class Claims:
    """A token's claims: its subject, and of a guest the name. Times are unix seconds. Roles are never in them."""

    subject: str
    name: str
    issuer: str
    session: str | None
    issued_at: int
    expires_at: int
    since: int
    """When the subject first got a token: a guest's identity is older than its newest token."""


@lru_cache(maxsize=64)
def check_header(header: bytes, algorithm: str) -> None:
    """Check a token's header before anything else is done with it; raise Unauthenticated.

    Nothing in it may choose the key or the algorithm: one algorithm is expected, `kid` is only looked at to refuse what
    is no name, and every other parameter (RFC 7515, section 4.1) is refused.
    """
    # Before the signature was checked, nothing is parsed that could cost more than a line.
    if len(header) > HEADER_BYTES or header.count(b"{") != 1 or b"[" in header:
        raise Unauthenticated("the token is not valid")
    fields = _object(header)
    if not fields.keys() <= HEADER_NAMES or fields.get("alg") != algorithm:
        raise Unauthenticated("the token is not valid")
    kind, key = fields.get("typ", "JWT"), fields.get("kid", "-")
    if not isinstance(kind, str) or kind.lower() not in TOKEN_TYPES:
        raise Unauthenticated("the token is not valid")
    if not isinstance(key, str) or not KEY_NAME.fullmatch(key):
        raise Unauthenticated("the token is not valid")


def read_claims(payload: bytes, issuer: str, audience: str, now: float, max_lifetime_s: int = MAX_LIFETIME_S) -> Claims:
    """Read a token's payload, whose signature holds; raise Unauthenticated if what it claims does not.

    Takes whole numbers for times (RFC 7519, section 4.1), a lifetime of at most `max_lifetime_s`, and no name twice.
    """
    claims = _object(payload)
    issued, expires, begins = (_time(claims, name) for name in ("iat", "exp", "nbf"))
    if issued is None or expires is None or not issued < expires <= issued + max_lifetime_s:
        raise Unauthenticated("the token must say when it was issued and when it ends, not too far apart")
    if issued > now + SKEW_S or (begins is not None and begins > now + SKEW_S):
        raise Unauthenticated("the token is not valid yet")
    if expires <= now:
        raise Unauthenticated("the token has expired")
    if claims.get("iss") != issuer or not _has_audience(claims.get("aud"), audience):
        raise Unauthenticated("the token is for another audience")
    subject = _text(claims, "sub", MAX_SUBJECT_CHARS)
    if not subject or not subject.isprintable():
        raise Unauthenticated("the token has no subject")
    name, session = _text(claims, "name", MAX_NAME_CHARS), _text(claims, "sid", MAX_SESSION_CHARS)
    since = _time(claims, "auth_time")
    return Claims(subject, name, issuer, session or None, issued, expires, issued if since is None else since)


def _object(raw: bytes) -> dict[str, Any]:
    if raw.count(b"{") + raw.count(b"[") > MAX_BRACKETS:
        raise Unauthenticated("the token is not valid")
    try:
        found = _DECODER.decode(raw.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise Unauthenticated("the token is not valid") from error
    if not isinstance(found, dict) or not _is_flat(found):
        raise Unauthenticated("the token is not valid")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is there twice")
    return found


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is not JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_refuse)


def _is_flat(found: dict[str, Any]) -> bool:
    """Say whether nothing is nested deeper than claims are."""
    level: list[Any] = [found]
    for _ in range(MAX_NESTING + 1):
        level = [inner for value in level for inner in _within(value)]
        if not level:
            return True
    return False


def _within(value: Any) -> list[Any]:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _time(claims: dict[str, Any], name: str) -> int | None:
    value = claims.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LARGEST_TIME:
        raise Unauthenticated(f"the token's {name} must be a whole number of seconds")
    return value


def _text(claims: dict[str, Any], name: str, max_length: int) -> str:
    value = claims.get(name, "")
    if not isinstance(value, str) or len(value) > max_length:
        raise Unauthenticated(f"the token's {name} must be a short text")
    return value


def _has_audience(value: object, audience: str) -> bool:
    if isinstance(value, list) and len(value) <= MAX_AUDIENCES:
        return audience in value
    return value == audience
