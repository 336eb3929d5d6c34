"""The npm package socket.io-client against a daemon process."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from controlplane.protocol.disconnect import Disconnect
from tests.support.daemon_on_air import DaemonOnAir, daemon_on_air
from tests.support.daemon_process import DaemonProcess
from tests.support.npm_client import ClientError, NpmClient

FAST_RECONNECT = {"reconnectionDelay": 50, "reconnectionDelayMax": 200}
CONNECTION_LOST = {"transport close", "transport error"}
"""The client's reasons for a lost connection; after `io server disconnect` it would not reconnect by itself."""
AWAZ = {"station": "awaz"}


@pytest.fixture(scope="module")
def platform() -> Iterator[DaemonOnAir]:
    """A daemon without a grace period when the mount of its station is gone."""
    with daemon_on_air(AWAZ__ONAIR__GRACE_S="0") as started:
        yield started


@pytest.fixture(scope="module")
def daemon(platform: DaemonOnAir) -> DaemonProcess:
    return platform.daemon


@pytest.fixture
async def client() -> AsyncIterator[NpmClient]:
    started = await NpmClient.start()
    yield started
    await started.stop()


@pytest.fixture
def token(daemon: DaemonProcess) -> str:
    return daemon.guest()


async def join(client: NpmClient, socket: str, **position: Any) -> dict[str, Any]:
    """Join the station and return the ack."""
    answer: dict[str, Any] = await client.call(socket, "stream:join", {**AWAZ, **position})
    assert answer["ok"], answer
    return answer


# Connecting


async def test_connecting_takes_only_a_transport_and_a_token(
    client: NpmClient, daemon: DaemonProcess, token: str
) -> None:
    name = await client.connected("page", daemon.url, token)
    assert await client.command("state", "page") == {"id": name, "connected": True, "active": True}
    answer = await join(client, "page")
    assert (answer["recovered"], answer["missed"], answer["snapshot"]["on_air"]) == (False, [], "autodj")
    ack = await client.call("page", "stream:heartbeat", {"t": 5.5})
    assert (ack["ok"], ack["t"], ack["seqs"]) == (True, 5.5, {"awaz": answer["snapshot"]["seq"]})


async def test_the_auth_function_is_called_before_every_connection(
    client: NpmClient, daemon: DaemonProcess, token: str
) -> None:
    options = {"transports": ["websocket"], **FAST_RECONNECT}
    await client.command("open", "page", url=daemon.url, options=options, tokens=["spoiled", token])
    await client.wait_for("page", "(connect_error)")
    await client.command("connect", "page")
    await client.wait_for("page", "(connect)")
    mark = client.mark()
    await client.command("loseConnection", "page")
    await client.wait_for("page", "(connect)", since=mark)
    assert len(client.arguments_of("page", "(auth)")) == 3


async def test_a_bad_token_is_a_connect_error_with_code_and_message(client: NpmClient, daemon: DaemonProcess) -> None:
    await client.open("page", daemon.url, "spoiled")
    (error,) = await client.wait_for("page", "(connect_error)")
    assert error["data"]["code"] == "unauthenticated"
    assert error["message"] == error["data"]["message"]
    assert not (await client.command("state", "page"))["active"]


async def test_a_long_polling_client_gets_advice(client: NpmClient, daemon: DaemonProcess, token: str) -> None:
    await client.command("open", "page", url=daemon.url, options={"auth": {"token": token}, "reconnection": False})
    (error,) = await client.wait_for("page", "(connect_error)")
    assert error["status"] == 400
    assert 'transports: ["websocket"]' in json.loads(error["response"])["error"]["message"]


async def test_an_unknown_namespace_is_a_connect_error(client: NpmClient, daemon: DaemonProcess, token: str) -> None:
    await client.open("admin", daemon.url + "/admin", token)
    (error,) = await client.wait_for("admin", "(connect_error)")
    assert error["message"] == "no such namespace"
    assert not (await client.command("state", "admin"))["active"]
    await client.connected("page", daemon.url, token)
    assert await client.command("share", "page", other="admin")
    assert (await join(client, "page"))["ok"]


