"""Secrets are in no log and in no response but the one that issues them."""

import asyncio
import json
from pathlib import Path

import httpx
import pytest

from tests.support.encoder import Encoder
from tests.support.running_stack import RunningStack
from tests.support.watcher import Watcher

ISSUING_PATHS = ("/auth/", "/stream-keys", "/invitations", "/me/password")
"""Paths whose responses contain a token or key on purpose."""


async def use_secrets(stack: RunningStack) -> list[str]:
    """Use every kind of secret, valid and invalid, and return all of them."""
    owner, admin = stack.demo["owner"], stack.demo["admin"]
    known = [owner["password"], admin["password"], stack.demo["encoder"]["key"]]
    guest = stack.post("/api/v1/auth/guest", {"name": "Ali"}).json()
    signed_in = stack.post("/api/v1/auth/login", owner | {}).json()
    stack.post("/api/v1/auth/login", {"login": "owner", "password": "a-wrong-password"})
    stack.get("/api/v1/me", "a.forged.token")
    token = signed_in["access_token"]
    renewed = stack.post("/api/v1/auth/refresh", {"refresh_token": signed_in["refresh_token"]}).json()
    stack.post("/api/v1/auth/refresh", {"refresh_token": guest["refresh_token"]})
    stream_key = stack.post("/api/v1/stations/awaz/stream-keys", {"label": "laptop"}, token).json()
    created_invitation = stack.post("/api/v1/stations/awaz/invitations", {"role": "host"}, token).json()
    invitation = created_invitation["url"].partition("#invitation=")[2]
    stack.post("/api/v1/invitations/accept", {"token": invitation}, token)
    stack.post("/api/v1/invitations/accept", {"token": "x" * 32}, token)
    stack.get("/api/v1/stations/awaz/audit", token)
    watcher = await Watcher.open(stack.url, token=token)
    await watcher.call("auth:refresh", {"token": renewed["access_token"]})
    await watcher.close()
    for value, logged in ((stream_key["key"], "encoder_accepted"), ("0123456789abcdef-wrong-key", "encoder_refused")):
        encoder = Encoder.start(stack, 1010, key=value)
        await asyncio.to_thread(stack.wait_for_log, "daemon", logged)
        encoder.stop()
    stack.post("/api/v1/auth/refresh", {"refresh_token": signed_in["refresh_token"]})
    tokens = [each[name] for each in (guest, signed_in, renewed) for name in ("access_token", "refresh_token")]
    return [*known, *tokens, stream_key["key"], invitation, "a-wrong-password", "0123456789abcdef-wrong-key"]


def stored_secrets(stack: RunningStack) -> list[str]:
    """Return the secrets created on the first start, including replaced ones."""
    return [path.read_text().strip() for path in (stack.data / "secrets").iterdir()]


def logs(stack: RunningStack) -> dict[Path, str]:
    found = [*(stack.data / "log").glob("*.log*"), *(stack.data / "icecast").rglob("*.log*")]
    return {path: path.read_text(errors="replace") for path in found}


async def test_secrets_are_in_no_log_and_no_unrelated_response(stack: RunningStack) -> None:
    secrets = await use_secrets(stack) + stored_secrets(stack)
    log_texts = logs(stack)
    assert {path.name for path in log_texts} >= {"daemon.log", "icecast.log", "access.log", "error.log"}
    assert [(path.name, secret[:6]) for path, text in log_texts.items() for secret in secrets if secret in text] == []
    leaks = [
        (path, secret[:6])
        for path, text in stack.responses
        for secret in secrets
        if secret in text and not any(part in path for part in ISSUING_PATHS)
    ]
    assert leaks == []


def test_files_with_credentials_are_private_to_their_owner(stack: RunningStack) -> None:
    private = [stack.data / "demo.json", *(stack.data / "secrets").iterdir()]
    assert [path for path in private if path.stat().st_mode & 0o077] == []
    assert (stack.data / "secrets").stat().st_mode & 0o077 == 0
    assert json.loads((stack.data / "demo.json").read_text())["owner"]["password"]
    with pytest.raises(httpx.HTTPStatusError):
        stack.get("/demo.json").raise_for_status()
