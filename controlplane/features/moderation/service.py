"""Bans from a station or from the whole platform, timeouts, and the audit log."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from controlplane.access.cache import AccessCache
from controlplane.access.identity import GUEST_PREFIX, Actor
from controlplane.db import access, audit, stations, users
from controlplane.db.access import Ban, SanctionKind
from controlplane.db.engine import reading
from controlplane.kernel.addresses import is_shared
from controlplane.kernel.audit import AuditActor
from controlplane.kernel.clock import Clock
from controlplane.kernel.errors import Forbidden, InvalidInput, NotFound
from controlplane.kernel.permissions import rank
from controlplane.kernel.text import clean
from controlplane.protocol.paging import cursor_of, numbers_of, page_of

REASON_BYTES = 200

Seen = Callable[[str], tuple[str, str] | None]
"""Returns the name and the address of a user or guest who is connected, or was recently, by id."""

Here = Callable[[str], list[Actor]]
"""Returns who follows a station now."""


@dataclass(frozen=True, slots=True)
class Moderation:
    """Bans people and lifts bans, at once on every open socket; reads the audit log."""

    engine: AsyncEngine
    cache: AccessCache
    seen: Seen
    here: Here
    clock: Clock

    async def people(self, slug: str) -> list[Actor]:
        """List who follows a station now; raise NotFound."""
        async with reading(self.engine) as connection:
            await stations.require(connection, slug)
        return self.here(slug)

    async def ban(
        self,
        actor: Actor,
        by: AuditActor,
        subject: str,
        slug: str | None,
        *,
        seconds: int | None,
        reason: str,
        kind: SanctionKind = "ban",
        wrote_as: str | None = None,
    ) -> Ban:
        """Ban a user or guest, or time them out; raise NotFound, or Forbidden for somebody with as much power or more.

        The address is remembered, so that a new guest token does not lead around the ban. `wrote_as` is the name of a
        guest who may have gone, and has left messages.
        """
        seen = self.seen(subject) or ((wrote_as, None) if wrote_as is not None else None)
        async with self.cache.changing() as connection:
            name, station_id = await self._check(connection, actor, subject, slug, seen)
            now = self.clock.now_ms()
            ban = Ban(
                id=secrets.token_hex(6),
                subject=subject,
                name=name,
                address=seen[1] if seen is not None and seen[1] is not None and not is_shared(seen[1]) else None,
                slug=slug,
                reason=clean(reason, REASON_BYTES),
                made_by=by.name,
                rank=actor.rank(slug),
                created_at=now,
                until=None if seconds is None else now + seconds * 1000,
                kind=kind,
            )
            await access.ban(connection, ban, station_id)
            detail = {"user": subject, "reason": ban.reason, "until": ban.until}
            await audit.note(connection, now, by, f"{kind}.add", name, station=slug, detail=detail)
        return ban

    async def lift(self, actor: Actor, by: AuditActor, ban_id: str, slug: str | None) -> None:
        """Lift a ban; raise NotFound, or Forbidden where somebody with more power made it."""
        async with self.cache.changing() as connection:
            now = self.clock.now_ms()
            in_force = await access.bans_in_force(connection, now)
            found = {ban.id: ban for ban in in_force if ban.slug == slug}
            if ban_id not in found:
                raise NotFound(f"there is no ban {ban_id[:40]!r} in force here")
            if found[ban_id].rank < actor.rank(slug):
                raise Forbidden(f"{found[ban_id].made_by} made this ban: ask them to lift it")
            await access.lift(connection, ban_id)
            detail = {"user": found[ban_id].subject}
            action = f"{found[ban_id].kind}.lift"
            await audit.note(connection, now, by, action, found[ban_id].name, station=slug, detail=detail)

    async def lift_all(self, actor: Actor, by: AuditActor, subject: str, slug: str) -> list[Ban]:
        """Lift the bans and timeouts of somebody at a station; return them.

        Raises NotFound if there is none, or Forbidden where somebody with more power made one.
        """
        async with reading(self.engine) as connection:
            in_force = await access.bans_in_force(connection, self.clock.now_ms())
        found = [ban for ban in in_force if ban.slug == slug and ban.subject == subject]
        if not found:
            raise NotFound("that person is neither banned nor timed out here")
        for ban in found:
            await self.lift(actor, by, ban.id, slug)
        return found

    async def restore(self, by: AuditActor, bans: Sequence[Ban], slug: str) -> None:
        """Put bans in force again that were lifted."""
        async with self.cache.changing() as connection:
            station = await stations.require(connection, slug)
            for ban in bans:
                await access.ban(connection, ban, station.id)
                detail = {"user": ban.subject, "reason": ban.reason, "until": ban.until}
                now = self.clock.now_ms()
                await audit.note(connection, now, by, f"{ban.kind}.add", ban.name, station=slug, detail=detail)

    async def audit_page(
        self, limit: int, cursor: str | None, slug: str | None
    ) -> tuple[list[audit.Entry], str | None]:
        """Return a page of what was done at a station or everywhere, the newest first, and the cursor of the next."""
        before = numbers_of(cursor)[0] if cursor is not None else None
        async with reading(self.engine) as connection:
            if slug is not None:
                await stations.require(connection, slug)
            found = await audit.newest(connection, limit + 1, before, slug)
        return page_of(found, limit, lambda entry: cursor_of(entry.id))

    async def bans(self, slug: str | None) -> list[Ban]:
        """List the bans of a station, or those of the platform."""
        async with reading(self.engine) as connection:
            if slug is not None:
                await stations.require(connection, slug)
            found = await access.bans_in_force(connection, self.clock.now_ms())
        return [ban for ban in found if ban.slug == slug and ban.kind == "ban"]

    @staticmethod
    async def _check(
        connection: AsyncConnection, actor: Actor, subject: str, slug: str | None, seen: tuple[str, str | None] | None
    ) -> tuple[str, str | None]:
        station = await stations.require(connection, slug) if slug is not None else None
        if subject == actor.id:
            raise InvalidInput("you cannot ban yourself")
        station_id = station.id if station is not None else None
        if subject.startswith(GUEST_PREFIX):
            if seen is None:
                raise NotFound("that guest is not here: guests can be banned while connected, and a moment after")
            return seen[0], station_id
        user = await users.by_id(connection, subject)
        if user is None:
            raise NotFound(f"no user has the ID {subject[:64]!r}")
        at_station = await stations.role_at(connection, station_id, user.id) if station_id is not None else None
        if rank(user.role, at_station) <= actor.rank(slug):
            raise Forbidden(f"you cannot ban {user.name}")
        return user.name, station_id
