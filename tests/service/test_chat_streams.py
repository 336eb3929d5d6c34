"""The chat of those who follow a station by server-sent events."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import httpx
import pytest

from tests.support.builders import stopped
from tests.support.chat import EnterChat
from tests.support.running import Running
from tests.support.stream_reader import StreamReader
from tests.support.types import Headers

pytestmark = [pytest.mark.both_databases, pytest.mark.settings(http={"trusted_hops": 1})]
HOME, OFFICE = {"X-Forwarded-For": "203.0.113.7"}, {"X-Forwarded-For": "203.0.113.8"}


@asynccontextmanager
async def reading(url: str, **headers: str) -> AsyncIterator[StreamReader]:
    """Follow the demo station without a token, from an address."""
    async with (
        aiohttp.ClientSession() as http,
        http.get(f"{url}/api/v1/stations/awaz/events", headers=headers) as answer,
    ):
        yield StreamReader(answer)


async def test_readers_of_streams_get_the_chat_and_after_coming_back_its_state(enter: EnterChat, url: str) -> None:
    bilal = await enter(name="Bilal")
    async with reading(url) as reader:
        first = await reader.next()
        await bilal.say("hello")
        message = await reader.wait_for("chat:message")
    assert json.loads(first["data"])["chat"]["messages"] == []
    assert (json.loads(message["data"])["text"], message.get("id")) == ("hello", None)
    async with reading(url, **{"Last-Event-ID": first["id"]}) as back:
        again = json.loads((await back.wait_for("chat:snapshot"))["data"])
        assert [each["text"] for each in again["chat"]["messages"]] == ["hello"]
        await bilal.say("again")
        assert json.loads((await back.wait_for("chat:message"))["data"])["text"] == "again"


async def test_a_chat_that_is_not_public_is_sent_to_sockets_alone(
    running: Running, enter: EnterChat, url: str, http: httpx.AsyncClient, owner: Headers
) -> None:
    bilal, route = await enter(name="Bilal"), "/stations/awaz/chat/settings"
    async with reading(url) as before:
        await before.next()
        assert (await http.patch(route, headers=owner, json={"public": False})).json()["public"] is False
        await bilal.say("among us")
        assert (await bilal.read())["text"] == "among us"
        running.hub.send("awaz", stopped(1))
        assert "chat:message" not in await before.names_until("stream:stopped")
    async with reading(url) as later:
        assert "chat" not in json.loads((await later.next())["data"])
    await http.patch(route, headers=owner, json={"public": True})
    async with reading(url) as again:
        assert "chat" in json.loads((await again.next())["data"])


async def test_a_banned_reader_gets_no_more_of_the_chat(running: Running, enter: EnterChat, url: str) -> None:
    moderator, spammer = await enter("moderator"), await enter(name="Spammer", **HOME)
    await spammer.say("buy")
    async with reading(url, **HOME) as banned, reading(url, **OFFICE) as neighbour:
        for reader in (banned, neighbour):
            await reader.next()
        await moderator.moderate("ban", user=spammer.user_id)
        await moderator.say("he is gone")
        await neighbour.wait_for("chat:message")
        running.hub.send("awaz", stopped(1))
        assert "chat:message" not in await banned.names_until("stream:stopped")
    async with reading(url, **HOME) as back:
        assert "chat" not in json.loads((await back.next())["data"])
