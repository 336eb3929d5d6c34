"""A person's own data, over all features: a copy of it, and its end."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from controlplane.access.cache import AccessCache
from controlplane.access.identity import GUEST_PREFIX
from controlplane.db import access, personal
from controlplane.db.engine import reading
from controlplane.db.personal import Facts
from controlplane.kernel.clock import Clock
from controlplane.kernel.errors import Conflict
from controlplane.kernel.permissions import Permission
from controlplane.kernel.quotas import Quota
from controlplane.kit import PersonalData
from controlplane.protocol.accounts import PersonalExport
from controlplane.protocol.base import Done
from controlplane.web.routes import API, Call, Route, delete, get

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Personal:
    """Collects and erases what is kept of a person; `parts` are those of the features."""

    cache: AccessCache
    parts: Sequence[PersonalData]
    guest_lifetime_s: int
    clock: Clock

    async def export(self, user_id: str) -> dict[str, Facts]:
        """Return everything that is kept of a person, by what keeps it; raise Upstream."""
        async with reading(self.cache.engine) as connection:
            data = await personal.account(connection, user_id)
            for part in self.parts:
                data[part.name] = await part.export(connection, user_id)
        return data

    async def erase(self, user_id: str) -> None:
        """Erase that, and end every session; a ban stays in force.

        Raises Conflict for the last admin and the only owner of a station, or Upstream: then nothing was erased.
        """
        async with self.cache.changing() as connection:
            if not user_id.startswith(GUEST_PREFIX):
                await _check(connection, user_id)
            told = [await part.erase(connection, user_id) for part in self.parts]
            await personal.erase_account(connection, user_id)
            until = self.clock.now_ms() + self.guest_lifetime_s * 1000
            await access.revoke(connection, [user_id], until)
        log.info("person_erased", user=user_id)
        for tell in told:
            await tell()


@dataclass(frozen=True, slots=True)
class PersonalRoutes:
    """Routes to one's own data."""

    personal: Personal

    def routes(self) -> list[Route]:
        """List the routes."""
        own = Permission.ACCOUNT_SEE
        return [
            get(f"{API}/me/export", self.export, permission=own, quota=Quota.ACCOUNT, answer=PersonalExport),
            delete(f"{API}/me", self.erase, permission=own, quota=Quota.ACCOUNT, answer=Done, errors=(Conflict,)),
        ]

    async def export(self, call: Call) -> PersonalExport:
        """Get a copy of everything that is kept of oneself."""
        data = await self.personal.export(call.actor.id)
        return PersonalExport(exported_at=self.personal.clock.now_ms(), data=data)

    async def erase(self, call: Call) -> Done:
        """Erase everything that is kept of oneself, and end every session; a ban stays in force.

        The last admin cannot leave, nor the only owner of a station.
        """
        await self.personal.erase(call.actor.id)
        return Done()


async def _check(connection: AsyncConnection, user_id: str) -> None:
    alone = await personal.sole_owner_of(connection, user_id)
    if alone:
        raise Conflict(f"you are the only owner of {', '.join(alone)}: make somebody else an owner first")
    if await personal.is_last_admin(connection, user_id):
        raise Conflict("you are the only admin: make somebody else an admin first")
