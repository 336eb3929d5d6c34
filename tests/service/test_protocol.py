"""What the protocols ask of a server that speaks WebSocket only, packet by packet.

Sources: the Engine.IO protocol, revision 4 (docs/engine.io-protocol/v4-current.md of socketio/socket.io), and the
Socket.IO protocol, revision 5 (docs/socket.io-protocol/v5-current.md there). Where we are stricter, and mean to be, the
name of the test says so.

| the protocols say | shown by |
|---|---|
| EIO 4, handshake: `sid`, `upgrades`, `pingInterval`, `pingTimeout`, `maxPayload` | here; the values: test_websockets |
| EIO 4, handshake: a missing or wrong `EIO` or `transport` is refused | here; with what to do: test_websockets |
| EIO 4, heartbeat: the server pings, and closes where no pong comes in time | here, test_websockets |
| EIO 4, packets: `close` ends the session, a packet of no known kind ends the connection | here, CUT of hostile.py |
| EIO 4, upgrade: a probe, `upgrade` and `noop` belong to long polling, which we do not speak | here, CUT |
| SIO 5, CONNECT: answered with CONNECT and a `sid`, or with CONNECT_ERROR and why | here |
| SIO 5, CONNECT: whatever comes before it closes the connection | here, test_gateway |
| SIO 5, CONNECT: a connection without it is not kept for ever | here, test_gateway |
| SIO 5, CONNECT: a second one to the same namespace closes | CUT |
| SIO 5, namespaces: one that is not there is refused with CONNECT_ERROR | here; there is but `/` |
| SIO 5, EVENT: text both ways, in order; several arguments | test_protocol_events: stricter, an event of ours has one body |
| SIO 5, ACK: the same id comes back; without an id nothing does | test_protocol_events |
| SIO 5, ACK: one that nobody asked for is passed over | CUT: stricter, as we ask for none it closes |
| SIO 5, DISCONNECT: nothing is answered | here; with it the connection ends, as there is but one namespace |
| SIO 5, packets: malformed ones close the connection | here, CUT |
| SIO 5, BINARY_EVENT and BINARY_ACK | CUT: stricter, what is binary is refused wholly |
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from controlplane.runtime.config import Settings
from tests.support.raw_socket import PING, PONG, SOCKET, RawSocket
from tests.support.running import Running

Enter = Callable[..., Awaitable[RawSocket]]
HEARTBEAT = '["stream:heartbeat",{"t":1}]'
HARD_TEXT = 'آواز ☕ 👩‍🚀 "quoted" \\ \n\t/,[]{}-42'


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.model_validate(
        {"data_dir": tmp_path, "pipeline": {"manager": "none"}, "gateway": {"connect_timeout_s": 2.0}}
    )


@pytest.fixture
def token(daemon: Running) -> str:
    return daemon.accounts.guest("x").access_token


@pytest.fixture
def impatient(daemon: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the server ping every tenth of a second, and wait no longer than a second for the pong."""
    monkeypatch.setattr(daemon.kit.gateway.server.eio, "ping_interval", 0.1)
    monkeypatch.setattr(daemon.kit.gateway.server.eio, "ping_timeout", 1.0)


async def next_frame(raw: RawSocket) -> str:
    """Return the next frame, a ping too, and answer nothing."""
    async with asyncio.timeout(5):
        return await raw.socket.receive_str()


async def unanswered(raw: RawSocket) -> list[str]:
    """Answer nothing, and return what came until the server ended the connection."""
    async with asyncio.timeout(5):
        return [str(message.data) async for message in raw.socket]


def data_of(frame: str, start: str) -> Any:
    """Return the JSON of a frame after its kind."""
    assert frame.startswith(start), frame
    return json.loads(frame.removeprefix(start))


async def nobody_is_left(daemon: Running) -> None:
    async with asyncio.timeout(5):
        while len(daemon.sessions) or daemon.kit.gateway.server.eio.sockets:
            await asyncio.sleep(0.01)


