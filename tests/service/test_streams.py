"""The same events over server-sent events, and what is told when the daemon goes."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from typing import Any

import aiohttp
import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.app import Daemon, compose
from controlplane.config import Settings
from controlplane.db.engine import now_ms
from controlplane.events import StreamStopped
from controlplane.live.hub import HISTORY_EVENTS, HISTORY_S
from tests.instruments.raw import Raw

Enter = Callable[..., Awaitable[Raw]]


@dataclass
class Reader:
    """An open stream."""

    answer: aiohttp.ClientResponse

    async def next(self, within_s: float = 5.0) -> dict[str, str]:
        """Return the fields of the next event, past comments."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(within_s):
            while True:
                line = (await self.answer.content.readline()).decode()
                if not line:
                    raise ConnectionResetError("the stream has ended")
                name, _, value = line.rstrip("\n").partition(": ")
                if name:
                    fields[name] = value
                elif "event" in fields:
                    return fields
                else:
                    fields = {}

    async def until(self, name: str) -> dict[str, str]:
        """Return the next event of a name."""
        while (fields := await self.next())["event"] != name:
            pass
        return fields


Open = Callable[..., Awaitable[Reader]]


@pytest.fixture
async def running(daemon: Daemon) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(work) for work in (daemon.hub.run(), daemon.hub.run_latest(), daemon.streams.run())]
    yield
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@pytest.fixture
async def publishing(daemon: Daemon, running: None) -> AsyncIterator[None]:
    """Publish without a pause: there is always something on its way."""

    async def publish() -> None:
        for number in itertools.count():
            daemon.hub.publish("awaz", stopped(number))
            await asyncio.sleep(0)

    task = asyncio.create_task(publish())
    yield
    task.cancel()


@pytest.fixture
async def opened(running: None, url: str) -> AsyncIterator[Open]:
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession(trust_env=False))

        async def make(last_event_id: str | None = None, slug: str = "awaz", **headers: str) -> Reader:
            seen = {"Last-Event-ID": last_event_id} if last_event_id is not None else {}
            answer = await http.get(f"{url}/api/v1/stations/{slug}/events", headers=seen | headers)
            stack.callback(answer.close)
            return Reader(answer)

        yield make


def stopped(number: int) -> StreamStopped:
    return StreamStopped(broadcast_id=str(number), reason="r", then="autodj")


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not true():
            await asyncio.sleep(0.01)


async def test_a_stream_begins_with_the_snapshot_and_goes_on_with_every_event(daemon: Daemon, opened: Open) -> None:
    daemon.hub.publish("awaz", stopped(1))
    reader = await opened()
    first = await reader.next()
    epoch, seq = daemon.hub.position("awaz")
    assert (first["event"], first["id"]) == ("snapshot", f"{epoch}:{seq}")
    assert json.loads(first["data"])["on_air"] == "offair"
    daemon.hub.publish("awaz", stopped(2))
    event = await reader.until("stream:stopped")
    body = json.loads(event["data"])
    assert (body["broadcast_id"], body["seq"], event["id"]) == ("2", 2, f"{epoch}:2")
    assert body.keys() >= {"station", "epoch", "seq", "at"}


async def test_it_is_an_event_stream_that_proxies_and_caches_leave_alone(opened: Open) -> None:
    headers = (await opened(Origin="https://friend.example")).answer.headers
    assert headers["Content-Type"].startswith("text/event-stream")
    assert (headers["Cache-Control"], headers["X-Accel-Buffering"]) == ("no-store", "no")
    assert headers["Access-Control-Allow-Origin"] == "https://friend.example"
    assert headers["X-Content-Type-Options"] == "nosniff"


async def test_who_returns_with_the_last_event_id_gets_what_was_missed_and_nothing_twice(
    daemon: Daemon, opened: Open
) -> None:
    for number in range(1, 6):
        daemon.hub.publish("awaz", stopped(number))
    epoch, _ = daemon.hub.position("awaz")
    reader = await opened(f"{epoch}:2")
    daemon.hub.publish("awaz", stopped(6))
    events = [await reader.until("stream:stopped") for _ in range(4)]
    assert [json.loads(event["data"])["broadcast_id"] for event in events] == ["3", "4", "5", "6"]


@pytest.mark.parametrize(
    "last", ["another:1", "nonsense", ":", "1", "x:-1", "x:99999999999999999999", "x:١", "\u00ff:1"]
)
async def test_who_returns_with_an_id_that_the_history_does_not_reach_is_told_by_a_snapshot(
    opened: Open, last: str
) -> None:
    assert (await (await opened(last)).next())["event"] == "snapshot"


