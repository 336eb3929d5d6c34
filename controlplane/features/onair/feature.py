"""Puts the on-air feature together: state, sources, titles, record, and its ways out."""

from dataclasses import dataclass

from controlplane.features.onair import views
from controlplane.features.onair.air import AirSwitch
from controlplane.features.onair.configuration import Configuration
from controlplane.features.onair.digest import Digest
from controlplane.features.onair.encoders import Encoders
from controlplane.features.onair.handover import Handover
from controlplane.features.onair.hearing import Hearing
from controlplane.features.onair.history import PlayHistory
from controlplane.features.onair.http import OnAirRoutes
from controlplane.features.onair.journal import Journal
from controlplane.features.onair.live_http import LiveRoutes
from controlplane.features.onair.pages import OnAirPages
from controlplane.features.onair.previews import Previews
from controlplane.features.onair.read_model import ReadModel
from controlplane.features.onair.readiness import OnAirReadiness
from controlplane.features.onair.reconcile import Reconciler
from controlplane.features.onair.service import OnAir
from controlplane.features.onair.sockets import StreamHandlers
from controlplane.features.onair.sources.feed import StatsFeed
from controlplane.features.onair.sources.formats import Formats
from controlplane.features.onair.sources.hooks import Hooks
from controlplane.features.onair.sources.incidents import SoundIncidents
from controlplane.features.onair.sources.pipelines import PipelineWatch
from controlplane.features.onair.sources.poller import Poller
from controlplane.features.onair.sources.signals import Signals
from controlplane.features.onair.sse import EventStreamRoutes
from controlplane.features.onair.state import GracePeriods
from controlplane.features.onair.station_sync import StationSync
from controlplane.features.onair.views import PublicUrls
from controlplane.features.playout.recordings import Recordings
from controlplane.features.playout.service import Playout
from controlplane.features.stations.service import Stations
from controlplane.icecast.config import IcecastConfig
from controlplane.icecast.titler import Titler
from controlplane.kit import Feature, Kit, PrivateServer, Timer
from controlplane.liquidsoap.files import PipelineFiles
from controlplane.live.snapshots import SnapshotPart
from controlplane.protocol import going_live
from controlplane.protocol import onair as protocol
from controlplane.protocol.following import StreamHeartbeat, StreamJoin, StreamLeave
from controlplane.protocol.onair_views import ListenersView, OnAirPart
from controlplane.protocol.platform import PlatformDigest, PlatformUnwatch, PlatformWatch
from controlplane.runtime.files import account
from controlplane.runtime.secrets import load_or_create
from controlplane.supervisor.control import Supervisor

TICK_INTERVAL_S = 0.5
PIPELINE_POLL_INTERVAL_S = 3.0
LATE_PIPELINE_POLL_INTERVAL_S = 1.0
QUALITY_INTERVAL_S = 5.0
SIGNAL_INTERVAL_S = 1.0
DIGEST_INTERVAL_S = 2.0


@dataclass(frozen=True, slots=True)
class OnAirParts:
    """The feature's parts."""

    onair: OnAir
    read_model: ReadModel
    journal: Journal
    titler: Titler
    poller: Poller
    feed: StatsFeed
    pipelines: PipelineWatch
    handlers: StreamHandlers
    digest: Digest
    reconciler: Reconciler
    handover: Handover
    hooks: Hooks
    encoders: Encoders
    signals: Signals

    async def hand_over(self) -> None:
        """Leave the logs to the daemon that starts next."""
        await self.handover.leave([self.onair.row(slug) for slug in self.onair.slugs()])


def build(kit: Kit, onair: OnAir, stations: Stations, read_model: ReadModel, playout: Playout) -> Feature:
    """Build the feature around a service that other features share.

    `stations` authorises encoders, and `read_model` is what others read of it.
    """
    urls = onair.urls
    parts = _parts(kit, onair, stations, read_model, playout)
    kit.gateway.connected.on_disconnect(parts.handlers.disconnected)
    kit.gateway.connected.on_access(parts.handlers.access_changed)
    handlers = parts.handlers
    http = OnAirRoutes(onair, read_model, PlayHistory(kit.engine), kit.hub, urls, kit.pictures)
    live = _live_routes(kit, parts, Recordings(playout))
    cache = kit.guard.authenticator.cache
    sse = EventStreamRoutes(kit.event_streams, kit.broker, read_model, kit.snapshots, onair, kit.metrics, cache)
    cache.on_change(parts.reconciler.wake)
    cache.on_change(sse.check_access)
    hooks = kit.settings.hooks
    return Feature(
        name="onair",
        service=parts,
        routes=[*http.routes(), *live.routes(), *sse.routes()],
        pages=OnAirPages(read_model, parts.digest, kit.snapshots, urls).pages(),
        requests=[
            (StreamJoin, handlers.join),
            (StreamLeave, handlers.leave),
            (StreamHeartbeat, handlers.heartbeat),
            (PlatformWatch, handlers.watch),
            (PlatformUnwatch, handlers.unwatch),
        ],
        events=(*protocol.EVENTS, *going_live.EVENTS, PlatformDigest),
        snapshot_parts=_snapshot_parts(kit, read_model, urls),
        tasks=[
            parts.journal.run,
            parts.titler.run,
            parts.poller.run,
            parts.feed.run,
            parts.reconciler.run,
            onair.switch.run,
        ],
        timers=_timers(kit, parts),
        readiness=[OnAirReadiness(kit.engine, parts.poller, parts.pipelines, parts.journal, kit.clock).check],
        private_servers=[PrivateServer("hooks", hooks.host, hooks.port, parts.hooks.app())],
        prepare=[parts.reconciler.run_once, parts.pipelines.poll],
        finish=[parts.hand_over],
    )


