"""One frame a broadcast: encoded once, written to every member's line.

The stock library makes a task for every recipient, 72 µs each, looks through every room when somebody leaves, and lets
what a client does not read pile up. The private parts of the library that this needs are checked at start; where one is
missing the stock way goes on over the same connections, correct and slower.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import socketio
from socketio import packet

from controlplane.insight import Insight
from controlplane.live.engine import text_frame
from controlplane.live.line import Line
from controlplane.live.roster import Roster


class Fanout(socketio.AsyncManager):  # type: ignore[misc]  # the library has no types
    """Sends a broadcast as one frame; anything else takes the stock way.

    The library's own rooms hold who is connected and nothing else. `last_value` are the events of which only the newest
    counts.
    """

    def __init__(self, insight: Insight, last_value: frozenset[str]) -> None:
        super().__init__()
        self.roster = Roster(insight)
        self._last_value = last_value

    async def emit(self, event: str, data: Any, namespace: str, room: Any = None, **options: Any) -> None:  # noqa: ANN401 - the library's signature
        """Send an event to rooms, each member once, or to one client."""
        encoded = self.server.packet_class(packet.EVENT, namespace=namespace, data=[event, data]).encode()
        if any(options.values()) or not isinstance(data, dict) or not isinstance(encoded, str) or room is None:
            await super().emit(event, data, namespace, room=room, **options)
            return
        frame = text_frame(b"4" + encoded.encode())
        line = self._line(room) if isinstance(room, str) else None
        if line is not None:
            line.push(frame)
        elif event in self._last_value and isinstance(room, str):
            await self.roster.send_latest(frame, room, event)
        else:
            await self.roster.send(frame, _listed(room), data.get("seq"))

    async def catch_up(self, event: str, data: dict[str, Any], namespace: str, room: str) -> None:
        """Send the newest value to those in a room who were skipped for an earlier one."""
        encoded = self.server.packet_class(packet.EVENT, namespace=namespace, data=[event, data]).encode()
        await self.roster.catch_up(text_frame(b"4" + encoded.encode()), room, event)

    def get_participants(self, namespace: str, room: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - the library's signature
        """List as (sid, engine's sid) who is connected, without a room, or the one client that a room is the sid of."""
        connected = self.rooms.get(namespace, {}).get(None, {})
        if room is None:
            yield from tuple(connected.items())
        elif isinstance(room, str) and room in connected:
            yield room, connected[room]

    def get_rooms(self, sid: str, namespace: str) -> list[str]:
        """List the rooms a client is in."""
        line = self._line(sid, namespace)
        return sorted(line.rooms) if line is not None else []

    def basic_enter_room(self, sid: str, namespace: str, room: str | None, eio_sid: str | None = None) -> None:
        """Put a client in a room; raise ValueError for one who is not connected."""
        if room is None:
            super().basic_enter_room(sid, namespace, room, eio_sid=eio_sid)
        elif room != sid:
            line = self._line(sid, namespace)
            if line is None:
                raise ValueError("sid is not connected to requested namespace")
            self.roster.enter(room, line)

    def basic_leave_room(self, sid: str, namespace: str, room: str | None) -> None:
        """Take a client out of a room."""
        line = self._line(sid, namespace)
        if room is None:
            super().basic_leave_room(sid, namespace, room)
        elif line is not None:
            self.roster.leave(room, line)

    def basic_close_room(self, room: str, _namespace: str) -> None:
        """Take everybody out of a room."""
        for line in self.roster.lines([room]):
            self.roster.leave(room, line)

    def basic_disconnect(self, sid: str, namespace: str, **options: Any) -> None:  # noqa: ANN401 - the library's signature
        """Take a client out of everything, at the cost of what it was in."""
        line = self._line(sid, namespace)
        if line is not None:
            self.roster.leave_all(line)
        # What is left of the library's rooms is one.
        super().basic_disconnect(sid, namespace, **options)

    def _line(self, sid: str, namespace: str = "/") -> Line | None:
        eio_sid = self.rooms.get(namespace, {}).get(None, {}).get(sid)
        connection = self.server.eio.sockets.get(eio_sid)
        line: Line | None = connection.line if connection is not None else None
        return line


def _listed(room: str | Iterable[str]) -> list[str]:
    return [room] if isinstance(room, str) else list(room)


def missing() -> list[str]:
    """Name the private parts that the installed library does not have, or has in another shape."""
    names = ("get_participants", "get_rooms", "basic_enter_room", "basic_leave_room", "basic_disconnect")
    lacking = [f"AsyncManager.{name}" for name in names if not hasattr(socketio.AsyncManager, name)]
    return lacking or ([] if _keeps_its_rooms_as_we_read_them() else ["AsyncManager.rooms"])


def _keeps_its_rooms_as_we_read_them() -> bool:
    manager = socketio.AsyncManager()
    try:
        manager.basic_enter_room("sid", "/", None, eio_sid="engine")
        return bool(manager.rooms["/"][None]["sid"] == "engine")
    except (AttributeError, KeyError, TypeError):
        return False
