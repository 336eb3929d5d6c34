"""Client addresses: what a request counts for in limits and bans."""

from dataclasses import dataclass

import structlog
from aiohttp import web

from controlplane.kernel.addresses import client_address, is_loopback
from controlplane.runtime.sections import HttpSettings

log = structlog.get_logger()

ADDRESS = web.RequestKey("address", str)
FORWARDED_FOR = "X-Forwarded-For"


@dataclass(slots=True)
class ClientAddresses:
    """Reads client addresses from requests, past our own proxies if there are some."""

    settings: HttpSettings
    _warned: bool = False

    def of(self, request: web.Request) -> str:
        """Return the address that a request counts for."""
        forwarded = request.headers.getall(FORWARDED_FOR, [])
        address = client_address(request.remote, forwarded, self.settings.trusted_hops)
        if forwarded and not self.settings.trusted_hops and not self._warned and is_loopback(address):
            self._warned = True
            log.warning(
                "forwarded_for_ignored",
                consequence="all clients behind the proxy on this machine count as one address",
                remedy="set http.trusted_hops to 1 if the proxy is yours",
            )
        return address
