"""The references of the HTTP API and of the Socket.IO events, as routes."""

from collections.abc import Mapping
from dataclasses import dataclass

from controlplane.kernel.permissions import Permission
from controlplane.kernel.quotas import Quota
from controlplane.protocol.health import Document
from controlplane.protocol.reference.asyncapi import asyncapi
from controlplane.protocol.reference.openapi import openapi
from controlplane.protocol.sockets import SocketProtocol
from controlplane.web.routes import API, Call, Route, get


@dataclass(frozen=True, slots=True)
class References:
    """`/api/v1/openapi.json` and `/api/v1/asyncapi.json`."""

    described: list[Route]
    protocol: SocketProtocol
    rates: Mapping[Quota, str]

    def routes(self) -> list[Route]:
        """List the routes."""
        return [
            get(f"{API}/openapi.json", self.openapi, permission=Permission.PUBLIC, quota=Quota.READ, answer=Document),
            get(f"{API}/asyncapi.json", self.asyncapi, permission=Permission.PUBLIC, quota=Quota.READ, answer=Document),
        ]

    async def openapi(self, _call: Call) -> Document:
        """Describe the HTTP API."""
        return Document(openapi(self.described, self.rates))

    async def asyncapi(self, _call: Call) -> Document:
        """Describe the Socket.IO events."""
        return Document(asyncapi(self.protocol, self.rates))
