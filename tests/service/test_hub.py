"""Order, coalescing and delivery to rooms."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from itertools import pairwise
from typing import Any

import orjson
import pytest

from controlplane.features.onair.digest import Digest
from controlplane.features.onair.read_model import DOCUMENT, ReadModel
from controlplane.features.onair.views import PublicUrls
from controlplane.kernel.mounts import FORMATS
from controlplane.live.broker import LogId, MemoryBroker, ValueKey
from controlplane.live.hub import COALESCE_S, Hub, Transport
from controlplane.live.message import Message
from controlplane.live.rooms import RoomIndex, Value
from controlplane.protocol import onair
from controlplane.protocol.base import DeclarationError, Event, check_event
from controlplane.protocol.delivery import Audience, Delivery, Log
from controlplane.protocol.onair import StreamIncident, StreamListeners
from controlplane.protocol.platform import PlatformDigest
from controlplane.runtime.metrics import Metrics
from tests.support.builders import station_document, stopped
from tests.support.clock import ManualClock


class Likes(Event):
    """The number of likes of a track."""

    name = "test:likes"
    delivery = Delivery.LATEST
    audience = Audience.ROOM
    log = Log.STREAM

    track: str
    count: int

    @property
    def subject(self) -> str:
        return self.track


class Reports(Event):
    """The number of reports that wait for a moderator."""

    name = "test:reports"
    delivery = Delivery.LATEST
    audience = Audience.STAFF
    log = Log.STREAM

    count: int


class Rooms(RoomIndex):
    """Rooms that always have members, and record what is sent."""

    def __init__(self) -> None:
        super().__init__(Metrics())
        self.sent: list[tuple[str, dict[str, Any], list[str]]] = []
        self.changed = asyncio.Event()
        self.times: list[float] = []
        """When each was sent, by the event loop."""
        self.lagging: set[tuple[str, Value]] = set()
        self.writes = 0
        """Of ordered events, which may have several."""

    def _keep(self, frame: bytes, rooms: list[str], suffix: str = "") -> None:
        name, body = orjson.loads(frame)
        self.sent.append((name + suffix, body, rooms))
        self.times.append(asyncio.get_running_loop().time())
        self.changed.set()

    async def send(self, frame: bytes, rooms: list[str]) -> None:
        self._keep(frame, rooms)

    async def send_ordered(self, frames: Sequence[tuple[int, bytes]], rooms: list[str], log: Log) -> None:  # noqa: ARG002 - the signature of rooms
        self.writes += 1
        for _, frame in frames:
            self._keep(frame, rooms)

    async def send_latest(self, frame: bytes, room: str, value: Value) -> None:  # noqa: ARG002 - the signature of rooms
        self._keep(frame, [room])

    async def resend_latest(self, frame: bytes, room: str, value: Value) -> None:  # noqa: ARG002 - the signature of rooms
        self._keep(frame, [room], " again")

    def has_lagging(self, room: str, value: Value) -> bool:
        return (room, value) in self.lagging

    def count(self, room: str) -> int:
        return len(room)

    async def until(self, count: int) -> None:
        async with asyncio.timeout(5):
            while len(self.sent) < count:
                self.changed.clear()
                await self.changed.wait()


def encode(message: Message) -> bytes:
    return b"[" + orjson.dumps(message.name) + b"," + message.body + b"]"


@pytest.fixture
def rooms() -> Rooms:
    return Rooms()


@pytest.fixture
async def hub(rooms: Rooms) -> AsyncIterator[Hub]:
    created = Hub(MemoryBroker(), (Transport(rooms, encode),), Metrics(), ManualClock())
    created.declare([*onair.EVENTS, PlatformDigest, Likes, Reports])
    tasks = [asyncio.create_task(created.run()), asyncio.create_task(created.run_latest())]
    yield created
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def listeners(count: int) -> StreamListeners:
    return StreamListeners(listeners=count, peak=count, sockets=0, stale=False)


async def test_ordered_events_are_numbered_per_station_without_gaps(hub: Hub, rooms: Rooms) -> None:
    for number in range(3):
        hub.send("a", stopped(number))
        hub.send("b", stopped(number))
    await rooms.until(6)
    assert [(body["station"], body["seq"]) for _, body, _ in rooms.sent] == [
        ("a", 1), ("b", 1), ("a", 2), ("b", 2), ("a", 3), ("b", 3),
    ]  # fmt: skip


async def test_events_of_one_log_that_wait_together_are_written_together(hub: Hub, rooms: Rooms) -> None:
    for number in range(20):
        hub.send("a", stopped(number))
    hub.send("b", stopped(0))
    await rooms.until(21)
    assert [body["seq"] for _, body, _ in rooms.sent[:20]] == list(range(1, 21))
    assert rooms.writes == 2
    assert hub.delivered_seq(LogId("a")) == 20


async def test_each_audience_has_its_room(hub: Hub, rooms: Rooms) -> None:
    hub.send("a", stopped(1))
    hub.send("a", StreamIncident(kind="pipeline_trouble", message="m"))
    hub.send("", PlatformDigest(stations=[]))
    await rooms.until(3)
    assert [each[2] for each in rooms.sent] == [["station:a", "platform"], ["staff:a"], ["platform"]]
    assert "seq" not in rooms.sent[2][1]


async def test_the_digest_has_only_the_stations_that_changed_or_are_gone(hub: Hub, rooms: Rooms) -> None:
    read_model = ReadModel()
    hub.broker.attach(read_model)
    digest = Digest(read_model, hub, PublicUrls("", "", FORMATS, 9.0))
    for slug in ("one", "two"):
        hub.broker.say(ValueKey(slug, DOCUMENT), station_document(slug))
    digest.send()
    digest.send()
    hub.broker.say(ValueKey("two", StreamListeners.name), listeners(3).encoded())
    digest.send()
    hub.broker.say(ValueKey("one", DOCUMENT), b"null")
    digest.send()
    await hub.drain()
    sent = [each[1] for each in rooms.sent if each[0] == "platform:digest"]
    assert [each.get("removed") for each in sent] == [None, None, ["one"]]
    digests = [each["stations"] for each in sent[:2]]
    assert [[entry["station"] for entry in entries] for entries in digests] == [["one", "two"], ["two"]]
    # Where the streams are is said once.
    assert [["streams" in entry for entry in entries] for entries in digests] == [[True, True], [False]]


async def test_the_delivered_seq_is_that_of_the_last_written_event(hub: Hub, rooms: Rooms) -> None:
    hub.send("a", stopped(1))
    assert hub.delivered_seq(LogId("a")) == 0
    await hub.drain()
    assert hub.delivered_seq(LogId("a")) == 1


async def test_a_burst_of_counts_is_coalesced_into_one(hub: Hub, rooms: Rooms) -> None:
    for count in range(5000):
        hub.send("a", listeners(count))
    await rooms.until(1)
    hub.send("a", listeners(1))
    hub.send("b", listeners(7))
    await rooms.until(3)
    assert [(body["station"], body["listeners"]) for _, body, _ in rooms.sent] == [("a", 4999), ("b", 7), ("a", 1)]
    assert {body["seq"] for _, body, _ in rooms.sent} == {0}


async def test_last_values_of_two_subjects_do_not_overwrite_each_other(hub: Hub, rooms: Rooms) -> None:
    for count in range(3):
        hub.send("a", Likes(track="one", count=count))
        hub.send("a", Likes(track="two", count=10 * count))
    await rooms.until(2)
    assert sorted((body["track"], body["count"]) for _, body, _ in rooms.sent) == [("one", 2), ("two", 20)]


async def test_counts_of_a_room_are_a_second_apart(hub: Hub, rooms: Rooms) -> None:
    for count in range(3):
        hub.send("a", listeners(count))
        await rooms.until(count + 1)
    assert all(later - earlier >= COALESCE_S - 0.01 for earlier, later in pairwise(rooms.times))


async def test_a_lagging_client_gets_the_newest_value_with_the_current_seq(hub: Hub, rooms: Rooms) -> None:
    hub.send("a", listeners(1))
    await rooms.until(1)
    rooms.lagging.add(("station:a", ("stream:listeners", "")))
    hub.send("a", stopped(1))
    await rooms.until(3)
    name, body, _ = rooms.sent[-1]
    assert (name, body["seq"], body["listeners"]) == ("stream:listeners again", 1, 1)


async def test_a_last_value_for_staff_goes_to_staff_only(hub: Hub, rooms: Rooms) -> None:
    rooms.lagging.add(("staff:a", ("test:reports", "")))
    hub.send("a", Reports(count=2))
    await rooms.until(2)
    assert [(name, to) for name, _, to in rooms.sent] == [
        ("test:reports", ["staff:a"]), ("test:reports again", ["staff:a"]),
    ]  # fmt: skip


async def test_an_event_of_no_feature_cannot_be_sent(hub: Hub) -> None:
    class Forgotten(Likes):
        name = "test:forgotten"

    with pytest.raises(DeclarationError, match="Forgotten is among the events of no feature"):
        hub.send("a", Forgotten(track="one", count=1))


async def test_values_that_every_member_has_are_dropped(hub: Hub, rooms: Rooms) -> None:
    hub.send("a", Likes(track="one", count=1))
    await rooms.until(1)
    hub.send("a", Likes(track="two", count=1))
    rooms.lagging.add(("station:a", ("test:likes", "two")))
    await rooms.until(3)
    rooms.lagging.add(("station:a", ("test:likes", "one")))
    await rooms.until(5)
    assert {body["track"] for name, body, _ in rooms.sent if name == "test:likes again"} == {"two"}


ROOM, STAFF, PLATFORM, SOCKET = Audience.ROOM, Audience.STAFF, Audience.PLATFORM, Audience.SOCKET


@pytest.mark.parametrize(
    ("delivery", "audience", "log", "problem"),
    [
        (Delivery.ORDERED, ROOM, None, "declares no log"),
        (Delivery.TRANSIENT, STAFF, None, "declares no log"),
        (Delivery.ORDERED, STAFF, Log.STREAM, "is an ordered event that is not for the whole room"),
        (Delivery.ORDERED, PLATFORM, Log.STREAM, "is an ordered event that is not for the whole room"),
        (Delivery.LATEST, ROOM | PLATFORM, Log.STREAM, "is a last value for more than one audience"),
        (Delivery.LATEST, SOCKET, None, "is for one socket, and not transient and for it alone"),
        (Delivery.TRANSIENT, ROOM | SOCKET, Log.STREAM, "is for one socket, and not transient and for it alone"),
    ],
)
def test_contradictory_declarations_are_refused(
    delivery: Delivery, audience: Audience, log: Log | None, problem: str
) -> None:
    event = type("Odd", (Event,), {"name": "test:odd", "delivery": delivery, "audience": audience, "log": log})
    with pytest.raises(DeclarationError, match=f"Odd {problem}"):
        check_event(event)


def test_an_event_without_delivery_or_audience_cannot_be_declared() -> None:
    class Careless(Event):
        name = "test:careless"

    with pytest.raises(DeclarationError, match="Careless declares no delivery and no audience"):
        check_event(Careless)


def test_fields_of_the_envelope_cannot_be_declared() -> None:
    class Stamped(Likes):
        at: int

    with pytest.raises(DeclarationError, match="Stamped has a field of the envelope"):
        check_event(Stamped)


async def test_a_forgotten_station_has_no_last_values_and_no_delivered_seq(hub: Hub, rooms: Rooms) -> None:
    hub.send("a", stopped(1))
    hub.send("a", listeners(1))
    await hub.drain()
    hub.forget("a")
    hub.send("b", listeners(2))
    await rooms.until(2)
    assert [body["station"] for _, body, _ in rooms.sent] == ["a", "b"]
    assert (hub.delivered_seq(LogId("a")), hub.broker.position(LogId("a")).seq) == (0, 1)