@pytest.mark.parametrize("options", [{}, {"forceNew": True}, {"multiplex": False}], ids=str)
async def test_two_sockets_of_a_page_have_a_connection_each(
    client: NpmClient, daemon: DaemonProcess, token: str, options: dict[str, bool]
) -> None:
    assert await client.connected("one", daemon.url, token, **options) != await client.connected(
        "two", daemon.url, token, **options
    )
    assert not await client.command("share", "one", other="two")
    await client.command("disconnect", "one")
    assert (await join(client, "two"))["ok"]


# Events and acks


async def test_events_carry_their_envelope(
    client: NpmClient, daemon: DaemonProcess, platform: DaemonOnAir, token: str
) -> None:
    await client.connected("page", daemon.url, token)
    snapshot = (await join(client, "page"))["snapshot"]
    platform.report_track("آواز")
    (event,) = await client.wait_for("page", "stream:metadata")
    assert (event["station"], event["epoch"], event["seq"]) == ("awaz", snapshot["epoch"], snapshot["seq"] + 1)
    assert abs(event["at"] / 1000 - time.time()) < 60
    assert event["track"]["title"] == "آواز"


async def test_platform_watchers_receive_stops_and_starts(
    client: NpmClient, daemon: DaemonProcess, platform: DaemonOnAir, token: str
) -> None:
    await client.connected("page", daemon.url, token)
    assert (await client.call("page", "platform:watch", {}))["ok"]
    with platform.icecast.taken_off_air("awaz"):
        (stopped,) = await client.wait_for("page", "stream:stopped")
    (started,) = await client.wait_for("page", "stream:started")
    assert (stopped["station"], stopped["then"]) == ("awaz", "offair")
    assert (started["station"], started["kind"], started["seq"]) == ("awaz", "autodj", stopped["seq"] + 1)


async def test_volatile_events_are_acknowledged(client: NpmClient, daemon: DaemonProcess, token: str) -> None:
    await client.connected("page", daemon.url, token)
    assert (await client.command("callVolatile", "page", event="stream:heartbeat", args=[{"t": 1}]))["ok"]


async def test_a_late_ack_is_a_timeout_and_the_next_one_is_correct(
    client: NpmClient, daemon: DaemonProcess, token: str
) -> None:
    await client.connected("page", daemon.url, token)
    ack = {"event": "stream:heartbeat", "args": [{"t": 2}]}
    with daemon.frozen(), pytest.raises(ClientError, match="timed out"):
        await client.command("callWithin", "page", event="stream:heartbeat", args=[{"t": 1}], ms=200)
    assert (await client.command("callWithin", "page", **ack, ms=10_000))["t"] == 2


async def test_client_retries_end_with_an_ack_and_keep_the_order(
    client: NpmClient, daemon: DaemonProcess, token: str
) -> None:
    await client.connected("page", daemon.url, token, retries=100, ackTimeout=200)
    with daemon.frozen():
        acks = [client.submit("call", "page", event="stream:heartbeat", args=[{"t": number}]) for number in range(3)]
        await client.wait_for("page", "(sent)", lambda times: times == 3)
    async with asyncio.timeout(15):
        assert [(await ack)["t"] for ack in acks] == [0, 1, 2]


async def test_the_client_reconnects_after_sending_binary_data(
    client: NpmClient, daemon: DaemonProcess, token: str
) -> None:
    first = await client.connected("page", daemon.url, token, **FAST_RECONNECT)
    await client.command("emitBytes", "page", event="stream:heartbeat")
    (reason,) = await client.wait_for("page", "(disconnect)")
    assert reason in CONNECTION_LOST
    assert await client.wait_for("page", "(close_code)") == [Disconnect.BAD_PACKET.code]
    await client.wait_for("page", "(connect)", lambda name: name != first)
    assert (await join(client, "page"))["ok"]
    with pytest.raises(ClientError, match="disconnected"):
        await client.command("callBytes", "page", event="stream:heartbeat")


# Reconnecting