async def test_a_reader_counts_as_one_who_follows_and_no_more_when_it_has_gone(daemon: Daemon, opened: Open) -> None:
    reader = await opened()
    assert json.loads((await reader.until("stream:listeners"))["data"])["sockets"] == 1
    reader.answer.close()
    await until(lambda: daemon.hub.sockets("awaz") == 0 and not daemon.site.admission.open)


async def test_a_reader_and_a_socket_hear_the_same(daemon: Daemon, opened: Open, enter: Enter) -> None:
    reader, raw = await opened(), await enter(daemon.accounts.guest("x").access_token)
    await raw.call("stream:join", {"station": "awaz"})
    daemon.hub.publish("awaz", stopped(1))
    assert json.loads((await reader.until("stream:stopped"))["data"]) == await raw.until_event("stream:stopped")


async def test_what_only_staff_hear_is_not_in_the_stream(daemon: Daemon, opened: Open) -> None:
    reader = await opened()
    await reader.next()
    daemon.hub.notify_staff("awaz", stopped(1))
    daemon.hub.publish("awaz", stopped(2))
    assert json.loads((await reader.until("stream:stopped"))["data"])["broadcast_id"] == "2"


async def test_there_is_no_stream_of_a_station_that_is_not_there(opened: Open) -> None:
    assert (await opened(slug="nobody")).answer.status == 404


async def test_a_reader_of_a_station_that_is_removed_is_let_go(daemon: Daemon, opened: Open) -> None:
    reader = await opened()
    await reader.next()
    daemon.onair.remove("awaz")
    await daemon.reconciler.rooms.close("awaz")
    with pytest.raises((ConnectionResetError, aiohttp.ClientPayloadError)):
        await reader.until("never")


async def test_a_stream_says_something_now_and_then(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("controlplane.live.streams.KEEP_ALIVE_S", 1.0)
    reader = await opened()
    await reader.until("stream:listeners")
    async with asyncio.timeout(5):
        assert (await reader.answer.content.readline()).startswith(b":")


async def test_streams_have_their_places_like_sockets(daemon: Daemon, opened: Open) -> None:
    await opened()
    assert daemon.site.admission.open == 1


async def test_old_http_is_told_that_it_cannot_have_a_stream(url: str, running: None) -> None:
    host, _, port = url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"GET /api/v1/stations/awaz/events HTTP/1.0\r\nHost: x\r\n\r\n")
    assert b"HTTP/1.1" in (await reader.read())
    writer.close()


async def test_everybody_is_told_when_to_come_back_before_the_daemon_goes(
    daemon: Daemon, opened: Open, enter: Enter, url: str
) -> None:
    reader, raw = await opened(), await enter(daemon.accounts.guest("x").access_token)
    await raw.call("stream:join", {"station": "awaz"})
    half = await enter()
    come_back_ms = daemon.site.admission.close()
    daemon.streams.close(come_back_ms)
    await daemon.gateway.close(come_back_ms)
    told = await reader.until("server:going_away")
    assert int(told["retry"]) == json.loads(told["data"])["retry_after_ms"] > 0
    assert (await raw.until_event("server:going_away"))["retry_after_ms"] >= 1000
    await raw.until_closed()
    await half.until_closed()
    with pytest.raises(aiohttp.WSServerHandshakeError) as late:
        await enter()
    assert late.value.status == 503
    assert (await opened()).answer.status == 503


async def test_a_crowd_is_spread_over_the_time_that_admission_needs_for_it(
    daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daemon.site.admission, "_open", 5000)
    come_back_ms = daemon.site.admission.close()
    times = sorted(come_back_ms() for _ in range(2000))
    assert 3000 <= times[0] < 3500
    assert 13_000 < times[-1] <= 15_000
    assert times[1000] == pytest.approx(9000, abs=1000)


async def test_what_was_missed_over_a_restart_is_sent_and_over_a_crash_it_is_plainly_not(
    daemon: Daemon, settings: Settings, engine: AsyncEngine
) -> None:
    for number in range(3):
        daemon.hub.publish("awaz", stopped(number))
    epoch, seq = daemon.hub.position("awaz")
    await daemon.reconciler.leave()
    async with httpx.AsyncClient(base_url="http://127.0.0.1:9") as http:
        again = compose(settings, engine, http)
        await again.reconciler.run_once()
        assert again.hub.position("awaz") == (epoch, seq)
        assert [entry["data"]["seq"] for entry in again.hub.missed("awaz", epoch, 1) or []] == [2, 3]
        crashed = compose(settings, engine, http)
        await crashed.reconciler.run_once()
    assert crashed.hub.position("awaz")[0] != epoch
    assert crashed.hub.missed("awaz", epoch, 1) is None


