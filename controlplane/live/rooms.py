"""Room membership, and one frame written to a whole room.

Indexed both ways: a writer that ends costs what it joined, not the number of rooms or members there are.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Iterable, Sequence

from controlplane.live.writer import BoundedWriter
from controlplane.protocol.delivery import Log
from controlplane.runtime.metrics import Metrics

WRITES_PER_SLICE = 400
"""After so many writes, three milliseconds' worth, other tasks have a turn: Icecast's hooks first."""

Value = tuple[str, str]
"""A last value of a room: its event's name, and its subject."""


class RoomIndex:
    """Rooms of writers that all take the same bytes."""

    def __init__(self, metrics: Metrics, writes_per_slice: int = WRITES_PER_SLICE) -> None:
        self._writes_per_slice = writes_per_slice
        self._metrics = metrics
        self._rooms: dict[str, dict[BoundedWriter, None]] = {}
        self._lagging: dict[str, dict[Value, set[BoundedWriter]]] = {}
        self._skip: dict[tuple[str, Log], dict[BoundedWriter, int]] = {}
        self._sending = 0
        self._departed: set[BoundedWriter] = set()

    @property
    def rooms(self) -> frozenset[str]:
        """The rooms that have members."""
        return frozenset(self._rooms)

    def enter(self, room: str, writer: BoundedWriter) -> None:
        """Put a writer in a room."""
        self._rooms.setdefault(room, {})[writer] = None
        writer.rooms.add(room)

    def skip_until(self, room: str, writer: BoundedWriter, seq: int, log: Log = Log.STREAM) -> None:
        """Send a member no event of a log up to a seq: its snapshot covers those that are still on their way."""
        self._skip.setdefault((room, log), {})[writer] = seq

    def leave(self, room: str, writer: BoundedWriter) -> None:
        """Take a writer out of a room, if it is in it."""
        writer.rooms.discard(room)
        members = self._rooms.get(room)
        if members is None:
            return
        members.pop(writer, None)
        for log in Log:
            self._skip.get((room, log), {}).pop(writer, None)
        for writers in self._lagging.get(room, {}).values():
            writers.discard(writer)
        if self._sending:
            self._departed.add(writer)
        if not members:
            for index in (self._rooms, self._lagging):
                index.pop(room, None)
            for log in Log:
                self._skip.pop((room, log), None)

    def leave_all(self, writer: BoundedWriter) -> None:
        """Take a writer out of all its rooms."""
        for room in tuple(writer.rooms):
            self.leave(room, writer)

    def members(self, rooms: Iterable[str]) -> list[BoundedWriter]:
        """List the members of any of the rooms, each once."""
        found = [self._rooms[room] for room in rooms if room in self._rooms]
        # A copy of one is quicker than a union, and mostly there is but one.
        return list(found[0] if len(found) == 1 else {writer: None for each in found for writer in each})

    def count(self, room: str) -> int:
        """Return how many members a room has."""
        return len(self._rooms.get(room, ()))

    def has_lagging(self, room: str, value: Value) -> bool:
        """Say whether a member was skipped for a last value, and has not had a newer one."""
        return bool(self._lagging.get(room, {}).get(value))

    async def send(self, frame: bytes, rooms: list[str]) -> None:
        """Write an event to every member of the rooms; one whose backlog is full is cut off."""
        async for part in self._slices(self.members(rooms), rooms):
            self._write(part, frame)

    async def send_ordered(self, frames: Sequence[tuple[int, bytes]], rooms: list[str], log: Log) -> None:
        """Write events of a log with their seqs, in this order, to every member of the rooms, in one write each.

        Members that skip some of them are written the others one by one. One whose backlog is full is cut off.
        """
        key, first, joined = (rooms[0], log), frames[0][0], b"".join(frame for _, frame in frames)
        async for part in self._slices(self.members(rooms), rooms):
            skip = self._skip.get(key, {})
            skipping = [each for each in part if skip.get(each, -1) >= first] if skip else []
            others = [each for each in part if skip.get(each, -1) < first] if skipping else part
            self._write(others, joined, len(frames))
            for seq, frame in frames if skipping else ():
                self._write([each for each in skipping if skip[each] < seq], frame)
        if key in self._skip:
            last = frames[-1][0]
            self._skip[key] = {writer: until for writer, until in self._skip[key].items() if until > last}

    async def send_latest(self, frame: bytes, room: str, value: Value) -> None:
        """Write a last value to the members that have taken all before it; the others are lagging."""
        async for part in self._slices(self.members([room]), [room]):
            busy = {writer for writer in part if writer.pending_bytes()}
            self._write([writer for writer in part if writer not in busy], frame)
            self._metrics.skipped.inc(len(busy))
            if part:
                self._set_lagging(room, value, (self._lagging.get(room, {}).get(value, set()) - set(part)) | busy)

    async def resend_latest(self, frame: bytes, room: str, value: Value) -> None:
        """Write the newest value to the lagging members that have taken the rest meanwhile."""
        lagging = self._lagging.get(room, {}).get(value, set())
        async for part in self._slices([writer for writer in lagging if not writer.pending_bytes()], [room]):
            self._write(part, frame)
            lagging.difference_update(part)
            self._metrics.resent.inc(len(part))
        self._set_lagging(room, value, lagging)

    def _set_lagging(self, room: str, value: Value, writers: set[BoundedWriter]) -> None:
        values = self._lagging.setdefault(room, {})
        values[value] = writers
        if not writers:
            del values[value]
        if not values:
            del self._lagging[room]

    async def _slices(self, writers: list[BoundedWriter], rooms: list[str]) -> AsyncIterator[list[BoundedWriter]]:
        """Give the writers slice by slice, without those that leave meanwhile."""
        self._sending += 1
        try:
            for start in range(0, len(writers), self._writes_per_slice):
                if start:
                    await asyncio.sleep(0)
                part = writers[start : start + self._writes_per_slice]
                if self._departed:
                    part = [each for each in part if each not in self._departed or not each.rooms.isdisjoint(rooms)]
                yield part
        finally:
            self._sending -= 1
            if not self._sending:
                self._departed.clear()

    def _write(self, writers: list[BoundedWriter], frame: bytes, events: int = 1) -> None:
        size, write = len(frame), os.write
        for writer in writers:
            sent = 0
            # A closed socket's number may be another's a moment later: asked right before each write.
            if not writer.pending_bytes() and not writer.is_closing():
                try:
                    sent = write(writer.descriptor, frame)
                except OSError:
                    sent = 0
            if sent != size:
                # The kernel has no room, or the connection is broken: the transport knows what to do in both cases.
                writer.push(frame[sent:])
        self._metrics.delivered.inc(len(writers) * events)
