"""Changes of roles, passwords, secrets and members on a running stack."""

import asyncio
import time
from contextlib import ExitStack

import pytest

from tests.support.desk import Desk
from tests.support.encoder import Encoder
from tests.support.raw_socket import RawSocket
from tests.support.running_stack import RunningStack
from tests.support.types import Encode, Watch
from tests.support.waiting import within

APPLIED_WITHIN_S = 5.0


@pytest.fixture
async def new_user(stack: RunningStack) -> str:
    """The login of a new user."""
    login = f"user{time.monotonic_ns()}"
    await asyncio.to_thread(stack.awaz, "user", "add", login)
    return login


async def command(stack: RunningStack, *arguments: str) -> float:
    """Run a command and return when it finished."""
    await asyncio.to_thread(stack.awaz, *arguments)
    return time.monotonic()


async def test_role_commands_reach_open_sockets_within_five_seconds(
    stack: RunningStack, watch: Watch, new_user: str
) -> None:
    watcher = await watch(token=await asyncio.to_thread(stack.token, new_user))
    for role in ("admin", "user"):
        mark = watcher.mark()
        done = await command(stack, "user", "role", new_user, role)
        at, roles = await watcher.wait_for_timed("auth:roles", within_s=APPLIED_WITHIN_S, since=mark)
        assert (roles["role"], at - done < APPLIED_WITHIN_S) == (role, True)


async def test_a_password_command_ends_open_sockets(stack: RunningStack, new_user: str) -> None:
    client = await RawSocket.authenticated(stack.url, await asyncio.to_thread(stack.token, new_user))
    await command(stack, "user", "password", new_user)
    assert (await client.until_event("auth:ended", APPLIED_WITHIN_S))["code"] == "unauthenticated"
    await client.until_closed()
    await client.close()


async def test_rotating_the_token_secret_signs_nobody_out(stack: RunningStack, watch: Watch) -> None:
    token = await asyncio.to_thread(stack.token)
    watcher = await watch(token=token)
    await command(stack, "secret", "rotate", "tokens")
    await within(APPLIED_WITHIN_S, lambda: stack.get("/api/v1/me", stack.token()).status_code == 200)
    assert stack.get("/api/v1/me", token).status_code == 200
    assert (await watcher.call("stream:heartbeat", {"t": 1}))["ok"]


async def test_a_host_removed_while_live_is_disconnected_for_good(
    stack: RunningStack, watch: Watch, encode: Encode, new_user: str
) -> None:
    watcher = await watch()
    key = await asyncio.to_thread(stack.new_key, new_user)
    encoder = encode(1010, key=key)
    started = await watcher.wait_for("stream:started", lambda event: event["kind"] == "live")
    await asyncio.to_thread(stack.remove_member, new_user)
    removed = time.monotonic()
    at, stopped = await watcher.wait_for_timed(
        "stream:stopped", lambda event: event["broadcast_id"] == started["broadcast_id"], APPLIED_WITHIN_S
    )
    assert (stopped["reason"], at - removed < APPLIED_WITHIN_S) == ("host_removed", True)
    await asyncio.to_thread(encoder.refusal)
    retry = Encoder.start(stack, 1010, key=key)
    assert "401" in await asyncio.to_thread(retry.refusal)


async def test_a_removed_host_hears_no_preview_any_more(
    stack: RunningStack, desk: Desk, encode: Encode, new_user: str, cleanup: ExitStack
) -> None:
    encode(1010)
    await asyncio.to_thread(desk.wait_for, "preview")
    await asyncio.to_thread(stack.new_key, new_user)
    theirs = Desk(stack, await asyncio.to_thread(stack.token, new_user))
    hearing = await asyncio.to_thread(theirs.preview)
    cleanup.callback(hearing.close)
    await asyncio.to_thread(hearing.wait_for_tone, 1010)
    await asyncio.to_thread(stack.remove_member, new_user)
    await asyncio.to_thread(hearing.wait_for_end, APPLIED_WITHIN_S)
    assert await asyncio.to_thread(desk.state) == "preview"
