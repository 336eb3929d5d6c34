"""Icecast's hooks, and what a station's people are told of them."""

from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer

from controlplane.kernel.audit import CONSOLE
from tests.support.raw_socket import RawSocket
from tests.support.running import Running
from tests.support.types import OpenSocket, TokenOf

pytestmark = pytest.mark.usefixtures("delivering")

ComeWith = Callable[[str], Awaitable[None]]


@pytest.fixture
async def come_with(running: Running) -> AsyncIterator[ComeWith]:
    """Have Icecast ask about an encoder with a stream key."""
    hooks = running.parts.hooks
    headers = {
        "Authorization": aiohttp.encode_basic_auth("icecast", hooks.icecast_secret),
        "Content-Type": "application/x-www-form-urlencoded",
    }
    async with TestClient(TestServer(hooks.app())) as icecast:

        async def ask(key: str) -> None:
            asked = f"action=stream_auth&mount=%2fingest%2fawaz&user=source&pass={key}&ip=203.0.113.7"
            await icecast.post("/icecast", data=asked, headers=headers)

        yield ask


@pytest.fixture
async def owner(open_socket: OpenSocket, token_of: TokenOf) -> RawSocket:
    """The owner's socket, in the station's room."""
    socket = await open_socket(await token_of("owner"))
    await socket.call("stream:join", {"station": "awaz"})
    return socket


async def test_a_wrong_key_is_told_to_the_station_s_people_once_a_minute(
    running: Running, owner: RawSocket, come_with: ComeWith
) -> None:
    for waited_s in (0, 1, 61):
        running.clock.advance(waited_s)
        await come_with("0" * 40)
    running.onair.incident("awaz", "second_encoder", "The last one.")
    kinds = [(await owner.until_event("stream:incident"))["kind"] for _ in range(3)]
    assert kinds == ["wrong_key", "wrong_key", "second_encoder"]


async def test_an_encoder_that_comes_back_with_a_locked_key_is_told_of_once(
    running: Running, owner: RawSocket, come_with: ComeWith
) -> None:
    record, key = await running.stations.new_key("awaz", "owner", "")
    await running.stations.lock_key("awaz", record.id, record.host, 290, CONSOLE)
    for _ in range(2):
        running.clock.advance(61)
        await come_with(key)
    await come_with("0" * 40)
    told = [await owner.until_event("stream:incident") for _ in range(2)]
    assert [each["kind"] for each in told] == ["locked_key", "wrong_key"]
    assert told[0]["message"] == f"{record.host}'s encoder was refused: its key works again in 4 minutes."


async def test_a_locked_key_that_is_revoked_is_a_wrong_key(
    running: Running, owner: RawSocket, come_with: ComeWith
) -> None:
    record, key = await running.stations.new_key("awaz", "owner", "")
    await running.stations.lock_key("awaz", record.id, record.host, 290, CONSOLE)
    await running.stations.revoke_key(record.id)
    await come_with(key)
    assert (await owner.until_event("stream:incident"))["kind"] == "wrong_key"
