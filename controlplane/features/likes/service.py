"""Likes, committed before they are acknowledged; and reactions, which are only counted."""

from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from controlplane.db import likes as table
from controlplane.db.batches import Batches, Piece
from controlplane.db.engine import reading, writing
from controlplane.db.likes import Like, Loved, Target
from controlplane.db.personal import Facts
from controlplane.features.onair.read_model import ReadModel
from controlplane.kernel.clock import Clock
from controlplane.kernel.errors import Conflict, NotFound, Upstream
from controlplane.kernel.stations import StationRow
from controlplane.live.hub import Hub
from controlplane.protocol.likes import (
    InteractionLike,
    Liked,
    LikesChanged,
    LikesPart,
    LikeTarget,
    ReactionKind,
    Reactions,
)
from controlplane.protocol.sync import AudioPositionView, HeardBy

BATCH = 500
"""Likes of one transaction: four values each, of the 32,766 that databases take."""
MAX_WAITING = 20_000
TARGETS_KEPT = 20_000
NEWEST_PLAYS = 100
"""More than a history that is told at once has."""
DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class _Asked:
    like: Like
    slug: str
    heard: AudioPositionView | None
    undo: bool


_Piece = Piece[_Asked, int]


@dataclass(slots=True)
class Likes:
    """The one door to likes. Counts are kept in memory from when something is first liked or its station taken on."""

    engine: AsyncEngine
    hub: Hub
    read_model: ReadModel
    heard_by: HeardBy
    clock: Clock
    _batches: Batches[_Asked, int] = field(default_factory=lambda: Batches(BATCH, MAX_WAITING))
    _counts: OrderedDict[Target, int] = field(default_factory=OrderedDict)
    _versions: Counter[str] = field(default_factory=Counter)
    """A number for each station, by slug, that rises with every like."""
    _reactions: dict[str, Counter[ReactionKind]] = field(default_factory=dict)

    async def take_on(self, station: StationRow) -> None:
        """Know the counts of a station's newest plays, and its own; raise Upstream."""
        own = Target(station.id, "station", station.slug)
        async with reading(self.engine) as connection:
            found = await table.recent(connection, station.id, NEWEST_PLAYS)
            found |= await table.counts(connection, [own])
        for target, count in found.items():
            self._keep(target, count)

    def let_go(self, slug: str) -> None:
        """Drop what is kept of a station that was removed."""
        self._versions.pop(slug, None)
        self._reactions.pop(slug, None)

    async def like(self, user_id: str, asked: InteractionLike) -> int:
        """Like something, or take that back; return by how many it is liked once that is committed.

        Raises NotFound for what the station does not have, Busy, or Upstream: then nothing was changed.
        """
        target = await self._target(asked.station, asked.target)
        undo = asked.undo is True
        heard = None if undo else self.heard_by(asked.station, asked.lag_ms)
        like = Like(target, user_id, heard.model_dump_json() if heard is not None else None)
        return await self._batches.add(_Asked(like, asked.station, heard, undo))

    def react(self, slug: str, kind: ReactionKind) -> None:
        """Count a reaction; raise NotFound."""
        self.read_model.require(slug)
        self._reactions.setdefault(slug, Counter())[kind] += 1

    async def send_reactions(self) -> None:
        """Send the reactions since the last time."""
        counted, self._reactions = self._reactions, {}
        for slug, counts in counted.items():
            self.hub.send(slug, Reactions(counts=dict(counts)))

    async def loved(self, slug: str, days: int, limit: int) -> list[Loved]:
        """List a station's most liked plays of some days."""
        station = self.read_model.require(slug).row
        async with reading(self.engine) as connection:
            return await table.loved(connection, station.id, self.clock.now_ms() - days * DAY_MS, limit)

    @staticmethod
    async def export(connection: AsyncConnection, user_id: str) -> Facts:
        """Return the likes of a person."""
        return await table.of_person(connection, user_id)

    async def erase(self, connection: AsyncConnection, user_id: str) -> Callable[[], Awaitable[None]]:
        """Delete the likes of a person; afterwards their counts are lower."""
        targets = await table.remove_all(connection, user_id)

        async def count() -> None:
            async with reading(self.engine) as afterwards:
                counts = await table.counts(afterwards, targets) if targets else {}
            slugs = {known.row.id: slug for slug in self.read_model.slugs() if (known := self.read_model.get(slug))}
            for target, number in counts.items():
                self._keep(target, number)
                if target.station_id in slugs:
                    self._tell(slugs[target.station_id], target, number)

        return count

    async def run(self) -> None:
        """Write until cancelled."""
        await self._batches.run(self._write)

    def version(self, slug: str) -> tuple[int, int]:
        """Return what is another one whenever the likes in a station's snapshot are."""
        return self._versions[slug], self.read_model.version(slug)

    def part(self, slug: str) -> LikesPart:
        """Return the likes in a station's snapshot."""
        known = self.read_model.require(slug)
        ids = [play.play_id for play in known.history] + ([known.now.play_id] if known.now is not None else [])
        counts = {each: self._counts.get(Target(known.row.id, "play", each), 0) for each in ids}
        own = self._counts.get(Target(known.row.id, "station", slug), 0)
        return LikesPart(likes={each: count for each, count in counts.items() if count}, station_likes=own)

    async def _write(self, batch: Sequence[_Piece]) -> None:
        try:
            counts = await self._commit([piece.item for piece in batch])
        except (Upstream, Conflict) as error:
            for piece in batch:
                piece.refuse(Upstream(str(error)))
            return
        for target, count in counts.items():
            self._keep(target, count)
        for piece in batch:
            piece.answer(counts[piece.item.like.target])
        newest = {(item.slug, item.like.target): item.heard for item in (piece.item for piece in batch)}
        for (slug, target), heard in newest.items():
            self._tell(slug, target, counts[target], heard)

    def _tell(self, slug: str, target: Target, count: int, heard: AudioPositionView | None = None) -> None:
        self._versions[slug] += 1
        liked = Liked.model_validate({"kind": target.kind, "id": target.id})
        self.hub.send(slug, LikesChanged(target=liked, count=count, position=heard))

    async def _commit(self, batch: Sequence[_Asked]) -> dict[Target, int]:
        """Return the counts after a batch; of what one person did twice in it, the last counts."""
        last = {each.like: each.undo for each in batch}
        targets = {like.target for like in last}
        async with writing(self.engine) as connection:
            liked = [like for like, undo in last.items() if not undo]
            taken_back = [like for like, undo in last.items() if undo]
            added = await table.add(connection, liked, self.clock.now_ms()) if liked else []
            removed = await table.remove(connection, taken_back) if taken_back else []
            unknown = [target for target in targets if target not in self._counts]
            counts = await table.counts(connection, unknown) if unknown else {}
        changes = Counter(like.target for like in added)
        changes.subtract(like.target for like in removed)
        return counts | {each: self._counts[each] + changes[each] for each in targets if each in self._counts}

    async def _target(self, slug: str, asked: LikeTarget) -> Target:
        known = self.read_model.require(slug)
        target = Target(known.row.id, asked.kind, asked.id)
        if target in self._counts or (asked.kind == "station" and asked.id == slug):
            return target
        if asked.kind == "play" and known.now is not None and known.now.play_id == asked.id:
            return target
        async with reading(self.engine) as connection:
            found = asked.kind != "station" and await table.exists(connection, target)
        if not found:
            raise NotFound(f"the station has no such {asked.kind}")
        return target

    def _keep(self, target: Target, count: int) -> None:
        self._counts[target] = count
        self._counts.move_to_end(target)
        if len(self._counts) > TARGETS_KEPT:
            self._counts.popitem(last=False)
