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

from controlplane.access.admission import Admission
from controlplane.kernel.errors import Busy, ConfigError, TooFast
from controlplane.live.disconnect import Disconnect
from controlplane.live.sockets.gateway import Gateway
from controlplane.protocol.delivery import Log
from controlplane.protocol.onair import StreamStopped
from controlplane.runtime.config import GatewaySettings, Settings
from controlplane.runtime.metrics import Metrics
from tests.support.raw_socket import SOCKET, RawSocket
from tests.support.running import Running

Enter = Callable[..., Awaitable[RawSocket]]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.model_validate(
        {"data_dir": tmp_path, "pipeline": {"manager": "none"}, "gateway": {"handshakes_per_s": 5}}
    )


async def test_excess_handshakes_are_refused_with_retry_after(url: str, enter: Enter) -> None:
    opened = await asyncio.gather(*(enter() for _ in range(12)), return_exceptions=True)
    refused = [each for each in opened if isinstance(each, aiohttp.WSServerHandshakeError)]
    assert 5 <= len(refused) <= 7
    assert {(each.status, each.headers["Retry-After"]) for each in refused if each.headers} == {(503, "2")}
    await asyncio.sleep(1.0)
    await enter()


def test_admission_limits_connections_per_address_and_in_total() -> None:
    admission = Admission(GatewaySettings(connections_per_address=2), Metrics(), 3)
    with ExitStack() as open_ones:
        for _ in range(2):
            open_ones.enter_context(admission.connection("203.0.113.7"))
        with pytest.raises(TooFast):
            open_ones.enter_context(admission.connection("203.0.113.7"))
        open_ones.enter_context(admission.connection("127.0.0.1"))
        with pytest.raises(Busy):
            open_ones.enter_context(admission.connection("127.0.0.1"))
    assert admission.open == 0
    with admission.connection("203.0.113.7"):
        assert admission.open == 1


def transport_of(raw: RawSocket) -> asyncio.Transport:
    connection = raw.socket._conn
    assert connection is not None
    assert connection.transport is not None
    return connection.transport


async def test_a_client_that_does_not_read_is_disconnected(daemon: Running, url: str, enter: Enter) -> None:
    idle, honest = [await enter(daemon.accounts.guest(name).access_token) for name in ("idle", "honest")]
    for raw in (idle, honest):
        await raw.call("stream:join", {"station": "awaz"})
    transport_of(idle).pause_reading()
    async with asyncio.timeout(20):
        while len(daemon.sessions) == 2:
            await daemon.fill_room("station:awaz", 60_000)
            await honest.until_event("test:filling")
    assert (await honest.call("stream:heartbeat", {"t": 1}, 9))["ok"]
    assert daemon.hub.followers("awaz") == 1


