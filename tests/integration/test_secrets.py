"""After everything else that was done to the stack: no secret stands in a log, or in an answer it does not belong in."""

import asyncio
import json
from pathlib import Path

import httpx
import pytest

from tests.instruments.encoder import Encoder
from tests.instruments.house import House
from tests.instruments.watcher import Watcher

MADE_ON_PURPOSE = ("/auth/", "/stream-keys", "/invitations", "/me/password")
"""Answers that hand out a token or a key, once, to whom it belongs."""


async def everything(house: House) -> list[str]:
    """Do once whatever involves a secret, right and wrong, and return the secrets."""
    owner, admin = house.demo["owner"], house.demo["admin"]
    known = [owner["password"], admin["password"], house.demo["encoder"]["key"]]
    guest = house.post("/api/v1/auth/guest", {"name": "Ali"}).json()
    signed_in = house.post("/api/v1/auth/login", owner | {}).json()
    house.post("/api/v1/auth/login", {"login": "owner", "password": "a-wrong-password"})
    house.get("/api/v1/me", "a.forged.token")
    token = signed_in["access_token"]
    renewed = house.post("/api/v1/auth/refresh", {"refresh_token": signed_in["refresh_token"]}).json()
    house.post("/api/v1/auth/refresh", {"refresh_token": guest["refresh_token"]})
    made = house.post("/api/v1/stations/awaz/stream-keys", {"label": "laptop"}, token).json()
    invited = house.post("/api/v1/stations/awaz/invitations", {"role": "host"}, token).json()
    invitation = invited["url"].partition("#invitation=")[2]
    house.post("/api/v1/invitations/accept", {"token": invitation}, token)
    house.post("/api/v1/invitations/accept", {"token": "x" * 32}, token)
    house.get("/api/v1/stations/awaz/audit", token)
    watcher = await Watcher.open(house.url, token=token)
    await watcher.call("auth:refresh", {"token": renewed["access_token"]})
    await watcher.close()
    for key in (made["key"], "0123456789abcdef-wrong-key"):
        encoder = Encoder.start(house, 1010, key=key)
        await asyncio.sleep(1)
        encoder.stop()
    house.post("/api/v1/auth/refresh", {"refresh_token": signed_in["refresh_token"]})
    tokens = [each[name] for each in (guest, signed_in, renewed) for name in ("access_token", "refresh_token")]
    return [*known, *tokens, made["key"], invitation, "a-wrong-password", "0123456789abcdef-wrong-key"]


def kept(house: House) -> list[str]:
    """Return the secrets made on first start, those that were replaced too."""
    return [path.read_text().strip() for path in (house.data / "secrets").iterdir()]


def logs(house: House) -> dict[Path, str]:
    found = [*(house.data / "log").glob("*.log*"), *(house.data / "icecast").rglob("*.log*")]
    return {path: path.read_text(errors="replace") for path in found}


async def test_no_secret_is_in_any_log_or_in_an_answer_it_does_not_belong_in(house: House) -> None:
    secrets = await everything(house) + kept(house)
    written = logs(house)
    assert {path.name for path in written} >= {"daemon.log", "icecast.log", "access.log", "error.log"}
    assert [(path.name, secret[:6]) for path, text in written.items() for secret in secrets if secret in text] == []
    told = [
        (path, secret[:6])
        for path, text in house.answers
        for secret in secrets
        if secret in text and not any(part in path for part in MADE_ON_PURPOSE)
    ]
    assert told == []


def test_what_is_written_down_for_people_is_for_its_owner_alone(house: House) -> None:
    private = [house.data / "demo.json", *(house.data / "secrets").iterdir()]
    assert [path for path in private if path.stat().st_mode & 0o077] == []
    assert (house.data / "secrets").stat().st_mode & 0o077 == 0
    assert json.loads((house.data / "demo.json").read_text())["owner"]["password"]
    with pytest.raises(httpx.HTTPStatusError):
        house.get("/demo.json").raise_for_status()
