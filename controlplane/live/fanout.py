"""One frame a broadcast: encoded once, written to every member's transport.

The stock library makes a task for every recipient, 72 µs each: a room of a thousand then holds the loop for longer than
a hook of Icecast may wait. The private parts of the libraries that this needs are checked at start; where one is
missing the stock way goes on, correct and slower.
"""

import asyncio
from collections.abc import Iterable
from typing import Any

import socketio
from socketio import packet

from controlplane.live import engine
from controlplane.live.engine import text_frame

TURN = 100
"""After so many writes, a millisecond's worth, whoever else waits for the loop has a turn: Icecast's hooks first."""


class Fanout(socketio.AsyncManager):  # type: ignore[misc]  # the library has no types
    """Sends a broadcast as one frame; anything else takes the stock way."""

    async def emit(self, event: str, data: Any, namespace: str, room: Any = None, **options: Any) -> None:  # noqa: ANN401 - the library's signature
        """Send an event to rooms, each member once."""
        encoded = self.server.packet_class(packet.EVENT, namespace=namespace, data=[event, data]).encode()
        if any(options.values()) or not isinstance(data, dict) or not isinstance(encoded, str):
            await super().emit(event, data, namespace, room=room, **options)
        elif namespace in self.rooms:
            await self._broadcast(encoded, self.get_participants(namespace, room))

    async def _broadcast(self, encoded: str, members: Iterable[tuple[str, str]]) -> None:
        frame = text_frame(b"4" + encoded.encode())
        connections = self.server.eio.sockets
        for place, (_, eio_sid) in enumerate(list(members)):
            if place % TURN == TURN - 1:
                await asyncio.sleep(0)
            connection = connections.get(eio_sid)
            if connection is not None:
                connection.write(frame)


def missing() -> list[str]:
    """Name the private parts that the installed libraries do not have."""
    wanted = {
        "socketio.AsyncServer._engineio_server_class": hasattr(socketio.AsyncServer, "_engineio_server_class"),
        "socketio.AsyncManager.get_participants": hasattr(socketio.AsyncManager, "get_participants"),
    }
    return [name for name, there in wanted.items() if not there] + engine.missing()