async def test_clients_that_miss_a_ping_are_disconnected(
    daemon: Running, url: str, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = daemon.kit.gateway.server.eio
    monkeypatch.setattr(engine, "ping_interval", 0.1)
    monkeypatch.setattr(engine, "ping_timeout", 0.3)
    silent, alive = [await enter(daemon.accounts.guest(name).access_token) for name in ("silent", "alive")]
    async with asyncio.timeout(5):
        while len(daemon.sessions) == 2:
            message = await alive.socket.receive()
            assert message.data == "2"
            await alive.send("3")
    assert next(socket.actor.name for socket in daemon.sessions.all()) == "alive"
    await silent.until_closed()


@pytest.fixture
def hurried(daemon: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = daemon.kit.gateway.server.eio
    monkeypatch.setattr(engine, "ping_interval", 0.3)
    monkeypatch.setattr(engine, "ping_timeout", 0.4)


async def test_a_slow_link_with_a_delayed_ping_stays_connected(daemon: Running, hurried: None, enter: Enter) -> None:
    raw = await enter(daemon.accounts.guest("x").access_token)
    writer = daemon.kit.gateway.server.writers()[0]
    transport = transport_of(raw)
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    transport.pause_reading()
    daemon.fill_socket(500_000)
    began, peer = time.monotonic(), transport.get_extra_info("socket").dup()
    async with asyncio.timeout(20):
        while writer.unacknowledged_bytes() > 20_000:
            await asyncio.sleep(0.02)
            await asyncio.get_running_loop().sock_recv(peer, 8192)
    peer.close()
    assert time.monotonic() - began > 1.0
    assert not writer.is_closing()


async def test_a_stalled_client_is_dropped_with_its_backlog(daemon: Running, hurried: None, enter: Enter) -> None:
    raw = await enter(daemon.accounts.guest("x").access_token)
    transport_of(raw).pause_reading()
    daemon.fill_socket(900_000)
    assert daemon.kit.gateway.server.writers()[0].pending_bytes() > 0
    async with asyncio.timeout(5):
        while len(daemon.sessions) or daemon.kit.gateway.server.writers():
            await asyncio.sleep(0.01)


async def test_large_answers_wait_for_the_client_to_read(daemon: Running, enter: Enter) -> None:
    raw = await enter(daemon.accounts.guest("x").access_token)
    for number in range(Log.STREAM.retention.events):
        daemon.hub.send("awaz", StreamStopped(broadcast_id=f"{number}", reason="r" * 900, then="autodj"))
    epoch, _ = daemon.position("awaz")
    asked = json.dumps({"station": "awaz", "epoch": epoch, "last_seq": 0})
    for number in range(8):
        await raw.send(f'42{number}["stream:join",{asked}]')
    answers = [await raw.receive() for _ in range(8)]
    assert [answer[:4] for answer in answers] == [f"43{number}[" for number in range(8)]


async def test_pending_messages_are_delivered_before_a_disconnect(daemon: Running, enter: Enter) -> None:
    raw = await enter(daemon.accounts.guest("x").access_token)
    daemon.fill_socket(50_000)
    daemon.kit.gateway.server.finish(daemon.sessions.all()[0].sid, Disconnect.GOING_AWAY)
    assert len((await raw.until_event("test:filling"))["text"]) == 50_000
    await raw.until_closed()


def sockets_alive() -> int:
    return sum(isinstance(each, web.WebSocketResponse) for each in gc.get_objects())


async def test_closed_connections_are_freed_without_garbage_collection(enter: Enter, daemon: Running) -> None:
    gc.collect()
    gc.disable()
    try:
        for end in (RawSocket.close, lambda raw: raw.send("1"), lambda raw: raw.send("42[")):
            raw = await enter(daemon.accounts.guest("x").access_token)
            assert sockets_alive() == 1
            await end(raw)
            async with asyncio.timeout(5):
                while sockets_alive():
                    await asyncio.sleep(0.01)
    finally:
        gc.enable()


async def test_websocket_level_pings_are_accepted(enter: Enter, daemon: Running) -> None:
    raw = await enter(daemon.accounts.guest("x").access_token)
    await raw.socket.ping(b"are you there")
    assert (await raw.call("stream:heartbeat", {"t": 1}))["ok"]


async def test_a_flood_of_frames_ends_the_connection(enter: Enter, daemon: Running) -> None:
    raw = await enter(daemon.accounts.guest("x").access_token)
    await asyncio.gather(*(raw.send("3") for _ in range(1000)), return_exceptions=True)
    await raw.until_closed()


async def test_a_handshake_that_names_a_session_is_refused(url: str) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await RawSocket.open(url + SOCKET + "&sid=abc#")
    assert refused.value.status == 400


@pytest.mark.parametrize("query", ["EIO=3&transport=websocket", "transport=websocket", "EIO=4&transport=polling"])
async def test_unsupported_protocols_are_refused_with_advice(url: str, query: str) -> None:
    async with aiohttp.ClientSession() as http, http.get(f"{url}/socket.io/?{query}") as answer:
        assert answer.status == 400
        assert "websocket" in json.dumps(await answer.json()).lower()


async def test_the_handshake_announces_intervals_and_limits(url: str) -> None:
    async with aiohttp.ClientSession() as http, http.ws_connect(url + SOCKET) as socket:
        greeting = json.loads((await socket.receive_str())[1:])
    assert greeting["upgrades"] == []
    assert (greeting["pingInterval"], greeting["pingTimeout"], greeting["maxPayload"]) == (25_000, 10_000, 65_536)


async def test_a_library_without_its_hooks_is_a_configuration_error(
    daemon: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(socketio.AsyncServer, "_send_packet")
    with pytest.raises(ConfigError, match="_send_packet"):
        Gateway.build(daemon.settings, daemon.kit.guard, daemon.hub, daemon.kit.gateway.rooms.transport)
