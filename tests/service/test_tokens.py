"""Tokens that must not hold, tried at both doors of a running daemon."""

import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from controlplane.access.tokens import TokenMint
from controlplane.kernel.errors import ConfigError, Unauthenticated
from controlplane.runtime.config import ExternalIssuerSettings, Settings
from controlplane.runtime.secrets import rotate
from tests.support.raw_socket import RawSocket
from tests.support.running import Running
from tests.support.tokens import BAD_TOKENS, good, sign

Enter = Callable[..., Awaitable[RawSocket]]
SECRET = "s" * 40
ISSUER, AUDIENCE = "https://platform.example", "radio"
ED25519, RSA = ed25519.Ed25519PrivateKey.generate(), rsa.generate_private_key(65537, 2048)


def public(key: ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def private(key: ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def ours(daemon: Running) -> str:
    return daemon.accounts.mint.secrets.accepted()[0]


@pytest.mark.parametrize("name", BAD_TOKENS)
async def test_bad_tokens_are_refused_by_socket_and_api(
    daemon: Running, http: httpx.AsyncClient, enter: Enter, name: str
) -> None:
    user = await daemon.accounts.add_user("sara", "Sara", "admin", "correct horse")
    token = BAD_TOKENS[name](ours(daemon), user.id)
    raw = await enter()
    refused = await raw.connect(token)
    assert refused.startswith("44")
    assert '"code":"unauthenticated"' in refused
    header = f"Bearer {token or '-'}".encode()
    answer = await http.get("/me", headers=[(b"Authorization", header)])
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "unauthenticated")
    assert len(daemon.sessions) == 0
    assert (await http.get("/me", headers={"Authorization": f"Bearer {sign(ours(daemon), good(user.id))}"})).is_success


async def test_a_token_of_a_megabyte_is_refused_unread(daemon: Running, http: httpx.AsyncClient, enter: Enter) -> None:
    token = sign(ours(daemon), good("nobody", x="y" * 10**6))
    raw = await enter()
    with pytest.raises(ConnectionResetError):
        await raw.connect(token)
    answer = await http.get("/me", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 400


async def test_malformed_authorization_headers_are_refused(http: httpx.AsyncClient) -> None:
    for header in ("Basic YTpi", "Bearer", "bearer a.b", "Digest x"):
        assert (await http.get("/me", headers={"Authorization": header})).status_code == 401


async def test_tokens_survive_one_secret_rotation_but_not_two(
    daemon: Running, settings: Settings, http: httpx.AsyncClient
) -> None:
    guest = daemon.accounts.guest("Ali")
    header = {"Authorization": f"Bearer {guest.access_token}"}
    rotate(settings.data_dir / "secrets", "tokens")
    await daemon.refresh.run_once()
    assert (await http.get("/me", headers=header)).status_code == 200
    newer = {"Authorization": f"Bearer {daemon.accounts.guest('Sara').access_token}"}
    rotate(settings.data_dir / "secrets", "tokens")
    await daemon.refresh.run_once()
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
    external_issuer = ExternalIssuerSettings(algorithm=algorithm, key=key, issuer=ISSUER, audience=AUDIENCE)
    mint = TokenMint.of(Settings(data_dir=tmp_path, external_issuer=external_issuer))
    claims = good("42", iss=ISSUER, aud=AUDIENCE)
    assert mint.read(jwt.encode(claims, signing, algorithm)).subject == "42"
    assert mint.read(mint.make("guest:1")).subject == "guest:1"
    wrong = [
        sign(key, claims),  # the public key as a secret
        sign(mint.secrets.accepted()[0], claims),  # our secret for their issuer
        jwt.encode(good("42"), signing, algorithm),  # their key for our issuer
        jwt.encode(claims, "x" * 48, "HS384"),
        jwt.encode(claims | {"exp": int(time.time()) + 10**6}, signing, algorithm),
    ]
    held = [sign(SECRET, claims)]  # what HS256 itself would take
    for token in set(wrong) - set(held):
        with pytest.raises(Unauthenticated):
            mint.read(token)


@pytest.mark.parametrize(
    ("changed", "named"),
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
def test_an_unusable_external_key_is_a_configuration_error(tmp_path: Path, changed: dict[str, str], named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        TokenMint.of(Settings(data_dir=tmp_path, external_issuer=ExternalIssuerSettings.model_validate(changed)))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    external_issuer = ExternalIssuerSettings(algorithm="HS256", key=SECRET, issuer=ISSUER, audience=AUDIENCE)
    limits = {"handshake": "1000/second per address", "read": "1000/second per address"}
    return Settings.model_validate(
        {"data_dir": tmp_path, "pipeline": {"manager": "none"}, "external_issuer": external_issuer, "limits": limits}
    )


async def test_an_external_subject_is_one_user_and_never_an_admin(
    daemon: Running, http: httpx.AsyncClient, enter: Enter
) -> None:
    claims = good("42", iss=ISSUER, aud=AUDIENCE, name="Sara\u202e", role="admin")
    header = {"Authorization": f"Bearer {sign(SECRET, claims)}"}
    first = (await http.get("/me", headers=header)).json()
    await enter(sign(SECRET, claims))
    daemon.authenticator._user_ids.clear()
    again = (await http.get("/me", headers=header)).json()
    assert (first["name"], first["role"]) == ("Sara", "user")
    assert first == again
    assert daemon.sessions.seen(first["id"]) is not None
    other = {"Authorization": f"Bearer {sign(SECRET, claims | {'sub': '43'})}"}
    assert (await http.get("/me", headers=other)).json()["id"] != first["id"]
