"""A daemon in the test's process, with its parts by name."""

import json
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.access.authenticator import Authenticator
from controlplane.access.cache import AccessCache
from controlplane.access.identity import Actor
from controlplane.access.refresh import AccessRefresh
from controlplane.app.compose import compose
from controlplane.app.daemon import Daemon
from controlplane.app.features import build_features
from controlplane.features.accounts.retention import Retention
from controlplane.features.accounts.service import Accounts
from controlplane.features.library.service import Library
from controlplane.features.moderation.service import Moderation
from controlplane.features.onair.feature import OnAirParts
from controlplane.features.onair.service import OnAir
from controlplane.features.playout.service import Playout
from controlplane.features.stations.members import Members
from controlplane.features.stations.service import Stations
from controlplane.kernel.audit import CONSOLE
from controlplane.kit import Feature, Kit
from controlplane.live.broker import LogId
from controlplane.live.hub import Hub
from controlplane.live.message import Message, recovered
from controlplane.live.sockets.connected import ConnectedSockets
from controlplane.protocol.base import SocketEvent
from controlplane.protocol.delivery import Delivery
from controlplane.runtime.config import Settings
from controlplane.runtime.metrics import Metrics
from controlplane.web.connections import Connections
from tests.support.clock import ManualClock

T = TypeVar("T")
BuildFeatures = Callable[[Kit], Sequence[Feature]]

ROOT = Actor("root", "Root", "admin")


class Padding(SocketEvent):
    """Bytes to fill a client's backlog."""

    name = "test:padding"

    text: str


@dataclass(frozen=True)
class Running:
    """A daemon and its parts."""

    daemon: Daemon
    clock: ManualClock

    @classmethod
    def build(
        cls,
        settings: Settings,
        engine: AsyncEngine,
        http: httpx.AsyncClient,
        features: BuildFeatures = build_features,
        clock: ManualClock | None = None,
    ) -> "Running":
        """Compose a daemon; nothing runs yet."""
        clock = clock or ManualClock()
        return cls(compose(settings, engine, http, features=features, clock=clock), clock)

    def service(self, kind: type[T]) -> T:
        """Return the service of a feature."""
        return next(each.service for each in self.daemon.features if isinstance(each.service, kind))

    def job(self, name: str) -> Callable[[], Awaitable[None]]:
        """Return what a feature does by a timer or on a calendar."""
        features = self.daemon.features
        jobs = {job.name: job.job for each in features for job in each.timers}
        return {**jobs, **{job.name: job.job for each in features for job in each.calendar}}[name]

    @property
    def kit(self) -> Kit:
        return self.daemon.kit

    @property
    def settings(self) -> Settings:
        return self.kit.settings

    @property
    def engine(self) -> AsyncEngine:
        return self.kit.engine

    @property
    def metrics(self) -> Metrics:
        return self.kit.metrics

    @property
    def hub(self) -> Hub:
        return self.kit.hub

    @property
    def connected(self) -> ConnectedSockets:
        return self.kit.gateway.connected

    @property
    def connections(self) -> Connections:
        return self.daemon.connections

    @property
    def authenticator(self) -> Authenticator:
        return self.kit.guard.authenticator

    @property
    def cache(self) -> AccessCache:
        return self.authenticator.cache

    @property
    def refresh(self) -> AccessRefresh:
        return AccessRefresh(self.authenticator)

    @property
    def retention(self) -> Retention:
        return Retention(self.settings, self.engine, self.clock)

    @property
    def accounts(self) -> Accounts:
        return self.service(Accounts)

    @property
    def stations(self) -> Stations:
        return self.service(Stations)

    @property
    def members(self) -> Members:
        return Members(self.engine, self.cache, self.clock)

    @property
    def library(self) -> Library:
        return self.service(Library)

    @property
    def playout(self) -> Playout:
        return self.service(Playout)

    @property
    def moderation(self) -> Moderation:
        return self.service(Moderation)

    @property
    def parts(self) -> OnAirParts:
        return self.service(OnAirParts)

    @property
    def onair(self) -> OnAir:
        return self.parts.onair

    async def load_stations(self) -> None:
        """Load the stations of the database, as a starting daemon does."""
        await self.stations.load()
        await self.parts.reconciler.run_once()

    def position(self, slug: str) -> tuple[str, int]:
        """Return the epoch and the newest seq of a station."""
        position = self.kit.broker.position(LogId(slug))
        return position.epoch, position.seq

    def missed(self, slug: str, epoch: str, seq: int) -> list[dict[str, Any]] | None:
        """Return the events after a position as a join lists them, or None if the history does not reach back that far."""
        log = LogId(slug)
        entries = self.kit.broker.since(log, epoch, seq)
        return None if entries is None else [json.loads(recovered(log, entry)) for entry in entries]

    def metric(self, sample: str) -> float:
        """Return the value of a metric, with its labels as they are exposed; 0 if there is none yet."""
        found = re.search(rf"^{re.escape(sample)} (\S+)$", self.metrics.measured().decode(), re.MULTILINE)
        return float(found[1]) if found else 0.0

    async def fill_room(self, room: str, size: int) -> None:
        """Send `size` bytes to a room, bypassing the hub's queue."""
        transport = self.kit.gateway.rooms.transport
        message = Message(Padding.name, Padding(text="x" * size).encoded(), [room], Delivery.TRANSIENT)
        await transport.rooms.send(transport.encode(message), [room])

    def fill_socket(self, size: int) -> None:
        """Send `size` bytes to the first socket."""
        self.hub.declare([Padding])
        self.hub.send(self.connected.all()[0].sid, Padding(text="x" * size))

    async def token_of(self, role: str) -> str:
        """Mint a token of a user with a role: admin, user, guest, or a role at the demo station."""
        if role == "guest":
            return self.accounts.guest(role).access_token
        await self.accounts.add_user(role, role.title(), "admin" if role == "admin" else "user", "correct horse")
        if role not in {"admin", "user"}:
            await self.members.set(ROOT, CONSOLE, "awaz", role, role)
        return await self.accounts.token_for(role, 600)
