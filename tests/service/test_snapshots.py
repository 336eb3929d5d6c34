"""Snapshots: composed of parts, each encoded once per version."""

import asyncio
from collections import Counter

import orjson
import pytest

from controlplane.features.onair import views
from controlplane.features.onair.document import StationDocument
from controlplane.features.onair.state import Mount, MountsSeen, PipelineSeen, Playing
from controlplane.features.onair.views import PublicUrls
from controlplane.live.broker import LogId, MemoryBroker
from controlplane.live.snapshots import SnapshotPart, Snapshots
from controlplane.protocol.base import DeclarationError, Wire
from controlplane.protocol.onair_views import OnAirPart
from tests.support.clock import ManualClock
from tests.support.running import Running
from tests.support.types import OpenSocket


class A(Wire):
    """A part of a snapshot."""

    a: int


class B(Wire):
    """Another part."""

    b: int


def test_a_part_is_built_once_per_version() -> None:
    made, version = Counter[str](), {"a": 1, "b": 1}

    def part(name: str, model: type[Wire]) -> SnapshotPart:
        def make(_slug: str) -> Wire:
            made[name] += 1
            return model.model_validate({name: version[name]})

        return SnapshotPart(model, lambda _slug: version[name], make)

    snapshots = Snapshots(MemoryBroker(), ManualClock())
    snapshots.declare((part("a", A), part("b", B)))
    for _ in range(5000):
        snapshots.of("awaz")
    version["b"] = 2
    fields = orjson.loads(snapshots.of("awaz"))
    assert made == {"a": 1, "b": 2}
    assert (fields["a"], fields["b"]) == (1, 2)
    assert fields["seq"] == 0


async def test_snapshots_carry_the_current_position() -> None:
    broker = MemoryBroker()
    snapshots = Snapshots(broker, ManualClock())
    snapshots.declare([SnapshotPart(A, lambda _slug: 1, lambda _slug: A(a=1))])
    assert orjson.loads(snapshots.of("awaz"))["seq"] == 0
    position = await broker.publish(LogId("awaz"), "test:event", b"{}", once="1")
    fields = orjson.loads(snapshots.of("awaz"))
    assert (fields["epoch"], fields["seq"]) == (position.epoch, 1)


def test_two_parts_with_the_same_field_are_refused() -> None:
    part = SnapshotPart(A, lambda _slug: 1, lambda _slug: A(a=1))
    with pytest.raises(DeclarationError, match="more than one part of the snapshot has the field a"):
        Snapshots(MemoryBroker(), ManualClock()).declare([part, part])


async def test_many_returning_clients_cost_one_snapshot(
    running: Running, open_socket: OpenSocket, monkeypatch: pytest.MonkeyPatch
) -> None:
    running.onair.observe("awaz", MountsSeen(None, Mount("p1", 3)))
    running.onair.observe("awaz", PipelineSeen(Playing("auto", "Lamp", "Band")))
    made: list[str] = []
    on_air_part = views.on_air_part

    def make(known: StationDocument, urls: PublicUrls) -> OnAirPart:
        made.append(known.row.slug)
        return on_air_part(known, urls)

    monkeypatch.setattr(views, "on_air_part", make)
    sockets = [await open_socket(running.accounts.guest(str(number)).access_token) for number in range(10)]
    answers = await asyncio.gather(*(raw.call("stream:join", {"station": "awaz"}) for raw in sockets))
    assert made == ["awaz"]
    shown = [{name: answer["snapshot"][name] for name in ("metadata", "listeners")} for answer in answers]
    assert {each["metadata"]["track"]["title"] for each in shown} == {"Lamp"}
    assert [each["listeners"]["sockets"] for each in shown] == list(range(1, 11))