def _live_routes(kit: Kit, parts: OnAirParts, recordings: Recordings) -> LiveRoutes:
    authenticator = kit.guard.authenticator
    previews = Previews(kit.icecast, authenticator, load_or_create(kit.paths.secrets, "mounts"))
    authenticator.cache.on_change(previews.check_access)
    return LiveRoutes(parts.onair, parts.encoders, parts.signals, recordings, previews)


def _parts(kit: Kit, onair: OnAir, stations: Stations, read_model: ReadModel, playout: Playout) -> OnAirParts:
    settings, secrets = kit.settings, kit.paths.secrets
    kit.broker.attach(read_model)
    poller = Poller(kit.icecast, onair, onair.titler, kit.metrics, kit.clock, connections=onair.hearing.connections)
    supervisor = Supervisor(kit.paths.supervisord_conf if settings.pipeline.manager == "supervisord" else None)
    encoders = Encoders(stations, onair, kit.icecast, poller)
    pipelines = PipelineWatch(onair, playout, kit.paths, supervisor, kit.metrics, kit.clock, onair.hearing)
    digest = Digest(read_model, kit.hub, onair.urls)
    handlers = StreamHandlers(
        kit.gateway,
        kit.event_streams,
        kit.hub,
        kit.broker,
        read_model,
        kit.snapshots,
        onair,
        digest,
        kit.metrics,
        kit.clock,
    )
    handover = Handover(kit.engine, kit.broker, kit.clock)
    pipeline_secret = load_or_create(secrets, "pipeline-hook")
    icecast_secret = load_or_create(secrets, "icecast-hook")
    files = PipelineFiles(settings, kit.paths, load_or_create(secrets, "mounts"), pipeline_secret)
    icecast = settings.icecast
    credentials = f"{icecast.admin_user}:{load_or_create(secrets, 'icecast-admin')}"
    return OnAirParts(
        onair=onair,
        read_model=read_model,
        journal=onair.journal,
        titler=onair.titler,
        poller=poller,
        feed=StatsFeed(icecast.host, icecast.port, credentials, poller),
        pipelines=pipelines,
        handlers=handlers,
        digest=digest,
        reconciler=Reconciler(
            stations,
            StationSync(kit.engine, onair, playout, handlers, handover, kit.hub, kit.broker, kit.snapshots, kit.clock),
            Configuration(IcecastConfig(settings, kit.paths, icecast.template), files, supervisor),
            encoders,
        ),
        handover=handover,
        encoders=encoders,
        signals=_signals(kit, onair, poller, pipelines),
        hooks=Hooks(stations, onair, poller, pipelines, kit.refusals, kit.clock, icecast_secret, pipeline_secret),
    )


def _signals(kit: Kit, onair: OnAir, poller: Poller, pipelines: PipelineWatch) -> Signals:
    formats = Formats(kit.icecast, load_or_create(kit.paths.secrets, "mounts"))
    return Signals(onair, poller, pipelines, formats, SoundIncidents(onair, pipelines), kit.hub)


def build_on_air(kit: Kit, hearing: Hearing) -> OnAir:
    """Return the service that holds every station's state."""
    settings, grace = kit.settings, kit.settings.onair
    urls = PublicUrls(settings.audio_url, settings.site_url, settings.formats, settings.icecast.burst_s)
    periods = GracePeriods(encoder_s=grace.grace_s, pipeline_s=grace.grace_s)
    switch = AirSwitch(kit.paths, account(kit.settings.pipeline.user))
    titler, journal = Titler(kit.icecast, kit.clock), Journal(kit.engine)
    return OnAir(kit.broker, kit.hub, titler, switch, journal, periods, urls, kit.clock, hearing)


def _timers(kit: Kit, parts: OnAirParts) -> list[Timer]:
    async def poll() -> None:
        parts.poller.ask()

    async def tick() -> None:
        parts.onair.tick()

    async def quality() -> None:
        parts.onair.send_quality()

    async def digest() -> None:
        parts.digest.send()

    return [
        Timer("icecast poll", kit.settings.icecast.poll_interval_s, poll),
        Timer("pipeline poll", PIPELINE_POLL_INTERVAL_S, parts.pipelines.poll),
        Timer("late pipeline poll", LATE_PIPELINE_POLL_INTERVAL_S, parts.pipelines.poll_late),
        Timer("tick", TICK_INTERVAL_S, tick),
        Timer("quality", QUALITY_INTERVAL_S, quality),
        Timer("signal", SIGNAL_INTERVAL_S, parts.signals.send),
        Timer("digest", DIGEST_INTERVAL_S, digest),
    ]


def _snapshot_parts(kit: Kit, read_model: ReadModel, urls: PublicUrls) -> list[SnapshotPart]:
    def listeners_version(slug: str) -> object:
        return read_model.version(slug), kit.hub.followers(slug)

    def listeners(slug: str) -> ListenersView:
        known = read_model.require(slug)
        return ListenersView(listeners=views.listeners(known, kit.hub.followers(slug)))

    return [
        SnapshotPart(OnAirPart, read_model.version, lambda slug: views.on_air_part(read_model.require(slug), urls)),
        SnapshotPart(ListenersView, listeners_version, listeners),
    ]
