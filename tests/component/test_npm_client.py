"""The socket.io-client of npm, as any page has it, against the daemon in a process of its own."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.support.daemon_process import DaemonProcess
from tests.support.fake_icecast import FakeIcecast
from tests.support.npm_client import NpmClient, Refused

QUICKLY = {"reconnectionDelay": 50, "reconnectionDelayMax": 200}
LOST = {"transport close", "transport error"}
"""What the client calls a connection that went away; after `io server disconnect` it would not come back by itself."""
AWAZ = {"station": "awaz"}
ON_AIR_WITHIN_S = 20.0


@pytest.fixture(scope="module")
def icecast() -> Iterator[FakeIcecast]:
    running = FakeIcecast.start()
    running.put_on_air("awaz")
    yield running
    running.stop()


@pytest.fixture(scope="module")
def daemon(icecast: FakeIcecast) -> Iterator[DaemonProcess]:
    """A daemon with a station on air, which is off air as soon as its mount is gone."""
    running = DaemonProcess.start(AWAZ__ICECAST__PORT=str(icecast.port), AWAZ__ONAIR__GRACE_S="0")
    running.awaz("station", "add", "awaz", "--no-wait")
    until_on_air(running)
    yield running
    running.stop()


def until_on_air(daemon: DaemonProcess) -> None:
    deadline = time.monotonic() + ON_AIR_WITHIN_S
    path = f"{daemon.url}/api/v1/stations/awaz/now-playing"
    while httpx.get(path, trust_env=False).json().get("on_air") != "autodj":
        assert time.monotonic() < deadline, daemon.log()
        time.sleep(0.05)  # another process: there is no event of its to wait for


@pytest.fixture
async def node() -> AsyncIterator[NpmClient]:
    running = await NpmClient.start()
    yield running
    await running.stop()


@pytest.fixture
def token(daemon: DaemonProcess) -> str:
    return daemon.guest()


async def joined(node: NpmClient, socket: str, **seen: Any) -> dict[str, Any]:
    """Join the station and return the answer."""
    answer: dict[str, Any] = await node.call(socket, "stream:join", {**AWAZ, **seen})
    assert answer["ok"], answer
    return answer


# Connecting


async def test_connecting_takes_only_a_transport_and_a_token(node: NpmClient, daemon: DaemonProcess, token: str) -> None:
    name = await node.inside("page", daemon.url, token)
    assert await node.tell("state", "page") == {"id": name, "connected": True, "active": True}
    answer = await joined(node, "page")
    assert (answer["recovered"], answer["missed"], answer["snapshot"]["on_air"]) == (False, [], "autodj")
    beat = await node.call("page", "stream:heartbeat", {"t": 5.5})
    assert (beat["ok"], beat["t"], beat["seqs"]) == (True, 5.5, {"awaz": answer["snapshot"]["seq"]})


async def test_the_auth_function_is_called_before_every_connection(node: NpmClient, daemon: DaemonProcess, token: str) -> None:
    options = {"transports": ["websocket"], **QUICKLY}
    await node.tell("open", "page", url=daemon.url, options=options, tokens=["spoiled", token])
    await node.until("page", "(connect_error)")
    await node.tell("connect", "page")
    await node.until("page", "(connect)")
    mark = node.mark()
    await node.tell("loseConnection", "page")
    await node.until("page", "(connect)", since=mark)
    assert len(node.all("page", "(auth)")) == 3


async def test_a_bad_token_is_a_connect_error_with_code_and_message(node: NpmClient, daemon: DaemonProcess) -> None:
    await node.open("page", daemon.url, "spoiled")
    (error,) = await node.until("page", "(connect_error)")
    assert error["data"]["code"] == "unauthenticated"
    assert error["message"] == error["data"]["message"]
    assert not (await node.tell("state", "page"))["active"]


async def test_a_long_polling_client_gets_advice(node: NpmClient, daemon: DaemonProcess, token: str) -> None:
    await node.tell("open", "page", url=daemon.url, options={"auth": {"token": token}, "reconnection": False})
    (error,) = await node.until("page", "(connect_error)")
    assert error["status"] == 400
    assert 'transports: ["websocket"]' in json.loads(error["said"])["error"]["message"]


async def test_an_unknown_namespace_is_a_connect_error(node: NpmClient, daemon: DaemonProcess, token: str) -> None:
    await node.open("admin", daemon.url + "/admin", token)
    (error,) = await node.until("admin", "(connect_error)")
    assert error["message"] == "no such namespace"
    assert not (await node.tell("state", "admin"))["active"]
    await node.inside("page", daemon.url, token)
    assert await node.tell("share", "page", other="admin")
    assert (await joined(node, "page"))["ok"]


@pytest.mark.parametrize("options", [{}, {"forceNew": True}, {"multiplex": False}], ids=str)
async def test_two_sockets_of_a_page_have_a_connection_each(
    node: NpmClient, daemon: DaemonProcess, token: str, options: dict[str, bool]
) -> None:
    assert await node.inside("one", daemon.url, token, **options) != await node.inside("two", daemon.url, token, **options)
    assert not await node.tell("share", "one", other="two")
    await node.tell("disconnect", "one")
    assert (await joined(node, "two"))["ok"]


# Events and their answers


async def test_events_carry_their_envelope(node: NpmClient, daemon: DaemonProcess, icecast: FakeIcecast, token: str) -> None:
    await node.inside("page", daemon.url, token)
    snapshot = (await joined(node, "page"))["snapshot"]
    icecast.report_track(daemon, "awaz", "آواز")
    (event,) = await node.until("page", "stream:metadata")
    assert (event["station"], event["epoch"], event["seq"]) == ("awaz", snapshot["epoch"], snapshot["seq"] + 1)
    assert abs(event["at"] / 1000 - time.time()) < 60
    assert event["track"]["title"] == "آواز"


async def test_platform_watchers_receive_stops_and_starts(
    node: NpmClient, daemon: DaemonProcess, icecast: FakeIcecast, token: str
) -> None:
    await node.inside("page", daemon.url, token)
    assert (await node.call("page", "platform:watch", {}))["ok"]
    with icecast.taken_off_air("awaz"):
        (stopped,) = await node.until("page", "stream:stopped")
    (started,) = await node.until("page", "stream:started")
    assert (stopped["station"], stopped["then"]) == ("awaz", "offair")
    assert (started["station"], started["kind"], started["seq"]) == ("awaz", "autodj", stopped["seq"] + 1)


async def test_volatile_events_are_acknowledged(node: NpmClient, daemon: DaemonProcess, token: str) -> None:
    await node.inside("page", daemon.url, token)
    assert (await node.tell("callVolatile", "page", event="stream:heartbeat", args=[{"t": 1}]))["ok"]


async def test_a_late_ack_is_a_timeout_and_the_next_one_is_correct(node: NpmClient, daemon: DaemonProcess, token: str) -> None:
    await node.inside("page", daemon.url, token)
    beat = {"event": "stream:heartbeat", "args": [{"t": 2}]}
    with daemon.frozen(), pytest.raises(Refused, match="timed out"):
        await node.tell("callWithin", "page", event="stream:heartbeat", args=[{"t": 1}], ms=200)
    assert (await node.tell("callWithin", "page", **beat, ms=10_000))["t"] == 2


async def test_client_retries_end_with_an_ack_and_keep_the_order(node: NpmClient, daemon: DaemonProcess, token: str) -> None:
    await node.inside("page", daemon.url, token, retries=100, ackTimeout=200)
    with daemon.frozen():
        beats = [node.told("call", "page", event="stream:heartbeat", args=[{"t": number}]) for number in range(3)]
        await node.until("page", "(sent)", lambda times: times == 3)
    async with asyncio.timeout(15):
        assert [(await beat)["t"] for beat in beats] == [0, 1, 2]


async def test_the_client_reconnects_after_sending_binary_data(node: NpmClient, daemon: DaemonProcess, token: str) -> None:
    first = await node.inside("page", daemon.url, token, **QUICKLY)
    await node.tell("emitBytes", "page", event="stream:heartbeat")
    (reason,) = await node.until("page", "(disconnect)")
    assert reason in LOST
    await node.until("page", "(connect)", lambda name: name != first)
    assert (await joined(node, "page"))["ok"]
    with pytest.raises(Refused, match="disconnected"):
        await node.tell("callBytes", "page", event="stream:heartbeat")


# Going and coming back


async def test_missed_events_come_with_the_next_join(
    node: NpmClient, daemon: DaemonProcess, icecast: FakeIcecast, token: str
) -> None:
    await node.inside("page", daemon.url, token, **QUICKLY)
    seen = (await joined(node, "page"))["snapshot"]
    mark = node.mark()
    await node.tell("loseConnection", "page")
    await node.until("page", "(connect)", since=mark)
    for title in ("Missed", "Missed too"):
        icecast.report_track(daemon, "awaz", title)
    again = await joined(node, "page", epoch=seen["epoch"], last_seq=seen["seq"])
    assert again["recovered"]
    assert [each["data"]["seq"] for each in again["missed"]] == [seen["seq"] + 1, seen["seq"] + 2]
    assert [each["data"]["track"]["title"] for each in again["missed"]] == ["Missed", "Missed too"]
    assert node.all("page", "stream:metadata") == []


async def back_after(node: NpmClient, daemon: DaemonProcess, end: Callable[[DaemonProcess], None]) -> dict[str, Any]:
    """End the daemon under a page and start it again; return what joining again answers to what the page saw."""
    seen = (await joined(node, "page"))["snapshot"]
    mark = node.mark()
    end(daemon)
    (reason,) = await node.until("page", "(disconnect)")
    assert reason in LOST
    waiting = node.told("call", "page", event="stream:heartbeat", args=[{"t": 7}])
    daemon.restart()
    await node.until("page", "(connect)", since=mark)
    assert (await waiting)["t"] == 7
    answer = await joined(node, "page", epoch=seen["epoch"], last_seq=seen["seq"])
    assert answer["recovered"] == (answer["snapshot"]["epoch"] == seen["epoch"])
    return answer


async def test_reconnecting_after_a_kill_reports_lost_history(
    node: NpmClient, daemon: DaemonProcess, icecast: FakeIcecast, token: str
) -> None:
    await node.inside("page", daemon.url, token, **QUICKLY)
    answer = await back_after(node, daemon, DaemonProcess.kill)
    assert (answer["recovered"], answer["missed"]) == (False, [])
    until_on_air(daemon)
    icecast.report_track(daemon, "awaz", "After the power cut")
    (event,) = await node.until("page", "stream:metadata")
    assert event["epoch"] == answer["snapshot"]["epoch"]


async def test_reconnecting_after_a_restart_recovers_the_history(
    node: NpmClient, daemon: DaemonProcess, icecast: FakeIcecast, token: str
) -> None:
    await node.inside("page", daemon.url, token, **QUICKLY)
    answer = await back_after(node, daemon, DaemonProcess.terminate)
    assert answer["recovered"]
    until_on_air(daemon)
    icecast.report_track(daemon, "awaz", "After the pause")
    (event,) = await node.until("page", "stream:metadata")
    assert event["epoch"] == answer["snapshot"]["epoch"]
    assert event["seq"] > answer["snapshot"]["seq"]


async def test_an_unknown_namespace_does_not_disturb_the_main_one(node: NpmClient, daemon: DaemonProcess, token: str) -> None:
    await node.inside("page", daemon.url, token, **QUICKLY)
    await node.open("admin", daemon.url + "/admin", token, **QUICKLY)
    await node.until("admin", "(connect_error)")
    await joined(node, "page")
    assert (await node.tell("state", "page"))["connected"]


async def test_a_disconnected_client_is_no_longer_counted(node: NpmClient, daemon: DaemonProcess, token: str) -> None:
    for page in ("stays", "goes"):
        await node.inside(page, daemon.url, token)
        await joined(node, page)
    await node.until("stays", "stream:listeners", lambda event: event["sockets"] == 2)
    mark = node.mark()
    await node.tell("disconnect", "goes")
    assert await node.until("goes", "(disconnect)") == ["io client disconnect"]
    await node.until("stays", "stream:listeners", lambda event: event["sockets"] == 1, since=mark)
    assert (await joined(node, "stays"))["snapshot"]["listeners"]["sockets"] == 1