async def test_missed_events_come_with_the_next_join(
    client: NpmClient, daemon: DaemonProcess, platform: DaemonOnAir, token: str
) -> None:
    await client.connected("page", daemon.url, token, **FAST_RECONNECT)
    position = (await join(client, "page"))["snapshot"]
    mark = client.mark()
    await client.command("loseConnection", "page")
    await client.wait_for("page", "(connect)", since=mark)
    for title in ("Missed", "Missed too"):
        platform.report_track(title)
    rejoined = await join(client, "page", epoch=position["epoch"], last_seq=position["seq"])
    assert rejoined["recovered"]
    assert [each["data"]["seq"] for each in rejoined["missed"]] == [position["seq"] + 1, position["seq"] + 2]
    assert [each["data"]["track"]["title"] for each in rejoined["missed"]] == ["Missed", "Missed too"]
    assert client.arguments_of("page", "stream:metadata") == []


async def rejoin_after(
    client: NpmClient, daemon: DaemonProcess, stop: Callable[[DaemonProcess], None]
) -> dict[str, Any]:
    """Stop the daemon under a page and restart it; return the ack of joining with the old position."""
    position = (await join(client, "page"))["snapshot"]
    mark = client.mark()
    stop(daemon)
    (reason,) = await client.wait_for("page", "(disconnect)")
    assert reason in CONNECTION_LOST
    pending = client.submit("call", "page", event="stream:heartbeat", args=[{"t": 7}])
    daemon.restart()
    await client.wait_for("page", "(connect)", since=mark)
    assert (await pending)["t"] == 7
    answer = await join(client, "page", epoch=position["epoch"], last_seq=position["seq"])
    assert answer["recovered"] == (answer["snapshot"]["epoch"] == position["epoch"])
    return answer


async def test_reconnecting_after_a_kill_reports_lost_history(
    client: NpmClient, daemon: DaemonProcess, platform: DaemonOnAir, token: str
) -> None:
    await client.connected("page", daemon.url, token, **FAST_RECONNECT)
    answer = await rejoin_after(client, daemon, DaemonProcess.kill)
    assert (answer["recovered"], answer["missed"]) == (False, [])
    daemon.wait_until_on_air("awaz")
    platform.report_track("After the power cut")
    (event,) = await client.wait_for("page", "stream:metadata")
    assert event["epoch"] == answer["snapshot"]["epoch"]


async def test_reconnecting_after_a_restart_recovers_the_history(
    client: NpmClient, daemon: DaemonProcess, platform: DaemonOnAir, token: str
) -> None:
    await client.connected("page", daemon.url, token, **FAST_RECONNECT)
    answer = await rejoin_after(client, daemon, DaemonProcess.terminate)
    assert answer["recovered"]
    daemon.wait_until_on_air("awaz")
    platform.report_track("After the pause")
    (event,) = await client.wait_for("page", "stream:metadata")
    assert event["epoch"] == answer["snapshot"]["epoch"]
    assert event["seq"] > answer["snapshot"]["seq"]


async def test_an_unknown_namespace_does_not_disturb_the_main_one(
    client: NpmClient, daemon: DaemonProcess, token: str
) -> None:
    await client.connected("page", daemon.url, token, **FAST_RECONNECT)
    await client.open("admin", daemon.url + "/admin", token, **FAST_RECONNECT)
    await client.wait_for("admin", "(connect_error)")
    await join(client, "page")
    assert (await client.command("state", "page"))["connected"]


async def test_a_disconnected_client_is_no_longer_counted(client: NpmClient, daemon: DaemonProcess, token: str) -> None:
    for page in ("stays", "goes"):
        await client.connected(page, daemon.url, token)
        await join(client, page)
    await client.wait_for("stays", "stream:listeners", lambda event: event["sockets"] == 2)
    mark = client.mark()
    await client.command("disconnect", "goes")
    assert await client.wait_for("goes", "(disconnect)") == ["io client disconnect"]
    await client.wait_for("stays", "stream:listeners", lambda event: event["sockets"] == 1, since=mark)
    assert (await join(client, "stays"))["snapshot"]["listeners"]["sockets"] == 1
