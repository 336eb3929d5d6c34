"""The composition root: settings become objects, and the features become one daemon."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack

import httpx
from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.access.admission import Admission
from controlplane.access.authenticator import Authenticator
from controlplane.access.client_address import ClientAddresses
from controlplane.access.guard import Guard
from controlplane.access.ratelimit import RateLimiter, rates
from controlplane.app.daemon import Daemon, stop_on_signals
from controlplane.app.features import build_features
from controlplane.db.engine import connect
from controlplane.features.accounts.personal import Personal, PersonalRoutes
from controlplane.icecast.client import IcecastClient
from controlplane.kernel.clock import SYSTEM_CLOCK, Clock
from controlplane.kernel.errors import ConfigError
from controlplane.kernel.permissions import ALLOWED, Permission
from controlplane.kit import Feature, Kit
from controlplane.live.broker import MemoryBroker
from controlplane.live.hub import Hub
from controlplane.live.snapshots import Snapshots
from controlplane.live.sockets.gateway import Gateway, socket_transport
from controlplane.live.sse import EventStreams
from controlplane.live.writer import Backlog
from controlplane.protocol import sockets
from controlplane.protocol.base import DeclarationError
from controlplane.protocol.sockets import SocketProtocol
from controlplane.runtime import gc_policy, open_files
from controlplane.runtime.config import Settings
from controlplane.runtime.gc_policy import GcPolicy
from controlplane.runtime.metrics import GaugeOf, Metrics
from controlplane.runtime.open_files import OpenFileBudget
from controlplane.runtime.paths import Paths
from controlplane.runtime.refusals import Refusals
from controlplane.runtime.secrets import load_or_create
from controlplane.web import connections
from controlplane.web.app import WebApp
from controlplane.web.connections import Bounds, Connections
from controlplane.web.health import Health
from controlplane.web.pages import Pages
from controlplane.web.references import References
from controlplane.web.site import Pictures, SiteRoutes

ICECAST_TIMEOUT_S = 5.0


def compose(
    settings: Settings,
    engine: AsyncEngine,
    http: httpx.AsyncClient,
    budget: OpenFileBudget | None = None,
    *,
    features: Callable[[Kit], Sequence[Feature]] = build_features,
    clock: Clock = SYSTEM_CLOCK,
) -> Daemon:
    """Put the daemon together; nothing runs yet. `budget` is how many connections may be open, if less than wanted.

    Raises ConfigError for a feature that does not declare what it must.
    """
    budget = budget or OpenFileBudget.wanted(settings.gateway.connections)
    kit = build_kit(settings, engine, http, budget, clock)
    try:
        return _plug_in(kit, features(kit), budget)
    except DeclarationError as error:
        raise ConfigError([str(error)]) from error


def _plug_in(kit: Kit, built: Sequence[Feature], budget: OpenFileBudget) -> Daemon:
    settings = kit.settings
    unlisted = [permission for permission in Permission if permission not in ALLOWED]
    if unlisted:
        raise DeclarationError(f"no roles are listed for {', '.join(unlisted)} in controlplane/kernel/permissions.py")
    kit.snapshots.declare(part for feature in built for part in feature.snapshot_parts)
    protocol = SocketProtocol(
        events=(*sockets.EVENTS, *(event for feature in built for event in feature.events)),
        requests=tuple(request for feature in built for request, _ in feature.requests),
        snapshot=kit.snapshots.model,
    )
    routes = [route for feature in built for route in feature.routes]
    routes += Health(tuple(check for feature in built for check in feature.readiness), kit.metrics).routes()
    routes += SiteRoutes(kit.pictures).routes()
    personal = tuple(part for feature in built for part in feature.personal)
    cache = kit.guard.authenticator.cache
    routes += PersonalRoutes(Personal(cache, personal, settings.tokens.refresh_lifetime_s, kit.clock)).routes()
    routes += References(list(routes), protocol, rates(settings.limits)).routes()
    pages = Pages(settings.audio_url)
    web = WebApp(kit.guard, kit.admission, ClientAddresses(settings.http), frozenset(settings.http.origins), pages)
    app = web.app(routes, [page for feature in built for page in feature.pages])
    kit.hub.declare(protocol.events)
    for feature in built:
        for request, handler in feature.requests:
            kit.gateway.dispatcher.answer(request, handler)
    kit.gateway.server.attach(app)
    # After those of the features: stream keys must not wait until thousands of sockets have been looked at.
    kit.guard.authenticator.cache.on_change(kit.gateway.connected.review)
    for gauge in (*_gauges(kit), *(gauge for feature in built for gauge in feature.gauges)):
        kit.metrics.gauge(gauge)
    public = _connections(kit, budget.held + budget.pages)
    private = _connections(kit, budget.hooks)
    return Daemon(kit, built, routes, app, public, private, protocol, GcPolicy(kit.clock))


def build_kit(
    settings: Settings, engine: AsyncEngine, http: httpx.AsyncClient, budget: OpenFileBudget, clock: Clock
) -> Kit:
    """Build what every feature is built from."""
    metrics = Metrics(clock)
    refusals = Refusals(metrics, clock)
    guard = Guard(RateLimiter(settings.limits, clock), Authenticator.build(settings, engine, clock), refusals)
    transport = socket_transport(metrics)
    own = settings.gateway
    event_streams = EventStreams(Backlog(own.backlog_bytes, own.backlog_events), metrics, clock)
    broker = MemoryBroker(clock)
    hub = Hub(broker, (transport, event_streams.transport), metrics, clock)
    return Kit(
        settings=settings,
        clock=clock,
        paths=Paths.of(settings),
        engine=engine,
        metrics=metrics,
        refusals=refusals,
        guard=guard,
        admission=Admission(own, metrics, budget.held, clock),
        broker=broker,
        hub=hub,
        snapshots=Snapshots(broker, clock),
        gateway=Gateway.build(settings, guard, hub, transport, clock),
        event_streams=event_streams,
        icecast=IcecastClient(http),
        pictures=Pictures(),
    )


def _connections(kit: Kit, limit: int) -> Connections:
    if connections.missing():
        raise ConfigError([f"this aiohttp cannot be guarded: it has no {', '.join(connections.missing())}"])
    http = kit.settings.http
    of_address, idle_of_address = http.connections_per_address, http.idle_connections_per_address
    if http.trusted_hops:
        # All connections come from the proxy: clients are counted by the address that their requests carry.
        of_address = idle_of_address = limit
    return Connections(Bounds(limit, of_address, idle_of_address, http.keep_alive_s), kit.refusals, kit.clock)


def _gauges(kit: Kit) -> list[GaugeOf]:
    server, streams = kit.gateway.server, kit.event_streams
    rooms = [transport.rooms for transport in kit.hub.transports]

    def pending() -> list[int]:
        return [writer.pending_bytes() for writer in (*server.writers(), *streams.writers())]

    return [
        GaugeOf("awaz_tasks", "Tasks of the event loop.", lambda: len(asyncio.all_tasks())),
        GaugeOf("awaz_connections", "Open sockets, authenticated or not.", lambda: len(server.writers())),
        GaugeOf("awaz_sockets", "Authenticated sockets.", lambda: len(kit.gateway.connected)),
        GaugeOf("awaz_users", "Users and guests with a socket.", lambda: kit.gateway.connected.users),
        GaugeOf("awaz_event_streams", "Open streams of server-sent events.", lambda: streams.connected),
        GaugeOf("awaz_rooms", "Rooms with members.", lambda: len(frozenset().union(*(each.rooms for each in rooms)))),
        GaugeOf("awaz_backlog_bytes", "Bytes that clients have not taken yet.", lambda: sum(pending())),
        GaugeOf("awaz_backlog_clients", "Clients that have not taken everything.", lambda: sum(map(bool, pending()))),
    ]


async def serve(settings: Settings) -> None:
    """Run the daemon until SIGTERM or SIGINT."""
    budget = open_files.raise_limit(settings.gateway.connections)
    async with AsyncExitStack() as stack:
        engine = connect(settings.database_url)
        stack.push_async_callback(engine.dispose)
        icecast = settings.icecast
        login = icecast.admin_user, load_or_create(Paths.of(settings).secrets, "icecast-admin")
        base_url = f"http://{icecast.host}:{icecast.port}"
        http = httpx.AsyncClient(base_url=base_url, auth=login, timeout=ICECAST_TIMEOUT_S, trust_env=False)
        await stack.enter_async_context(http)
        daemon = compose(settings, engine, http, budget)
        asyncio.get_running_loop().set_exception_handler(daemon.kit.refusals.loop_failed)
        gc_policy.settle()
        stop_on_signals(daemon)
        await daemon.run()
