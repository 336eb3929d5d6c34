"""Limits on a listener's TCP connections: per address, in all, and on how long they may be idle.

aiohttp by itself accepts any number, keeps each for an hour after its last request, and logs what clients send.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from aiohttp import web

from controlplane.kernel.addresses import client_address, is_loopback
from controlplane.kernel.clock import Clock
from controlplane.kernel.errors import Internal, InvalidInput
from controlplane.protocol.errors import ErrorAnswer, ErrorBody
from controlplane.runtime.refusals import Refusals

SERVER = "awaz"
"""The `Server` header, without the versions that aiohttp would send."""
IDLE_GRACE_S = 1.0
"""Younger idle connections do not count against their address: a crowd may be connecting through one proxy."""
REQUEST_TIMEOUT_S = 120.0
"""For a request and its answer; sockets and event streams are exempt."""
CONNECTIONS_PER_SWEEP = 100
MALFORMED = "malformed_request"


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limits of a listener's connections: in all, of one address, and idle ones of an address; seconds one may be idle.

    An address that is `shared` is limited in idle ones only: a proxy on this machine is one address for everybody.
    """

    in_all: int
    of_address: int
    idle_of_address: int
    keep_alive_s: float
    shared: Callable[[str], bool] = is_loopback


@dataclass(slots=True)
class Connections:
    """Counts a listener's connections and drops those over a limit, the longest idle first."""

    bounds: Bounds
    refusals: Refusals
    clock: Clock
    _open: set["Connection"] = field(default_factory=set)
    _of: Counter[str] = field(default_factory=Counter)
    _busy: dict["Connection", float] = field(default_factory=dict)
    _idle: dict["Connection", float] = field(default_factory=dict)
    _idle_of: dict[str, dict["Connection", None]] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return how many are open."""
        return len(self._open)

    def __iter__(self) -> Iterator["Connection"]:
        """Iterate over the open ones."""
        return iter(tuple(self._open))

    def add(self, connection: "Connection") -> None:
        """Add a new connection, and drop another one if there are too many."""
        address = connection.address
        self._open.add(connection)
        self._of[address] += 1
        self.mark_idle(connection)
        idle = self._idle_of[address]
        oldest = next(iter(idle))
        if self._of[address] > self.bounds.of_address and not self.bounds.shared(address):
            self._drop(oldest, "address_limit")
        elif len(idle) > self.bounds.idle_of_address and self.clock.monotonic_s() - self._idle[oldest] >= IDLE_GRACE_S:
            self._drop(oldest, "idle_address_limit")
        if len(self._open) > self.bounds.in_all:
            self._drop(next(iter(self._idle)), "limit")

    def remove(self, connection: "Connection") -> None:
        """Remove a connection."""
        if connection not in self._open:
            return
        self._open.remove(connection)
        self._of[connection.address] -= 1
        if not self._of[connection.address]:
            del self._of[connection.address]
        self._busy.pop(connection, None)
        self._not_idle(connection)

    def mark_busy(self, connection: "Connection") -> None:
        """Record that a connection has a request."""
        if connection in self._open:
            self._not_idle(connection)
            self._busy[connection] = self.clock.monotonic_s()

    def mark_idle(self, connection: "Connection") -> None:
        """Record that a connection has no request now."""
        self._busy.pop(connection, None)
        if connection in self._open:
            self._idle[connection] = self.clock.monotonic_s()
            self._idle_of.setdefault(connection.address, {})[connection] = None

    def hold(self, connection: "Connection") -> None:
        """Exempt a connection from the request timeout."""
        self._busy.pop(connection, None)

    def sweep(self) -> None:
        """Drop connections that have been idle, or have not taken their answer, for too long."""
        now = self.clock.monotonic_s()
        for each, longest, reason in (
            (self._idle, self.bounds.keep_alive_s, "idle"),
            (self._busy, REQUEST_TIMEOUT_S, "answer_not_taken"),
        ):
            # Oldest first; of many, the rest the next time, or the loop would stand still.
            for connection, since in tuple(islice(each.items(), CONNECTIONS_PER_SWEEP)):
                if now - since >= longest:
                    self._drop(connection, reason)

    def _not_idle(self, connection: "Connection") -> None:
        if self._idle.pop(connection, None) is None:
            return
        of_address = self._idle_of[connection.address]
        del of_address[connection]
        if not of_address:
            del self._idle_of[connection.address]

    def _drop(self, connection: "Connection", reason: str) -> None:
        self.remove(connection)
        self.refusals.metrics.dropped.labels(reason).inc()
        if connection.tcp_transport is not None:
            connection.tcp_transport.abort()


LINGERING_S = 1.0
"""How long the rest of a body is read after an answer that did not wait for it, so that the client can read that."""


class Connection(web.RequestHandler):
    """One connection, as aiohttp serves it, counted in `Connections`."""

    __slots__ = ("address", "connections", "tcp_transport")

    def __init__(self, connections: Connections, server: web.Server) -> None:
        super().__init__(
            server,
            loop=asyncio.get_running_loop(),
            keepalive_timeout=connections.bounds.keep_alive_s,
            lingering_time=LINGERING_S,
            access_log=None,  # type: ignore[arg-type]  # as web.AppRunner takes it
            auto_decompress=False,
        )
        self.connections = connections
        self.address = ""
        self.tcp_transport: asyncio.Transport | None = None
        """The transport, which outlives the library's close: it exists until the peer has taken everything."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count the connection."""
        peer = transport.get_extra_info("peername")
        self.address = client_address(str(peer[0]) if peer else None, (), 0)
        self.tcp_transport = transport if isinstance(transport, asyncio.Transport) else None
        super().connection_made(transport)
        self.connections.add(self)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Stop counting it."""
        self.connections.remove(self)
        super().connection_lost(exc)
        self.tcp_transport = None  # or the two would hold each other

    async def _handle_request(self, *asked: Any) -> Any:  # noqa: ANN401 - the library's
        self.connections.mark_busy(self)
        try:
            return await super()._handle_request(*asked)
        finally:
            self.connections.mark_idle(self)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002 - it quotes what was sent
    ) -> web.StreamResponse:
        """Answer a malformed request, or an internal error outside the middlewares, and close the connection."""
        if request.writer.output_size > 0:
            raise ConnectionError("an answer had begun")
        ours = status >= 500  # noqa: PLR2004 - HTTP's
        if ours:
            self.connections.refusals.fault("request_failed", type(exc).__name__, exc_info=exc)
        else:
            self.connections.refusals.note(MALFORMED, self.address, error=type(exc).__name__)
        error = ErrorBody.of(Internal() if ours else InvalidInput("that is not an HTTP request"))
        body = ErrorAnswer(error=error).encoded()
        response = web.Response(status=status, body=body, content_type="application/json")
        response.headers["Server"] = SERVER
        response.force_close()
        return response

    def log_exception(self, *_words: object, **_more: object) -> None:
        """Count what the library would log, with a client's input in it, at every connection."""
        self.connections.refusals.note("connection_failed", self.address)


def hold(request: web.Request) -> None:
    """Exempt the connection of a request from the request timeout."""
    protocol = request.protocol
    if isinstance(protocol, Connection):
        protocol.connections.hold(protocol)


def missing() -> list[str]:
    """Name the private parts that the installed library does not have."""
    return [
        name for name in ("_handle_request", "handle_error", "log_exception") if not hasattr(web.RequestHandler, name)
    ]
