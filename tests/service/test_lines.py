"""Lines and rooms, over real sockets: order, bounds, and nobody slow in anybody's way."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import pytest

from controlplane.insight import Insight
from controlplane.live.line import SLOW, Backlog, Line
from controlplane.live.roster import TURN, Roster

FRAMES, SIZE = 8, 200_000
"""What may wait in these tests."""
BIG = b"b" * 20_000


@dataclass
class End:
    """A line, and the socket at its other end."""

    line: Line
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
        while not self.line.waiting():
            self.line.push(BIG)
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
        ends.append(End(Line(transport, Backlog(SIZE, FRAMES)), peer))
        return ends[-1]

    yield make
    for end in ends:
        end.line.cut("over")
        end.peer.close()
    await asyncio.sleep(0)


@pytest.fixture
def roster() -> Roster:
    return Roster(Insight())


async def test_everybody_in_a_room_gets_the_frame_once_and_in_order(opened: Open, roster: Roster) -> None:
    ends = [await opened() for _ in range(TURN + 3)]
    for end in ends:
        roster.enter("a", end.line)
        roster.enter("b", end.line)
    outsider = await opened()
    await roster.send(b"one;", ["a", "b"])
    await roster.send(b"two;", ["b", "nobody's"])
    assert {await end.read_until(b"two;") for end in ends} == {b"one;two;"}
    assert outsider.read() == b""


async def test_what_the_kernel_has_no_room_for_comes_later_whole_and_in_its_place(opened: Open, roster: Roster) -> None:
    slow, quick = await opened(), await opened()
    for end in (slow, quick):
        roster.enter("a", end.line)
    frames = slow.fill()
    await roster.send(b"then this;", ["a"])
    await roster.send(b"and this;", ["a"])
    assert await quick.read_until(b"and this;") == b"then this;and this;"
    assert await slow.read_until(b"and this;") == BIG * frames + b"then this;and this;"
    assert not slow.line.is_closing()


async def test_a_frame_that_fits_only_in_part_is_not_torn(opened: Open, roster: Roster) -> None:
    end = await opened()
    roster.enter("a", end.line)
    sent = b""
    while not end.line.waiting():
        frame = b"%06d" % len(sent) * 3000
        await roster.send(frame, ["a"])
        sent += frame
    assert await end.read_until(sent[-20:]) == sent


async def test_more_frames_than_may_wait_cut_the_client_and_nobody_else(opened: Open, roster: Roster) -> None:
    slow, quick = await opened(), await opened()
    for end in (slow, quick):
        roster.enter("a", end.line)
    slow.fill()
    for number in range(FRAMES + 1):
        await roster.send(b"%d;" % number, ["a"])
    assert (slow.line.is_closing(), slow.line.reason) == (True, SLOW)
    assert not quick.line.is_closing()
    assert len((await quick.read_until(b"%d;" % FRAMES)).split(b";")) == FRAMES + 2


async def test_more_bytes_than_may_wait_cut_the_client_too(opened: Open, roster: Roster) -> None:
    end = await opened()
    roster.enter("a", end.line)
    end.fill()
    await roster.send(b"x" * SIZE, ["a"])
    assert (end.line.is_closing(), end.line.reason) == (True, SLOW)


async def test_who_is_slow_but_keeps_reading_is_never_cut(opened: Open, roster: Roster) -> None:
    end = await opened()
    roster.enter("a", end.line)
    end.fill()
    for number in range(FRAMES * 5):
        await roster.send(BIG, ["a"])
        while end.line.waiting() > 2 * len(BIG):
            await asyncio.get_running_loop().sock_recv(end.peer, 1000)
        assert not end.line.is_closing(), number


async def test_a_last_value_is_spared_to_who_has_others_waiting_and_the_next_one_is_the_newest(
    opened: Open, roster: Roster
) -> None:
    slow, quick = await opened(), await opened()
    for end in (slow, quick):
        roster.enter("a", end.line)
    frames = slow.fill()
    for count in range(50):
        await roster.send_latest(b"count %d;" % count, "a", "count")
    assert roster.behind("a", "count")
    await roster.catch_up(b"too soon;", "a", "count")
    await slow.read_until(BIG * frames)
    await roster.catch_up(b"count 49;", "a", "count")
    assert not roster.behind("a", "count")
    assert await slow.read_until(b";") == b"count 49;"
    assert (await quick.read_until(b"count 49;")).count(b";") == 50


async def test_who_leaves_while_behind_is_not_waited_for(opened: Open, roster: Roster) -> None:
    end = await opened()
    roster.enter("a", end.line)
    end.fill()
    await roster.send_latest(b"count;", "a", "count")
    roster.leave_all(end.line)
    await roster.send_latest(b"count;", "a", "count")
    assert not roster.behind("a", "count")
    assert (roster.rooms, end.line.rooms) == (frozenset(), set())


async def test_who_was_told_up_to_an_event_does_not_get_what_is_on_its_way_of_that(
    opened: Open, roster: Roster
) -> None:
    new, old = await opened(), await opened()
    for end in (new, old):
        roster.enter("a", end.line)
    roster.knows("a", new.line, 2)
    for seq in (1, 2, 3):
        await roster.send(b"%d;" % seq, ["a", "b"], seq)
    await roster.send(b"not in order;", ["a"])
    assert await old.read_until(b"order;") == b"1;2;3;not in order;"
    assert await new.read_until(b"order;") == b"3;not in order;"


async def test_who_leaves_while_the_others_are_told_is_told_no_more(
    opened: Open, roster: Roster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("controlplane.live.roster.TURN", 1)
    first, second, elsewhere = [await opened() for _ in range(3)]
    for end in (first, second, elsewhere):
        roster.enter("a", end.line)
    roster.enter("b", elsewhere.line)
    sending = asyncio.create_task(roster.send(b"news;", ["a", "b"]))
    await asyncio.sleep(0)
    roster.leave("a", second.line)
    roster.leave("a", elsewhere.line)
    await sending
    assert (first.read(), second.read(), elsewhere.read()) == (b"news;", b"", b"news;")


async def test_a_line_that_ended_is_written_to_no_more(opened: Open, roster: Roster) -> None:
    """Its number may be somebody else's by then."""
    gone = await opened()
    roster.enter("a", gone.line)
    gone.line.cut("gone")
    await asyncio.sleep(0)
    stranger = await opened()
    assert stranger.line.descriptor == gone.line.descriptor
    await roster.send(b"secret;", ["a"])
    await asyncio.sleep(0)
    assert stranger.read() == b""


async def test_last_words_go_out_before_the_end(opened: Open) -> None:
    end = await opened()
    frames = end.fill()
    end.line.push(b"the end;")
    end.line.finish("over")
    end.line.push(b"too late")
    assert await end.read_until(b"the end;") == BIG * frames + b"the end;"
    assert await asyncio.get_running_loop().sock_recv(end.peer, 10) == b""
    end.line.cut("again")
    assert end.line.reason == "over"
