"""What the protocols ask of a server that speaks WebSocket only, packet by packet.

Sources: the Engine.IO protocol, revision 4 (docs/engine.io-protocol/v4-current.md of socketio/socket.io), and the
Socket.IO protocol, revision 5 (docs/socket.io-protocol/v5-current.md there). Where we are stricter, and mean to be, the
name of the test says so.

| the protocols say | shown by |
|---|---|
| EIO 4, handshake: `sid`, `upgrades`, `pingInterval`, `pingTimeout`, `maxPayload` | here; the values: test_engine |
| EIO 4, handshake: a missing or wrong `EIO` or `transport` is refused | here; with what to do: test_engine |
| EIO 4, heartbeat: the server pings, and closes where no pong comes in time | here, test_engine |
| EIO 4, packets: `close` ends the session, a packet of no known kind ends the connection | here, CUT of hostile.py |
| EIO 4, upgrade: a probe, `upgrade` and `noop` belong to long polling, which we do not speak | here, CUT |
| SIO 5, CONNECT: answered with CONNECT and a `sid`, or with CONNECT_ERROR and why | here |
| SIO 5, CONNECT: whatever comes before it closes the connection | here, test_gateway |
| SIO 5, CONNECT: a connection without it is not kept for ever | here, test_gateway |
| SIO 5, CONNECT: a second one to the same namespace closes | CUT |
| SIO 5, namespaces: one that is not there is refused with CONNECT_ERROR | here; there is but `/` |
| SIO 5, EVENT: text both ways, several arguments, in order | here |
| SIO 5, ACK: the same id comes back; without an id nothing does | here |
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

from controlplane.app import Daemon
from controlplane.config import Settings
from tests.instruments.raw import PING, PONG, SOCKET, Raw

Enter = Callable[..., Awaitable[Raw]]
HEARTBEAT = '["stream:heartbeat",{"t":1}]'
HARD_TEXT = 'آواز ☕ 👩‍🚀 "quoted" \\ \n\t/,[]{}-42'


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.model_validate(
        {"data_dir": tmp_path, "pipeline": {"manager": "none"}, "gateway": {"connect_within_s": 2.0}}
    )


@pytest.fixture
def token(daemon: Daemon) -> str:
    return daemon.accounts.guest("x").access_token


@pytest.fixture
async def echo(daemon: Daemon, enter: Enter, token: str) -> Raw:
    """Somebody inside, where `echo` is acknowledged with its arguments and `call` comes back as `call:back`."""
    server = daemon.gateway.server

    async def acknowledge(_sid: str, *arguments: Any) -> tuple[Any, ...]:
        return arguments

    async def call_back(sid: str, *arguments: Any) -> None:
        await server.emit("call:back", arguments, to=sid)

    server.on("echo", acknowledge)
    server.on("call", call_back)
    server.allowed |= {"echo", "call"}
    return await enter(token)


@pytest.fixture
def impatient(daemon: Daemon, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the server ping every tenth of a second, and wait no longer than a second for the pong."""
    monkeypatch.setattr(daemon.gateway.server.eio, "ping_interval", 0.1)
    monkeypatch.setattr(daemon.gateway.server.eio, "ping_timeout", 1.0)


async def next_frame(raw: Raw) -> str:
    """Return the next frame, a ping too, and answer nothing."""
    async with asyncio.timeout(5):
        return await raw.socket.receive_str()


async def unanswered(raw: Raw) -> list[str]:
    """Answer nothing, and return what came until the server ended the connection."""
    async with asyncio.timeout(5):
        return [str(message.data) async for message in raw.socket]


def data_of(frame: str, start: str) -> Any:
    """Return the JSON of a frame after its kind."""
    assert frame.startswith(start), frame
    return json.loads(frame.removeprefix(start))


async def nobody_is_left(daemon: Daemon) -> None:
    async with asyncio.timeout(5):
        while daemon.gateway.connected or daemon.gateway.server.eio.sockets:
            await asyncio.sleep(0.01)


# Engine.IO, revision 4


async def test_the_first_packet_is_open_with_just_what_the_protocol_names(url: str) -> None:
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
async def test_a_websocket_of_another_version_or_transport_is_refused(url: str, query: str) -> None:
    async with aiohttp.ClientSession() as http:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await http.ws_connect(f"{url}/socket.io/?{query}")
    assert refused.value.status == 400


@pytest.mark.parametrize(("method", "status"), [("POST", 400), ("PUT", 405), ("DELETE", 405)])
async def test_another_method_opens_no_session(url: str, daemon: Daemon, method: str, status: int) -> None:
    async with aiohttp.ClientSession() as http, http.request(method, url + SOCKET) as answer:
        assert answer.status == status
    assert daemon.gateway.server.eio.sockets == {}


