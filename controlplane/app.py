"""The composition root: settings become objects, objects become one group of tasks."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field

import httpx
import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane import garbage, openfiles
from controlplane.accounts.handlers import AccountHandlers
from controlplane.accounts.service import Accounts
from controlplane.accounts.watch import Rights
from controlplane.config import Settings
from controlplane.db.engine import connect
from controlplane.errors import ConfigError
from controlplane.garbage import Garbage
from controlplane.icecast.client import IcecastClient
from controlplane.icecast.config import IcecastConfig
from controlplane.icecast.feed import StatsFeed
from controlplane.icecast.poller import Poller
from controlplane.icecast.titler import Titler
from controlplane.insight import Insight
from controlplane.liquidsoap.processes import Pipelines
from controlplane.liquidsoap.watch import PipelineWatch
from controlplane.live.admission import Admission
from controlplane.live.gateway import Gateway
from controlplane.live.hub import Hub
from controlplane.live.line import Backlog
from controlplane.live.streams import Streams
from controlplane.moderation.handlers import ModerationHandlers
from controlplane.moderation.service import Moderation
from controlplane.onair.handlers import OnAirHandlers
from controlplane.onair.journal import Journal
from controlplane.onair.rooms import Rooms
from controlplane.onair.service import OnAir
from controlplane.onair.state import Patience
from controlplane.onair.streaming import Streaming
from controlplane.onair.views import Places
from controlplane.openfiles import Room
from controlplane.paths import Paths
from controlplane.ratelimit import RateLimiter
from controlplane.refusals import Refusals
from controlplane.stations.handlers import StationHandlers
from controlplane.stations.members import Members
from controlplane.stations.reconcile import Reconciler
from controlplane.stations.service import Stations
from controlplane.vault import secret
from controlplane.web import connections
from controlplane.web.connections import Bounds, Connections
from controlplane.web.health import Health
from controlplane.web.hooks import Hooks
from controlplane.web.listen import bind, serving
from controlplane.web.peers import Peers
from controlplane.web.references import References
from controlplane.web.routes import Route
from controlplane.web.server import Site

log = structlog.get_logger()

TICK_S = 0.5
RECONCILE_S = 1.0
PIPELINE_POLL_S = 3.0
PIPELINE_LATE_S = 1.0
QUALITY_S = 5.0
DIGEST_S = 2.0
SHUTDOWN_S = 1.5
"""For each of: sending what was published, writing what is to be recorded, ending what answers."""
ICECAST_TIMEOUT_S = 5.0
RIGHTS_S = 1.0
TIDY_S = 3600.0
GARBAGE_S = 60.0
SWEEP_S = 0.25


@dataclass(frozen=True, slots=True, repr=False)
class Daemon:
    """Everything the daemon is made of."""

    settings: Settings
    accounts: Accounts
    rights: Rights
    gateway: Gateway
    streams: Streams
    insight: Insight
    hub: Hub
    onair: OnAir
    journal: Journal
    titler: Titler
    poller: Poller
    feed: StatsFeed
    pipelines: PipelineWatch
    reconciler: Reconciler
    hooks: Hooks
    site: Site
    connections: Connections
    hook_connections: Connections
    routes: list[Route]
    garbage: Garbage = field(default_factory=Garbage)

    async def run(self) -> None:
        """Run until told to stop; raises what any task died of."""
        await self.reconciler.run_once()
        await self.rights.look()
        await self.pipelines.poll()
        await self._serve()
        # Only now nobody says anything any more that would belong into it.
        await self.reconciler.leave()

    async def _serve(self) -> None:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._listening())
            group = await stack.enter_async_context(asyncio.TaskGroup())
            tasks = [
                group.create_task(work)
                for work in (
                    self.hub.run(),
                    self.hub.run_latest(),
                    self.streams.run(),
                    self.insight.watch_loop(),
                    self.journal.run(),
                    self.titler.run(),
                    self.poller.run(),
                    self.feed.run(),
                )
            ]
            scheduler = self._scheduler()
            scheduler.start()
            self.poller.ask()
            log.info("ready", url=self.settings.site_url)
            await _told_to_stop()
            scheduler.shutdown(wait=False)
            with suppress(TimeoutError):
                async with asyncio.timeout(SHUTDOWN_S):
                    await self.hub.drain()
            come_back_ms = self.site.admission.close()
            self.streams.close(come_back_ms)
            await self.gateway.close(come_back_ms)
            await self.site.limiter.close()
            with suppress(TimeoutError):
                async with asyncio.timeout(SHUTDOWN_S):
                    await self.journal.flushed()
            for task in tasks:
                task.cancel()

    def _scheduler(self) -> AsyncIOScheduler:
        scheduler = AsyncIOScheduler(job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None})
        every: list[tuple[float, object]] = [
            (self.settings.icecast.poll_interval_s, self._ask),
            (PIPELINE_POLL_S, self.pipelines.poll),
            (PIPELINE_LATE_S, self.pipelines.poll_late),
            (RECONCILE_S, self.reconciler.run_once),
            (TICK_S, self._tick),
            (QUALITY_S, self._quality),
            (DIGEST_S, self._digest),
            (RIGHTS_S, self.rights.look),
            (RIGHTS_S, self.gateway.expire),
            (TIDY_S, self.rights.tidy),
            (GARBAGE_S, self._garbage),
            (SWEEP_S, self._sweep),
        ]
        for seconds, job in every:
            scheduler.add_job(job, "interval", seconds=seconds)
        return scheduler

    # Coroutines, because APScheduler runs plain functions in a thread, and all state belongs to the loop.
    async def _ask(self) -> None:
        self.poller.ask()

    async def _tick(self) -> None:
        self.onair.tick()

    async def _quality(self) -> None:
        self.onair.send_quality()

    async def _sweep(self) -> None:
        self.connections.sweep()
        self.hook_connections.sweep()

    async def _garbage(self) -> None:
        self.garbage.look(self.site.admission.ended)

    async def _digest(self) -> None:
        self.hub.digest(self.onair.digest())

    @asynccontextmanager
    async def _listening(self) -> AsyncIterator[None]:
        app = self.site.app(self.routes)
        self.gateway.server.attach(app)
        http, hooks = self.settings.http, self.settings.hooks
        async with AsyncExitStack() as stack:
            for name, application, host, port, held in (
                ("http", app, http.host, http.port, self.connections),
                ("hooks", self.hooks.app(), hooks.host, hooks.port, self.hook_connections),
            ):
                try:
                    listener = bind(host, port)
                except OSError as error:
                    problem = f"{name}.port: cannot listen on {host}:{port}: {error.strerror or error}"
                    raise ConfigError([problem]) from error
                await stack.enter_async_context(serving(application, listener, held, SHUTDOWN_S))
            yield


def compose(settings: Settings, engine: AsyncEngine, http: httpx.AsyncClient, room: Room | None = None) -> Daemon:
    """Put the daemon together; nothing runs yet. `room` is how many connections may be open, if less than wanted."""
    paths = Paths.of(settings)
    vault = paths.secrets
    client = IcecastClient(http)
    accounts, limiter = Accounts.of(settings, engine), RateLimiter(settings.limits)
    stations, members = Stations(engine), Members(engine, accounts.standing)
    refusals = Refusals(insight := Insight())
    room = room or Room.wanted(settings.gateway.connections)
    admission = Admission(settings.gateway, insight, room.held)
    gateway, streams = _outlets(settings, accounts, limiter, refusals)
    hub, titler, journal = Hub((gateway, streams), insight), Titler(client), Journal(engine)
    onair = OnAir(hub, titler, journal, _patience(settings), Places(settings.audio_url, settings.site_url))
    poller = Poller(client, onair, titler, insight)
    handlers = OnAirHandlers(onair, engine)
    rooms = Rooms(gateway, hub, onair, handlers, streams, insight)
    rooms.register()
    pipeline_secret = secret(vault, "pipeline-hook")
    pipelines = Pipelines(settings, paths, secret(vault, "mounts"), pipeline_secret)
    watch = PipelineWatch(onair, paths, pipelines, insight)
    config = IcecastConfig(settings, paths, settings.icecast.template)
    routes = [
        *Health(engine, poller, watch, journal, insight).routes(),
        *AccountHandlers(accounts, limiter).routes(),
        *StationHandlers(stations, members, settings.audio_url, settings.site_url).routes(),
        *ModerationHandlers(Moderation(engine, accounts.standing, gateway.seen)).routes(),
        *handlers.routes(),
        *Streaming(streams, hub, onair, handlers, insight).routes(),
    ]
    return Daemon(
        settings=settings,
        accounts=accounts,
        rights=Rights(settings, engine, accounts),
        gateway=gateway,
        streams=streams,
        insight=insight,
        hub=hub,
        onair=onair,
        journal=journal,
        titler=titler,
        poller=poller,
        feed=StatsFeed(settings.icecast.host, settings.icecast.port, ":".join(_admin(settings)), poller),
        pipelines=watch,
        reconciler=Reconciler(engine, stations, onair, rooms, pipelines, config, client, poller),
        hooks=Hooks(stations, onair, poller, watch, refusals, secret(vault, "icecast-hook"), pipeline_secret),
        site=Site(accounts, frozenset(settings.http.origins), limiter, Peers(settings.http), admission, refusals),
        connections=_connections(settings, refusals, room.held + room.pages),
        hook_connections=_connections(settings, refusals, room.hooks),
        routes=[*routes, *References(routes).routes()],
    )


def _connections(settings: Settings, refusals: Refusals, most: int) -> Connections:
    if connections.missing():
        raise ConfigError([f"this aiohttp cannot be guarded: it has no {', '.join(connections.missing())}"])
    http = settings.http
    of_address, idle_of_address = http.connections_per_address, http.idle_connections_per_address
    if http.trusted_hops:
        # All connections come from the proxy: clients are counted by the address that their requests carry.
        of_address = idle_of_address = most
    return Connections(Bounds(most, of_address, idle_of_address, http.keep_alive_s), refusals)


def _patience(settings: Settings) -> Patience:
    grace = settings.onair
    return Patience(encoder_s=grace.grace_s, upload_s=grace.upload_grace_s, pipeline_s=grace.grace_s)


def _outlets(
    settings: Settings, accounts: Accounts, limiter: RateLimiter, refusals: Refusals
) -> tuple[Gateway, Streams]:
    gateway, insight = Gateway(accounts, limiter, settings, refusals), refusals.insight
    streams = Streams(Backlog(settings.gateway.backlog_bytes, settings.gateway.backlog_events), insight)

    def waiting() -> list[int]:
        return [line.waiting() for line in (*gateway.lines(), *streams.lines())]

    insight.gauge("awaz_tasks", "Tasks of the event loop.", lambda: len(asyncio.all_tasks()))
    insight.gauge("awaz_connections", "Open sockets, also those that are not in yet.", lambda: len(gateway.lines()))
    insight.gauge("awaz_sockets", "Sockets that are in.", lambda: gateway.connected)
    insight.gauge("awaz_event_streams", "Open streams of server-sent events.", lambda: streams.connected)
    insight.gauge("awaz_rooms", "Rooms with somebody in them.", lambda: len(gateway.rooms | streams.rooms))
    insight.gauge("awaz_backlog_bytes", "Bytes that wait to be taken by clients.", lambda: sum(waiting()))
    insight.gauge("awaz_backlog_clients", "Clients that have something waiting.", lambda: sum(map(bool, waiting())))
    return gateway, streams


async def serve(settings: Settings) -> None:
    """Run the daemon until SIGTERM or SIGINT."""
    room = openfiles.make_room(settings.gateway.connections)
    async with AsyncExitStack() as stack:
        engine = connect(settings.database_url)
        stack.push_async_callback(engine.dispose)
        icecast = f"http://{settings.icecast.host}:{settings.icecast.port}"
        http = httpx.AsyncClient(base_url=icecast, auth=_admin(settings), timeout=ICECAST_TIMEOUT_S, trust_env=False)
        await stack.enter_async_context(http)
        daemon = compose(settings, engine, http, room)
        asyncio.get_running_loop().set_exception_handler(daemon.site.refusals.loop_failed)
        garbage.settle()
        await daemon.run()


def _admin(settings: Settings) -> tuple[str, str]:
    return settings.icecast.admin_user, secret(Paths.of(settings).secrets, "icecast-admin")


async def _told_to_stop() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()
