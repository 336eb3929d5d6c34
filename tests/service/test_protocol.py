"""Conformance to the Engine.IO and Socket.IO protocols, for a server of WebSockets only.

Sources: the Engine.IO protocol, revision 4 (docs/engine.io-protocol/v4-current.md of socketio/socket.io), and the
Socket.IO protocol, revision 5 (docs/socket.io-protocol/v5-current.md there). Deliberate deviations are marked "stricter".

| requirement | tested in |
|---|---|
| EIO 4, handshake: `sid`, `upgrades`, `pingInterval`, `pingTimeout`, `maxPayload` | here; the values: test_websockets |
| EIO 4, handshake: a missing or wrong `EIO` or `transport` is refused | here; the advice: test_websockets |
| EIO 4, heartbeat: the server pings, and closes if no pong comes in time | here, test_websockets |
| EIO 4, packets: `close` ends the session, an unknown packet type ends the connection | here, HOSTILE_FRAMES |
| EIO 4, upgrade: a probe, `upgrade` and `noop` belong to long polling, which is not supported | here, HOSTILE_FRAMES |
| SIO 5, CONNECT: answered with CONNECT and a `sid`, or with CONNECT_ERROR and a reason | here; stricter: it needs a token |
| SIO 5, CONNECT: any packet before it closes the connection | here, test_gateway |
| SIO 5, CONNECT: a connection without it is closed after a timeout | here, test_gateway |
| SIO 5, CONNECT: a second one to the same namespace closes the connection | HOSTILE_FRAMES |
| SIO 5, namespaces: an unknown one is refused with CONNECT_ERROR | here; the only namespace is `/` |
| SIO 5, EVENT: text both ways, in order; several arguments | test_protocol_events; stricter: an event has one body |
| SIO 5, ACK: it repeats the id of its event; an event without an id gets none | test_protocol_events |
| SIO 5, ACK: an unsolicited one is ignored | HOSTILE_FRAMES; stricter: it closes the connection |
| SIO 5, DISCONNECT: it gets no answer | here; stricter: it ends the connection, as there is one namespace |
| SIO 5, packets: malformed ones close the connection | here, HOSTILE_FRAMES |
| SIO 5, BINARY_EVENT and BINARY_ACK | HOSTILE_FRAMES; stricter: binary data is refused |

HOSTILE_FRAMES are those of tests/support/hostile.py, which test_gateway sends.
"""

import asyncio
import json

import aiohttp
import pytest

from tests.support.raw_socket import PING, PONG, SOCKET, RawSocket, data_of
from tests.support.running import Running
from tests.support.types import OpenSocket
from tests.support.waiting import until

HEARTBEAT = '["stream:heartbeat",{"t":1}]'


SHORT_PING = pytest.mark.settings(gateway={"ping_interval_s": 0.1, "ping_timeout_s": 1.0})


async def next_frame(client: RawSocket) -> str:
    """Return the next frame, pings included, without answering."""
    async with asyncio.timeout(5):
        return await client.socket.receive_str()


async def frames_until_closed(client: RawSocket) -> list[str]:
    """Return all frames until the server closes the connection, without answering."""
    async with asyncio.timeout(5):
        return [str(message.data) async for message in client.socket]


async def wait_until_empty(running: Running) -> None:
    await until(lambda: not (len(running.connected) or running.kit.gateway.server.eio.sockets))


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
async def test_only_get_opens_a_session(url: str, running: Running, method: str, status: int) -> None:
    async with aiohttp.ClientSession() as http, http.request(method, url + SOCKET) as answer:
        assert answer.status == status
    assert running.kit.gateway.server.eio.sockets == {}


@SHORT_PING
async def test_the_server_pings_and_pongs_keep_the_connection(open_socket: OpenSocket, token: str) -> None:
    client = await open_socket()
    await client.send(PONG)
    assert await next_frame(client) == PING
    await client.send(PONG)
    assert (await client.connect(token)).startswith("40")
    for _ in range(3):
        assert await next_frame(client) == PING
        await client.send(PONG)
    assert (await client.call("stream:heartbeat", {"t": 1}))["ok"]


@SHORT_PING
async def test_an_early_pong_does_not_answer_a_later_ping(
    running: Running, open_socket: OpenSocket, token: str
) -> None:
    client = await open_socket(token)
    await client.send(PONG)
    assert await frames_until_closed(client) == [PING]
    await wait_until_empty(running)


@SHORT_PING
async def test_events_do_not_answer_a_ping(open_socket: OpenSocket, token: str) -> None:
    client = await open_socket(token)
    assert await next_frame(client) == PING
    await client.send(f"421{HEARTBEAT}")
    assert (await next_frame(client)).startswith("431[")
    assert await frames_until_closed(client) == []


