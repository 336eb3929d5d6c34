"""The contract of every broker: order, positions, recovery, and idempotent publishing."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from controlplane.kernel.clock import Clock
from controlplane.live.broker import Broker, Entry, LogId, MemoryBroker, Position, ValueKey
from controlplane.protocol.delivery import Log
from tests.support.clock import ManualClock

STREAM, CHAT = LogId("awaz"), LogId("awaz", Log.CHAT)


@dataclass
class RecordingSubscriber:
    """A listener that records what it receives."""

    entries: list[tuple[LogId, Entry]] = field(default_factory=list)
    values: list[tuple[ValueKey, bytes]] = field(default_factory=list)
    resets: list[tuple[LogId, Position]] = field(default_factory=list)

    def heard(self, log: LogId, entry: Entry) -> None:
        self.entries.append((log, entry))

    def began_anew(self, log: LogId, position: Position) -> None:
        self.resets.append((log, position))

    def said(self, key: ValueKey, body: bytes) -> None:
        self.values.append((key, body))


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def subscriber() -> RecordingSubscriber:
    return RecordingSubscriber()


BROKERS: dict[str, Callable[[Clock], Broker]] = {"memory": MemoryBroker}
"""Every implementation; all tests below apply to each."""


@pytest.fixture(params=BROKERS)
async def broker(request: pytest.FixtureRequest, clock: ManualClock, subscriber: RecordingSubscriber) -> Broker:
    """A broker that follows two logs of a station."""
    created = BROKERS[request.param](clock)
    created.attach(subscriber)
    for log in (STREAM, CHAT):
        await created.follow(log)
    return created


async def publish(broker: Broker, count: int, log: LogId = STREAM, first: int = 0) -> list[Position]:
    """Publish events, and return their positions once they have been heard."""
    positions = [
        await broker.publish(log, "test:event", b'{"n":%d}' % number, once=f"{log}-{number}")
        for number in range(first, first + count)
    ]
    await heard(broker, log, positions[-1])
    return positions


async def heard(broker: Broker, log: LogId, position: Position) -> None:
    """Wait until a broker has delivered the event of a position."""
    async with asyncio.timeout(5):
        while broker.position(log).seq < position.seq:
            await asyncio.sleep(0)


async def test_positions_rise_by_one_within_an_epoch(broker: Broker) -> None:
    positions = await publish(broker, 5)
    assert [position.seq for position in positions] == [1, 2, 3, 4, 5]
    assert len({position.epoch for position in positions}) == 1
    assert broker.position(STREAM) == positions[-1]


async def test_listeners_receive_published_events_with_their_state(
    broker: Broker, subscriber: RecordingSubscriber
) -> None:
    position = await broker.publish(STREAM, "test:event", b'{"a":1}', once="1", state=b'{"state":1}')
    await heard(broker, STREAM, position)
    assert subscriber.entries == [(STREAM, Entry(position, "test:event", b'{"a":1}', b'{"state":1}'))]


async def test_an_idempotency_key_is_published_once(broker: Broker, subscriber: RecordingSubscriber) -> None:
    first = await broker.publish(STREAM, "test:event", b"{}", once="same")
    repeated = await broker.publish(STREAM, "test:event", b"{}", once="same")
    await heard(broker, STREAM, first)
    assert first == repeated
    assert len(subscriber.entries) == 1


async def test_concurrent_publishes_keep_the_order_of_the_calls(
    broker: Broker, subscriber: RecordingSubscriber
) -> None:
    calls = [broker.publish(STREAM, "test:event", b"%d" % number, once=str(number)) for number in range(20)]
    await heard(broker, STREAM, (await asyncio.gather(*calls))[-1])
    assert [entry.body for _, entry in subscriber.entries] == [b"%d" % number for number in range(20)]


async def test_missed_events_can_be_read(broker: Broker) -> None:
    positions = await publish(broker, 5)
    missed = broker.since(STREAM, positions[0].epoch, 2)
    assert missed is not None
    assert [entry.position for entry in missed] == positions[2:]
    assert broker.since(STREAM, positions[0].epoch, 5) == []


async def test_positions_outside_the_history_cannot_be_recovered(broker: Broker) -> None:
    limit = Log.STREAM.retention.events
    positions = await publish(broker, limit + 2)
    epoch = positions[0].epoch
    assert broker.since(STREAM, epoch, 1) is None
    assert broker.since(STREAM, "another", 300) is None
    assert broker.since(STREAM, epoch, 999) is None
    assert len(broker.since(STREAM, epoch, 2) or []) == limit


async def test_events_older_than_the_retention_are_not_kept(broker: Broker, clock: ManualClock) -> None:
    positions = await publish(broker, 2)
    epoch = positions[0].epoch
    assert len(broker.since(STREAM, epoch, 0) or []) == 2
    clock.advance(Log.STREAM.retention.seconds + 1)
    assert broker.since(STREAM, epoch, 0) is None
    assert broker.since(STREAM, epoch, 2) == []


async def test_a_busy_chat_does_not_displace_stream_events(broker: Broker) -> None:
    stream = await publish(broker, 1)
    chat = await publish(broker, Log.CHAT.retention.events + 500, CHAT)
    assert len(broker.since(STREAM, stream[0].epoch, 0) or []) == 1
    assert stream[0].epoch != chat[0].epoch
    assert broker.position(STREAM).seq == 1
    assert len(broker.since(CHAT, chat[0].epoch, 500) or []) == Log.CHAT.retention.events


async def test_last_values_are_delivered_without_a_position(broker: Broker, subscriber: RecordingSubscriber) -> None:
    before = broker.position(STREAM)
    broker.say(ValueKey("awaz", "test:count", "x"), b'{"n":1}')
    assert subscriber.values == [(ValueKey("awaz", "test:count", "x"), b'{"n":1}')]
    assert broker.position(STREAM) == before


async def test_timestamps_never_decrease_within_a_log(broker: Broker, clock: ManualClock) -> None:
    at = []
    for number, seconds in enumerate((0.0, -1000.0, 2000.0)):
        clock.step(seconds)
        at += [position.at for position in await publish(broker, 1, first=number)]
    assert (at[1] - at[0], at[2] - at[0]) == (0, 1_000_000)


async def test_an_exported_log_continues_in_the_next_daemon(subscriber: RecordingSubscriber) -> None:
    before, after = MemoryBroker(), MemoryBroker()
    after.attach(subscriber)
    positions = await publish(before, 5)
    after.import_state(STREAM, before.export_state(STREAM))
    await publish(after, 1, first=5)
    epoch = positions[0].epoch
    assert (after.position(STREAM).epoch, after.position(STREAM).seq) == (epoch, 6)
    assert [entry.position.seq for entry in after.since(STREAM, epoch, 3) or []] == [4, 5, 6]
    assert after.since(STREAM, epoch, 7) is None
    assert subscriber.resets == [(STREAM, positions[-1])]
