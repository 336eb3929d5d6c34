"""Whether the daemon lives, whether it can serve, and how it fares."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.db import authority
from controlplane.db.engine import writing
from controlplane.errors import Upstream
from controlplane.icecast.poller import Poller
from controlplane.insight import Insight
from controlplane.liquidsoap.watch import PipelineWatch
from controlplane.live.admission import BREATHLESS_S
from controlplane.onair.journal import Journal
from controlplane.permissions import Permission
from controlplane.web.routes import Call, Route

ASK_AGAIN_S = 5.0
"""A write costs the disk a turn: nobody who asks often makes us ask the database as often."""


class NotReady(Upstream):
    """Something the daemon needs is missing."""

    code = "not_ready"


@dataclass(slots=True)
class Health:
    """`/healthz`, `/readyz` and `/metrics`."""

    engine: AsyncEngine
    poller: Poller
    pipelines: PipelineWatch
    journal: Journal
    insight: Insight
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _asked_at: float = -ASK_AGAIN_S
    _writable: bool = False

    def routes(self) -> list[Route]:
        """List the routes."""
        return [
            Route("GET", "/healthz", Permission.PUBLIC, self.healthz),
            Route("GET", "/readyz", Permission.PUBLIC, self.readyz),
            Route("GET", "/metrics", Permission.PUBLIC, self.metrics, media="text/plain"),
        ]

    async def healthz(self, _call: Call) -> dict[str, Any]:
        """Say that the process answers."""
        return {"ok": True}

    async def readyz(self, _call: Call) -> dict[str, Any]:
        """Say that the daemon can serve, or raise NotReady naming what it misses.

        What is wrong with single stations is in `stations`, and no reason to send everybody elsewhere.
        """
        missing = []
        if not self.poller.answering:
            missing.append("Icecast")
        if not await self._database_takes_writes() or self.journal.failing:
            missing.append("database")
        if self.insight.lag_s > BREATHLESS_S:
            missing.append("time: the event loop is late")
        if missing:
            raise NotReady(f"missing: {', '.join(missing)}")
        return {"ok": True, "stations": dict(self.pipelines.troubles())}

    async def metrics(self, _call: Call) -> web.Response:
        """Give the figures, as Prometheus reads them."""
        return web.Response(body=self.insight.text(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def _database_takes_writes(self) -> bool:
        # One that is locked or whose disk is full can be read all the same.
        async with self._turn:
            if time.monotonic() - self._asked_at >= ASK_AGAIN_S:
                try:
                    async with writing(self.engine) as connection:
                        await authority.touch(connection)
                except Upstream:
                    self._writable = False
                else:
                    self._writable = True
                self._asked_at = time.monotonic()
            return self._writable
