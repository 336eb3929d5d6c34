"""Icecast's hooks, and what a station's people are told of them."""

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer

from tests.support.running import Running
from tests.support.types import OpenSocket, TokenOf

WRONG = f"action=stream_auth&mount=%2fingest%2fawaz&user=source&pass={'0' * 40}&ip=203.0.113.7"


@pytest.mark.usefixtures("delivering")
async def test_a_wrong_key_is_told_to_the_station_s_people_once_a_minute(
    running: Running, open_socket: OpenSocket, token_of: TokenOf
) -> None:
    owner = await open_socket(await token_of("owner"))
    await owner.call("stream:join", {"station": "awaz"})
    hooks = running.parts.hooks
    headers = {
        "Authorization": aiohttp.encode_basic_auth("icecast", hooks.icecast_secret),
        "Content-Type": "application/x-www-form-urlencoded",
    }
    async with TestClient(TestServer(hooks.app())) as icecast:
        for waited_s in (0, 1, 61):
            running.clock.advance(waited_s)
            await icecast.post("/icecast", data=WRONG, headers=headers)
    running.onair.incident("awaz", "second_encoder", "The last one.")
    kinds = [(await owner.until_event("stream:incident"))["kind"] for _ in range(3)]
    assert kinds == ["wrong_key", "wrong_key", "second_encoder"]
