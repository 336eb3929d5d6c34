"""Validation of access tokens over HTTP and sockets, and of external issuers."""

import time
from pathlib import Path

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.access.authenticator import Authenticator
from controlplane.access.tokens import TokenMint
from controlplane.kernel.errors import ConfigError, Unauthenticated
from controlplane.runtime.config import Settings
from controlplane.runtime.secrets import rotate
from controlplane.runtime.sections import ExternalIssuerSettings
from tests.support.loopback import bearer
from tests.support.running import Running
from tests.support.tokens import BAD_TOKENS, good, sign
from tests.support.types import OpenSocket

SECRET = "s" * 40
ISSUER, AUDIENCE = "https://platform.example", "radio"
ED25519, RSA = ed25519.Ed25519PrivateKey.generate(), rsa.generate_private_key(65537, 2048)


def public(key: ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def private(key: ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def token_secret(running: Running) -> str:
    return running.accounts.mint.secrets.accepted()[0]


@pytest.mark.parametrize("name", BAD_TOKENS)
async def test_bad_tokens_are_refused_by_socket_and_api(
    running: Running, http: httpx.AsyncClient, open_socket: OpenSocket, name: str
) -> None:
    user = await running.accounts.add_user("sara", "Sara", "admin", "correct horse")
    token = BAD_TOKENS[name](token_secret(running), user.id)
    client = await open_socket()
    refused = await client.connect(token)
    assert refused.startswith("44")
    assert '"code":"unauthenticated"' in refused
    header = f"Bearer {token or '-'}".encode()
    answer = await http.get("/me", headers=[(b"Authorization", header)])
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "unauthenticated")
    assert len(running.connected) == 0
    assert (await http.get("/me", headers=bearer(sign(token_secret(running), good(user.id))))).is_success


async def test_a_token_of_a_megabyte_is_refused_unread(
    running: Running, http: httpx.AsyncClient, open_socket: OpenSocket
) -> None:
    token = sign(token_secret(running), good("nobody", x="y" * 10**6))
    client = await open_socket()
    with pytest.raises(ConnectionResetError):
        await client.connect(token)
    answer = await http.get("/me", headers=bearer(token))
    assert answer.status_code == 400


async def test_malformed_authorization_headers_are_refused(http: httpx.AsyncClient) -> None:
    for header in ("Basic YTpi", "Bearer", "bearer a.b", "Digest x"):
        assert (await http.get("/me", headers={"Authorization": header})).status_code == 401


async def test_tokens_survive_one_secret_rotation_but_not_two(
    running: Running, settings: Settings, http: httpx.AsyncClient
) -> None:
    guest = running.accounts.guest("Ali")
    header = bearer(guest.access_token)
    rotate(settings.data_dir / "secrets", "tokens")
    await running.refresh.run_once()
    assert (await http.get("/me", headers=header)).status_code == 200
    newer = bearer(running.accounts.guest("Sara").access_token)
    rotate(settings.data_dir / "secrets", "tokens")
    await running.refresh.run_once()
    assert [(await http.get("/me", headers=each)).status_code for each in (header, newer)] == [401, 200]


@pytest.mark.parametrize(
    ("algorithm", "key", "signing"),
    [
        ("HS256", SECRET, SECRET),
        ("EdDSA", public(ED25519), private(ED25519)),
        ("RS256", public(RSA), private(RSA)),
    ],
)
def test_external_tokens_are_valid_in_one_algorithm_only(
    tmp_path: Path, algorithm: str, key: str, signing: str
) -> None:
    external_issuer = ExternalIssuerSettings.model_validate(
        {"algorithm": algorithm, "key": key, "issuer": ISSUER, "audience": AUDIENCE}
    )
    mint = TokenMint.of(Settings(data_dir=tmp_path, external_issuer=external_issuer))
    claims = good("42", iss=ISSUER, aud=AUDIENCE)
    assert mint.read(jwt.encode(claims, signing, algorithm)).subject == "42"
    assert mint.read(mint.make("guest:1")).subject == "guest:1"
    wrong = [
        sign(key, claims),  # the public key as a secret
        sign(mint.secrets.accepted()[0], claims),  # the platform's secret for the external issuer
        jwt.encode(good("42"), signing, algorithm),  # the external key for the platform's issuer
        jwt.encode(claims, "x" * 48, "HS384"),
        jwt.encode(claims | {"exp": int(time.time()) + 10**6}, signing, algorithm),
    ]
    valid = [sign(SECRET, claims)]  # valid with HS256 itself
    for token in set(wrong) - set(valid):
        with pytest.raises(Unauthenticated):
            mint.read(token)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"algorithm": "HS256", "key": "short", "issuer": "i", "audience": "a"},
            "external_issuer.key: an HS256 secret",
        ),
        ({"algorithm": "HS256", "key": public(RSA), "issuer": "i", "audience": "a"}, "a PEM key cannot be"),
        ({"algorithm": "RS256", "key": "no pem", "issuer": "i", "audience": "a"}, "not a public key in PEM"),
        ({"algorithm": "RS256", "key": private(RSA), "issuer": "i", "audience": "a"}, "not a public key in PEM"),
        ({"algorithm": "RS256", "key": public(ED25519), "issuer": "i", "audience": "a"}, "needs an RSA public key"),
        ({"algorithm": "EdDSA", "key": public(RSA), "issuer": "i", "audience": "a"}, "needs an Ed25519 public key"),
        ({"algorithm": "EdDSA"}, "external_issuer.issuer: needed"),
        ({"algorithm": "HS256", "key": SECRET, "issuer": "awaz", "audience": "a"}, "names ourselves"),
        ({"issuer": "i"}, "external_issuer.algorithm: needed"),
    ],
)
def test_an_unusable_external_key_is_a_configuration_error(
    tmp_path: Path, changed: dict[str, str], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        TokenMint.of(Settings(data_dir=tmp_path, external_issuer=ExternalIssuerSettings.model_validate(changed)))


@pytest.mark.settings(
    external_issuer={"algorithm": "HS256", "key": SECRET, "issuer": ISSUER, "audience": AUDIENCE},
    limits={"handshake": "1000/second per address", "read": "1000/second per address"},
)
async def test_an_external_subject_is_one_user_and_never_an_admin(
    running: Running, settings: Settings, engine: AsyncEngine, http: httpx.AsyncClient, open_socket: OpenSocket
) -> None:
    claims = good("42", iss=ISSUER, aud=AUDIENCE, name="Sara\u202e", role="admin")
    header = bearer(sign(SECRET, claims))
    first = (await http.get("/me", headers=header)).json()
    await open_socket(sign(SECRET, claims))
    repeated, _ = await Authenticator.build(settings, engine).authenticate(sign(SECRET, claims), "127.0.0.1")
    assert (first["name"], first["role"]) == ("Sara", "user")
    assert repeated.id == first["id"]
    assert running.connected.seen(first["id"]) is not None
    other = bearer(sign(SECRET, claims | {"sub": "43"}))
    assert (await http.get("/me", headers=other)).json()["id"] != first["id"]
