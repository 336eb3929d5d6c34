"""Order, recovery and coalescing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import partial
from typing import Any

import pytest

from controlplane.events import DigestEntry, StreamListeners, StreamStopped
from controlplane.live.hub import HISTORY_EVENTS, Hub

Sent = list[tuple[str, dict[str, Any], list[str]]]


class Recorder:
    """A hub whose messages are kept."""

    def __init__(self) -> None:
        self.sent: Sent = []
        self.news = asyncio.Event()
        self.hub = Hub(self.emit)

    async def emit(self, name: str, body: dict[str, Any], rooms: list[str]) -> None:
        self.sent.append((name, body, rooms))
        self.news.set()

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


async def test_of_a_burst_of_counts_the_first_and_the_newest_are_sent(recorder: Recorder) -> None:
    recorder.hub.latest("a", "stream:listeners", lambda: listeners(1))
    await recorder.until(1)
    for count in range(2, 500):
        recorder.hub.latest("a", "stream:listeners", partial(listeners, count))
    recorder.hub.latest("b", "stream:listeners", lambda: listeners(7))
    await recorder.until(3)
    assert [(body["station"], body["listeners"]) for _, body, _ in recorder.sent] == [("a", 1), ("b", 7), ("a", 499)]
    assert {body["seq"] for _, body, _ in recorder.sent} == {0}


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
