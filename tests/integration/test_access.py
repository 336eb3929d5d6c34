"""What people may do, changed while the whole stack runs and they are connected."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import httpx
import pytest

from tests.instruments.encoder import Encoder
from tests.instruments.house import House
from tests.instruments.raw import Raw
from tests.instruments.watcher import Watcher

IN_FORCE_WITHIN_S = 5.0

Watch = Callable[..., Awaitable[Watcher]]


@pytest.fixture
async def newcomer(house: House) -> str:
    """Somebody with a login of their own."""
    login = f"user{time.monotonic_ns()}"
    await asyncio.to_thread(house.awaz, "user", "add", login)
    return login


async def command(house: House, *words: str) -> float:
    """Run a command and return when it was done."""
    await asyncio.to_thread(house.awaz, *words)
    return time.monotonic()


async def test_a_role_given_and_taken_by_command_is_in_force_on_open_sockets_within_five_seconds(
    house: House, watch: Watch, newcomer: str
) -> None:
    watcher = await watch(token=await asyncio.to_thread(house.token, newcomer))
    for role in ("admin", "user"):
        mark = watcher.mark()
        done = await command(house, "user", "role", newcomer, role)
        at, told = await watcher.wait_for_timed("auth:roles", within_s=IN_FORCE_WITHIN_S, since=mark)
        assert (told["role"], at - done < IN_FORCE_WITHIN_S) == (role, True)


async def test_a_password_given_by_command_cuts_the_sockets_of_the_old_one(house: House, newcomer: str) -> None:
    raw = await Raw.inside(house.url, await asyncio.to_thread(house.token, newcomer))
    await command(house, "user", "password", newcomer)
    assert (await raw.until_event("auth:ended", IN_FORCE_WITHIN_S))["code"] == "unauthenticated"
    await raw.until_closed()
    await raw.close()


async def test_a_replaced_secret_signs_nobody_out(house: House, watch: Watch) -> None:
    token = await asyncio.to_thread(house.token)
    watcher = await watch(token=token)
    await command(house, "secret", "rotate", "tokens")
    async with asyncio.timeout(IN_FORCE_WITHIN_S):
        while (
            await asyncio.to_thread(house.get, "/api/v1/me", await asyncio.to_thread(house.token))
        ).status_code != 200:
            await asyncio.sleep(0.1)
    assert house.get("/api/v1/me", token).status_code == 200
    assert (await watcher.call("stream:heartbeat", {"t": 1}))["ok"]


async def test_a_host_who_is_removed_while_on_air_is_cut_off_and_does_not_come_back(
    house: House, watch: Watch, encode: Callable[..., Encoder], newcomer: str
) -> None:
    watcher = await watch()
    key = await asyncio.to_thread(house.new_key, newcomer)
    encoder = encode(1010, key=key)
    await watcher.wait_for("stream:started", lambda event: event["kind"] == "live")
    owner = await asyncio.to_thread(house.token)
    members = house.get("/api/v1/stations/awaz/members", owner).json()["members"]
    user_id = next(member["user_id"] for member in members if member["login"] == newcomer)
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {owner}"}, trust_env=False) as http:
        answer = await http.delete(f"{house.url}/api/v1/stations/awaz/members/{user_id}")
    assert answer.status_code == 200
    await asyncio.to_thread(encoder.refusal)
    await watcher.wait_for("stream:stopped")
    again = Encoder.start(house, 1010, key=key)
    assert "401" in await asyncio.to_thread(again.refusal)
