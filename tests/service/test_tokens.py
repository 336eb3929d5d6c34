"""Tokens that must not hold, tried at both doors of a running daemon."""

import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from controlplane.accounts.tokens import TokenMint
from controlplane.app import Daemon
from controlplane.config import Elsewhere, Settings
from controlplane.errors import ConfigError, Unauthenticated
from controlplane.vault import rotate
from tests.instruments.raw import Raw
from tests.instruments.tokens import BATTERY, good, sign

Enter = Callable[..., Awaitable[Raw]]
SECRET = "s" * 40
ISSUER, AUDIENCE = "https://platform.example", "radio"
ED25519, RSA = ed25519.Ed25519PrivateKey.generate(), rsa.generate_private_key(65537, 2048)


def public(key: ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def private(key: ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def ours(daemon: Daemon) -> str:
    return daemon.accounts.mint.secrets.accepted()[0]


@pytest.mark.parametrize("name", BATTERY)
async def test_a_bad_token_opens_neither_door_and_leaves_nothing_behind(
    daemon: Daemon, http: httpx.AsyncClient, enter: Enter, name: str
) -> None:
    user = await daemon.accounts.add_user("sara", "Sara", "admin", "correct horse")
    token = BATTERY[name](ours(daemon), user.id)
    raw = await enter()
    refused = await raw.connect(token)
    assert refused.startswith("44")
    assert '"code":"unauthenticated"' in refused
    header = f"Bearer {token or '-'}".encode()
    answer = await http.get("/me", headers=[(b"Authorization", header)])
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "unauthenticated")
    assert daemon.gateway.connected == 0
    assert (await http.get("/me", headers={"Authorization": f"Bearer {sign(ours(daemon), good(user.id))}"})).is_success


async def test_a_token_of_a_megabyte_is_not_even_read(daemon: Daemon, http: httpx.AsyncClient, enter: Enter) -> None:
    token = sign(ours(daemon), good("nobody", x="y" * 10**6))
    raw = await enter()
    with pytest.raises(ConnectionResetError):
        await raw.connect(token)
    answer = await http.get("/me", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 400


async def test_a_header_that_is_no_bearer_token_is_refused(http: httpx.AsyncClient) -> None:
    for header in ("Basic YTpi", "Bearer", "bearer a.b", "Digest x"):
        assert (await http.get("/me", headers={"Authorization": header})).status_code == 401


async def test_a_replaced_secret_signs_nobody_out_and_one_replaced_twice_does(
    daemon: Daemon, settings: Settings, http: httpx.AsyncClient
) -> None:
    guest = daemon.accounts.guest("Ali")
    header = {"Authorization": f"Bearer {guest.access_token}"}
    rotate(settings.data_dir / "secrets", "tokens")
    await daemon.rights.look()
    assert (await http.get("/me", headers=header)).status_code == 200
    newer = {"Authorization": f"Bearer {daemon.accounts.guest('Sara').access_token}"}
    rotate(settings.data_dir / "secrets", "tokens")
    await daemon.rights.look()
    assert [(await http.get("/me", headers=each)).status_code for each in (header, newer)] == [401, 200]


@pytest.mark.parametrize(
    ("algorithm", "key", "signing"),
    [
        ("HS256", SECRET, SECRET),
        ("EdDSA", public(ED25519), private(ED25519)),
        ("RS256", public(RSA), private(RSA)),
    ],
)
def test_tokens_from_elsewhere_hold_in_their_one_algorithm_and_in_no_other(
    tmp_path: Path, algorithm: str, key: str, signing: str
) -> None:
    elsewhere = Elsewhere(algorithm=algorithm, key=key, issuer=ISSUER, audience=AUDIENCE)
    mint = TokenMint.of(Settings(data_dir=tmp_path, elsewhere=elsewhere))
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
        ({"algorithm": "HS256", "key": "short", "issuer": "i", "audience": "a"}, "elsewhere.key: an HS256 secret"),
        ({"algorithm": "HS256", "key": public(RSA), "issuer": "i", "audience": "a"}, "a PEM key cannot be"),
        ({"algorithm": "RS256", "key": "no pem", "issuer": "i", "audience": "a"}, "not a public key in PEM"),
        ({"algorithm": "RS256", "key": private(RSA), "issuer": "i", "audience": "a"}, "not a public key in PEM"),
        ({"algorithm": "RS256", "key": public(ED25519), "issuer": "i", "audience": "a"}, "needs an RSA public key"),
        ({"algorithm": "EdDSA", "key": public(RSA), "issuer": "i", "audience": "a"}, "needs an Ed25519 public key"),
        ({"algorithm": "EdDSA"}, "elsewhere.issuer: needed"),
        ({"algorithm": "HS256", "key": SECRET, "issuer": "awaz", "audience": "a"}, "names ourselves"),
        ({"issuer": "i"}, "elsewhere.algorithm: needed"),
    ],
)
def test_a_key_from_elsewhere_that_cannot_be_used_is_an_error_at_start(
    tmp_path: Path, changed: dict[str, str], named: str
) -> None:
    with pytest.raises(ConfigError, match=named):
        TokenMint.of(Settings(data_dir=tmp_path, elsewhere=Elsewhere.model_validate(changed)))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    elsewhere = Elsewhere(algorithm="HS256", key=SECRET, issuer=ISSUER, audience=AUDIENCE)
    limits = {"handshake": "1000/second per address", "read": "1000/second per address"}
    return Settings.model_validate(
        {"data_dir": tmp_path, "pipeline": {"manager": "none"}, "elsewhere": elsewhere, "limits": limits}
    )


async def test_a_subject_from_elsewhere_is_the_same_user_every_time_and_no_admin(
    daemon: Daemon, http: httpx.AsyncClient, enter: Enter
) -> None:
    claims = good("42", iss=ISSUER, aud=AUDIENCE, name="Sara\u202e", role="admin")
    header = {"Authorization": f"Bearer {sign(SECRET, claims)}"}
    first = (await http.get("/me", headers=header)).json()
    await enter(sign(SECRET, claims))
    daemon.accounts._elsewhere.clear()
    again = (await http.get("/me", headers=header)).json()
    assert (first["name"], first["role"]) == ("Sara", "user")
    assert first == again
    assert daemon.gateway.seen(first["id"]) is not None
    other = {"Authorization": f"Bearer {sign(SECRET, claims | {'sub': '43'})}"}
    assert (await http.get("/me", headers=other)).json()["id"] != first["id"]
