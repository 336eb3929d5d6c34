"""After everything else that was done to the stack: no secret stands in a log, or in an answer it does not belong in."""

import asyncio
import json
from pathlib import Path

import httpx
import pytest

from tests.support.encoder import Encoder
from tests.support.running_stack import RunningStack
from tests.support.watcher import Watcher

MADE_ON_PURPOSE = ("/auth/", "/stream-keys", "/invitations", "/me/password")
"""Answers that hand out a token or a key, once, to whom it belongs."""


async def everything(stack: RunningStack) -> list[str]:
    """Do once whatever involves a secret, right and wrong, and return the secrets."""
    owner, admin = stack.demo["owner"], stack.demo["admin"]
    known = [owner["password"], admin["password"], stack.demo["encoder"]["key"]]
    guest = stack.post("/api/v1/auth/guest", {"name": "Ali"}).json()
    signed_in = stack.post("/api/v1/auth/login", owner | {}).json()
    stack.post("/api/v1/auth/login", {"login": "owner", "password": "a-wrong-password"})
    stack.get("/api/v1/me", "a.forged.token")
    token = signed_in["access_token"]
    renewed = stack.post("/api/v1/auth/refresh", {"refresh_token": signed_in["refresh_token"]}).json()
    stack.post("/api/v1/auth/refresh", {"refresh_token": guest["refresh_token"]})
    made = stack.post("/api/v1/stations/awaz/stream-keys", {"label": "laptop"}, token).json()
    invited = stack.post("/api/v1/stations/awaz/invitations", {"role": "host"}, token).json()
    invitation = invited["url"].partition("#invitation=")[2]
    stack.post("/api/v1/invitations/accept", {"token": invitation}, token)
    stack.post("/api/v1/invitations/accept", {"token": "x" * 32}, token)
    stack.get("/api/v1/stations/awaz/audit", token)
    watcher = await Watcher.open(stack.url, token=token)
    await watcher.call("auth:refresh", {"token": renewed["access_token"]})
    await watcher.close()
    for key in (made["key"], "0123456789abcdef-wrong-key"):
        encoder = Encoder.start(stack, 1010, key=key)
        await asyncio.sleep(1)
        encoder.stop()
    stack.post("/api/v1/auth/refresh", {"refresh_token": signed_in["refresh_token"]})
    tokens = [each[name] for each in (guest, signed_in, renewed) for name in ("access_token", "refresh_token")]
    return [*known, *tokens, made["key"], invitation, "a-wrong-password", "0123456789abcdef-wrong-key"]


def kept(stack: RunningStack) -> list[str]:
    """Return the secrets made on first start, those that were replaced too."""
    return [path.read_text().strip() for path in (stack.data / "secrets").iterdir()]


def logs(stack: RunningStack) -> dict[Path, str]:
    found = [*(stack.data / "log").glob("*.log*"), *(stack.data / "icecast").rglob("*.log*")]
    return {path: path.read_text(errors="replace") for path in found}


async def test_secrets_are_in_no_log_and_no_unrelated_response(stack: RunningStack) -> None:
    secrets = await everything(stack) + kept(stack)
    written = logs(stack)
    assert {path.name for path in written} >= {"daemon.log", "icecast.log", "access.log", "error.log"}
    assert [(path.name, secret[:6]) for path, text in written.items() for secret in secrets if secret in text] == []
    told = [
        (path, secret[:6])
        for path, text in stack.answers
        for secret in secrets
        if secret in text and not any(part in path for part in MADE_ON_PURPOSE)
    ]
    assert told == []


def test_files_with_credentials_are_private_to_their_owner(stack: RunningStack) -> None:
    private = [stack.data / "demo.json", *(stack.data / "secrets").iterdir()]
    assert [path for path in private if path.stat().st_mode & 0o077] == []
    assert (stack.data / "secrets").stat().st_mode & 0o077 == 0
    assert json.loads((stack.data / "demo.json").read_text())["owner"]["password"]
    with pytest.raises(httpx.HTTPStatusError):
        stack.get("/demo.json").raise_for_status()
