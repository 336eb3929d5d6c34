"""OnAir: holds every station's state; nothing else changes it."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import structlog

from controlplane.db import audit, past
from controlplane.db import stations as station_table
from controlplane.db.onair import PlayRow
from controlplane.features.onair import record, rules, views
from controlplane.features.onair.air import Air, AirSwitch
from controlplane.features.onair.decision import Decision
from controlplane.features.onair.document import StationDocument, document, encode
from controlplane.features.onair.hearing import Hearing
from controlplane.features.onair.journal import Journal
from controlplane.features.onair.read_model import DOCUMENT
from controlplane.features.onair.state import (
    Change,
    Configured,
    CountChanged,
    GracePeriods,
    MountBusy,
    NowChanged,
    Observation,
    QualityChanged,
    Started,
    Station,
    Stopped,
    Tick,
)
from controlplane.features.onair.views import PublicUrls
from controlplane.icecast.titler import Titler
from controlplane.kernel.audit import AuditActor
from controlplane.kernel.clock import Clock
from controlplane.kernel.errors import NotFound
from controlplane.kernel.mounts import Slot, public_mounts
from controlplane.kernel.stations import StationRow
from controlplane.live.broker import Broker, ValueKey
from controlplane.live.hub import Hub
from controlplane.protocol.onair import (
    IncidentKind,
    StreamIncident,
    StreamListeners,
    StreamQuality,
    StreamStarted,
    StreamStopped,
)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class StationCallbacks:
    """Callbacks of another feature: a station is added, before anybody can join it, or removed."""

    added: Callable[[StationRow], Awaitable[None]]
    removed: Callable[[str], None]


@dataclass(slots=True)
class OnAir:
    """What is on air, everywhere. `observe` never waits: hooks are answered from memory."""

    broker: Broker
    hub: Hub
    titler: Titler
    switch: AirSwitch
    journal: Journal
    grace: GracePeriods
    urls: PublicUrls
    clock: Clock
    hearing: Hearing = field(default_factory=Hearing)
    _stations: dict[str, Station] = field(default_factory=dict)
    _rows: dict[str, StationRow] = field(default_factory=dict)
    _recent: dict[str, tuple[PlayRow, ...]] = field(default_factory=dict)
    _quality: dict[str, StreamQuality] = field(default_factory=dict)
    """Of each station, the newest that was published now and then."""
    _delays: dict[tuple[str, Slot], int] = field(default_factory=dict)
    """How late the slices of microphones arrive, in milliseconds."""
    _others: list[StationCallbacks] = field(default_factory=list)
    _followers: list[Callable[[StationRow, Started | Stopped], None]] = field(default_factory=list)

    @property
    def others(self) -> Sequence[StationCallbacks]:
        """The callbacks of other features for stations that are added or removed."""
        return self._others

    def on_station(self, callbacks: StationCallbacks) -> None:
        """Call back when a station is taken on, and when it is let go."""
        self._others.append(callbacks)

    def on_broadcast(self, callback: Callable[[StationRow, Started | Stopped], None]) -> None:
        """Call back with a station and the beginning or end of a broadcast of it."""
        self._followers.append(callback)

    def slugs(self) -> Iterable[str]:
        """List the stations."""
        return tuple(self._stations)

    def get(self, slug: str) -> tuple[StationRow, Station] | None:
        """Return a station's settings and state."""
        return (self._rows[slug], self._stations[slug]) if slug in self._stations else None

    def require(self, slug: str) -> tuple[StationRow, Station]:
        """Return a station's settings and state; raise NotFound."""
        found = self.get(slug)
        if found is None:
            raise NotFound(f"there is no station {slug[:40]!r}")
        return found

    def row(self, slug: str) -> StationRow:
        """Return the settings of a station that is there."""
        return self._rows[slug]

    def delay_ms(self, slug: str, slot: Slot) -> int | None:
        """Return how late a microphone's slices arrive; None where that is not known."""
        return self._delays.get((slug, slot))

    def note_delay(self, slug: str, slot: Slot, delay_ms: int | None) -> None:
        """Take note of how late a microphone's slices arrive, in milliseconds; None when it has ended."""
        if delay_ms is None:
            self._delays.pop((slug, slot), None)
        else:
            self._delays[slug, slot] = delay_ms

    def add(self, row: StationRow, station: Station, recent: tuple[PlayRow, ...]) -> None:
        """Take a station on, with the state it was left in."""
        self._rows[row.slug] = row
        self._recent[row.slug] = recent
        self._stations[row.slug] = station
        self._say_document(row.slug)
        self._switch(row.slug)
        if station.now is not None:
            for mount in public_mounts(row.slug, self.urls.formats):
                self.titler.expect(mount, station.now.title.icy)

    def change(self, row: StationRow) -> None:
        """Take over a station's new settings, and tell its listeners."""
        self._rows[row.slug] = row
        self._stations[row.slug] = replace(self._stations[row.slug], name=row.name)
        self.hub.send(row.slug, views.station_changed(row, self.urls), state=encode(self._document(row.slug)))
        self.observe(row.slug, Configured(row.auto_live, row.auto_stop))

    def remove(self, slug: str) -> None:
        """Let a station go, ending its broadcasts."""
        for event in rules.close(self._stations[slug], "station_removed"):
            self._publish(slug, event)
        del self._stations[slug], self._rows[slug], self._recent[slug]
        self._quality.pop(slug, None)
        self._delays = {source: delay_ms for source, delay_ms in self._delays.items() if source[0] != slug}
        self.switch.forget(slug)
        self.broker.say(ValueKey(slug, DOCUMENT), b"null")
        for mount in public_mounts(slug, self.urls.formats):
            self.titler.forget(mount)

    def observe(self, slug: str, seen: Observation, at: float | None = None) -> None:
        """Take in what was seen of a station, now or at `at`, and publish what changed.

        Unknown stations are passed over.
        """
        before = self._stations.get(slug)
        if before is None:
            return
        now = self.clock.steady_s() if at is None else at
        after, changes = rules.observe(before, seen, now, self.grace)
        for write in record.writes(self._rows[slug].id, before, after, changes, now):
            self.journal.put(write)
        self._set_state(slug, after, changes, now)

    async def carry_out(self, slug: str, decide: Callable[[Station], Decision], by: AuditActor) -> Station:
        """Take over what somebody decides, once it is committed together with its audit entry; return the station then.

        Raises what `decide` and the decision's check raise, NotFound, Conflict, and Upstream where the database cannot
        be written; nobody has been told of it then.
        """
        async with self.journal.transaction() as connection:
            found = self.get(slug)
            kept = await station_table.by_slug(connection, slug) if found is not None else None
            if found is None or kept is None or kept.id != found[0].id:
                raise NotFound(f"there is no station {slug[:40]!r}")
            row, before = found
            decision, now = decide(before), self.clock.steady_s()
            after, changes = rules.observe(before, decision.seen, now, self.grace)
            decision.check(after)
            for write in record.writes(row.id, before, after, changes, now):
                await write(connection)
            await audit.note(
                connection,
                self.clock.now_ms(),
                by,
                decision.action,
                decision.summary,
                station=slug,
                detail=decision.detail,
            )
        if self._stations.get(slug) is before:
            self._set_state(slug, after, changes, now)
        else:
            # Something else was seen while it was committed: what was decided holds over that. At the same time, so
            # that the play or broadcast is the one that is committed.
            self.observe(slug, decision.seen, now)
        return self._stations.get(slug, after)

    def observe_all(self, seen: Callable[[str], Observation]) -> None:
        """Take in what was seen of each station."""
        for slug in self.slugs():
            self.observe(slug, seen(slug))

    def tick(self) -> None:
        """Let time pass: grace periods may be over."""
        self.observe_all(lambda _slug: Tick())

    def count_changed(self, slug: str) -> None:
        """Publish the count of listeners and sockets."""
        station = self._stations.get(slug)
        if station is not None:
            self.hub.send(
                slug,
                StreamListeners(
                    listeners=station.listeners,
                    peak=station.peak,
                    sockets=self.hub.followers(slug),
                    stale=station.icecast_down,
                ),
            )

    def incident(self, slug: str, kind: IncidentKind, message: str, address: str | None = None) -> None:
        """Tell a station's staff of something that they should know, and write it down."""
        if slug in self._stations:
            incident = past.Incident(self.clock.now_ms(), kind, message, address)
            self.journal.put(partial(past.note_incident, station_id=self._rows[slug].id, incident=incident))
            self.hub.send(slug, StreamIncident(kind=kind, message=message, address=address))

    def send_quality(self) -> None:
        """Publish the quality of every station with followers, and of the others when it changed."""
        for slug in self.slugs():
            quality = views.quality(self._document(slug))
            if self.hub.followers(slug) or self._quality.get(slug) != quality:
                self._quality[slug] = quality
                self.hub.send(slug, quality)

    def _set_state(self, slug: str, after: Station, changes: tuple[Change, ...], now: float) -> None:
        before = self._stations[slug]
        self._stations[slug] = after
        self._switch(slug)
        if after.now != before.now:
            self._recent[slug] = record.recent_plays(self._recent[slug], after.now, now)
        for event in changes:
            self._publish(slug, event)
        published = any(isinstance(event, Started | Stopped | NowChanged | QualityChanged) for event in changes)
        if not published and (after.autodj, after.foreground) != (before.autodj, before.foreground):
            self._say_document(slug)

    def _switch(self, slug: str) -> None:
        slot = rules.wanted_slot(self._stations[slug], self.clock.steady_s())
        self.switch.want(slug, Air(slot, self._rows[slug].dead_air_s))

    def _document(self, slug: str) -> StationDocument:
        return document(self._rows[slug], self._stations[slug], self._recent[slug])

    def _say_document(self, slug: str) -> None:
        self.broker.say(ValueKey(slug, DOCUMENT), encode(self._document(slug)))

    def _publish_broadcast(self, row: StationRow, event: Started | Stopped) -> None:
        slug, broadcast = row.slug, event.broadcast
        if isinstance(event, Started):
            log.info("broadcast_started", station=slug, kind=broadcast.kind, host=broadcast.host)
            told: StreamStarted | StreamStopped = views.started(row, broadcast, self.urls, self.hearing.now_at(slug))
        else:
            log.info("broadcast_stopped", station=slug, kind=broadcast.kind, reason=event.reason, then=event.then)
            told = views.stopped(event, self.hearing.now_at(slug))
        self.hub.send(slug, told, state=encode(self._document(slug)))
        for callback in self._followers:
            callback(row, event)

    def _publish(self, slug: str, event: Change) -> None:
        row = self._rows[slug]
        match event:
            case Started() | Stopped():
                self._publish_broadcast(row, event)
            case NowChanged(now):
                for mount in public_mounts(slug, self.urls.formats):
                    self.titler.want(mount, now.title.icy)
                self.hub.send(slug, views.metadata(slug, now), state=encode(self._document(slug)))
            case CountChanged():
                self.count_changed(slug)
            case QualityChanged():
                self._say_document(slug)
                self.hub.send(slug, views.quality(self._document(slug)))
            case MountBusy(host, holder):
                holder = holder or "another encoder"
                message = f"A second encoder using {host}'s key was refused because {holder} is already connected."
                log.warning("second_encoder_refused", station=slug, host=host, holder=holder)
                self.incident(slug, "second_encoder", message)