async def test_what_a_daemon_leaves_after_the_next_has_begun_is_nobodys(
    daemon: Daemon, settings: Settings, engine: AsyncEngine
) -> None:
    epoch, _ = daemon.hub.position("awaz")
    async with httpx.AsyncClient(base_url="http://127.0.0.1:9") as http:
        await compose(settings, engine, http).reconciler.run_once()
        await daemon.reconciler.leave()
        third = compose(settings, engine, http)
        await third.reconciler.run_once()
    assert third.hub.position("awaz")[0] != epoch


async def test_what_was_left_longer_ago_than_the_history_reaches_is_not_taken(
    daemon: Daemon, settings: Settings, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    epoch, _ = daemon.hub.position("awaz")
    await daemon.reconciler.leave()
    later = now_ms() + round(HISTORY_S * 1000) + 1
    monkeypatch.setattr("controlplane.stations.reconcile.now_ms", lambda: later)
    async with httpx.AsyncClient(base_url="http://127.0.0.1:9") as http:
        again = compose(settings, engine, http)
        await again.reconciler.run_once()
    assert again.hub.position("awaz")[0] != epoch


async def test_what_is_on_its_way_to_the_others_does_not_come_to_a_newcomer_a_second_time(
    daemon: Daemon, enter: Enter
) -> None:
    raw = await enter(daemon.accounts.guest("x").access_token)
    for number in range(3):
        daemon.hub.publish("awaz", stopped(number))
    epoch, _ = daemon.hub.position("awaz")
    answer = await raw.call("stream:join", {"station": "awaz", "epoch": epoch, "last_seq": 1})
    assert [entry["data"]["seq"] for entry in answer["missed"]] == [2, 3]
    assert (await raw.call("stream:heartbeat", {"t": 1}))["seqs"] == {"awaz": 0}
    sending = asyncio.create_task(daemon.hub.run())
    daemon.hub.publish("awaz", stopped(4))
    assert (await raw.until_event("stream:stopped"))["seq"] == 4
    await daemon.hub.drain()
    assert (await raw.call("stream:heartbeat", {"t": 1}))["seqs"] == {"awaz": 4}
    sending.cancel()


async def test_a_stream_begins_at_once_and_without_doubles_however_much_is_published(
    publishing: None, opened: Open
) -> None:
    reader = await opened()
    seqs = [json.loads((await reader.next())["data"])["seq"] for _ in range(50)]
    assert seqs == list(range(seqs[0], seqs[0] + 50))


async def test_a_stream_that_missed_the_whole_history_gets_it_in_one_piece(daemon: Daemon, opened: Open) -> None:
    for number in range(HISTORY_EVENTS):
        daemon.hub.publish("awaz", stopped(number))
    epoch, _ = daemon.hub.position("awaz")
    reader = await opened(f"{epoch}:0")
    seqs = [json.loads((await reader.until("stream:stopped"))["data"])["seq"] for _ in range(HISTORY_EVENTS)]
    assert seqs == list(range(1, HISTORY_EVENTS + 1))


async def test_a_browser_that_there_is_no_room_for_is_asked_to_come_back_and_others_are_refused(
    daemon: Daemon, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daemon.insight, "lag_s", 5.0)
    refused = (await opened(Accept="text/event-stream")).answer
    assert (refused.status, refused.content_type) == (200, "text/event-stream")
    assert b"\nretry: " in await refused.read()
    assert (await opened()).answer.status == 503


async def test_the_figures_are_there_for_prometheus(
    daemon: Daemon, opened: Open, enter: Enter, http: httpx.AsyncClient
) -> None:
    raw = await enter(daemon.accounts.guest("x").access_token)
    await raw.call("stream:join", {"station": "awaz", "epoch": "another", "last_seq": 3})
    gone = await enter(daemon.accounts.guest("y").access_token)
    await gone.send("1")
    await gone.until_closed()
    daemon.hub.publish("awaz", stopped(1))
    await raw.until_event("stream:stopped")
    await daemon.hub.drain()
    answer = await http.get(str(http.base_url.copy_with(path="/metrics")))
    figures: dict[str, Any] = dict(line.rsplit(" ", 1) for line in answer.text.splitlines() if not line.startswith("#"))
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    wanted = {
        "awaz_sockets": 1.0,
        "awaz_rooms": 1.0,
        "awaz_backlog_bytes": 0.0,
        'awaz_joins_total{recovered="no"}': 1.0,
        'awaz_closed_total{reason="client"}': 1.0,
    }
    assert {name: float(figures[name]) for name in wanted} == wanted
    assert float(figures["awaz_publish_to_last_write_seconds_count"]) >= 1
    assert float(figures["awaz_deliveries_total"]) >= 1
    assert {"awaz_skipped_total", "awaz_event_streams", "awaz_loop_lag_seconds_count"} <= figures.keys()
