"""The plans of all stations: edited by people, filled by AutoDJ, followed by their pipelines.

A plan is written to the database first, then to the file that the pipeline reads: what was acknowledged is played, even
if the daemon or the pipeline ends in between.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from random import Random

import orjson
import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.db import plans as table
from controlplane.db import tracks
from controlplane.db.engine import reading, writing
from controlplane.features.playout import played, rules
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

LOOK_AGAIN_S = 1.0
"""Tracks are added from the command line too, and a pipeline may have been away."""


@dataclass(frozen=True, slots=True)
class Heard:
    """An item that was heard from a time on, in unix milliseconds."""

    at_ms: int
    item: PlanItem


@dataclass(slots=True)
class StationPlan:
    """A station's plan, and what its pipeline has said about it."""

    station: StationRow
    plan: Plan
    on_air: str = ""
    on_air_since_ms: int = 0
    decoding: str = ""
    applied: int | None = None
    """The version that the pipeline follows; None as long as it has said nothing."""
    counted: str = ""
    """The item that was counted as played last."""
    problem: str = ""
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def item(self, item_id: str) -> PlanItem | None:
        """Return an item of the plan or its reserve."""
        return next((each for each in (*self.plan.items, *self.plan.reserve) if each.id == item_id), None)

    @property
    def free(self) -> int:
        """The first place that can be changed."""
        return rules.first_free(self.plan, self.on_air, self.decoding)


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
    _versions: dict[str, int] = field(default_factory=dict)
    _stale: set[str] = field(default_factory=set)
    """Ids of stations whose library has changed."""
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _listeners: list[Callable[[str], None]] = field(default_factory=list)

    def on_change(self, callback: Callable[[str], None]) -> None:
        """Call back with a station's slug when its plan, or what of it is on air, has changed."""
        self._listeners.append(callback)

    def library_changed(self, station_id: str) -> None:
        """Look at a station's tracks again."""
        self._stale.add(station_id)
        self._woken.set()

    def seen(self, slug: str, state: PipelineState) -> None:
        """Take note of what a pipeline says that it plays."""
        known = self._plans.get(slug)
        if known is None:
            return
        before = known.on_air, known.applied
        if state.item != known.on_air:
            known.on_air, known.on_air_since_ms = state.item, self.clock.now_ms()
        known.decoding, known.applied = state.decoding, state.plan_version
        if (known.on_air, known.applied) != before or known.applied != known.plan.version:
            self._woken.set()

    def track(self, slug: str, item_id: str) -> PlanTrack | None:
        """Return the track of an item of a station's plan or reserve."""
        known = self._plans.get(slug)
        item = known.item(item_id) if known is not None else None
        return item.track if item is not None else None

    async def heard_since(self, slug: str, at_ms: int) -> list[Heard]:
        """Return what a pipeline has noted as heard after a time, oldest first: the daemon may have been down."""
        known = self._plans.get(slug)
        if known is None:
            return []
        noted = await asyncio.to_thread(played.entries, self.paths.played_log(slug))
        found = ((at, known.item(item_id)) for at, item_id in noted if at > at_ms)
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
        """Keep plans filled and followed, until cancelled."""
        while True:
            self._woken.clear()
            try:
                await self.settle()
            except Upstream as error:
                log.warning("plans_not_settled", reason=str(error))
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_AGAIN_S):
                    await self._woken.wait()

    async def settle(self) -> None:
        """Bring every plan up to date, and have each pipeline follow its own; raise Upstream without a database."""
        async with reading(self.engine) as connection:
            versions = await tracks.versions(connection)
        self._stale |= {each for each, version in versions.items() if self._versions.get(each) != version}
        self._versions = versions
        rows = {row.slug: row for row in self.stations.all()}
        for slug in self._plans.keys() - rows.keys():
            del self._plans[slug]
        for slug, row in rows.items():
            await self._settle(slug, await self._known(row))

    async def _known(self, row: StationRow) -> StationPlan:
        known = self._plans.get(row.slug)
        if known is None or known.station.id != row.id:
            async with reading(self.engine) as connection:
                plan, counted = await table.load(connection, row.id)
            # Somebody else may have loaded it meanwhile; there is one.
            known = self._plans.get(row.slug)
            if known is None or known.station.id != row.id:
                known = self._plans[row.slug] = StationPlan(row, plan, counted=counted)
                self._stale.add(row.id)
        return known

    async def _settle(self, slug: str, known: StationPlan) -> None:
        async with known.lock:
            await self._count(known)
            plan = rules.advanced(known.plan, known.on_air)
            renew = known.station.id in self._stale
            self._stale.discard(known.station.id)
            if renew or rules.heard_until(plan.items) < rules.PLAN_MS // 2:
                plan = await self._refilled(known, plan, renew=renew)
            if plan is not known.plan:
                await self._save(known, plan)
        problem = ""
        if known.applied not in {None, known.plan.version}:
            try:
                await self._follow(known)
            except Upstream as error:
                problem = str(error)
        if problem and not known.problem:
            log.warning("plan_not_followed", station=slug, reason=problem)
        known.problem = problem

    async def _count(self, known: StationPlan) -> None:
        item = known.item(known.on_air)
        if item is None or item.id == known.counted:
            return
        async with writing(self.engine) as connection:
            await table.count(connection, known.station.id, item, known.on_air_since_ms)
        known.counted = item.id

    async def _refilled(self, known: StationPlan, plan: Plan, *, renew: bool) -> Plan:
        async with reading(self.engine) as connection:
            candidates = await table.candidates(connection, known.station.id)
        if renew:
            plan = rules.without_tracks(plan, {track.id: track for track, _ in candidates})
            reserve = rules.reserve_of(candidates, Random(known.station.id))  # noqa: S311 - the same each time
            plan = replace(plan, version=plan.version + 1, reserve=reserve) if reserve != plan.reserve else plan
        # Of ten thousand tracks, choosing a hundred takes long enough to hold up the loop.
        return await asyncio.to_thread(rules.filled, plan, candidates, self.clock.now_ms(), self.chance)

    async def _save(self, known: StationPlan, plan: Plan) -> None:
        async with writing(self.engine) as connection:
            await table.save(connection, known.station.id, plan)
        known.plan = plan
        await asyncio.to_thread(self._write, known.station.slug, plan)
        self._tell(known.station.slug)

    def _write(self, slug: str, plan: Plan) -> None:
        planned = (item.track for item in (*plan.items, *plan.reserve))
        files = [str(self.paths.track(track.sha256, track.format)) for track in planned]
        write(self.paths.plan(slug), orjson.dumps(plans.document(plan, files)), self.account)

    async def insert(self, slug: str, track_id: str, where: str, by: AuditActor) -> PlanItem:
        """Place a track: `now`, `next`, `end`, or before an item. Raises NotFound, or Conflict where it is too late."""
        known = await self.of(slug)
        async with reading(self.engine) as connection:
            track = await table.track(connection, known.station.id, track_id)
        if track is None:
            raise NotFound(f"there is no track {track_id[:40]!r} that can be played")
        item = PlanItem(rules.new_id(self.chance), track, by.name)
        async with known.lock:
            place = rules.place_of(known.plan, "next" if where == "now" else where, known.free)
            on_air = known.on_air
            await self._save(known, rules.inserted(known.plan, item, place))
        if where == "now" and on_air:
            await self._follow(known)
            await self._skip(known, on_air)
        self._woken.set()
        return item

    async def move(self, slug: str, item_id: str, before: str | None, by: AuditActor) -> None:
        """Move an item before another one, or to the end. Raises NotFound, or Conflict where it is too late."""
        known = await self.of(slug)
        async with known.lock:
            await self._save(known, rules.moved(known.plan, item_id, before, by.name, known.free))
        self._woken.set()

    async def remove(self, slug: str, item_id: str) -> None:
        """Take an item out. Raises NotFound, or Conflict where it is too late."""
        known = await self.of(slug)
        async with known.lock:
            await self._save(known, rules.removed(known.plan, item_id, known.free))
        self._woken.set()

    async def skip(self, slug: str, item_id: str) -> None:
        """End an item that is on air; a second time does nothing. Raises Conflict if it is not on air."""
        known = await self.of(slug)
        await self._follow(known)
        await self._skip(known, item_id)

    async def _follow(self, known: StationPlan) -> None:
        if known.applied != known.plan.version:
            known.applied = await PipelineClient(self.paths.pipeline_socket(known.station.slug)).follow_plan()
            self._tell(known.station.slug)

    async def _skip(self, known: StationPlan, item_id: str) -> None:
        if item_id != known.on_air:
            raise Conflict("it is not on air")
        await PipelineClient(self.paths.pipeline_socket(known.station.slug)).skip(item_id)

    def _tell(self, slug: str) -> None:
        for callback in self._listeners:
            callback(slug)
