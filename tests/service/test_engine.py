"""Connections: who is let in when many come, who is not reading, who does not answer, and how one ends."""

import asyncio
import gc
import json
import socket
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from pathlib import Path

import aiohttp
import pytest
import socketio
from aiohttp import web

from controlplane.app import Daemon
from controlplane.config import Gateway, Settings
from controlplane.errors import Busy, ConfigError, TooFast
from controlplane.events import StreamStopped
from controlplane.insight import Insight
from controlplane.live import fanout
from controlplane.live.admission import Admission
from controlplane.live.gateway import Gateway as SocketGateway
from controlplane.live.hub import HISTORY_EVENTS
from tests.instruments.raw import SOCKET, Raw

Enter = Callable[..., Awaitable[Raw]]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.model_validate(
        {"data_dir": tmp_path, "pipeline": {"manager": "none"}, "gateway": {"handshakes_per_s": 5}}
    )


async def test_more_handshakes_than_a_second_has_room_for_are_told_to_come_back(url: str, enter: Enter) -> None:
    opened = await asyncio.gather(*(enter() for _ in range(12)), return_exceptions=True)
    refused = [each for each in opened if isinstance(each, aiohttp.WSServerHandshakeError)]
    assert 5 <= len(refused) <= 7
    assert {(each.status, each.headers["Retry-After"]) for each in refused if each.headers} == {(503, "2")}
    await asyncio.sleep(1.0)
    await enter()


def test_there_is_room_for_so_many_in_all_and_for_loopback_as_many() -> None:
    admission = Admission(Gateway(connections_per_address=2), Insight(), 3)
    with ExitStack() as open_ones:
        for _ in range(2):
            open_ones.enter_context(admission.place("203.0.113.7"))
        with pytest.raises(TooFast):
            open_ones.enter_context(admission.place("203.0.113.7"))
        open_ones.enter_context(admission.place("127.0.0.1"))
        with pytest.raises(Busy):
            open_ones.enter_context(admission.place("127.0.0.1"))
    assert admission.open == 0
    with admission.place("203.0.113.7"):
        assert admission.open == 1


def transport_of(raw: Raw) -> asyncio.Transport:
    connection = raw.socket._conn
    assert connection is not None
    assert connection.transport is not None
    return connection.transport


async def test_a_client_that_does_not_read_is_cut_off(daemon: Daemon, url: str, enter: Enter) -> None:
    idle, honest = [await enter(daemon.accounts.guest(name).access_token) for name in ("idle", "honest")]
    for raw in (idle, honest):
        await raw.call("stream:join", {"station": "awaz"})
    transport_of(idle).pause_reading()
    body = {"filling": "x" * 60_000}
    async with asyncio.timeout(20):
        while daemon.gateway.connected == 2:
            await daemon.gateway.emit("filling", body, ["station:awaz"])
            await honest.until_event("filling")
    assert (await honest.call("stream:heartbeat", {"t": 1}, 9))["ok"]
    assert daemon.hub.sockets("awaz") == 1


