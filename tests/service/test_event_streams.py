"""Event streams (SSE), shutdown, handover between daemons, and metrics."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, ExitStack
from typing import Any

import aiohttp
import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.access.admission import MIN_RETRY_S, Admission
from controlplane.live.sse import KEEP_ALIVE_S
from controlplane.protocol.delivery import Log
from controlplane.runtime.config import Settings
from controlplane.runtime.metrics import Metrics
from controlplane.runtime.sections import GatewaySettings
from tests.support import loopback
from tests.support.builders import stopped
from tests.support.clock import ManualClock
from tests.support.running import Running
from tests.support.stream_reader import StreamReader
from tests.support.types import OpenSocket
from tests.support.waiting import until

OpenStream = Callable[..., Awaitable[StreamReader]]


@pytest.fixture
async def publishing(running: Running, delivering: None) -> AsyncIterator[None]:
    """Publish without pause, so that the queue is never empty."""

    async def publish() -> None:
        for number in itertools.count():
            running.hub.send("awaz", stopped(number))
            await asyncio.sleep(0)

    task = asyncio.create_task(publish())
    yield
    task.cancel()


@pytest.fixture
async def open_stream(delivering: None, url: str) -> AsyncIterator[OpenStream]:
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession())

        async def make(last_event_id: str | None = None, slug: str = "awaz", **headers: str) -> StreamReader:
            seen = {"Last-Event-ID": last_event_id} if last_event_id is not None else {}
            answer = await http.get(f"{url}/api/v1/stations/{slug}/events", headers=seen | headers)
            stack.callback(answer.close)
            return StreamReader(answer)

        yield make


async def test_a_stream_sends_a_snapshot_and_then_every_event(running: Running, open_stream: OpenStream) -> None:
    running.hub.send("awaz", stopped(1))
    reader = await open_stream()
    first = await reader.next()
    epoch, seq = running.position("awaz")
    assert (first["event"], first["id"]) == ("snapshot", f"{epoch}:{seq}")
    assert json.loads(first["data"])["on_air"] == "offair"
    running.hub.send("awaz", stopped(2))
    event = await reader.wait_for("stream:stopped")
    body = json.loads(event["data"])
    assert (body["broadcast_id"], body["seq"], event["id"]) == ("2", 2, f"{epoch}:2")
    assert body.keys() >= {"station", "epoch", "seq", "at"}


async def test_stream_headers_disable_caching_and_buffering(open_stream: OpenStream) -> None:
    headers = (await open_stream(Origin="https://friend.example")).answer.headers
    assert headers["Content-Type"].startswith("text/event-stream")
    assert (headers["Cache-Control"], headers["X-Accel-Buffering"]) == ("no-store", "no")
    assert headers["Access-Control-Allow-Origin"] == "https://friend.example"
    assert headers["X-Content-Type-Options"] == "nosniff"


async def test_last_event_id_resumes_without_loss_or_duplicates(running: Running, open_stream: OpenStream) -> None:
    for number in range(1, 6):
        running.hub.send("awaz", stopped(number))
    epoch, _ = running.position("awaz")
    reader = await open_stream(f"{epoch}:2")
    running.hub.send("awaz", stopped(6))
    events = [await reader.wait_for("stream:stopped") for _ in range(4)]
    assert [json.loads(event["data"])["broadcast_id"] for event in events] == ["3", "4", "5", "6"]


@pytest.mark.parametrize(
    "last", ["another:1", "nonsense", ":", "1", "x:-1", "x:99999999999999999999", "x:١", "\u00ff:1"]
)
async def test_an_unknown_last_event_id_brings_a_snapshot(open_stream: OpenStream, last: str) -> None:
    assert (await (await open_stream(last)).next())["event"] == "snapshot"


async def test_stream_readers_count_as_followers_until_they_leave(running: Running, open_stream: OpenStream) -> None:
    reader = await open_stream()
    assert json.loads((await reader.wait_for("stream:listeners"))["data"])["sockets"] == 1
    reader.answer.close()
    await until(lambda: running.hub.followers("awaz") == 0 and not running.kit.admission.open)


async def test_streams_and_sockets_receive_the_same_events(
    running: Running, open_stream: OpenStream, open_socket: OpenSocket
) -> None:
    reader, client = await open_stream(), await open_socket(running.accounts.guest("x").access_token)
    await client.call("stream:join", {"station": "awaz"})
    running.hub.send("awaz", stopped(1))
    assert json.loads((await reader.wait_for("stream:stopped"))["data"]) == await client.until_event("stream:stopped")


async def test_staff_events_are_not_in_the_stream(running: Running, open_stream: OpenStream) -> None:
    reader = await open_stream()
    await reader.next()
    running.onair.incident("awaz", "second_encoder", "Somebody else is live.")
    running.hub.send("awaz", stopped(1))
    event = await reader.next()
    while event["event"] == "stream:listeners":
        event = await reader.next()
    assert event["event"] == "stream:stopped"


async def test_the_stream_of_an_unknown_station_is_not_found(open_stream: OpenStream) -> None:
    assert (await open_stream(slug="nobody")).answer.status == 404


async def test_removing_a_station_ends_its_streams(running: Running, open_stream: OpenStream) -> None:
    reader = await open_stream()
    await reader.next()
    running.onair.remove("awaz")
    await running.parts.handlers.close("awaz")
    with pytest.raises((ConnectionResetError, aiohttp.ClientPayloadError)):
        await reader.wait_for("never")


async def test_a_quiet_stream_sends_keep_alive_comments(running: Running, open_stream: OpenStream) -> None:
    reader = await open_stream()
    await reader.wait_for("stream:listeners")
    running.clock.advance(KEEP_ALIVE_S)
    async with asyncio.timeout(5):
        assert (await reader.answer.content.readline()).startswith(b":")


async def test_streams_count_against_the_connection_limit(running: Running, open_stream: OpenStream) -> None:
    await open_stream()
    assert running.kit.admission.open == 1


async def test_http_1_0_clients_get_no_stream(url: str, delivering: None) -> None:
    host, _, port = url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"GET /api/v1/stations/awaz/events HTTP/1.0\r\nHost: x\r\n\r\n")
    assert b"HTTP/1.1" in (await reader.read())
    writer.close()


async def test_a_shutdown_tells_every_client_when_to_reconnect(
    running: Running, open_stream: OpenStream, open_socket: OpenSocket, url: str
) -> None:
    reader, client = await open_stream(), await open_socket(running.accounts.guest("x").access_token)
    await client.call("stream:join", {"station": "awaz"})
    unauthenticated = await open_socket()
    going_away_event = asyncio.create_task(reader.wait_for("server:going_away"))
    await running.daemon.stop()
    goodbye = await going_away_event
    assert int(goodbye["retry"]) == json.loads(goodbye["data"])["retry_after_ms"] > 0
    assert (await client.until_event("server:going_away"))["retry_after_ms"] >= 1000
    await client.until_closed()
    await unauthenticated.until_closed()


async def test_a_daemon_that_is_stopping_refuses_new_connections(
    running: Running, open_stream: OpenStream, open_socket: OpenSocket
) -> None:
    running.kit.admission.close()
    with pytest.raises(aiohttp.WSServerHandshakeError) as late:
        await open_socket()
    assert late.value.status == 503
    assert (await open_stream()).answer.status == 503


def test_reconnect_delays_are_spread_by_the_admission_rate() -> None:
    clock = ManualClock()
    admission = Admission(GatewaySettings(handshakes_per_s=10), Metrics(), 100, clock)
    with ExitStack() as connections:
        for _ in range(50):
            clock.advance(0.1)
            connections.enter_context(admission.connection("127.0.0.1"))
        retry_after_ms = admission.close()
        delays_s = sorted(retry_after_ms() / 1000 - MIN_RETRY_S for _ in range(2000))
    # All can be let in again within five seconds; a fifth more keeps room for others.
    assert delays_s[0] == pytest.approx(0, abs=0.1)
    assert delays_s[1000] == pytest.approx(3, abs=0.3)
    assert delays_s[-1] == pytest.approx(6, abs=0.1)


async def test_history_survives_a_restart_but_not_a_crash(
    running: Running, settings: Settings, engine: AsyncEngine
) -> None:
    for number in range(3):
        running.hub.send("awaz", stopped(number))
    epoch, seq = running.position("awaz")
    await running.parts.hand_over()
    async with loopback.AsyncClient(base_url=loopback.NOBODY) as http:
        successor = Running.build(settings, engine, http)
        await successor.load_stations()
        assert successor.position("awaz") == (epoch, seq)
        assert [entry["data"]["seq"] for entry in successor.missed("awaz", epoch, 1) or []] == [2, 3]
        crashed = Running.build(settings, engine, http)
        await crashed.load_stations()
    assert crashed.position("awaz")[0] != epoch
    assert crashed.missed("awaz", epoch, 1) is None


async def test_a_handover_after_the_next_start_is_ignored(
    running: Running, settings: Settings, engine: AsyncEngine
) -> None:
    epoch, _ = running.position("awaz")
    async with loopback.AsyncClient(base_url=loopback.NOBODY) as http:
        await Running.build(settings, engine, http).load_stations()
        await running.parts.hand_over()
        third = Running.build(settings, engine, http)
        await third.load_stations()
    assert third.position("awaz")[0] != epoch


async def test_a_handover_older_than_the_retention_is_ignored(
    running: Running, settings: Settings, engine: AsyncEngine
) -> None:
    epoch, _ = running.position("awaz")
    await running.parts.hand_over()
    running.clock.advance(Log.STREAM.retention.seconds + 1)
    async with loopback.AsyncClient(base_url=loopback.NOBODY) as http:
        successor = Running.build(settings, engine, http, clock=running.clock)
        await successor.load_stations()
    assert successor.position("awaz")[0] != epoch


async def test_new_members_do_not_receive_queued_events_twice(running: Running, open_socket: OpenSocket) -> None:
    client = await open_socket(running.accounts.guest("x").access_token)
    for number in range(3):
        running.hub.send("awaz", stopped(number))
    epoch, _ = running.position("awaz")
    answer = await client.call("stream:join", {"station": "awaz", "epoch": epoch, "last_seq": 1})
    assert [entry["data"]["seq"] for entry in answer["missed"]] == [2, 3]
    assert (await client.call("stream:heartbeat", {"t": 1}))["seqs"] == {"awaz": 0}
    sending = asyncio.create_task(running.hub.run())
    running.hub.send("awaz", stopped(4))
    assert (await client.until_event("stream:stopped"))["seq"] == 4
    await running.hub.drain()
    assert (await client.call("stream:heartbeat", {"t": 1}))["seqs"] == {"awaz": 4}
    sending.cancel()


async def test_a_stream_starts_without_duplicates_under_constant_load(
    publishing: None, open_stream: OpenStream
) -> None:
    reader = await open_stream()
    seqs = [json.loads((await reader.next())["data"])["seq"] for _ in range(50)]
    assert seqs == list(range(seqs[0], seqs[0] + 50))


async def test_a_stream_can_replay_the_whole_history(running: Running, open_stream: OpenStream) -> None:
    for number in range(Log.STREAM.retention.events):
        running.hub.send("awaz", stopped(number))
    epoch, _ = running.position("awaz")
    reader = await open_stream(f"{epoch}:0")
    seqs = [
        json.loads((await reader.wait_for("stream:stopped"))["data"])["seq"] for _ in range(Log.STREAM.retention.events)
    ]
    assert seqs == list(range(1, Log.STREAM.retention.events + 1))


async def test_a_busy_server_sends_browsers_a_retry_and_others_503(running: Running, open_stream: OpenStream) -> None:
    running.metrics.lag_s = 5.0
    refused = (await open_stream(Accept="text/event-stream")).answer
    assert (refused.status, refused.content_type) == (200, "text/event-stream")
    assert b"\nretry: " in await refused.read()
    assert (await open_stream()).answer.status == 503


async def test_metrics_are_exposed_for_prometheus(
    running: Running, open_stream: OpenStream, open_socket: OpenSocket, http: httpx.AsyncClient
) -> None:
    client = await open_socket(running.accounts.guest("x").access_token)
    await client.call("stream:join", {"station": "awaz", "epoch": "another", "last_seq": 3})
    closing = await open_socket(running.accounts.guest("y").access_token)
    await closing.send("1")
    await closing.until_closed()
    running.hub.send("awaz", stopped(1))
    await client.until_event("stream:stopped")
    await running.hub.drain()
    answer = await http.get(str(http.base_url.copy_with(path="/metrics")))
    metrics: dict[str, Any] = dict(line.rsplit(" ", 1) for line in answer.text.splitlines() if not line.startswith("#"))
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    wanted = {
        "awaz_sockets": 1.0,
        "awaz_rooms": 2.0,
        "awaz_backlog_bytes": 0.0,
        'awaz_joins_total{recovered="no"}': 1.0,
        'awaz_connections_closed_total{reason="by_client"}': 1.0,
    }
    assert {name: float(metrics[name]) for name in wanted} == wanted
    assert float(metrics["awaz_publish_to_last_write_seconds_count"]) >= 1
    assert float(metrics["awaz_deliveries_total"]) >= 1
    assert {"awaz_latest_values_skipped_total", "awaz_event_streams", "awaz_loop_lag_seconds_count"} <= metrics.keys()
