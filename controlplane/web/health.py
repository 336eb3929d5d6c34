"""Liveness, readiness and metrics."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from controlplane.access.admission import MAX_LAG_S
from controlplane.kernel.errors import NotReady
from controlplane.kernel.permissions import Permission
from controlplane.kernel.quotas import Quota
from controlplane.protocol.base import Done
from controlplane.protocol.health import Ready
from controlplane.runtime.metrics import Metrics
from controlplane.web.routes import Call, Route, get


@dataclass(frozen=True, slots=True)
class Readiness:
    """What a check found: what the daemon misses, and what is wrong with single stations, by slug."""

    missing: tuple[str, ...] = ()
    stations: Mapping[str, str] = field(default_factory=dict)


ReadinessCheck = Callable[[], Awaitable[Readiness]]


@dataclass(frozen=True, slots=True)
class Health:
    """`/healthz`, `/readyz` and `/metrics`."""

    checks: tuple[ReadinessCheck, ...]
    metrics: Metrics

    def routes(self) -> list[Route]:
        """List the routes."""
        return [
            get("/healthz", self.healthz, permission=Permission.PUBLIC, quota=Quota.READ, answer=Done),
            get("/readyz", self.readyz, permission=Permission.PUBLIC, quota=Quota.READ, answer=Ready),
            get("/metrics", self.prometheus, permission=Permission.PUBLIC, quota=Quota.READ, media="text/plain"),
        ]

    async def healthz(self, _call: Call) -> Done:
        """Say that the process is up."""
        return Done()

    async def readyz(self, _call: Call) -> Ready:
        """Say whether the daemon can serve; the error names what is missing.

        Problems of single stations are in `stations`: they are no reason to send everybody to another daemon.
        """
        found = [await check() for check in self.checks]
        missing = [each for readiness in found for each in readiness.missing]
        if self.metrics.lag_s > MAX_LAG_S:
            missing.append("time: the event loop is late")
        if missing:
            raise NotReady(f"not ready: {', '.join(missing)}")
        return Ready(stations={slug: text for each in found for slug, text in each.stations.items()})

    async def prometheus(self, _call: Call) -> web.Response:
        """Give the metrics, as Prometheus reads them."""
        return web.Response(body=self.metrics.exposition(), headers={"Content-Type": CONTENT_TYPE_LATEST})
