"""What features are built from, and what they are to the rest of the daemon.

A feature is a folder below `features/` whose `build(kit)` returns a `Feature`, and one line in `app/features.py`.
"""

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from controlplane.access.admission import Admission
from controlplane.access.guard import Guard
from controlplane.icecast.client import IcecastClient
from controlplane.kernel.clock import Clock
from controlplane.live.broker import MemoryBroker
from controlplane.live.hub import Hub
from controlplane.live.snapshots import SnapshotPart, Snapshots
from controlplane.live.sockets.dispatch import SocketHandler
from controlplane.live.sockets.gateway import Gateway
from controlplane.live.sse import EventStreams
from controlplane.protocol.base import Event, Request
from controlplane.runtime.config import Settings
from controlplane.runtime.metrics import GaugeOf, Metrics
from controlplane.runtime.paths import Paths
from controlplane.runtime.refusals import Refusals
from controlplane.web.health import ReadinessCheck
from controlplane.web.pages import LivePage
from controlplane.web.routes import Route
from controlplane.web.site import Pictures


@dataclass(frozen=True, slots=True, repr=False)
class Kit:
    """What every feature may use."""

    settings: Settings
    clock: Clock
    paths: Paths
    engine: AsyncEngine
    metrics: Metrics
    refusals: Refusals
    guard: Guard
    admission: Admission
    broker: MemoryBroker
    hub: Hub
    snapshots: Snapshots
    gateway: Gateway
    event_streams: EventStreams
    icecast: IcecastClient
    pictures: Pictures


@dataclass(frozen=True, slots=True)
class Timer:
    """A job that runs again `seconds` after it began. What it raises ends the daemon."""

    name: str
    seconds: float
    job: Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class CalendarJob:
    """A calendar job, run again after an interval. What it raises ends the daemon."""

    name: str
    interval: timedelta
    job: Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class PersonalData:
    """The data that a feature keeps of a person.

    `export` returns it as JSON objects. `erase` deletes it in the caller's transaction, and returns what is called once
    that is committed.
    """

    name: str
    export: Callable[[AsyncConnection, str], Awaitable[list[dict[str, Any]]]]
    erase: Callable[[AsyncConnection, str], Awaitable[Callable[[], Awaitable[None]]]]


@dataclass(frozen=True, slots=True)
class PrivateServer:
    """An application of its own on a port of its own, for the programs beside us; `name` is its settings' section."""

    name: str
    host: str
    port: int
    app: web.Application


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """What a feature adds to the daemon, by kind; `service` is what commands and tests call.

    `prepare` runs before clients are let in, and `finish` after the last has gone. `tasks` run for as long as the
    daemon; one that raises ends it.
    """

    name: str
    service: object = None
    routes: Sequence[Route] = ()
    pages: Sequence[LivePage] = ()
    requests: Sequence[tuple[type[Request], SocketHandler]] = ()
    events: Sequence[type[Event]] = ()
    snapshot_parts: Sequence[SnapshotPart] = ()
    tasks: Sequence[Callable[[], Coroutine[Any, Any, None]]] = ()
    timers: Sequence[Timer] = ()
    calendar: Sequence[CalendarJob] = ()
    readiness: Sequence[ReadinessCheck] = ()
    gauges: Sequence[GaugeOf] = ()
    private_servers: Sequence[PrivateServer] = ()
    personal: Sequence[PersonalData] = ()
    prepare: Sequence[Callable[[], Awaitable[None]]] = ()
    finish: Sequence[Callable[[], Awaitable[None]]] = ()