# Engine.IO, revision 4


async def test_the_open_packet_has_exactly_the_protocols_fields(url: str) -> None:
    async with aiohttp.ClientSession() as http, http.ws_connect(url + SOCKET) as socket:
        opened = data_of(await socket.receive_str(), "0")
    kinds = {name: type(value) for name, value in opened.items()}
    assert kinds == {"sid": str, "upgrades": list, "pingInterval": int, "pingTimeout": int, "maxPayload": int}


@pytest.mark.parametrize(
    "query",
    [
        "transport=websocket",
        "EIO=&transport=websocket",
        "EIO=abc&transport=websocket",
        "EIO=3&transport=websocket",
        "EIO=4",
        "EIO=4&transport=abc",
        "EIO=4&transport=polling",
    ],
)
async def test_handshakes_of_another_version_or_transport_are_refused(url: str, query: str) -> None:
    async with aiohttp.ClientSession() as http:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await http.ws_connect(f"{url}/socket.io/?{query}")
    assert refused.value.status == 400


@pytest.mark.parametrize(("method", "status"), [("POST", 400), ("PUT", 405), ("DELETE", 405)])
async def test_only_get_opens_a_session(url: str, daemon: Running, method: str, status: int) -> None:
    async with aiohttp.ClientSession() as http, http.request(method, url + SOCKET) as answer:
        assert answer.status == status
    assert daemon.kit.gateway.server.eio.sockets == {}


async def test_the_server_pings_and_pongs_keep_the_connection(impatient: None, enter: Enter, token: str) -> None:
    raw = await enter()
    await raw.send(PONG)
    assert await next_frame(raw) == PING
    await raw.send(PONG)
    assert (await raw.connect(token)).startswith("40")
    for _ in range(3):
        assert await next_frame(raw) == PING
        await raw.send(PONG)
    assert (await raw.call("stream:heartbeat", {"t": 1}))["ok"]


async def test_an_early_pong_does_not_answer_a_later_ping(
    impatient: None, daemon: Running, enter: Enter, token: str
) -> None:
    raw = await enter(token)
    await raw.send(PONG)
    assert await unanswered(raw) == [PING]
    await nobody_is_left(daemon)


async def test_events_do_not_answer_a_ping(impatient: None, enter: Enter, token: str) -> None:
    raw = await enter(token)
    assert await next_frame(raw) == PING
    await raw.send(f"421{HEARTBEAT}")
    assert (await next_frame(raw)).startswith("431[")
    assert await unanswered(raw) == []


async def test_a_close_packet_before_connect_ends_the_websocket(daemon: Running, enter: Enter) -> None:
    raw = await enter()
    await raw.send("1")
    assert await unanswered(raw) == []
    await nobody_is_left(daemon)


async def test_packets_after_a_close_packet_are_ignored(daemon: Running, enter: Enter, token: str) -> None:
    raw = await enter(token)
    await asyncio.gather(raw.send("1"), raw.send('421["stream:join",{"station":"awaz"}]'), return_exceptions=True)
    await raw.until_closed()
    await nobody_is_left(daemon)
    assert daemon.hub.followers("awaz") == 0


async def test_a_close_by_the_client_is_answered_with_1000(daemon: Running, enter: Enter, token: str) -> None:
    raw = await enter(token)
    await raw.socket.close()
    assert raw.socket.close_code == 1000
    await nobody_is_left(daemon)


@pytest.mark.parametrize("packet", ["0", "2", "6"], ids=["open", "ping", "noop"])
async def test_server_and_polling_packets_end_the_connection(enter: Enter, token: str, packet: str) -> None:
    raw = await enter(token)
    await raw.send(packet)
    await raw.until_closed()


# Socket.IO, revision 5: connecting


