"""The plans of all stations: edited by people, filled by AutoDJ, followed by their pipelines.

A plan is written to the database first, then to the file that the pipeline reads: what was acknowledged is played, even
if the daemon or the pipeline ends in between.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from random import Random

import orjson
import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.db import plans as table
from controlplane.db import playlists, tracks
from controlplane.db.engine import reading, writing
from controlplane.features.playout import autodj, played, rules
from controlplane.features.playout.autodj import Music
from controlplane.features.playout.played import Played
from controlplane.features.playout.station_plan import StationPlan
from controlplane.features.stations.service import Stations
from controlplane.kernel import plan as plans
from controlplane.kernel.audit import AuditActor
from controlplane.kernel.clock import Clock
from controlplane.kernel.errors import Conflict, NotFound, Upstream
from controlplane.kernel.plan import Plan, PlanItem, PlanTrack
from controlplane.kernel.stations import StationRow
from controlplane.liquidsoap.client import PipelineClient
from controlplane.liquidsoap.parse import PipelineState
from controlplane.runtime.files import Account, write
from controlplane.runtime.paths import Paths

log = structlog.get_logger()

FORECAST_MS = 24 * 3_600_000
MAX_FORECAST = 2000
LOOK_AGAIN_S = 1.0
"""Tracks are added from the command line too, and a pipeline may have been away."""
RENEW_SHARE = 20
"""Going through a library for its changes takes a twentieth of the time at most."""


@dataclass(frozen=True, slots=True)
class Heard:
    """An item that was heard from a time on, in unix milliseconds."""

    at_ms: int
    item: PlanItem


@dataclass(frozen=True, slots=True)
class Forecast:
    """A plan, and a longer one that begins with it."""

    plan: Plan
    longer: Plan


@dataclass(slots=True)
class Playout:
    """The one door to plans."""

    engine: AsyncEngine
    stations: Stations
    paths: Paths
    account: Account | None
    clock: Clock
    chance: Random
    _plans: dict[str, StationPlan] = field(default_factory=dict)
    _settling: set[str] = field(default_factory=set)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _listeners: list[Callable[[str], None]] = field(default_factory=list)
    _passed: list[Callable[[StationRow, str], Awaitable[None]]] = field(default_factory=list)

    def on_change(self, callback: Callable[[str], None]) -> None:
        """Call back with a station's slug when its plan, or what of it is on air, has changed."""
        self._listeners.append(callback)

    def on_passed_over(self, callback: Callable[[StationRow, str], Awaitable[None]]) -> None:
        """Call back with a station and a track's id when its pipeline could not play that."""
        self._passed.append(callback)

    def library_changed(self, _station_id: str) -> None:
        """Look at the tracks of stations again."""
        self._woken.set()

    def seen(self, slug: str, state: PipelineState) -> None:
        """Take note of what a pipeline says that it plays."""
        known = self._plans.get(slug)
        if known is not None and (known.seen(state, self.clock.now_ms()) or known.applied != known.plan.version):
            self._woken.set()

    def item(self, slug: str, item_id: str) -> PlanItem | None:
        """Return an item of a station's plan or reserve."""
        known = self._plans.get(slug)
        return known.item(item_id) if known is not None else None

    def keep_broadcast(self, slug: str, broadcast_id: str) -> None:
        """Let the items of other broadcasts leave a station's plan; those of all, with an empty id."""
        known = self._plans.get(slug)
        if known is not None and known.broadcast != broadcast_id:
            known.broadcast = broadcast_id
            self._woken.set()

    async def heard_since(self, slug: str, at_ms: int) -> list[Heard]:
        """Return what a pipeline has noted as heard after a time, oldest first: the daemon may have been down."""
        known = self._plans.get(slug)
        if known is None:
            return []
        noted = await self._noted(slug)
        found = ((at, known.item(item_id)) for at, item_id in noted.entries if at > at_ms)
        return [Heard(at, item) for at, item in found if item is not None]

    def get(self, slug: str) -> StationPlan:
        """Return a station's plan; raise NotFound."""
        known = self._plans.get(slug)
        if known is None:
            raise NotFound(f"there is no station {slug!r}")
        return known

    async def of(self, slug: str) -> StationPlan:
        """Return a station's plan, also of one that was created a moment ago; raise NotFound."""
        return await self._known(self.stations.get(slug))

    async def run(self) -> None:
        """Keep plans filled and followed, until cancelled; a pipeline that is late holds up no other station's."""
        async with asyncio.TaskGroup() as group:
            while True:
                self._woken.clear()
                try:
                    for known, library in await self._all():
                        if known.station.slug not in self._settling:
                            group.create_task(self._settle(known, library))
                except Upstream as error:
                    log.warning("plans_not_settled", reason=str(error))
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_AGAIN_S):
                        await self._woken.wait()

    async def settle(self) -> None:
        """Bring every plan up to date, and have each pipeline follow its own; raise Upstream without a database."""
        await asyncio.gather(*(self._settle(known, library) for known, library in await self._all()))

    async def _all(self) -> list[tuple[StationPlan, int]]:
        """Return the plans of all stations, with the versions of their libraries."""
        async with reading(self.engine) as connection:
            versions = await tracks.versions(connection)
        rows = {row.slug: row for row in self.stations.all()}
        for slug in self._plans.keys() - rows.keys():
            del self._plans[slug]
        found = []
        for row in rows.values():
            try:
                found.append((await self._known(row), versions.get(row.id, 0)))
            except Upstream as error:
                log.error("plan_not_loaded", station=row.slug, reason=str(error))
        return found

    async def _known(self, row: StationRow) -> StationPlan:
        known = self._plans.get(row.slug)
        if known is None or known.station.id != row.id:
            async with reading(self.engine) as connection:
                plan, counted = await table.load(connection, row.id)
            if not plan.version:
                # A pipeline may still have the file of a removed station with the same slug.
                plan = replace(plan, version=self.clock.now_ms())
            noted = await self._noted(row.slug)
            # Somebody else may have loaded it meanwhile; there is one.
            known = self._plans.get(row.slug)
            if known is None or known.station.id != row.id:
                known = self._plans[row.slug] = StationPlan(row, plan, counted, noted)
        return known

    async def _noted(self, slug: str) -> Played:
        return await asyncio.to_thread(played.read, self.paths.played_log(slug))

    async def _settle(self, known: StationPlan, library: int) -> None:
        slug = known.station.slug
        self._settling.add(slug)
        problem = ""
        try:
            async with known.lock:
                await self._bring_up_to_date(known, library)
            if known.applied not in {None, known.plan.version}:
                await self._follow(known)
            if known.outlived:
                await PipelineClient(self.paths.pipeline_socket(slug)).skip(known.outlived)
        except Upstream as error:
            problem = str(error)
        except Conflict as error:
            # The station was removed at this moment.
            problem = str(error)
        finally:
            self._settling.discard(slug)
        if problem and not known.problem:
            log.warning("plan_not_followed", station=slug, reason=problem)
        known.problem = problem

    async def _bring_up_to_date(self, known: StationPlan, library: int) -> None:
        if known.on_air not in {"", known.counted}:
            # More may have been heard than we were told of.
            known.noted = await self._noted(known.station.slug)
        await self._count(known)
        advance = known.advanced()
        plan = rules.without_broadcasts(advance.plan, known.keeps, known.free)
        renew = library != known.library and self.clock.monotonic_s() >= known.renew_from_s
        is_short = rules.heard_until(plan.items) < autodj.PLAN_MS // 2 and len(plan.items) < autodj.MAX_ITEMS // 2
        if renew or is_short:
            plan = await self._refilled(known, plan, renew=renew)
        if plan is not known.plan:
            await self._save(known, plan)
        elif known.written != known.plan.version:
            await self._write(known)
        if renew:
            known.library = library
        await self._report(known, advance.passed)

    async def _count(self, known: StationPlan) -> None:
        item = known.item(known.on_air)
        plays = list(known.uncounted())
        if item is not None and item.id not in {known.counted, *(each.id for _, each in plays)}:
            plays.append((known.on_air_since_ms, item))
        if not plays:
            return
        async with writing(self.engine) as connection:
            for at_ms, each in plays:
                await table.count(connection, known.station.id, each, at_ms)
        known.counted = plays[-1][1].id

    async def _refilled(self, known: StationPlan, plan: Plan, *, renew: bool) -> Plan:
        began_s = self.clock.monotonic_s()
        names = known.playlists
        music = await self._music(known)
        if known.playlists != names:
            self._tell(known.station.slug)
        seed, free = known.station.id, rules.first_free(plan, known.on_air, known.decoding)
        # Of ten thousand tracks, choosing a hundred takes long enough to hold up the loop.
        filled = await asyncio.to_thread(self._choose, plan, music, seed, free, renew=renew)
        known.renew_from_s = began_s + RENEW_SHARE * (self.clock.monotonic_s() - began_s)
        return filled

    async def _music(self, known: StationPlan) -> Music:
        async with reading(self.engine) as connection:
            rows = await table.candidates(connection, known.station.id)
            rotation = await playlists.in_rotation(connection, known.station.id)
        known.playlists = {each.playlist.id: each.playlist.name for each in rotation}
        return Music(await asyncio.to_thread(table.candidates_of, rows), rotation)

    def _choose(self, plan: Plan, music: Music, seed: str, free: int, *, renew: bool) -> Plan:
        if renew:
            plan = rules.without_tracks(plan, {track.id: track for track, _ in music.tracks}, free)
            plan = autodj.up_to_date(plan, music, free, self.clock.now_ms(), self.chance)
            reserve = autodj.reserve_of(music, Random(seed))  # noqa: S311 - the same each time
            plan = replace(plan, version=plan.version + 1, reserve=reserve) if reserve != plan.reserve else plan
        return autodj.filled(plan, music, self.clock.now_ms(), self.chance)

    async def forecast(self, slug: str) -> tuple[StationPlan, Forecast]:
        """Return how a station's plan will go on for a day, if nobody changes anything; the same for one version."""
        known = await self.of(slug)
        async with known.looking_ahead:
            music, plan = await self._music(known), known.advanced().plan
            chance = Random(f"{known.station.id} {plan.version}")  # noqa: S311 - the same each time
            filled = partial(autodj.filled, lasts_ms=FORECAST_MS, most=MAX_FORECAST)
            longer = await asyncio.to_thread(filled, plan, music, self.clock.now_ms(), chance)
        return known, Forecast(plan, longer)

    async def _report(self, known: StationPlan, passed: Sequence[PlanItem]) -> None:
        """Tell of items that the pipeline has passed over, unless they were heard and we were not told."""
        if not passed:
            return
        noted = await self._noted(known.station.slug)
        for item in passed:
            if item.id not in noted.at:
                log.warning("track_not_played", station=known.station.slug, track=item.track.id)
                for callback in self._passed:
                    await callback(known.station, item.track.id)

    async def _save(self, known: StationPlan, plan: Plan) -> None:
        async with writing(self.engine) as connection:
            await table.save(connection, known.station.id, plan)
        known.replace(plan)
        await self._write(known)
        self._tell(known.station.slug)

    async def _write(self, known: StationPlan) -> None:
        """Write the pipeline's file; where that fails, it is tried again each second."""
        try:
            await asyncio.to_thread(self._write_file, known.station.slug, known.plan)
        except OSError as error:
            known.written = None
            log.error("plan_not_written", station=known.station.slug, reason=str(error))
            return
        known.written = known.plan.version

    def _write_file(self, slug: str, plan: Plan) -> None:
        planned = (item.track for item in (*plan.items, *plan.reserve))
        files = [str(self.paths.track(track.sha256, track.format)) for track in planned]
        write(self.paths.plan(slug), orjson.dumps(plans.document(plan, files)), self.account)

    async def track(self, slug: str, track_id: str) -> PlanTrack:
        """Return a track that can be played; raise NotFound."""
        station = (await self.of(slug)).station
        async with reading(self.engine) as connection:
            track = await table.track(connection, station.id, track_id)
        if track is None:
            raise NotFound(f"there is no track {track_id[:40]!r} that can be played")
        return track

    async def insert(self, slug: str, track_id: str, where: str, by: AuditActor) -> PlanItem:
        """Place a track: `now`, `next`, `end`, or before an item. Raises NotFound, or Conflict where it is too late."""
        item = PlanItem(rules.new_id(self.chance), await self.track(slug, track_id), by.name)
        place = "next" if where == "now" else where
        await self.edit(
            slug, lambda known: rules.inserted(known.plan, item, rules.place_of(known.plan, place, known.free))
        )
        if where == "now":
            await self.begin(slug, item.id)
        return item

    async def begin(self, slug: str, item_id: str) -> None:
        """End what is on air for an item that comes next; where the pipeline does not answer now, it comes next."""
        known = await self.of(slug)
        with suppress(Upstream, Conflict):
            await self._follow(known)
            # Across a crossing, the item that is decoded would be heard in between; it is what goes on, too, where a
            # host has just gone on air.
            ending = known.decoding or known.on_air
            if ending not in {"", item_id}:
                await PipelineClient(self.paths.pipeline_socket(slug)).skip(ending)

    async def move(self, slug: str, item_id: str, before: str | None, by: AuditActor) -> None:
        """Move an item before another one, or to the end. Raises NotFound, or Conflict where it is too late."""
        await self.edit(slug, lambda known: rules.moved(known.plan, item_id, before, by.name, known.free))

    async def remove(self, slug: str, item_id: str) -> None:
        """Take an item out. Raises NotFound, or Conflict where it is too late."""
        await self.edit(slug, lambda known: rules.removed(known.plan, item_id, known.free))

    async def edit(self, slug: str, change: Callable[[StationPlan], Plan]) -> None:
        """Write what becomes of a station's plan, and have its pipeline follow that; raise what `change` raises."""
        known = await self.of(slug)
        async with known.lock:
            await self._save(known, change(known))
        self._woken.set()

    async def skip(self, slug: str, item_id: str) -> None:
        """End an item that is on air; a second time does nothing. Raises Conflict if it is not on air."""
        known = await self.of(slug)
        await self._follow(known)
        await self._skip(known, item_id)

    async def _follow(self, known: StationPlan) -> None:
        async with known.following:
            if known.applied == known.plan.version:
                return
            known.followed(await PipelineClient(self.paths.pipeline_socket(known.station.slug)).follow_plan())
        self._tell(known.station.slug)

    async def _skip(self, known: StationPlan, item_id: str) -> None:
        if item_id != known.on_air:
            raise Conflict("it is not on air")
        await PipelineClient(self.paths.pipeline_socket(known.station.slug)).skip(item_id)

    def _tell(self, slug: str) -> None:
        for callback in self._listeners:
            callback(slug)