async def test_who_does_not_answer_a_ping_is_gone_and_who_does_stays(
    daemon: Daemon, url: str, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = daemon.gateway.server.eio
    monkeypatch.setattr(engine, "ping_interval", 0.1)
    monkeypatch.setattr(engine, "ping_timeout", 0.3)
    silent, alive = [await enter(daemon.accounts.guest(name).access_token) for name in ("silent", "alive")]
    async with asyncio.timeout(5):
        while daemon.gateway.connected == 2:
            message = await alive.socket.receive()
            assert message.data == "2"
            await alive.send("3")
    assert next(socket.actor.name for socket in daemon.gateway.sockets()) == "alive"
    await silent.until_closed()


@pytest.fixture
def hurried(daemon: Daemon, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = daemon.gateway.server.eio
    monkeypatch.setattr(engine, "ping_interval", 0.3)
    monkeypatch.setattr(engine, "ping_timeout", 0.4)


async def test_a_thin_line_on_which_the_ping_is_not_there_yet_is_kept(
    daemon: Daemon, hurried: None, enter: Enter
) -> None:
    raw = await enter(daemon.accounts.guest("x").access_token)
    line = daemon.gateway.server.lines()[0]
    transport = transport_of(raw)
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    transport.pause_reading()
    await daemon.gateway.server.emit("filling", {"filling": "x" * 500_000}, room=daemon.gateway.sockets()[0].sid)
    began, peer = time.monotonic(), transport.get_extra_info("socket").dup()
    async with asyncio.timeout(20):
        while line.outstanding() > 20_000:
            await asyncio.sleep(0.02)
            await asyncio.get_running_loop().sock_recv(peer, 8192)
    peer.close()
    assert time.monotonic() - began > 1.0
    assert not line.is_closing()


async def test_who_takes_nothing_at_all_is_gone_and_so_is_all_that_waited(
    daemon: Daemon, hurried: None, enter: Enter
) -> None:
    raw = await enter(daemon.accounts.guest("x").access_token)
    transport_of(raw).pause_reading()
    await daemon.gateway.server.emit("filling", {"filling": "x" * 900_000}, room=daemon.gateway.sockets()[0].sid)
    assert daemon.gateway.server.lines()[0].waiting() > 0
    async with asyncio.timeout(5):
        while daemon.gateway.connected or daemon.gateway.server.lines():
            await asyncio.sleep(0.01)


async def test_a_client_that_asks_for_everything_at_once_is_answered_as_fast_as_it_takes_it(
    daemon: Daemon, enter: Enter
) -> None:
    raw = await enter(daemon.accounts.guest("x").access_token)
    for number in range(HISTORY_EVENTS):
        daemon.hub.publish("awaz", StreamStopped(broadcast_id=f"{number}", reason="r" * 900, then="autodj"))
    epoch, _ = daemon.hub.position("awaz")
    asked = json.dumps({"station": "awaz", "epoch": epoch, "last_seq": 0})
    for number in range(8):
        await raw.send(f'42{number}["stream:join",{asked}]')
    answers = [await raw.receive() for _ in range(8)]
    assert [answer[:4] for answer in answers] == [f"43{number}[" for number in range(8)]


async def test_what_was_said_before_the_end_is_still_heard(daemon: Daemon, enter: Enter) -> None:
    raw = await enter(daemon.accounts.guest("x").access_token)
    sid = daemon.gateway.sockets()[0].sid
    await daemon.gateway.server.emit("last:words", {"said": "y" * 50_000}, room=sid)
    daemon.gateway.server.finish(sid, "the end")
    assert len((await raw.until_event("last:words"))["said"]) == 50_000
    await raw.until_closed()


def sockets_alive() -> int:
    return sum(isinstance(each, web.WebSocketResponse) for each in gc.get_objects())


async def test_a_connection_that_ended_is_freed_without_looking_for_garbage(enter: Enter, daemon: Daemon) -> None:
    gc.collect()
    gc.disable()
    try:
        for end in (Raw.close, lambda raw: raw.send("1"), lambda raw: raw.send("42[")):
            raw = await enter(daemon.accounts.guest("x").access_token)
            assert sockets_alive() == 1
            await end(raw)
            async with asyncio.timeout(5):
                while sockets_alive():
                    await asyncio.sleep(0.01)
    finally:
        gc.enable()


async def test_a_client_may_ping_as_websockets_do(enter: Enter, daemon: Daemon) -> None:
    raw = await enter(daemon.accounts.guest("x").access_token)
    await raw.socket.ping(b"are you there")
    assert (await raw.call("stream:heartbeat", {"t": 1}))["ok"]


async def test_more_frames_than_anybody_needs_end_the_connection(enter: Enter, daemon: Daemon) -> None:
    raw = await enter(daemon.accounts.guest("x").access_token)
    await asyncio.gather(*(raw.send("3") for _ in range(1000)), return_exceptions=True)
    await raw.until_closed()


async def test_a_socket_that_wants_to_take_another_ones_place_is_refused(url: str) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await Raw.open(url + SOCKET + "&sid=abc#")
    assert refused.value.status == 400


@pytest.mark.parametrize("query", ["EIO=3&transport=websocket", "transport=websocket", "EIO=4&transport=polling"])
async def test_another_protocol_is_refused_with_what_to_do(url: str, query: str) -> None:
    async with aiohttp.ClientSession() as http, http.get(f"{url}/socket.io/?{query}") as answer:
        assert answer.status == 400
        assert "websocket" in json.dumps(await answer.json()).lower()


async def test_the_greeting_says_what_the_client_has_to_keep_to(url: str) -> None:
    async with aiohttp.ClientSession() as http, http.ws_connect(url + SOCKET) as socket:
        greeting = json.loads((await socket.receive_str())[1:])
    assert greeting["upgrades"] == []
    assert (greeting["pingInterval"], greeting["pingTimeout"], greeting["maxPayload"]) == (25_000, 10_000, 65_536)


async def test_a_library_that_cannot_be_guarded_is_not_served(daemon: Daemon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(socketio.AsyncServer, "_handle_event")
    with pytest.raises(ConfigError, match="_handle_event"):
        SocketGateway(daemon.accounts, daemon.site.limiter, daemon.settings, daemon.site.refusals)


@pytest.fixture
def stock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the private parts that the quick way needs be missing."""
    monkeypatch.setattr(fanout, "missing", lambda: ["something"])


async def test_the_stock_way_is_slower_and_does_the_same(stock: None, daemon: Daemon, enter: Enter) -> None:
    raw = await enter(daemon.accounts.guest("x").access_token)
    await raw.call("stream:join", {"station": "awaz"})
    sending = asyncio.create_task(daemon.hub.run())
    daemon.hub.publish("awaz", StreamStopped(broadcast_id="1", reason="r", then="autodj"))
    assert (await raw.until_event("stream:stopped"))["broadcast_id"] == "1"
    sending.cancel()
    assert (await raw.call("connect", {}, 2))["error"]["code"] == "unknown_event"
    await raw.send("451-[]")
    await raw.until_closed()
    async with asyncio.timeout(5):
        while daemon.hub.sockets("awaz"):
            await asyncio.sleep(0.01)


async def test_the_stock_way_is_bounded_too_and_says_its_last_words(stock: None, daemon: Daemon, enter: Enter) -> None:
    idle, honest = [await enter(daemon.accounts.guest(name).access_token) for name in ("idle", "honest")]
    for raw in (idle, honest):
        await raw.call("stream:join", {"station": "awaz"})
    transport_of(idle).pause_reading()
    async with asyncio.timeout(20):
        while daemon.gateway.connected == 2:
            await daemon.gateway.emit("filling", {"filling": "x" * 60_000}, ["station:awaz"])
            await honest.until_event("filling")
    assert daemon.hub.sockets("awaz") == 1
    await daemon.gateway.close(daemon.site.admission.close())
    assert await honest.until_event("server:going_away")
    await honest.until_closed()


async def test_the_stock_way_ends_what_floods_and_what_says_goodbye(stock: None, daemon: Daemon, enter: Enter) -> None:
    flood, goodbye = [await enter(daemon.accounts.guest(name).access_token) for name in ("flood", "goodbye")]
    await goodbye.send("1")
    await goodbye.until_closed()
    await asyncio.gather(*(flood.send("3") for _ in range(1000)), return_exceptions=True)
    await flood.until_closed()
