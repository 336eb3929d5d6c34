"""The references of the HTTP API and of the Socket.IO events, served by what they describe."""

from dataclasses import dataclass
from typing import Any

from controlplane import docs
from controlplane.permissions import Permission
from controlplane.web.routes import API, Call, Route


@dataclass(frozen=True, slots=True)
class References:
    """`/api/v1/openapi.json` and `/api/v1/asyncapi.json`."""

    described: list[Route]

    def routes(self) -> list[Route]:
        """List the routes."""
        return [
            Route("GET", f"{API}/openapi.json", Permission.PUBLIC, self.openapi),
            Route("GET", f"{API}/asyncapi.json", Permission.PUBLIC, self.asyncapi),
        ]

    async def openapi(self, _call: Call) -> dict[str, Any]:
        """Describe the HTTP API."""
        return docs.openapi(self.described)

    async def asyncapi(self, _call: Call) -> dict[str, Any]:
        """Describe the Socket.IO events."""
        return docs.asyncapi()
