"""Invalid tokens, each for a reason of its own."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

Forge = Callable[[str, str], object]
"""Makes a token from the current secret and a subject."""


def b64(data: bytes) -> str:
    """Encode as base64url without padding (RFC 7515, section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def good(subject: str, **changed: Any) -> dict[str, Any]:
    """Return valid claims with changes applied; None omits a claim."""
    now = int(time.time())
    claims = {"sub": subject, "iat": now - 30, "exp": now + 60, "iss": "awaz", "aud": "awaz-pulse"} | changed
    return {name: value for name, value in claims.items() if value is not None}


def sign(secret: str, payload: bytes | dict[str, Any], header: bytes | dict[str, Any] | None = None) -> str:
    """Sign any header and payload with HS256."""
    head = header if isinstance(header, bytes) else json.dumps(header or {"alg": "HS256", "typ": "JWT"}).encode()
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    signed = f"{b64(head)}.{b64(body)}"
    return f"{signed}.{b64(hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest())}"


def _claims(**changed: Any) -> Forge:
    return lambda secret, subject: sign(secret, good(subject, **changed))


def _header(**header: Any) -> Forge:
    return lambda secret, subject: sign(secret, good(subject), header)


def _unsigned(algorithm: str) -> Forge:
    return lambda _secret, subject: (
        f"{b64(json.dumps({'alg': algorithm, 'typ': 'JWT'}).encode())}.{b64(json.dumps(good(subject)).encode())}."
    )


def _text(template: str) -> Forge:
    def forge(secret: str, subject: str) -> str:
        now = int(time.time())
        text = template.replace("SUB", subject).replace("IAT", str(now - 30)).replace("EXP", str(now + 60))
        return sign(secret, text.encode())

    return forge


def _public_key_as_secret(_secret: str, subject: str) -> str:
    key = rsa.generate_private_key(65537, 2048).public_key()
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return sign(pem, good(subject))


def _cut(secret: str, subject: str) -> str:
    return sign(secret, good(subject)).rpartition(".")[0] + "."


def _other_body(secret: str, subject: str) -> str:
    head, _, signature = sign(secret, good(subject)).split(".")
    return f"{head}.{b64(json.dumps(good('admin')).encode())}.{signature}"


def _nested_payload(levels: int) -> Forge:
    return _text('{"x": ' + "[" * levels + "]" * levels + ', "sub": "SUB", ' + REST + "}")


def _nested_header(levels: int) -> Forge:
    nested = b"[" * levels + b"]" * levels
    return lambda secret, subject: sign(secret, good(subject), b'{"alg":"HS256","x":' + nested + b"}")


HOUR = 3600
REST = '"iat": IAT, "exp": EXP, "iss": "awaz", "aud": "awaz-pulse"'

BAD_TOKENS: dict[str, Forge] = {
    "nothing": lambda _secret, _subject: None,
    "empty": lambda _secret, _subject: "",
    "a number": lambda _secret, _subject: 5,
    "an object": lambda _secret, _subject: {"alg": "none"},
    "no dots": lambda _secret, _subject: "token",
    "alg none": _unsigned("none"),
    "alg NoNe": _unsigned("NoNe"),
    "alg empty": _unsigned(""),
    "HS512": lambda secret, subject: jwt.encode(good(subject), secret, "HS512"),
    "another secret": lambda _secret, subject: sign("x" * 64, good(subject)),
    "a public key as secret": _public_key_as_secret,
    "no signature": _cut,
    "another body": _other_body,
    "crit": _header(alg="HS256", crit=["exp"]),
    "b64": _header(alg="HS256", b64=False, crit=["b64"]),
    "jwk in the header": _header(alg="HS256", jwk={"kty": "oct", "k": "AA"}),
    "jku in the header": _header(alg="HS256", jku="http://127.0.0.1/keys"),
    "kid with path traversal": _header(alg="HS256", kid="../../../../dev/null"),
    "kid with SQL injection": _header(alg="HS256", kid="' or 1=1 --"),
    "a duplicate alg": lambda secret, subject: sign(secret, good(subject), b'{"alg":"none","alg":"HS256"}'),
    "expired": lambda secret, subject: sign(
        secret, good(subject, iat=int(time.time()) - 180, exp=int(time.time()) - 90)
    ),
    "not valid yet": lambda secret, subject: sign(secret, good(subject, nbf=int(time.time()) + HOUR)),
    "issued in the future": lambda secret, subject: sign(
        secret, good(subject, iat=int(time.time()) + HOUR, exp=int(time.time()) + 2 * HOUR)
    ),
    "expires too late": lambda secret, subject: sign(secret, good(subject, exp=int(time.time()) + 25 * HOUR)),
    "exp a string": _claims(exp="9999999999"),
    "exp 1e30": _text('{"sub": "SUB", "iat": IAT, "exp": 1e30, "iss": "awaz", "aud": "awaz-pulse"}'),
    "exp a fraction": lambda secret, subject: sign(secret, good(subject, exp=time.time() + 30.5)),
    "exp true": _claims(exp=True),
    "exp NaN": _text('{"sub": "SUB", "iat": IAT, "exp": NaN, "iss": "awaz", "aud": "awaz-pulse"}'),
    "no exp": _claims(exp=None),
    "no iat": _claims(iat=None),
    "no sub": _claims(sub=None),
    "sub a number": _claims(sub=7),
    "sub empty": _claims(sub=""),
    "sub with a line break": _claims(sub="a\nb"),
    "sub too long": _claims(sub="x" * 200),
    "no iss": _claims(iss=None),
    "another iss": _claims(iss="awaz.evil"),
    "iss a list": _claims(iss=["awaz"]),
    "no aud": _claims(aud=None),
    "another aud": _claims(aud="awaz"),
    "a refresh token's aud": _claims(aud="awaz-pulse/guest-refresh"),
    "a duplicate claim": _text('{"sub": "nobody", "sub": "SUB", ' + REST + "}"),
    "a deep claim": lambda secret, subject: sign(secret, good(subject, x=json.loads("[" * 50 + "]" * 50))),
    "a claim nested without end": _text('{"x": ' + "[" * 1100 + "]" * 1100 + ', "sub": "SUB", ' + REST + "}"),
    **{f"a payload of {levels} levels": _nested_payload(levels) for levels in (6, 100, 300, 500, 700, 900, 1400)},
    **{f"a header of {levels} levels": _nested_header(levels) for levels in (6, 100, 300, 500, 700, 900, 1400)},
    "a header of many names": lambda secret, subject: sign(secret, good(subject), {f"n{i}": i for i in range(250)}),
    "many brackets in a string": _claims(x="[" * 2000),
    "many dots": lambda _secret, _subject: "." * 4000,
    "4,000 levels": lambda secret, _subject: sign(secret, b"[" * 4_000),
    "not UTF-8": lambda secret, _subject: sign(secret, b'{"sub": "\xff"}'),
    "not an object": lambda secret, _subject: sign(secret, b"[]"),
    "4 kB": lambda secret, subject: sign(secret, good(subject, x="y" * 4096)),
    "not ASCII": lambda secret, subject: sign(secret, good(subject)) + "\u00e9",
    "an unknown user": _claims(sub="nobody"),
}
