"""Order, recovery and coalescing."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import partial
from itertools import pairwise
from typing import Any

import pytest

from controlplane.events import DigestEntry, StreamListeners, StreamStopped
from controlplane.insight import Insight
from controlplane.live.hub import HISTORY_EVENTS, HISTORY_S, Hub

Sent = list[tuple[str, dict[str, Any], list[str]]]


class Recorder:
    """A hub whose messages are kept."""

    def __init__(self) -> None:
        self.sent: Sent = []
        self.news = asyncio.Event()
        self.late: set[tuple[str, str]] = set()
        self.hub = Hub((self,), Insight())

    async def emit(self, name: str, body: dict[str, Any], rooms: list[str]) -> None:
        self.sent.append((name, body, rooms))
        self.news.set()

    async def catch_up(self, name: str, body: dict[str, Any], room: str) -> None:
        self.sent.append((f"{name} again", body, [room]))
        self.news.set()

    def behind(self, name: str, room: str) -> bool:
        return (name, room) in self.late

    def count(self, room: str) -> int:
        return len(room)

    async def until(self, count: int) -> None:
        async with asyncio.timeout(5):
            while len(self.sent) < count:
                self.news.clear()
                await self.news.wait()


@pytest.fixture
async def recorder() -> AsyncIterator[Recorder]:
    made = Recorder()
    tasks = [asyncio.create_task(made.hub.run()), asyncio.create_task(made.hub.run_latest())]
    yield made
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def stopped(number: int) -> StreamStopped:
    return StreamStopped(broadcast_id=str(number), reason="r", then="autodj")


def listeners(count: int) -> StreamListeners:
    return StreamListeners(listeners=count, peak=count, sockets=0, stale=False)


async def test_ordered_events_are_numbered_without_a_gap_for_each_station(recorder: Recorder) -> None:
    for number in range(3):
        recorder.hub.publish("a", stopped(number))
        recorder.hub.publish("b", stopped(number))
    await recorder.until(6)
    assert [(body["station"], body["seq"]) for _, body, _ in recorder.sent] == [
        ("a", 1), ("b", 1), ("a", 2), ("b", 2), ("a", 3), ("b", 3),
    ]  # fmt: skip
    assert recorder.sent[0][2] == ["station:a", "platform"]


async def test_a_client_that_missed_events_gets_them_in_order(recorder: Recorder) -> None:
    for number in range(5):
        recorder.hub.publish("a", stopped(number))
    epoch, seq = recorder.hub.position("a")
    missed = recorder.hub.missed("a", epoch, 2)
    assert seq == 5
    assert missed is not None
    assert [entry["data"]["seq"] for entry in missed] == [3, 4, 5]
    assert recorder.hub.missed("a", epoch, 5) == []


async def test_a_client_whose_gap_is_too_long_or_from_another_epoch_is_told_so(recorder: Recorder) -> None:
    for number in range(HISTORY_EVENTS + 2):
        recorder.hub.publish("a", stopped(number))
    epoch, _ = recorder.hub.position("a")
    assert recorder.hub.missed("a", epoch, 1) is None
    assert recorder.hub.missed("a", "another", 300) is None
    assert recorder.hub.missed("a", epoch, 999) is None
    assert recorder.hub.missed("a", epoch, 2) is not None


async def test_a_burst_of_five_thousand_counts_is_one_number(recorder: Recorder) -> None:
    for count in range(5000):
        recorder.hub.latest("a", "stream:listeners", partial(listeners, count))
    await recorder.until(1)
    recorder.hub.latest("a", "stream:listeners", lambda: listeners(1))
    recorder.hub.latest("b", "stream:listeners", lambda: listeners(7))
    await recorder.until(3)
    assert [(body["station"], body["listeners"]) for _, body, _ in recorder.sent] == [("a", 4999), ("b", 7), ("a", 1)]
    assert {body["seq"] for _, body, _ in recorder.sent} == {0}


async def test_the_counts_of_a_room_are_a_second_apart(recorder: Recorder) -> None:
    for count in range(3):
        recorder.hub.latest("a", "stream:listeners", partial(listeners, count))
        await recorder.until(count + 1)
    times = [body["at"] for _, body, _ in recorder.sent]
    assert all(later - earlier >= 990 for earlier, later in pairwise(times))


async def test_who_was_spared_a_value_gets_the_newest_with_the_seq_of_now_and_nobody_else_does(
    recorder: Recorder,
) -> None:
    recorder.hub.latest("a", "stream:listeners", lambda: listeners(1))
    await recorder.until(1)
    recorder.late.add(("stream:listeners", "station:a"))
    recorder.hub.publish("a", stopped(1))
    await recorder.until(3)
    name, body, _ = recorder.sent[-1]
    assert (name, body["seq"], body["listeners"]) == ("stream:listeners again", 1, 1)


async def test_what_a_daemon_left_goes_on_in_the_next_one(recorder: Recorder) -> None:
    for number in range(5):
        recorder.hub.publish("a", stopped(number))
    next_one = Hub((recorder,), Insight())
    next_one.resume("a", recorder.hub.leave("a"))
    next_one.publish("a", stopped(6))
    epoch, _ = recorder.hub.position("a")
    assert next_one.position("a") == (epoch, 6)
    assert [entry["data"]["seq"] for entry in next_one.missed("a", epoch, 3) or []] == [4, 5, 6]
    assert next_one.missed("a", epoch, 7) is None


async def test_what_is_older_than_ten_minutes_is_not_kept(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder.hub.publish("a", stopped(1))
    recorder.hub.publish("a", stopped(2))
    epoch, seq = recorder.hub.position("a")
    assert len(recorder.hub.missed("a", epoch, 0) or []) == 2
    later = time.monotonic() + HISTORY_S + 1
    monkeypatch.setattr("controlplane.live.hub.time.monotonic", lambda: later)
    assert recorder.hub.missed("a", epoch, 0) is None
    assert recorder.hub.missed("a", epoch, seq) == []


async def test_a_digest_has_only_what_changed(recorder: Recorder) -> None:
    one, two = (DigestEntry(station=slug, on_air="autodj", listeners=0) for slug in ("one", "two"))
    recorder.hub.digest([one, two])
    recorder.hub.digest([one, two])
    recorder.hub.digest([one, DigestEntry(station="two", on_air="live", listeners=3)])
    await recorder.until(2)
    assert [[entry["station"] for entry in body["stations"]] for _, body, _ in recorder.sent] == [
        ["one", "two"],
        ["two"],
    ]
