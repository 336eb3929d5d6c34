"""The references of the HTTP API and of the Socket.IO events, as routes."""

from dataclasses import dataclass
from typing import Any

from controlplane.kernel.permissions import Permission
from controlplane.kernel.quotas import Quota
from controlplane.protocol import reference
from controlplane.protocol.base import Event, Request
from controlplane.web.routes import API, Call, Route, get


@dataclass(frozen=True, slots=True)
class References:
    """`/api/v1/openapi.json` and `/api/v1/asyncapi.json`."""

    described: list[Route]
    events: tuple[type[Event], ...]
    requests: tuple[type[Request], ...]

    def routes(self) -> list[Route]:
        """List the routes."""
        return [
            get(f"{API}/openapi.json", self.openapi, permission=Permission.PUBLIC, quota=Quota.READ),
            get(f"{API}/asyncapi.json", self.asyncapi, permission=Permission.PUBLIC, quota=Quota.READ),
        ]

    async def openapi(self, _call: Call) -> dict[str, Any]:
        """Describe the HTTP API."""
        return reference.openapi(self.described)

    async def asyncapi(self, _call: Call) -> dict[str, Any]:
        """Describe the Socket.IO events."""
        return reference.asyncapi(self.events, self.requests)
