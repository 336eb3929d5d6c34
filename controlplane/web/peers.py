"""Client addresses, as they are counted."""

from dataclasses import dataclass

import structlog
from aiohttp import web

from controlplane.addresses import client_address, is_loopback
from controlplane.config import Http

log = structlog.get_logger()

ADDRESS = web.RequestKey("address", str)
FORWARDED_FOR = "X-Forwarded-For"


@dataclass(slots=True)
class Peers:
    """Reads client addresses from requests, through proxies of ours where there are some."""

    settings: Http
    _warned: bool = False

    def address(self, request: web.Request) -> str:
        """Return a request's address, as it is counted."""
        forwarded = request.headers.getall(FORWARDED_FOR, [])
        address = client_address(request.remote, forwarded, self.settings.trusted_hops)
        if forwarded and not self.settings.trusted_hops and not self._warned and is_loopback(address):
            self._warned = True
            log.warning(
                "a proxy on this machine says X-Forwarded-For, which is not looked at: all behind it count as one. "
                "If it is yours, set http.trusted_hops to 1"
            )
        return address
