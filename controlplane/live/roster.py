"""Who is in which room, and one frame written to all of them.

Indexed both ways: a line that ends costs what it joined, not the size of the house.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable

from controlplane.insight import Insight
from controlplane.live.line import Line
from controlplane.live.sendloop import SendLoop

TURN = 400
"""After so many writes, three milliseconds' worth, whoever else waits has a turn: Icecast's hooks first."""


class Roster:
    """Rooms of lines, all of one kind: they take the same bytes."""

    def __init__(self, insight: Insight, loop: SendLoop) -> None:
        self._insight = insight
        self._loop = loop
        self._rooms: dict[str, dict[Line, None]] = {}
        self._behind: dict[str, dict[str, set[Line]]] = {}

    def __len__(self) -> int:
        """Return how many rooms have somebody in them."""
        return len(self._rooms)

    def enter(self, room: str, line: Line) -> None:
        """Put a line in a room."""
        self._rooms.setdefault(room, {})[line] = None
        line.rooms.add(room)

    def leave(self, room: str, line: Line) -> None:
        """Take a line out of a room, if it is in it."""
        line.rooms.discard(room)
        members = self._rooms.get(room)
        if members is None:
            return
        members.pop(line, None)
        for lines in self._behind.get(room, {}).values():
            lines.discard(line)
        if not members:
            del self._rooms[room]
            self._behind.pop(room, None)

    def leave_all(self, line: Line) -> None:
        """Take a line out of all its rooms."""
        for room in tuple(line.rooms):
            self.leave(room, line)

    def lines(self, rooms: Iterable[str]) -> list[Line]:
        """List those who are in any of the rooms, each once."""
        union: dict[Line, None] = {}
        for room in rooms:
            union |= self._rooms.get(room, {})
        return list(union)

    def count(self, room: str) -> int:
        """Return how many are in a room."""
        return len(self._rooms.get(room, ()))

    def behind(self, room: str, event: str) -> bool:
        """Say whether somebody in a room was skipped for a last-value event, and has not had a newer one."""
        return bool(self._behind.get(room, {}).get(event))

    async def send(self, frame: bytes, rooms: Iterable[str]) -> None:
        """Write an ordered event to everybody in the rooms; who has no room left for it is cut off."""
        async for turn in _turns(self.lines(rooms)):
            self._write(turn, frame)

    async def send_latest(self, frame: bytes, rooms: Iterable[str], event: str) -> None:
        """Write a last-value event to those in the rooms who have taken all before it; the others have to catch up."""
        for room in rooms:
            behind = self._behind.setdefault(room, {}).setdefault(event, set())
            async for turn in _turns(self.lines([room])):
                busy = {line for line in turn if line.waiting()}
                self._write([line for line in turn if line not in busy], frame)
                behind.difference_update(turn)
                behind.update(line for line in busy if room in line.rooms)
                self._insight.skipped.inc(len(busy))

    async def catch_up(self, frame: bytes, rooms: Iterable[str], event: str) -> None:
        """Write the newest value to those who were skipped and have taken the rest meanwhile."""
        for room in rooms:
            behind = self._behind.get(room, {}).get(event, set())
            async for turn in _turns([line for line in behind if not line.waiting()]):
                self._write(turn, frame)
                behind.difference_update(turn)
                self._insight.caught_up.inc(len(turn))

    def _write(self, lines: list[Line], frame: bytes) -> None:
        direct = [line for line in lines if not line.waiting() and not line.is_closing()]
        for place, sent in self._loop.send([line.descriptor for line in direct], frame):
            # The kernel has no room, or the connection is broken: the transport knows what to do in both cases.
            direct[place].push(frame[sent:])
        if len(direct) != len(lines):
            for line in set(lines).difference(direct):
                line.push(frame)
        self._insight.delivered.inc(len(lines))


async def _turns(lines: list[Line]) -> AsyncIterator[list[Line]]:
    for start in range(0, len(lines), TURN):
        if start:
            await asyncio.sleep(0)
        yield lines[start : start + TURN]