async def test_connect_returns_a_sid_other_than_the_engines(url: str, token: str) -> None:
    async with aiohttp.ClientSession() as http, http.ws_connect(url + SOCKET) as socket:
        opened = data_of(await socket.receive_str(), "0")
        await socket.send_str("40" + json.dumps({"token": token}))
        connected = data_of(await socket.receive_str(), "40")
    assert list(connected) == ["sid"]
    assert connected["sid"] != opened["sid"]


@pytest.mark.parametrize("packet", ["40", "40{}", '40{"token":null}', "40[]", '40"x"'])
async def test_connect_without_a_token_is_refused_with_the_reason(enter: Enter, token: str, packet: str) -> None:
    raw = await enter()
    await raw.send(packet)
    refusal = data_of(await raw.receive(), "44")
    assert refusal["message"] == refusal["data"]["message"]
    assert refusal["data"]["code"] == "unauthenticated"
    assert (await raw.connect(token)).startswith("40{")


@pytest.mark.parametrize("packet", ["40/admin", "40/admin,", '40/admin,{"token":"x"}', '40/admin?a=1,{"token":"x"}'])
async def test_a_refused_namespace_leaves_the_main_one_open(enter: Enter, token: str, packet: str) -> None:
    raw = await enter()
    await raw.send(packet)
    assert "message" in data_of(await raw.receive(), "44/admin,")
    assert (await raw.connect(token)).startswith("40{")
    assert (await raw.call("stream:heartbeat", {"t": 1}))["ok"]


async def test_a_refused_namespace_keeps_a_connected_socket(enter: Enter, token: str) -> None:
    inside = await enter(token)
    await inside.send("40/admin,")
    assert "message" in data_of(await inside.receive(), "44/admin,")
    assert (await inside.call("stream:heartbeat", {"t": 1}))["ok"]


@pytest.mark.parametrize("start", ["40/,", "40/?a=1,"], ids=["named", "named, with a query"])
async def test_the_main_namespace_may_be_named_and_have_a_query(enter: Enter, token: str, start: str) -> None:
    raw = await enter()
    await raw.send(start + json.dumps({"token": token}))
    assert list(data_of(await raw.receive(), "40")) == ["sid"]


async def test_a_client_of_an_unknown_namespace_times_out(enter: Enter, daemon: Running) -> None:
    raw = await enter()
    await raw.send("40/admin,")
    assert (await raw.receive()).startswith("44/admin,")
    await raw.until_closed()
    await nobody_is_left(daemon)


@pytest.mark.parametrize("packet", ["41", f"42{HEARTBEAT}", "430[]", "44", '40{"token"'])
async def test_packets_before_connect_close_the_connection(enter: Enter, packet: str) -> None:
    raw = await enter()
    await raw.send(packet)
    await raw.until_closed()


# Socket.IO, revision 5: the end


@pytest.mark.parametrize("packet", ["41", "41/,"])
async def test_disconnect_ends_the_connection_without_an_answer(
    daemon: Running, enter: Enter, token: str, packet: str
) -> None:
    raw = await enter(token)
    assert (await raw.call("stream:join", {"station": "awaz"}))["ok"]
    await raw.send(packet)
    assert await unanswered(raw) == []
    await nobody_is_left(daemon)
    assert daemon.hub.followers("awaz") == 0


@pytest.mark.parametrize(
    "packet",
    [
        "4abc",
        "47",
        "4-2",
        f"42abc{HEARTBEAT}",
        f"42-1{HEARTBEAT}",
        f"421{HEARTBEAT}[]",
        "421[stream:heartbeat]",
        "421['stream:heartbeat']",
        '421["stream:heartbeat",]',
        "41/admin,",
        f"42/admin,1{HEARTBEAT}",
        "43/admin,1[]",
    ],
)
async def test_malformed_and_foreign_namespace_packets_are_fatal(enter: Enter, token: str, packet: str) -> None:
    raw = await enter(token)
    await raw.send(packet)
    assert await unanswered(raw) == []
