"""Rooms and bounded writers over real sockets: order, limits, and isolation of slow clients."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import pytest

from controlplane.live.rooms import WRITES_PER_SLICE, RoomIndex
from controlplane.live.writer import Backlog, BoundedWriter
from controlplane.protocol.delivery import Log
from controlplane.protocol.disconnect import Disconnect
from controlplane.runtime.metrics import Metrics

FRAMES, SIZE = 8, 200_000
"""Limits of the backlog in these tests."""
BIG = b"b" * 20_000
COUNT = ("test:count", "")


@dataclass
class Member:
    """A writer and the socket of its peer."""

    writer: BoundedWriter
    peer: socket.socket

    def read(self) -> bytes:
        """Read everything received so far."""
        received = b""
        try:
            while more := self.peer.recv(65536):
                received += more
        except BlockingIOError:
            pass
        return received

    async def read_until(self, suffix: bytes) -> bytes:
        """Read until the received bytes end with a suffix."""
        received = b""
        async with asyncio.timeout(5):
            while not received.endswith(suffix):
                received += await asyncio.get_running_loop().sock_recv(self.peer, 65536)
        return received

    def fill(self) -> int:
        """Write big frames until one has to wait; return their number."""
        frames = 0
        while not self.writer.pending_bytes():
            self.writer.push(BIG)
            frames += 1
        return frames


OpenMember = Callable[[], Awaitable[Member]]


@pytest.fixture
async def open_member() -> AsyncIterator[OpenMember]:
    members: list[Member] = []

    async def make() -> Member:
        own, peer = socket.socketpair()
        for each in (own, peer):
            each.setblocking(False)
        transport, _ = await asyncio.get_running_loop().connect_accepted_socket(asyncio.Protocol, own)
        assert isinstance(transport, asyncio.Transport)
        members.append(Member(BoundedWriter(transport, Backlog(SIZE, FRAMES)), peer))
        return members[-1]

    yield make
    for member in members:
        member.writer.cut(Disconnect.BY_CLIENT)
        member.peer.close()
    await asyncio.sleep(0)


@pytest.fixture
def rooms() -> RoomIndex:
    return RoomIndex(Metrics())


async def test_members_get_each_frame_once_and_in_order(open_member: OpenMember, rooms: RoomIndex) -> None:
    members = [await open_member() for _ in range(WRITES_PER_SLICE + 3)]
    for member in members:
        rooms.enter("a", member.writer)
        rooms.enter("b", member.writer)
    outsider = await open_member()
    await rooms.send(b"one;", ["a", "b"])
    await rooms.send(b"two;", ["b", "empty"])
    assert {await member.read_until(b"two;") for member in members} == {b"one;two;"}
    assert outsider.read() == b""


async def test_frames_beyond_the_kernel_buffer_arrive_whole_and_in_order(
    open_member: OpenMember, rooms: RoomIndex
) -> None:
    slow, fast = await open_member(), await open_member()
    for member in (slow, fast):
        rooms.enter("a", member.writer)
    frames = slow.fill()
    await rooms.send(b"then this;", ["a"])
    await rooms.send(b"and this;", ["a"])
    assert await fast.read_until(b"and this;") == b"then this;and this;"
    assert await slow.read_until(b"and this;") == BIG * frames + b"then this;and this;"
    assert not slow.writer.is_closing()


async def test_partially_sent_frames_are_completed(open_member: OpenMember, rooms: RoomIndex) -> None:
    member = await open_member()
    rooms.enter("a", member.writer)
    sent = b""
    while not member.writer.pending_bytes():
        frame = b"%06d" % len(sent) * 3000
        await rooms.send(frame, ["a"])
        sent += frame
    assert await member.read_until(sent[-20:]) == sent


async def test_a_backlog_of_too_many_frames_disconnects_one_client(open_member: OpenMember, rooms: RoomIndex) -> None:
    slow, fast = await open_member(), await open_member()
    for member in (slow, fast):
        rooms.enter("a", member.writer)
    slow.fill()
    for number in range(FRAMES + 1):
        await rooms.send(b"%d;" % number, ["a"])
    assert (slow.writer.is_closing(), slow.writer.reason) == (True, Disconnect.SLOW_CLIENT)
    assert not fast.writer.is_closing()
    assert len((await fast.read_until(b"%d;" % FRAMES)).split(b";")) == FRAMES + 2


async def test_a_backlog_of_too_many_bytes_disconnects_the_client(open_member: OpenMember, rooms: RoomIndex) -> None:
    member = await open_member()
    rooms.enter("a", member.writer)
    member.fill()
    await rooms.send(b"x" * SIZE, ["a"])
    assert (member.writer.is_closing(), member.writer.reason) == (True, Disconnect.SLOW_CLIENT)


async def test_a_slow_client_that_keeps_reading_stays_connected(open_member: OpenMember, rooms: RoomIndex) -> None:
    member = await open_member()
    rooms.enter("a", member.writer)
    member.fill()
    for number in range(FRAMES * 5):
        await rooms.send(BIG, ["a"])
        while member.writer.pending_bytes() > 2 * len(BIG):
            await asyncio.get_running_loop().sock_recv(member.peer, 1000)
        assert not member.writer.is_closing(), number


async def test_a_lagging_client_gets_the_newest_last_value_later(open_member: OpenMember, rooms: RoomIndex) -> None:
    slow, fast = await open_member(), await open_member()
    for member in (slow, fast):
        rooms.enter("a", member.writer)
    frames = slow.fill()
    for count in range(50):
        await rooms.send_latest(b"count %d;" % count, "a", COUNT)
    assert rooms.has_lagging("a", COUNT)
    await rooms.resend_latest(b"too soon;", "a", COUNT)
    await slow.read_until(BIG * frames)
    await rooms.resend_latest(b"count 49;", "a", COUNT)
    assert not rooms.has_lagging("a", COUNT)
    assert await slow.read_until(b";") == b"count 49;"
    assert (await fast.read_until(b"count 49;")).count(b";") == 50


async def test_a_member_that_leaves_while_lagging_is_forgotten(open_member: OpenMember, rooms: RoomIndex) -> None:
    member = await open_member()
    rooms.enter("a", member.writer)
    member.fill()
    await rooms.send_latest(b"count;", "a", COUNT)
    rooms.leave_all(member.writer)
    await rooms.send_latest(b"count;", "a", COUNT)
    assert not rooms.has_lagging("a", COUNT)
    assert (rooms.rooms, member.writer.rooms) == (frozenset(), set())


@pytest.mark.parametrize("together", [1, 2, 3])
async def test_new_members_skip_events_that_their_snapshot_covers(
    open_member: OpenMember, rooms: RoomIndex, together: int
) -> None:
    newcomer, earlier = await open_member(), await open_member()
    for member in (newcomer, earlier):
        rooms.enter("a", member.writer)
    rooms.skip_until("a", newcomer.writer, 2)
    events = [(seq, b"%d;" % seq) for seq in (1, 2, 3)]
    for start in range(0, 3, together):
        await rooms.send_ordered(events[start : start + together], ["a", "b"], Log.STREAM)
    await rooms.send(b"not in order;", ["a"])
    assert await earlier.read_until(b"order;") == b"1;2;3;not in order;"
    assert await newcomer.read_until(b"order;") == b"3;not in order;"


async def test_a_member_that_leaves_during_a_broadcast_gets_no_more(
    open_member: OpenMember,
) -> None:
    rooms = RoomIndex(Metrics(), writes_per_slice=1)
    first, second, elsewhere = [await open_member() for _ in range(3)]
    for member in (first, second, elsewhere):
        rooms.enter("a", member.writer)
    rooms.enter("b", elsewhere.writer)
    sending = asyncio.create_task(rooms.send(b"news;", ["a", "b"]))
    await asyncio.sleep(0)
    rooms.leave("a", second.writer)
    rooms.leave("a", elsewhere.writer)
    await sending
    assert (first.read(), second.read(), elsewhere.read()) == (b"news;", b"", b"news;")


async def test_a_closed_writer_receives_nothing_more(open_member: OpenMember, rooms: RoomIndex) -> None:
    # Its file descriptor may belong to another connection by then.
    closed = await open_member()
    rooms.enter("a", closed.writer)
    closed.writer.cut(Disconnect.BY_CLIENT)
    await asyncio.sleep(0)
    reused = await open_member()
    assert reused.writer.descriptor == closed.writer.descriptor
    await rooms.send(b"secret;", ["a"])
    await asyncio.sleep(0)
    assert reused.read() == b""


async def test_finishing_a_writer_sends_its_pending_frames(open_member: OpenMember) -> None:
    member = await open_member()
    frames = member.fill()
    member.writer.push(b"the end;")
    member.writer.finish(Disconnect.GOING_AWAY)
    member.writer.push(b"too late")
    assert await member.read_until(b"the end;") == BIG * frames + b"the end;"
    assert await asyncio.get_running_loop().sock_recv(member.peer, 10) == b""
    member.writer.cut(Disconnect.BY_CLIENT)
    assert member.writer.reason is Disconnect.GOING_AWAY