async def test_the_server_pings_from_the_opening_on_and_a_pong_keeps_the_connection(
    impatient: None, enter: Enter, token: str
) -> None:
    raw = await enter()
    await raw.send(PONG)
    assert await next_frame(raw) == PING
    await raw.send(PONG)
    assert (await raw.connect(token)).startswith("40")
    for _ in range(3):
        assert await next_frame(raw) == PING
        await raw.send(PONG)
    assert (await raw.call("stream:heartbeat", {"t": 1}))["ok"]


async def test_a_pong_in_advance_does_not_stand_for_the_answer_to_a_ping(
    impatient: None, daemon: Daemon, enter: Enter, token: str
) -> None:
    raw = await enter(token)
    await raw.send(PONG)
    assert await unanswered(raw) == [PING]
    await nobody_is_left(daemon)


async def test_events_do_not_stand_for_the_answer_to_a_ping_either(impatient: None, enter: Enter, token: str) -> None:
    raw = await enter(token)
    assert await next_frame(raw) == PING
    await raw.send(f"421{HEARTBEAT}")
    assert (await next_frame(raw)).startswith("431[")
    assert await unanswered(raw) == []


async def test_a_close_packet_ends_the_websocket_before_any_connect(daemon: Daemon, enter: Enter) -> None:
    raw = await enter()
    await raw.send("1")
    assert await unanswered(raw) == []
    await nobody_is_left(daemon)


async def test_a_close_packet_ends_a_session_and_what_comes_after_it_is_not_heard(
    daemon: Daemon, enter: Enter, token: str
) -> None:
    raw = await enter(token)
    await asyncio.gather(raw.send("1"), raw.send('421["stream:join",{"station":"awaz"}]'), return_exceptions=True)
    await raw.until_closed()
    await nobody_is_left(daemon)
    assert daemon.hub.sockets("awaz") == 0


async def test_a_websocket_that_the_client_closes_is_closed_in_good_order(
    daemon: Daemon, enter: Enter, token: str
) -> None:
    raw = await enter(token)
    await raw.socket.close()
    assert raw.socket.close_code == 1000
    await nobody_is_left(daemon)


@pytest.mark.parametrize("packet", ["0", "2", "6"], ids=["open", "ping", "noop"])
async def test_what_only_a_server_or_long_polling_says_ends_the_connection(
    enter: Enter, token: str, packet: str
) -> None:
    raw = await enter(token)
    await raw.send(packet)
    await raw.until_closed()


# Socket.IO, revision 5: connecting


async def test_a_connect_is_answered_with_a_sid_that_is_not_the_engines(url: str, token: str) -> None:
    async with aiohttp.ClientSession() as http, http.ws_connect(url + SOCKET) as socket:
        opened = data_of(await socket.receive_str(), "0")
        await socket.send_str("40" + json.dumps({"token": token}))
        connected = data_of(await socket.receive_str(), "40")
    assert list(connected) == ["sid"]
    assert connected["sid"] != opened["sid"]


@pytest.mark.parametrize("packet", ["40", "40{}", '40{"token":null}', "40[]", '40"x"'])
async def test_a_connect_without_a_token_is_refused_with_why_since_we_let_nobody_in_unnamed(
    enter: Enter, token: str, packet: str
) -> None:
    raw = await enter()
    await raw.send(packet)
    refusal = data_of(await raw.receive(), "44")
    assert refusal["message"] == refusal["data"]["message"]
    assert refusal["data"]["code"] == "unauthenticated"
    assert (await raw.connect(token)).startswith("40{")


@pytest.mark.parametrize("packet", ["40/admin", "40/admin,", '40/admin,{"token":"x"}', '40/admin?a=1,{"token":"x"}'])
async def test_another_namespace_is_refused_and_the_main_one_is_still_open(
    enter: Enter, token: str, packet: str
) -> None:
    raw = await enter()
    await raw.send(packet)
    assert "message" in data_of(await raw.receive(), "44/admin,")
    assert (await raw.connect(token)).startswith("40{")
    assert (await raw.call("stream:heartbeat", {"t": 1}))["ok"]


async def test_who_is_inside_and_asks_for_another_namespace_is_refused_there_and_stays_here(
    enter: Enter, token: str
) -> None:
    inside = await enter(token)
    await inside.send("40/admin,")
    assert "message" in data_of(await inside.receive(), "44/admin,")
    assert (await inside.call("stream:heartbeat", {"t": 1}))["ok"]


@pytest.mark.parametrize("start", ["40/,", "40/?a=1,"], ids=["named", "named, with a query"])
async def test_the_main_namespace_may_be_named_and_have_a_query(enter: Enter, token: str, start: str) -> None:
    raw = await enter()
    await raw.send(start + json.dumps({"token": token}))
    assert list(data_of(await raw.receive(), "40")) == ["sid"]


async def test_who_only_ever_asks_for_another_namespace_is_cut_in_time(enter: Enter, daemon: Daemon) -> None:
    raw = await enter()
    await raw.send("40/admin,")
    assert (await raw.receive()).startswith("44/admin,")
    await raw.until_closed()
    await nobody_is_left(daemon)


