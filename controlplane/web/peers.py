"""Who is at the other end of a connection: its address, and whether it ever says anything."""

import asyncio
import weakref
from dataclasses import dataclass, field

import structlog
from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from controlplane.addresses import client_address, is_loopback
from controlplane.config import Http

log = structlog.get_logger()

ADDRESS = web.RequestKey("address", str)
FORWARDED_FOR = "X-Forwarded-For"


@dataclass(slots=True)
class Peers:
    """Tells addresses, and cuts off those who open a connection and do not ask for anything."""

    settings: Http
    _asking: "weakref.WeakSet[asyncio.BaseTransport]" = field(default_factory=weakref.WeakSet)
    _warned: bool = False

    def address(self, request: web.Request) -> str:
        """Return a request's address, as it is counted."""
        if request.transport is not None:
            self._asking.add(request.transport)
        forwarded = request.headers.getall(FORWARDED_FOR, [])
        address = client_address(request.remote, forwarded, self.settings.trusted_hops)
        if forwarded and not self.settings.trusted_hops and not self._warned and is_loopback(address):
            self._warned = True
            log.warning(
                "a proxy on this machine says X-Forwarded-For, which is not looked at: all behind it count as one. "
                "If it is yours, set http.trusted_hops to 1"
            )
        return address

    def listening(self, server: web.Server) -> "Listening":
        """Return what makes the protocols of a server's connections."""
        return Listening(self, server)

    def unheard(self, transport: asyncio.BaseTransport) -> bool:
        """Say whether no request of a connection has been read yet."""
        return transport not in self._asking


@dataclass(frozen=True, slots=True)
class Listening:
    """Makes a protocol for each connection. aiohttp by itself waits for ever for a first request."""

    peers: Peers
    server: web.Server

    def __call__(self) -> asyncio.BaseProtocol:
        """Make the protocol of one connection."""
        protocol = self.server()
        loop = asyncio.get_running_loop()
        loop.call_later(self.peers.settings.request_within_s, self._look, protocol)
        return protocol

    def _look(self, protocol: RequestHandler) -> None:
        transport = protocol.transport
        if transport is not None and self.peers.unheard(transport):
            transport.abort()
