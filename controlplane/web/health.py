"""Whether the daemon lives, whether it can serve, and how it fares."""

from dataclasses import dataclass
from typing import Any

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.db.engine import reading
from controlplane.errors import Upstream
from controlplane.icecast.poller import Poller
from controlplane.insight import Insight
from controlplane.liquidsoap.watch import PipelineWatch
from controlplane.live.admission import BREATHLESS_S
from controlplane.onair.journal import Journal
from controlplane.permissions import Permission
from controlplane.web.routes import Call, Route


class NotReady(Upstream):
    """Something the daemon needs is missing."""

    code = "not_ready"


@dataclass(frozen=True, slots=True)
class Health:
    """`/healthz`, `/readyz` and `/metrics`."""

    engine: AsyncEngine
    poller: Poller
    pipelines: PipelineWatch
    journal: Journal
    insight: Insight

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
        if not await self._database_answers() or self.journal.failing:
            missing.append("database")
        if self.insight.lag_s > BREATHLESS_S:
            missing.append("time: the event loop is late")
        if missing:
            raise NotReady(f"missing: {', '.join(missing)}")
        return {"ok": True, "stations": dict(self.pipelines.troubles())}

    async def metrics(self, _call: Call) -> web.Response:
        """Give the figures, as Prometheus reads them."""
        return web.Response(body=self.insight.text(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def _database_answers(self) -> bool:
        try:
            async with reading(self.engine) as connection:
                await connection.execute(text("select 1"))
        except Upstream:
            return False
        return True