@pytest.mark.parametrize("packet", ["41", f"42{HEARTBEAT}", "430[]", "44", '40{"token"'])
async def test_what_is_said_before_a_connect_closes(enter: Enter, packet: str) -> None:
    raw = await enter()
    await raw.send(packet)
    await raw.until_closed()


# Socket.IO, revision 5: events and acknowledgements


async def test_an_event_has_several_arguments_both_ways(echo: Raw) -> None:
    await echo.send('42["call",1,"2",{"3":[true,null]},[]]')
    assert await echo.receive() == '42["call:back",1,"2",{"3":[true,null]},[]]'


async def test_an_event_needs_no_argument(echo: Raw) -> None:
    await echo.send('42["call"]')
    assert await echo.receive() == '42["call:back"]'


@pytest.mark.parametrize("escaped", [True, False])
async def test_text_comes_back_as_it_was_sent(echo: Raw, escaped: bool) -> None:
    await echo.send("421" + json.dumps(["echo", HARD_TEXT], ensure_ascii=escaped))
    assert data_of(await echo.receive(), "431") == [HARD_TEXT]
    await echo.send("42" + json.dumps(["call", HARD_TEXT], ensure_ascii=escaped))
    assert data_of(await echo.receive(), "42") == ["call:back", HARD_TEXT]


async def test_an_event_as_long_as_any_may_be_comes_whole(echo: Raw) -> None:
    long = "x" * (16 * 1024 - len('21["echo",""]'))
    await echo.send(f'421["echo","{long}"]')
    assert data_of(await echo.receive(), "431") == [long]


@pytest.mark.parametrize("number", [0, 1, 456, 2**31])
async def test_an_event_with_an_id_is_acknowledged_with_that_id(echo: Raw, number: int) -> None:
    await echo.send(f'42{number}["echo",1,"2",{{"3":[false]}}]')
    assert await echo.receive() == f'43{number}[1,"2",{{"3":[false]}}]'


async def test_an_acknowledgement_may_be_empty(echo: Raw) -> None:
    await echo.send('427["echo"]')
    assert await echo.receive() == "437[]"


async def test_an_event_without_an_id_is_heard_and_not_answered(echo: Raw, daemon: Daemon) -> None:
    await echo.send('42["stream:join",{"station":"awaz"}]')
    await echo.send('42["no:such",{}]')
    await echo.send('421["echo","the first answer"]')
    assert await echo.receive() == '431["the first answer"]'
    assert daemon.hub.sockets("awaz") == 1


async def test_an_id_may_be_used_again_once_it_was_answered(echo: Raw) -> None:
    for round_ in range(3):
        await echo.send(f'420["echo",{round_}]')
        assert await echo.receive() == f"430[{round_}]"


async def test_an_event_of_ours_has_one_body_and_is_stricter_there_than_the_protocol(enter: Enter, token: str) -> None:
    raw = await enter(token)
    await raw.send('421["stream:heartbeat",{"t":1},{"t":2}]')
    (answer,) = data_of(await raw.receive(), "431")
    assert answer["error"]["code"] == "invalid_input"


async def test_events_keep_their_order_both_ways(echo: Raw) -> None:
    for number in range(100):
        await echo.send(f'42{number}["echo",{number}]')
        await echo.send(f'42["call",{number}]')
    frames = [await echo.receive() for _ in range(200)]
    assert frames[0::2] == [f"43{number}[{number}]" for number in range(100)]
    assert frames[1::2] == [f'42["call:back",{number}]' for number in range(100)]


async def test_two_connections_do_not_mix(echo: Raw, enter: Enter, token: str) -> None:
    other = await enter(token)
    for raw, name in ((echo, "one"), (other, "other")):
        await raw.send(f'420["echo","{name}"]')
        await raw.send(f'42["call","{name}"]')
    for raw, name in ((echo, "one"), (other, "other")):
        assert await raw.receive() == f'430["{name}"]'
        assert await raw.receive() == f'42["call:back","{name}"]'
    await other.send("41")
    await other.until_closed()
    await echo.send('421["echo","still here"]')
    assert await echo.receive() == '431["still here"]'


# Socket.IO, revision 5: the end


@pytest.mark.parametrize("packet", ["41", "41/,"])
async def test_a_disconnect_is_not_answered_and_ends_the_connection_since_there_is_but_one_namespace(
    daemon: Daemon, enter: Enter, token: str, packet: str
) -> None:
    raw = await enter(token)
    assert (await raw.call("stream:join", {"station": "awaz"}))["ok"]
    await raw.send(packet)
    assert await unanswered(raw) == []
    await nobody_is_left(daemon)
    assert daemon.hub.sockets("awaz") == 0


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
async def test_a_malformed_packet_or_one_of_a_namespace_that_is_not_closes(
    enter: Enter, token: str, packet: str
) -> None:
    raw = await enter(token)
    await raw.send(packet)
    assert await unanswered(raw) == []
