"""Snapshots: composed of parts, each encoded once per version."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson
import pytest

from controlplane.features.onair.state import Mount, MountsSeen, PipelineSeen, Playing
from controlplane.live.broker import LogId, MemoryBroker
from controlplane.live.snapshots import SnapshotPart, Snapshots
from tests.support.raw_socket import RawSocket
from tests.support.running import Running

OpenSocket = Callable[..., Awaitable[RawSocket]]


def test_a_part_is_built_once_per_version() -> None:
    made, version = Counter[str](), {"a": 1, "b": 1}

    def part(name: str) -> SnapshotPart:
        def make(_slug: str) -> dict[str, Any]:
            made[name] += 1
            return {name: version[name]}

        return SnapshotPart(name, lambda _slug: version[name], make)

    snapshots = Snapshots(MemoryBroker(), (part("a"), part("b")))
    for _ in range(5000):
        snapshots.of("awaz")
    version["b"] = 2
    fields = orjson.loads(snapshots.of("awaz"))
    assert made == {"a": 1, "b": 2}
    assert (fields["a"], fields["b"]) == (1, 2)
    assert fields["seq"] == 0


async def test_snapshots_carry_the_current_position() -> None:
    broker = MemoryBroker()
    snapshots = Snapshots(broker, (SnapshotPart("a", lambda _slug: 1, lambda _slug: {"a": 1}),))
    assert orjson.loads(snapshots.of("awaz"))["seq"] == 0
    position = await broker.publish(LogId("awaz"), "test:event", b"{}", once="1")
    fields = orjson.loads(snapshots.of("awaz"))
    assert (fields["epoch"], fields["seq"]) == (position.epoch, 1)


async def test_many_returning_clients_cost_one_snapshot(
    running: Running, open_socket: OpenSocket, monkeypatch: pytest.MonkeyPatch
) -> None:
    running.onair.observe("awaz", MountsSeen(None, Mount("p1", 3)))
    running.onair.observe("awaz", PipelineSeen(Playing("auto", "Lamp", "Band")))
    onair = next(part for part in running.kit.snapshots.parts if part.name == "onair")
    made: list[str] = []

    def make(slug: str) -> Mapping[str, Any]:
        made.append(slug)
        return onair.make(slug)

    watched = SnapshotPart(onair.name, onair.version, make)
    rest = [part for part in running.kit.snapshots.parts if part is not onair]
    monkeypatch.setattr(running.kit.snapshots, "parts", (watched, *rest))
    sockets = [await open_socket(running.accounts.guest(str(number)).access_token) for number in range(10)]
    answers = await asyncio.gather(*(raw.call("stream:join", {"station": "awaz"}) for raw in sockets))
    assert made == ["awaz"]
    shown = [{name: answer["snapshot"][name] for name in ("metadata", "listeners")} for answer in answers]
    assert {each["metadata"]["track"]["title"] for each in shown} == {"Lamp"}
    assert [each["listeners"]["sockets"] for each in shown] == list(range(1, 11))
