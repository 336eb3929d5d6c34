"""Who is in which room, and one frame written to all of them.

Indexed both ways: a line that ends costs what it joined, not the size of the house.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Iterable

from controlplane.insight import Insight
from controlplane.live.line import Line

TURN = 400
"""After so many writes, three milliseconds' worth, whoever else waits has a turn: Icecast's hooks first."""


class Roster:
    """Rooms of lines, all of one kind: they take the same bytes."""

    def __init__(self, insight: Insight) -> None:
        self._insight = insight
        self._rooms: dict[str, dict[Line, None]] = {}
        self._behind: dict[str, dict[str, set[Line]]] = {}
        self._know: dict[str, dict[Line, int]] = {}
        self._sending = 0
        self._left: set[Line] = set()

    @property
    def rooms(self) -> frozenset[str]:
        """The rooms with somebody in them."""
        return frozenset(self._rooms)

    def enter(self, room: str, line: Line) -> None:
        """Put a line in a room."""
        self._rooms.setdefault(room, {})[line] = None
        line.rooms.add(room)

    def knows(self, room: str, line: Line, seq: int) -> None:
        """Note that a member was told of everything up to a seq: what is still on its way of that is not for it."""
        self._know.setdefault(room, {})[line] = seq

    def leave(self, room: str, line: Line) -> None:
        """Take a line out of a room, if it is in it."""
        line.rooms.discard(room)
        members = self._rooms.get(room)
        if members is None:
            return
        members.pop(line, None)
        self._know.get(room, {}).pop(line, None)
        for lines in self._behind.get(room, {}).values():
            lines.discard(line)
        if self._sending:
            self._left.add(line)
        if not members:
            for index in (self._rooms, self._behind, self._know):
                index.pop(room, None)

    def leave_all(self, line: Line) -> None:
        """Take a line out of all its rooms."""
        for room in tuple(line.rooms):
            self.leave(room, line)

    def lines(self, rooms: Iterable[str]) -> list[Line]:
        """List those who are in any of the rooms, each once."""
        members = [self._rooms[room] for room in rooms if room in self._rooms]
        # A copy of one is quicker than a union, and mostly there is but one.
        return list(members[0] if len(members) == 1 else {line: None for each in members for line in each})

    def count(self, room: str) -> int:
        """Return how many are in a room."""
        return len(self._rooms.get(room, ()))

    def behind(self, room: str, event: str) -> bool:
        """Say whether somebody in a room was skipped for a last-value event, and has not had a newer one."""
        return bool(self._behind.get(room, {}).get(event))

    async def send(self, frame: bytes, rooms: list[str], seq: int | None = None) -> None:
        """Write an event to everybody in the rooms; who has no room left for it is cut off.

        `seq` is its place in the order of the first room, for an event that has one.
        """
        async for turn in self._turns(self.lines(rooms), rooms):
            self._write(turn if seq is None else self._who_does_not_know(turn, rooms[0], seq), frame)
        if seq is not None and rooms[0] in self._know:
            self._know[rooms[0]] = {line: upto for line, upto in self._know[rooms[0]].items() if upto > seq}

    async def send_latest(self, frame: bytes, room: str, event: str) -> None:
        """Write a last-value event to those in a room who have taken all before it; the others have to catch up."""
        async for turn in self._turns(self.lines([room]), [room]):
            busy = {line for line in turn if line.waiting()}
            self._write([line for line in turn if line not in busy], frame)
            self._insight.skipped.inc(len(busy))
            if turn:
                behind = self._behind.setdefault(room, {}).setdefault(event, set())
                behind.difference_update(turn)
                behind.update(busy)

    async def catch_up(self, frame: bytes, room: str, event: str) -> None:
        """Write the newest value to those who were skipped and have taken the rest meanwhile."""
        behind = self._behind.get(room, {}).get(event, set())
        async for turn in self._turns([line for line in behind if not line.waiting()], [room]):
            self._write(turn, frame)
            behind.difference_update(turn)
            self._insight.caught_up.inc(len(turn))

    async def _turns(self, lines: list[Line], rooms: list[str]) -> AsyncIterator[list[Line]]:
        """Give the lines in turns, without those who leave meanwhile."""
        self._sending += 1
        try:
            for start in range(0, len(lines), TURN):
                if start:
                    await asyncio.sleep(0)
                turn = lines[start : start + TURN]
                if self._left:
                    turn = [line for line in turn if line not in self._left or not line.rooms.isdisjoint(rooms)]
                yield turn
        finally:
            self._sending -= 1
            if not self._sending:
                self._left.clear()

    def _who_does_not_know(self, lines: list[Line], room: str, seq: int) -> list[Line]:
        known = self._know.get(room)
        return [line for line in lines if known.get(line, -1) < seq] if known else lines

    def _write(self, lines: list[Line], frame: bytes) -> None:
        size, write = len(frame), os.write
        for line in lines:
            sent = 0
            # A socket's number may be somebody else's a moment after it was closed: asked right before each write.
            if not line.waiting() and not line.is_closing():
                try:
                    sent = write(line.descriptor, frame)
                except OSError:
                    sent = 0
            if sent != size:
                # The kernel has no room, or the connection is broken: the transport knows what to do in both cases.
                line.push(frame[sent:])
        self._insight.delivered.inc(len(lines))
