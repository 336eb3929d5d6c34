"""Events and acks of Socket.IO, revision 5; the table of requirements is in test_protocol."""

import json
from typing import ClassVar

import pytest
from pydantic import JsonValue

from controlplane.kernel.permissions import Permission
from controlplane.kernel.quotas import Quota
from controlplane.live.sockets.rooms import Socket
from controlplane.protocol.base import Acknowledged, Answer, Request, SocketEvent
from tests.support.builders import HARD_TEXT
from tests.support.raw_socket import RawSocket, data_of
from tests.support.running import Running
from tests.support.types import OpenSocket


class Echoed(Answer):
    """The value of a request."""

    value: JsonValue = None


class Echo(Request):
    """A request that is acknowledged with its value."""

    name = "test:echo"
    permission = Permission.ACCOUNT_SEE
    quota = Quota.CONTROL
    answer: ClassVar[type[Answer]] = Echoed

    value: JsonValue = None


class Call(Echo):
    """A request that the server answers with the event `test:called`."""

    name = "test:call"
    answer = Acknowledged


class Called(SocketEvent):
    """The event that answers `test:call`."""

    name = "test:called"

    value: JsonValue = None


@pytest.fixture
async def echo(running: Running, open_socket: OpenSocket, token: str) -> RawSocket:
    """A socket with handlers for `test:echo` and `test:call`."""

    async def acknowledge(_socket: Socket, request: Echo) -> Echoed:
        return Echoed(value=request.value)

    async def call_back(socket: Socket, request: Call) -> Acknowledged:
        running.hub.send(socket.sid, Called(value=request.value))
        return Acknowledged()

    running.hub.declare([Called])
    running.kit.gateway.dispatcher.answer(Echo, acknowledge)
    running.kit.gateway.dispatcher.answer(Call, call_back)
    return await open_socket(token)


async def test_a_body_may_be_any_json_both_ways(echo: RawSocket) -> None:
    await echo.send('42["test:call",{"value":[1,"2",{"3":[true,null]},[]]}]')
    assert await echo.receive() == '42["test:called",{"value":[1,"2",{"3":[true,null]},[]]}]'


async def test_an_event_needs_no_argument(echo: RawSocket) -> None:
    await echo.send('42["test:call"]')
    assert await echo.receive() == '42["test:called",{}]'


@pytest.mark.parametrize("escaped", [True, False])
async def test_text_survives_a_round_trip(echo: RawSocket, escaped: bool) -> None:
    await echo.send("421" + json.dumps(["test:echo", {"value": HARD_TEXT}], ensure_ascii=escaped))
    assert data_of(await echo.receive(), "431") == [{"ok": True, "value": HARD_TEXT}]
    await echo.send("42" + json.dumps(["test:call", {"value": HARD_TEXT}], ensure_ascii=escaped))
    assert data_of(await echo.receive(), "42") == ["test:called", {"value": HARD_TEXT}]


async def test_an_event_of_the_maximum_size_arrives_whole(echo: RawSocket) -> None:
    long = "x" * (16 * 1024 - len('21["test:echo",{"value":""}]'))
    await echo.send(f'421["test:echo",{{"value":"{long}"}}]')
    assert data_of(await echo.receive(), "431") == [{"ok": True, "value": long}]


@pytest.mark.parametrize("number", [0, 1, 456, 2**31])
async def test_an_event_with_an_id_is_acknowledged_with_that_id(echo: RawSocket, number: int) -> None:
    await echo.send(f'42{number}["test:echo",{{"value":[false]}}]')
    assert await echo.receive() == f'43{number}[{{"ok":true,"value":[false]}}]'


async def test_an_event_without_an_id_is_handled_and_not_answered(echo: RawSocket, running: Running) -> None:
    await echo.send('42["stream:join",{"station":"awaz"}]')
    await echo.send('42["no:such",{}]')
    await echo.send('421["test:echo",{"value":"the first answer"}]')
    assert await echo.receive() == '431[{"ok":true,"value":"the first answer"}]'
    assert running.hub.followers("awaz") == 1


async def test_an_answered_id_may_be_reused(echo: RawSocket) -> None:
    for value in range(3):
        await echo.send(f'420["test:echo",{{"value":{value}}}]')
        assert await echo.receive() == f'430[{{"ok":true,"value":{value}}}]'


async def test_an_event_with_two_bodies_is_refused(open_socket: OpenSocket, token: str) -> None:
    client = await open_socket(token)
    await client.send('421["stream:heartbeat",{"t":1},{"t":2}]')
    (answer,) = data_of(await client.receive(), "431")
    assert answer["error"]["code"] == "invalid_input"


async def test_events_keep_their_order_both_ways(echo: RawSocket) -> None:
    for number in range(25):
        await echo.send(f'42{number}["test:echo",{{"value":{number}}}]')
        await echo.send(f'42["test:call",{{"value":{number}}}]')
    frames = [await echo.receive() for _ in range(50)]
    assert frames[0::2] == [f'43{number}[{{"ok":true,"value":{number}}}]' for number in range(25)]
    assert frames[1::2] == [f'42["test:called",{{"value":{number}}}]' for number in range(25)]


async def test_two_connections_do_not_mix(echo: RawSocket, open_socket: OpenSocket, token: str) -> None:
    other = await open_socket(token)
    for client, name in ((echo, "one"), (other, "other")):
        await client.send(f'420["test:echo",{{"value":"{name}"}}]')
        await client.send(f'42["test:call",{{"value":"{name}"}}]')
    for client, name in ((echo, "one"), (other, "other")):
        assert await client.receive() == f'430[{{"ok":true,"value":"{name}"}}]'
        assert await client.receive() == f'42["test:called",{{"value":"{name}"}}]'
    await other.send("41")
    await other.until_closed()
    await echo.send('421["test:echo",{"value":"still here"}]')
    assert await echo.receive() == '431[{"ok":true,"value":"still here"}]'
