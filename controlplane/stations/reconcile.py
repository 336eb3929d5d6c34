"""Brings the running house in line with the stations there should be: state, mounts, pipelines, encoders."""

import secrets
import time
from dataclasses import astuple, dataclass, field

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.db import handover
from controlplane.db import onair as onair_table
from controlplane.db.engine import now_ms, reading, writing
from controlplane.db.stations import StationRow
from controlplane.errors import ConfigError, Conflict, Upstream
from controlplane.icecast.client import IcecastClient
from controlplane.icecast.config import IcecastConfig
from controlplane.icecast.poller import Poller
from controlplane.liquidsoap.processes import Pipelines
from controlplane.live.hub import HISTORY_S, Left
from controlplane.onair import record
from controlplane.onair.rooms import Rooms
from controlplane.onair.service import OnAir
from controlplane.stations.rules import ingest_mount, slug_of_ingest
from controlplane.stations.service import Stations

log = structlog.get_logger()


@dataclass(slots=True)
class Reconciler:
    """Compares what should be with what is; doing it again changes nothing."""

    engine: AsyncEngine
    stations: Stations
    onair: OnAir
    rooms: Rooms
    pipelines: Pipelines
    icecast_config: IcecastConfig
    icecast: IcecastClient
    poller: Poller
    owner: str = field(default_factory=lambda: secrets.token_hex(16))
    """Which daemon this is, to the ones before and after it."""
    _complaint: str = ""
    _housed: object = None

    async def run_once(self) -> None:
        """Bring everything in line; what cannot be done now is done the next time."""
        try:
            await self.stations.refresh()
        except Upstream as error:
            self._complain(str(error))
            return
        await self._stations()
        await self._house()
        await self._drop_encoders()

    async def _stations(self) -> None:
        wanted = {row.slug: row for row in self.stations.all()}
        for slug in self.onair.slugs():
            running = self.onair.row(slug)
            if slug not in wanted or wanted[slug].id != running.id:
                log.info("station removed", station=slug)
                self.onair.remove(slug)
                await self.rooms.close(slug)
                self.rooms.hub.forget(slug)
            elif wanted[slug] != running:
                self.onair.change(wanted[slug])
        try:
            for row in wanted.values():
                if self.onair.get(row.slug) is None:
                    await self._add(row)
        except Upstream as error:
            self._complain(str(error))

    async def _add(self, row: StationRow) -> None:
        async with reading(self.engine) as connection:
            open_broadcasts = await onair_table.open_broadcasts(connection, row.id)
            recent = await onair_table.history(connection, row.id, record.REMEMBERED)
        await self._take_over(row)
        station = record.restore(row, open_broadcasts, recent[0] if recent else None, time.time())
        self.onair.add(row, station, tuple(recent))
        resumed = station.broadcast.id if station.broadcast is not None else None
        log.info("station taken on", station=row.slug, resumed=resumed)

    async def leave(self) -> None:
        """Leave every station's order of events to the daemon that starts next; nothing is published any more."""
        try:
            async with writing(self.engine) as connection:
                for slug in self.onair.slugs():
                    left = astuple(self.rooms.hub.leave(slug))
                    await handover.leave(connection, self.onair.row(slug).id, self.owner, now_ms(), left)
        except (Upstream, Conflict) as error:
            log.warning("what listeners miss from now on will not be sent to them again", reason=str(error))

    async def _take_over(self, row: StationRow) -> None:
        try:
            async with writing(self.engine) as connection:
                since_ms = now_ms() - round(HISTORY_S * 1000)
                left = await handover.take(connection, row.id, self.owner, since_ms)
        except (Upstream, Conflict) as error:
            # Listeners are told that they may have missed something, and the station goes on air all the same.
            log.warning("what happened before the start will not be sent again", station=row.slug, reason=str(error))
            return
        if left is not None:
            self.rooms.hub.resume(row.slug, Left(*left))

    async def _house(self) -> None:
        rows = self.stations.all()
        stamp = (tuple(rows), self.icecast_config.stamp())
        if stamp == self._housed:
            return
        # A start, or a try after a failure, does both whatever the files say: they may be written and nobody told.
        first = self._housed is None
        try:
            reload = self.icecast_config.write(rows) or first
        except (ConfigError, OSError) as error:
            self._complain(str(error))
            return
        update = self.pipelines.write(rows) or first
        told = (not reload or await self.pipelines.reload_icecast()) and (not update or await self.pipelines.apply())
        if told:
            log.info("house in order", stations=len(rows))
        self._housed = stamp if told else None
        self._complaint = ""

    async def _drop_encoders(self) -> None:
        newest = self.poller.newest
        mounts = newest.mounts if newest is not None else {}
        unwanted = [m for m in mounts if _is_stray(m, self.onair)]
        for slug in self.onair.slugs():
            found = self.onair.get(slug)
            encoder = found[1].encoder if found is not None else None
            if encoder is not None and encoder.key_id and not self.stations.in_force(encoder.key_id):
                unwanted.append(ingest_mount(slug))
        for mount in unwanted:
            try:
                await self.icecast.kill_source(mount)
                log.warning(
                    "encoder dropped", mount=mount, reason="its station, its stream key or its host's role is gone"
                )
            except Upstream as error:
                log.info("encoder not dropped yet", mount=mount, reason=str(error))
        if unwanted:
            self.poller.ask()

    def _complain(self, complaint: str) -> None:
        if complaint != self._complaint:
            log.error("stations cannot be brought in line", reason=complaint)
        self._complaint = complaint


def _is_stray(mount: str, onair: OnAir) -> bool:
    slug = slug_of_ingest(mount)
    return mount.startswith("/ingest/") and (slug is None or onair.get(slug) is None)
