"""OnAir: holds every station's state, and is the one door that changes it."""

import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field, replace

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from controlplane.db import stations as station_table
from controlplane.db.onair import PlayRow
from controlplane.db.stations import StationRow
from controlplane.errors import NotFound, Upstream
from controlplane.events import DigestEntry, StreamIncident, StreamListeners, StreamQuality
from controlplane.icecast.titler import Titler
from controlplane.live.hub import Hub
from controlplane.onair import record, rules
from controlplane.onair.journal import Journal
from controlplane.onair.state import (
    CountChanged,
    Event,
    MetadataPosted,
    MountBusy,
    NowChanged,
    Observation,
    Patience,
    QualityChanged,
    Started,
    Station,
    Stopped,
    Tick,
)
from controlplane.onair.views import Places, Views
from controlplane.stations.rules import public_mount

log = structlog.get_logger()

Ask = Callable[[Station], MetadataPosted]
Note = Callable[[AsyncConnection, MetadataPosted], Awaitable[None]]


def steady_clock() -> Callable[[], float]:
    """Return a clock of unix seconds that a step of the system's clock does not move: graces are measured with it."""
    offset = time.time() - time.monotonic()
    return lambda: time.monotonic() + offset


@dataclass(slots=True)
class OnAir:
    """What is on air, everywhere. `observe` never waits: hooks are answered from memory."""

    hub: Hub
    titler: Titler
    journal: Journal
    patience: Patience
    places: Places
    clock: Callable[[], float] = field(default_factory=steady_clock)
    _stations: dict[str, Station] = field(default_factory=dict)
    _rows: dict[str, StationRow] = field(default_factory=dict)
    _recent: dict[str, tuple[PlayRow, ...]] = field(default_factory=dict)

    @property
    def views(self) -> Views:
        """The stations as the outside sees them."""
        return Views(self.hub, self.places)

    def slugs(self) -> Iterable[str]:
        """List the stations."""
        return tuple(self._stations)

    def get(self, slug: str) -> tuple[StationRow, Station] | None:
        """Return a station's set-up and state."""
        return (self._rows[slug], self._stations[slug]) if slug in self._stations else None

    def row(self, slug: str) -> StationRow:
        """Return the set-up of a station that is there."""
        return self._rows[slug]

    def recent(self, slug: str) -> tuple[PlayRow, ...]:
        """Return a station's newest plays, newest first."""
        return self._recent.get(slug, ())

    def add(self, row: StationRow, station: Station, recent: tuple[PlayRow, ...]) -> None:
        """Take a station on, with the state it was left in."""
        self._rows[row.slug] = row
        self._recent[row.slug] = recent
        self._stations[row.slug] = station
        if station.now is not None:
            self.titler.expect(public_mount(row.slug), station.now.title.icy)

    def change(self, row: StationRow) -> None:
        """Take over a station's new name or description."""
        self._rows[row.slug] = row
        self._stations[row.slug] = replace(self._stations[row.slug], name=row.name)

    def remove(self, slug: str) -> None:
        """Let a station go, ending what is on."""
        station = self._stations.pop(slug)
        row = self._rows.pop(slug)
        del self._recent[slug]
        for event in rules.close(station, "station_removed"):
            self._tell(row, event)
        self.titler.forget(public_mount(slug))

    def observe(self, slug: str, seen: Observation, at: float | None = None) -> None:
        """Take in what was seen of a station, now or at `at`, and tell everybody what changed.

        Unknown stations are passed over.
        """
        before = self._stations.get(slug)
        if before is None:
            return
        now = self.clock() if at is None else at
        after, events = rules.observe(before, seen, now, self.patience)
        for write in record.writes(self._rows[slug].id, before, after, events, now):
            self.journal.put(write)
        self._become(slug, after, events)

    async def post(self, slug: str, ask: Ask, note: Note) -> None:
        """Take over what somebody says is heard, once it is committed together with its play and `note`.

        `ask` reads what was said, given the station as it is by then. Raises what it raises, NotFound, and Upstream
        where the database cannot be written or nothing is heard that could be named; nobody has seen it then.
        """
        async with self.journal.transaction() as connection:
            found = self.get(slug)
            if found is None or not await station_table.touch(connection, found[0].id):
                raise NotFound(f"there is no station {slug[:40]!r}")
            row, before = found
            posted, now = ask(before), self.clock()
            after, events = rules.observe(before, posted, now, self.patience)
            if posted.title is not None and (after.now is None or after.now.title != posted.title):
                raise Upstream("nothing is heard just now that could be named: try again in a moment")
            for write in record.writes(row.id, before, after, events, now):
                await write(connection)
            await note(connection, posted)
        if self._stations.get(slug) is before:
            self._become(slug, after, events)
        else:
            # Something else was seen while it was committed: what was posted holds over that. At the same time, so that
            # the play is the one that is committed.
            self.observe(slug, posted, now)

    def _become(self, slug: str, after: Station, events: Iterable[Event]) -> None:
        before, row = self._stations[slug], self._rows[slug]
        self._stations[slug] = after
        if after.now != before.now:
            self._recent[slug] = record.remembered(self._recent[slug], after.now, self.clock())
        for event in events:
            self._tell(row, event)

    def observe_all(self, seen: Callable[[str], Observation]) -> None:
        """Take in what was seen of each station."""
        for slug in self.slugs():
            self.observe(slug, seen(slug))

    def tick(self) -> None:
        """Let time pass: what was waited for long enough is over."""
        self.observe_all(lambda _slug: Tick())

    def count_changed(self, slug: str) -> None:
        """Have the count of listeners and sockets sent."""
        if slug not in self._stations:
            return
        self.hub.latest(slug, StreamListeners.name, lambda: self._listeners(slug))

    def incident(self, slug: str, kind: str, message: str) -> None:
        """Tell those who run a station, and are here now, of something that they should know."""
        if slug in self._stations:
            self.hub.notify_staff(slug, StreamIncident(kind=kind, message=message))

    def send_quality(self) -> None:
        """Have the quality sent where somebody is there to see it."""
        for slug in self.slugs():
            if self.hub.sockets(slug):
                self.hub.latest(slug, StreamQuality.name, lambda slug=slug: self._quality(slug))  # type: ignore[misc]  # a default binds the loop's value

    def digest(self) -> list[DigestEntry]:
        """Return every station in one line each."""
        return [self.views.digest(station) for station in self._stations.values()]

    def _listeners(self, slug: str) -> StreamListeners | None:
        station = self._stations.get(slug)
        return self.views.listeners(station) if station is not None else None

    def _quality(self, slug: str) -> StreamQuality | None:
        station = self._stations.get(slug)
        return self.views.quality(station) if station is not None else None

    def _tell(self, row: StationRow, event: Event) -> None:
        slug = row.slug
        match event:
            case Started(broadcast):
                log.info("broadcast started", station=slug, kind=broadcast.kind, host=broadcast.host)
                self.hub.publish(slug, self.views.started(row, broadcast))
            case Stopped(broadcast, reason, then):
                log.info("broadcast stopped", station=slug, kind=broadcast.kind, reason=reason, then=then)
                self.hub.publish(slug, self.views.stopped(broadcast, reason, then))
            case NowChanged(now):
                self.titler.want(public_mount(slug), now.title.icy)
                self.hub.publish(slug, self.views.metadata(now))
            case CountChanged():
                self.count_changed(slug)
            case QualityChanged():
                self.hub.latest(slug, StreamQuality.name, lambda: self._quality(slug))
            case MountBusy(host, holder):
                message = f"An encoder with {host}'s key was refused: {holder or 'another encoder'} is connected."
                log.warning("second encoder on a busy mount", station=slug, host=host, holder=holder)
                self.incident(slug, "second_encoder", message)
