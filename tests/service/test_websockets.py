"""WebSocket connections: admission, heartbeats, slow clients, backlogs, and closing."""

import asyncio
import gc
import json
import socket
import time
from contextlib import ExitStack

import aiohttp
import pytest
import socketio
from aiohttp import web

from controlplane.access.admission import Admission
from controlplane.kernel.errors import Busy, ConfigError, TooFast
from controlplane.live.sockets.gateway import Gateway
from controlplane.protocol.delivery import Log
from controlplane.protocol.disconnect import Disconnect
from controlplane.protocol.onair import StreamStopped
from controlplane.runtime.metrics import Metrics
from controlplane.runtime.sections import GatewaySettings
from tests.support.clock import ManualClock
from tests.support.raw_socket import SOCKET, RawSocket
from tests.support.running import Running
from tests.support.types import OpenSocket
from tests.support.waiting import until

pytestmark = pytest.mark.settings(gateway={"handshakes_per_s": 5})


async def test_excess_handshakes_are_refused_with_retry_after(running: Running, open_socket: OpenSocket) -> None:
    opened = await asyncio.gather(*(open_socket() for _ in range(12)), return_exceptions=True)
    refused = [each for each in opened if isinstance(each, aiohttp.WSServerHandshakeError)]
    assert len(refused) == 7
    assert {(each.status, each.headers["Retry-After"]) for each in refused if each.headers} == {(503, "2")}
    running.clock.advance(1)
    await open_socket()


def test_admission_limits_connections_per_address_and_in_total() -> None:
    admission = Admission(GatewaySettings(connections_per_address=2), Metrics(), 3, ManualClock())
    with ExitStack() as exit_stack:
        for _ in range(2):
            exit_stack.enter_context(admission.connection("203.0.113.7"))
        with pytest.raises(TooFast):
            exit_stack.enter_context(admission.connection("203.0.113.7"))
        exit_stack.enter_context(admission.connection("127.0.0.1"))
        with pytest.raises(Busy):
            exit_stack.enter_context(admission.connection("127.0.0.1"))
    assert admission.open == 0
    with admission.connection("203.0.113.7"):
        assert admission.open == 1


async def test_a_client_that_does_not_read_is_disconnected(running: Running, url: str, open_socket: OpenSocket) -> None:
    idle, honest = [await open_socket(running.accounts.guest(name).access_token) for name in ("idle", "honest")]
    for client in (idle, honest):
        await client.call("stream:join", {"station": "awaz"})
    idle.stop_reading()
    async with asyncio.timeout(20):
        while len(running.connected) == 2:
            await running.fill_room("station:awaz", 60_000)
            await honest.until_event("test:padding")
    assert (await honest.call("stream:heartbeat", {"t": 1}, 9))["ok"]
    assert running.hub.followers("awaz") == 1


@pytest.mark.settings(gateway={"ping_interval_s": 0.1, "ping_timeout_s": 0.3})
async def test_clients_that_miss_a_ping_are_disconnected(running: Running, url: str, open_socket: OpenSocket) -> None:
    silent, responsive = [
        await open_socket(running.accounts.guest(name).access_token) for name in ("silent", "responsive")
    ]
    async with asyncio.timeout(5):
        while len(running.connected) == 2:
            message = await responsive.socket.receive()
            assert message.data == "2"
            await responsive.send("3")
    assert next(socket.actor.name for socket in running.connected.all()) == "responsive"
    await silent.until_closed()


SHORT_PING = pytest.mark.settings(gateway={"ping_interval_s": 0.3, "ping_timeout_s": 0.4})


@SHORT_PING
async def test_a_slow_link_with_a_delayed_ping_stays_connected(running: Running, open_socket: OpenSocket) -> None:
    client = await open_socket(running.accounts.guest("x").access_token)
    writer = running.kit.gateway.server.writers()[0]
    transport = client.transport
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.stop_reading()
    running.fill_socket(100_000)
    started, peer = time.monotonic(), transport.get_extra_info("socket").dup()
    async with asyncio.timeout(20):
        while writer.unacknowledged_bytes() > 20_000:
            await asyncio.sleep(0.02)  # the slowness of the link
            await asyncio.get_running_loop().sock_recv(peer, 8192)
    peer.close()
    assert time.monotonic() - started > 1.0
    assert not writer.is_closing()


@SHORT_PING
async def test_a_stalled_client_is_dropped_with_its_backlog(running: Running, open_socket: OpenSocket) -> None:
    client = await open_socket(running.accounts.guest("x").access_token)
    client.stop_reading()
    running.fill_socket(900_000)
    assert running.kit.gateway.server.writers()[0].pending_bytes() > 0
    await until(lambda: not (len(running.connected) or running.kit.gateway.server.writers()))


async def test_large_answers_wait_for_the_client_to_read(running: Running, open_socket: OpenSocket) -> None:
    client = await open_socket(running.accounts.guest("x").access_token)
    for number in range(Log.STREAM.retention.events):
        running.hub.send("awaz", StreamStopped(broadcast_id=f"{number:0900}", reason="finished", then="autodj"))
    epoch, _ = running.position("awaz")
    request = json.dumps({"station": "awaz", "epoch": epoch, "last_seq": 0})
    for number in range(8):
        await client.send(f'42{number}["stream:join",{request}]')
    answers = [await client.receive() for _ in range(8)]
    assert [answer[:4] for answer in answers] == [f"43{number}[" for number in range(8)]


async def test_pending_messages_are_delivered_before_a_disconnect(running: Running, open_socket: OpenSocket) -> None:
    client = await open_socket(running.accounts.guest("x").access_token)
    running.fill_socket(50_000)
    running.kit.gateway.server.finish(running.connected.all()[0].sid, Disconnect.GOING_AWAY)
    assert len((await client.until_event("test:padding"))["text"]) == 50_000
    await client.until_closed()


def live_websockets() -> int:
    return sum(isinstance(each, web.WebSocketResponse) for each in gc.get_objects())


async def test_closed_connections_are_freed_without_garbage_collection(
    open_socket: OpenSocket, running: Running
) -> None:
    gc.collect()
    gc.disable()
    try:
        for close in (RawSocket.close, lambda client: client.send("1"), lambda client: client.send("42[")):
            client = await open_socket(running.accounts.guest("x").access_token)
            assert live_websockets() == 1
            await close(client)
            await until(lambda: not live_websockets())
    finally:
        gc.enable()


async def test_websocket_level_pings_are_accepted(open_socket: OpenSocket, running: Running) -> None:
    client = await open_socket(running.accounts.guest("x").access_token)
    await client.socket.ping(b"are you there")
    assert (await client.call("stream:heartbeat", {"t": 1}))["ok"]


async def test_a_flood_of_frames_ends_the_connection(open_socket: OpenSocket, running: Running) -> None:
    client = await open_socket(running.accounts.guest("x").access_token)
    await asyncio.gather(*(client.send("3") for _ in range(1000)), return_exceptions=True)
    await client.until_closed()


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
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(socketio.AsyncServer, "_send_packet")
    transport = running.kit.gateway.rooms.transport
    with pytest.raises(ConfigError, match="_send_packet"):
        Gateway.build(running.settings, running.kit.guard, running.hub, transport, running.clock)