async def test_a_close_packet_before_connect_ends_the_websocket(running: Running, open_socket: OpenSocket) -> None:
    client = await open_socket()
    await client.send("1")
    assert await frames_until_closed(client) == []
    await wait_until_empty(running)


async def test_packets_after_a_close_packet_are_ignored(running: Running, open_socket: OpenSocket, token: str) -> None:
    client = await open_socket(token)
    await asyncio.gather(client.send("1"), client.send('421["stream:join",{"station":"awaz"}]'), return_exceptions=True)
    await client.until_closed()
    await wait_until_empty(running)
    assert running.hub.followers("awaz") == 0


async def test_a_close_by_the_client_is_answered_with_1000(
    running: Running, open_socket: OpenSocket, token: str
) -> None:
    client = await open_socket(token)
    await client.socket.close()
    assert client.socket.close_code == 1000
    await wait_until_empty(running)


@pytest.mark.parametrize("packet", ["0", "2", "6"], ids=["open", "ping", "noop"])
async def test_server_and_polling_packets_end_the_connection(open_socket: OpenSocket, token: str, packet: str) -> None:
    client = await open_socket(token)
    await client.send(packet)
    await client.until_closed()


# Socket.IO, revision 5: connecting


async def test_connect_returns_a_sid_other_than_the_engines(url: str, token: str) -> None:
    async with aiohttp.ClientSession() as http, http.ws_connect(url + SOCKET) as socket:
        opened = data_of(await socket.receive_str(), "0")
        await socket.send_str("40" + json.dumps({"token": token}))
        connected = data_of(await socket.receive_str(), "40")
    assert list(connected) == ["sid"]
    assert connected["sid"] != opened["sid"]


@pytest.mark.parametrize("packet", ["40", "40{}", '40{"token":null}', "40[]", '40"x"'])
async def test_connect_without_a_token_is_refused_with_the_reason(
    open_socket: OpenSocket, token: str, packet: str
) -> None:
    client = await open_socket()
    await client.send(packet)
    refusal = data_of(await client.receive(), "44")
    assert refusal["message"] == refusal["data"]["message"]
    assert refusal["data"]["code"] == "unauthenticated"
    assert (await client.connect(token)).startswith("40{")


@pytest.mark.parametrize("packet", ["40/admin", "40/admin,", '40/admin,{"token":"x"}', '40/admin?a=1,{"token":"x"}'])
async def test_a_refused_namespace_leaves_the_main_one_open(open_socket: OpenSocket, token: str, packet: str) -> None:
    client = await open_socket()
    await client.send(packet)
    assert "message" in data_of(await client.receive(), "44/admin,")
    assert (await client.connect(token)).startswith("40{")
    assert (await client.call("stream:heartbeat", {"t": 1}))["ok"]


async def test_a_refused_namespace_keeps_a_connected_socket(open_socket: OpenSocket, token: str) -> None:
    connected = await open_socket(token)
    await connected.send("40/admin,")
    assert "message" in data_of(await connected.receive(), "44/admin,")
    assert (await connected.call("stream:heartbeat", {"t": 1}))["ok"]


@pytest.mark.parametrize("start", ["40/,", "40/?a=1,"], ids=["named", "named, with a query"])
async def test_the_main_namespace_may_be_named_and_have_a_query(
    open_socket: OpenSocket, token: str, start: str
) -> None:
    client = await open_socket()
    await client.send(start + json.dumps({"token": token}))
    assert list(data_of(await client.receive(), "40")) == ["sid"]


@pytest.mark.settings(gateway={"connect_timeout_s": 1.0})
async def test_a_client_of_an_unknown_namespace_times_out(open_socket: OpenSocket, running: Running) -> None:
    client = await open_socket()
    await client.send("40/admin,")
    assert (await client.receive()).startswith("44/admin,")
    await client.until_closed()
    await wait_until_empty(running)


@pytest.mark.parametrize("packet", ["41", f"42{HEARTBEAT}", "430[]", "44", '40{"token"'])
async def test_packets_before_connect_close_the_connection(open_socket: OpenSocket, packet: str) -> None:
    client = await open_socket()
    await client.send(packet)
    await client.until_closed()


# Socket.IO, revision 5: disconnecting


@pytest.mark.parametrize("packet", ["41", "41/,"])
async def test_disconnect_ends_the_connection_without_an_answer(
    running: Running, open_socket: OpenSocket, token: str, packet: str
) -> None:
    client = await open_socket(token)
    assert (await client.call("stream:join", {"station": "awaz"}))["ok"]
    await client.send(packet)
    assert await frames_until_closed(client) == []
    await wait_until_empty(running)
    assert running.hub.followers("awaz") == 0


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
async def test_malformed_and_foreign_namespace_packets_are_fatal(
    open_socket: OpenSocket, token: str, packet: str
) -> None:
    client = await open_socket(token)
    await client.send(packet)
    assert await frames_until_closed(client) == []
