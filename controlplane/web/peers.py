"""Who is at the other end of a connection: its address, and whether it ever says anything."""

import asyncio
import weakref
from dataclasses import dataclass, field

import structlog
from aiohttp import web

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
    _silent: "weakref.WeakSet[asyncio.BaseTransport]" = field(default_factory=weakref.WeakSet)
    _server: web.Server | None = None
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

    def watch(self, server: web.Server) -> None:
        """Look after a server's connections."""
        self._server = server

    def sweep(self) -> None:
        """Cut the connections that were there the last time already and have not asked for anything yet.

        aiohttp by itself waits for ever for a first request.
        """
        for protocol in self._server.connections if self._server is not None else []:
            transport = protocol.transport
            if transport is None or transport in self._asking:
                continue
            if transport in self._silent:
                transport.abort()
            else:
                self._silent.add(transport)
