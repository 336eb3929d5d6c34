"""python-socketio's server, dispatching declared events only."""

from typing import Any

import socketio
import structlog

from controlplane.live import fanout

log = structlog.get_logger()


def make(**options: Any) -> "Server":  # noqa: ANN401 - the library's own options
    """Make a server that fans out quickly, or the stock way where the libraries have changed."""
    lacking = fanout.missing()
    if lacking:
        log.warning("fan-out takes the stock way, slower", missing=lacking)
        return Server(**options)
    return Server(client_manager=fanout.Fanout(), **options)


class Server(socketio.AsyncServer):  # type: ignore[misc]  # the library has no types
    """A server on which a client cannot call what it was not offered.

    The stock server dispatches any name a client sends, `connect` and `disconnect` with a made-up environment too.
    """

    allowed: frozenset[str] = frozenset()

    def _engineio_server_class(self) -> Any:  # noqa: ANN401 - the library's signature
        return super()._engineio_server_class() if fanout.missing() else fanout.Engine

    async def _handle_event(self, eio_sid: str, namespace: str | None, id: int | None, data: Any) -> None:  # noqa: A002, ANN401 - the library's signature
        name = data[0] if isinstance(data, list) and data else None
        if not isinstance(name, str) or name not in self.allowed:
            log.info("undeclared event refused", event_name=str(name)[:40])
            sid = self.manager.sid_from_eio_sid(eio_sid, namespace or "/")
            if id is not None and sid is not None:
                error = {"code": "unknown_event", "message": "there is no such event", "retryable": False}
                packet = self.packet_class(3, namespace=namespace, id=id, data=[{"ok": False, "error": error}])
                await self._send_packet(eio_sid, packet)
            return
        await super()._handle_event(eio_sid, namespace, id, data)
