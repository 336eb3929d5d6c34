"""Writers and rooms, over real sockets: order, bounds, and no slow client in the way of others."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import pytest

from controlplane.live.disconnect import Disconnect
from controlplane.live.rooms import WRITES_PER_SLICE, RoomIndex
from controlplane.live.writer import Backlog, BoundedWriter
from controlplane.protocol.delivery import Log
from controlplane.runtime.metrics import Metrics

FRAMES, SIZE = 8, 200_000
"""What may wait in these tests."""
BIG = b"b" * 20_000
COUNT = ("test:count", "")


@dataclass
class End:
    """A writer, and the socket at its other end."""

    writer: BoundedWriter
    peer: socket.socket

    def read(self) -> bytes:
        """Read all that has come so far."""
        heard = b""
        try:
            while more := self.peer.recv(65536):
                heard += more
        except BlockingIOError:
            pass
        return heard

    async def read_until(self, end: bytes) -> bytes:
        """Read until what came ends so."""
        heard = b""
        async with asyncio.timeout(5):
            while not heard.endswith(end):
                heard += await asyncio.get_running_loop().sock_recv(self.peer, 65536)
        return heard

    def fill(self) -> int:
        """Write big frames until one has to wait; return how many were written."""
        frames = 0
        while not self.writer.pending_bytes():
            self.writer.push(BIG)
            frames += 1
        return frames


Open = Callable[[], Awaitable[End]]


@pytest.fixture
async def opened() -> AsyncIterator[Open]:
    ends: list[End] = []

    async def make() -> End:
        ours, peer = socket.socketpair()
        for each in (ours, peer):
            each.setblocking(False)
        transport, _ = await asyncio.get_running_loop().connect_accepted_socket(asyncio.Protocol, ours)
        assert isinstance(transport, asyncio.Transport)
        ends.append(End(BoundedWriter(transport, Backlog(SIZE, FRAMES)), peer))
        return ends[-1]

    yield make
    for end in ends:
        end.writer.cut(Disconnect.BY_CLIENT)
        end.peer.close()
    await asyncio.sleep(0)


@pytest.fixture
def rooms() -> RoomIndex:
    return RoomIndex(Metrics())


async def test_members_get_each_frame_once_and_in_order(opened: Open, rooms: RoomIndex) -> None:
    ends = [await opened() for _ in range(WRITES_PER_SLICE + 3)]
    for end in ends:
        rooms.enter("a", end.writer)
        rooms.enter("b", end.writer)
    outsider = await opened()
    await rooms.send(b"one;", ["a", "b"])
    await rooms.send(b"two;", ["b", "nobody's"])
    assert {await end.read_until(b"two;") for end in ends} == {b"one;two;"}
    assert outsider.read() == b""


async def test_frames_beyond_the_kernel_buffer_arrive_whole_and_in_order(opened: Open, rooms: RoomIndex) -> None:
    slow, quick = await opened(), await opened()
    for end in (slow, quick):
        rooms.enter("a", end.writer)
    frames = slow.fill()
    await rooms.send(b"then this;", ["a"])
    await rooms.send(b"and this;", ["a"])
    assert await quick.read_until(b"and this;") == b"then this;and this;"
    assert await slow.read_until(b"and this;") == BIG * frames + b"then this;and this;"
    assert not slow.writer.is_closing()


async def test_partially_sent_frames_are_completed(opened: Open, rooms: RoomIndex) -> None:
    end = await opened()
    rooms.enter("a", end.writer)
    sent = b""
    while not end.writer.pending_bytes():
        frame = b"%06d" % len(sent) * 3000
        await rooms.send(frame, ["a"])
        sent += frame
    assert await end.read_until(sent[-20:]) == sent


async def test_a_backlog_of_too_many_frames_disconnects_one_client(opened: Open, rooms: RoomIndex) -> None:
    slow, quick = await opened(), await opened()
    for end in (slow, quick):
        rooms.enter("a", end.writer)
    slow.fill()
    for number in range(FRAMES + 1):
        await rooms.send(b"%d;" % number, ["a"])
    assert (slow.writer.is_closing(), slow.writer.reason) == (True, Disconnect.SLOW_CLIENT)
    assert not quick.writer.is_closing()
    assert len((await quick.read_until(b"%d;" % FRAMES)).split(b";")) == FRAMES + 2


async def test_a_backlog_of_too_many_bytes_disconnects_the_client(opened: Open, rooms: RoomIndex) -> None:
    end = await opened()
    rooms.enter("a", end.writer)
    end.fill()
    await rooms.send(b"x" * SIZE, ["a"])
    assert (end.writer.is_closing(), end.writer.reason) == (True, Disconnect.SLOW_CLIENT)


async def test_a_slow_client_that_keeps_reading_stays_connected(opened: Open, rooms: RoomIndex) -> None:
    end = await opened()
    rooms.enter("a", end.writer)
    end.fill()
    for number in range(FRAMES * 5):
        await rooms.send(BIG, ["a"])
        while end.writer.pending_bytes() > 2 * len(BIG):
            await asyncio.get_running_loop().sock_recv(end.peer, 1000)
        assert not end.writer.is_closing(), number


async def test_a_lagging_client_gets_the_newest_last_value_later(opened: Open, rooms: RoomIndex) -> None:
    slow, quick = await opened(), await opened()
    for end in (slow, quick):
        rooms.enter("a", end.writer)
    frames = slow.fill()
    for count in range(50):
        await rooms.send_latest(b"count %d;" % count, "a", COUNT)
    assert rooms.has_lagging("a", COUNT)
    await rooms.resend_latest(b"too soon;", "a", COUNT)
    await slow.read_until(BIG * frames)
    await rooms.resend_latest(b"count 49;", "a", COUNT)
    assert not rooms.has_lagging("a", COUNT)
    assert await slow.read_until(b";") == b"count 49;"
    assert (await quick.read_until(b"count 49;")).count(b";") == 50


async def test_a_member_that_leaves_while_lagging_is_forgotten(opened: Open, rooms: RoomIndex) -> None:
    end = await opened()
    rooms.enter("a", end.writer)
    end.fill()
    await rooms.send_latest(b"count;", "a", COUNT)
    rooms.leave_all(end.writer)
    await rooms.send_latest(b"count;", "a", COUNT)
    assert not rooms.has_lagging("a", COUNT)
    assert (rooms.rooms, end.writer.rooms) == (frozenset(), set())


async def test_new_members_skip_events_that_their_snapshot_covers(opened: Open, rooms: RoomIndex) -> None:
    new, old = await opened(), await opened()
    for end in (new, old):
        rooms.enter("a", end.writer)
    rooms.skip_until("a", new.writer, 2)
    for seq in (1, 2, 3):
        await rooms.send(b"%d;" % seq, ["a", "b"], (Log.STREAM, seq))
    await rooms.send(b"not in order;", ["a"])
    assert await old.read_until(b"order;") == b"1;2;3;not in order;"
    assert await new.read_until(b"order;") == b"3;not in order;"


async def test_a_member_that_leaves_during_a_broadcast_gets_no_more(
    opened: Open, rooms: RoomIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("controlplane.live.rooms.WRITES_PER_SLICE", 1)
    first, second, elsewhere = [await opened() for _ in range(3)]
    for end in (first, second, elsewhere):
        rooms.enter("a", end.writer)
    rooms.enter("b", elsewhere.writer)
    sending = asyncio.create_task(rooms.send(b"news;", ["a", "b"]))
    await asyncio.sleep(0)
    rooms.leave("a", second.writer)
    rooms.leave("a", elsewhere.writer)
    await sending
    assert (first.read(), second.read(), elsewhere.read()) == (b"news;", b"", b"news;")


async def test_a_closed_writer_receives_nothing_more(opened: Open, rooms: RoomIndex) -> None:
    """Its number may be somebody else's by then."""
    gone = await opened()
    rooms.enter("a", gone.writer)
    gone.writer.cut(Disconnect.BY_CLIENT)
    await asyncio.sleep(0)
    stranger = await opened()
    assert stranger.writer.descriptor == gone.writer.descriptor
    await rooms.send(b"secret;", ["a"])
    await asyncio.sleep(0)
    assert stranger.read() == b""


async def test_finishing_a_writer_sends_its_pending_frames(opened: Open) -> None:
    end = await opened()
    frames = end.fill()
    end.writer.push(b"the end;")
    end.writer.finish(Disconnect.GOING_AWAY)
    end.writer.push(b"too late")
    assert await end.read_until(b"the end;") == BIG * frames + b"the end;"
    assert await asyncio.get_running_loop().sock_recv(end.peer, 10) == b""
    end.writer.cut(Disconnect.BY_CLIENT)
    assert end.writer.reason is Disconnect.GOING_AWAY
