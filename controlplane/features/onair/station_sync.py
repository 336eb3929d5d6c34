"""Takes stations on and lets them go, as they come and go in the database."""

from dataclasses import dataclass

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.db import onair as table
from controlplane.db.engine import reading, writing
from controlplane.db.onair import BroadcastRow, PlayRow
from controlplane.features.onair import record
from controlplane.features.onair.handover import Handover
from controlplane.features.onair.service import OnAir
from controlplane.features.onair.sockets import StreamHandlers
from controlplane.features.playout.service import Playout
from controlplane.kernel.clock import Clock
from controlplane.kernel.stations import StationRow
from controlplane.live.broker import Broker, LogId
from controlplane.live.hub import Hub
from controlplane.live.snapshots import Snapshots
from controlplane.protocol.delivery import Log

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class StationSync:
    """Compares the stations there should be with those that are taken on."""

    engine: AsyncEngine
    onair: OnAir
    playout: Playout
    handlers: StreamHandlers
    handover: Handover
    hub: Hub
    broker: Broker
    snapshots: Snapshots
    clock: Clock

    async def sync(self, wanted: list[StationRow]) -> None:
        """Remove, change and add; raises Upstream when the database does not say in what state one was left."""
        rows = {row.slug: row for row in wanted}
        for slug in self.onair.slugs():
            running = self.onair.row(slug)
            if slug not in rows or rows[slug].id != running.id:
                await self._remove(slug)
            elif rows[slug] != running:
                self.onair.change(rows[slug])
        for row in wanted:
            if self.onair.get(row.slug) is None:
                await self._add(row)

    async def _remove(self, slug: str) -> None:
        log.info("station_removed", station=slug)
        self.onair.remove(slug)
        await self.handlers.close(slug)
        self.hub.forget(slug)
        self.snapshots.forget(slug)
        for others in self.onair.others:
            others.removed(slug)
        for kind in Log:
            self.broker.unfollow(LogId(slug, kind))
        self.broker.forget(slug)

    async def _add_missed(self, row: StationRow, broadcasts: list[BroadcastRow], newest: list[PlayRow]) -> None:
        """Write down what was heard while no daemon ran, as the pipeline has noted it."""
        autodj = next((each for each in broadcasts if each.kind == "autodj"), None)
        if autodj is None or not newest:
            return
        by_id = {each.id: each for each in broadcasts}
        heard = await self.playout.heard_since(row.slug, newest[0].started_at)
        missed = [
            record.missed(each.at_ms, each.item, by_id.get(each.item.broadcast, autodj))
            for each in heard
            if each.item.id != newest[0].play_id
        ]
        if missed:
            async with writing(self.engine) as connection:
                for values in missed:
                    await table.play(connection, row.id, values)
            log.info("missed_plays_added", station=row.slug, plays=len(missed))

    async def _add(self, row: StationRow) -> None:
        async with reading(self.engine) as connection:
            open_broadcasts = await table.open_broadcasts(connection, row.id)
            left_in_preview = await table.left_in_preview(connection, row.id)
            newest = await table.history(connection, row.id, 1, stand_ins=True)
        await self._add_missed(row, open_broadcasts, newest)
        async with reading(self.engine) as connection:
            recent = await table.history(connection, row.id, record.RECENT_PLAYS, stand_ins=True)
        await self.handover.take(row)
        for kind in Log:
            await self.broker.follow(LogId(row.slug, kind))
        for others in self.onair.others:
            await others.added(row)
        newest_play = recent[0] if recent else None
        station = record.restore(row, open_broadcasts, newest_play, self.clock.steady_s(), left_in_preview)
        self.onair.add(row, station, tuple(recent))
        resumed = station.broadcast.id if station.broadcast is not None else None
        log.info("station_added", station=row.slug, resumed=resumed)
