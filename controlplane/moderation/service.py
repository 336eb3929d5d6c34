"""Bans: who may not come back to a station or to the platform until allowed."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from controlplane.accounts.actor import GUEST_PREFIX, Actor
from controlplane.accounts.standing import Standing
from controlplane.addresses import is_of_many
from controlplane.db import audit, authority, stations, users
from controlplane.db.audit import By
from controlplane.db.authority import Ban
from controlplane.db.engine import now_ms, reading
from controlplane.errors import Forbidden, InvalidInput, NotFound
from controlplane.onair import titles
from controlplane.permissions import rank

REASON_BYTES = 200

Seen = Callable[[str], tuple[str, str] | None]
"""Returns the name and the address of somebody who is connected, or was lately, by id."""


@dataclass(frozen=True, slots=True)
class Moderation:
    """The one door to bans. A ban is in force on every open socket as soon as it is made."""

    engine: AsyncEngine
    standing: Standing
    seen: Seen

    async def ban(
        self, actor: Actor, by: By, subject: str, slug: str | None, *, seconds: int | None, reason: str
    ) -> Ban:
        """Send somebody away; raise NotFound, or Forbidden for an equal or a superior.

        The address is remembered, so that a new guest token from there does not lead around the ban.
        """
        seen = self.seen(subject)
        async with authority.changing(self.engine) as connection:
            name, station_id = await self._judge(connection, actor, subject, slug, seen)
            now = now_ms()
            ban = Ban(
                id=secrets.token_hex(6),
                subject=subject,
                name=name,
                address=seen[1] if seen is not None and not is_of_many(seen[1]) else None,
                slug=slug,
                reason=titles.clean(reason, REASON_BYTES),
                made_by=by.name,
                rank=actor.rank(slug),
                created_at=now,
                until=None if seconds is None else now + seconds * 1000,
            )
            await authority.ban(connection, ban, station_id)
            detail = {"user": subject, "reason": ban.reason, "until": ban.until}
            await audit.note(connection, now, by, "ban.add", name, station=slug, detail=detail)
        await self.standing.refresh()
        return ban

    async def allow(self, actor: Actor, by: By, ban_id: str, slug: str | None) -> None:
        """Let somebody come back; raise NotFound, or Forbidden where a superior sent them away."""
        async with authority.changing(self.engine) as connection:
            now = now_ms()
            found = {ban.id: ban for ban in await authority.bans_in_force(connection, now) if ban.slug == slug}
            if ban_id not in found:
                raise NotFound(f"there is no ban {ban_id[:40]!r} in force here")
            if found[ban_id].rank < actor.rank(slug):
                raise Forbidden(f"{found[ban_id].made_by} sent them away: ask there")
            await authority.allow(connection, ban_id)
            detail = {"user": found[ban_id].subject}
            await audit.note(connection, now, by, "ban.lift", found[ban_id].name, station=slug, detail=detail)
        await self.standing.refresh()

    async def bans(self, slug: str | None) -> list[Ban]:
        """List the bans of a station, or those of the platform."""
        async with reading(self.engine) as connection:
            found = await authority.bans_in_force(connection, now_ms())
        return [ban for ban in found if ban.slug == slug]

    @staticmethod
    async def _judge(
        connection: AsyncConnection, actor: Actor, subject: str, slug: str | None, seen: tuple[str, str] | None
    ) -> tuple[str, str | None]:
        station = await stations.by_slug(connection, slug) if slug is not None else None
        if slug is not None and station is None:
            raise NotFound(f"there is no station {slug!r}")
        if subject == actor.id:
            raise InvalidInput("user_id: that is yourself")
        station_id = station.id if station is not None else None
        if subject.startswith(GUEST_PREFIX):
            if seen is None:
                raise NotFound("user_id: no such guest is here now")
            return seen[0], station_id
        user = await users.by_id(connection, subject)
        if user is None:
            raise NotFound(f"user_id: there is no user {subject[:64]!r}")
        at_station = await stations.role_at(connection, station_id, user.id) if station_id is not None else None
        if rank(user.role, at_station) <= actor.rank(slug):
            raise Forbidden(f"{user.name} cannot be sent away by you")
        return user.name, station_id
