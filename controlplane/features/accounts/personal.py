"""A person's own data, over all features: a copy of it, and its end."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from controlplane.access.cache import AccessCache
from controlplane.access.identity import GUEST_PREFIX, Actor
from controlplane.db import access, personal
from controlplane.db.engine import reading
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

    def routes(self) -> list[Route]:
        """List the routes."""
        own = Permission.ACCOUNT_SEE
        return [
            get(f"{API}/me/export", self.export, permission=own, quota=Quota.ACCOUNT, answer=PersonalExport),
            delete(f"{API}/me", self.erase, permission=own, quota=Quota.ACCOUNT, answer=Done, errors=(Conflict,)),
        ]

    async def export(self, call: Call) -> PersonalExport:
        """Get a copy of everything that is kept of oneself."""
        async with reading(self.cache.engine) as connection:
            data = await personal.account(connection, call.actor.id)
            for part in self.parts:
                data[part.name] = await part.export(connection, call.actor.id)
        return PersonalExport(exported_at=self.clock.now_ms(), data=data)

    async def erase(self, call: Call) -> Done:
        """Erase everything that is kept of oneself, and end every session; a ban stays in force.

        The last admin cannot leave, nor the only owner of a station.
        """
        actor = call.actor
        async with self.cache.changing() as connection:
            if not actor.id.startswith(GUEST_PREFIX):
                await _check(connection, actor)
            told = [await part.erase(connection, actor.id) for part in self.parts]
            await personal.erase_account(connection, actor.id)
            until = self.clock.now_ms() + self.guest_lifetime_s * 1000
            await access.revoke(connection, [actor.id], until)
        log.info("person_erased", user=actor.id)
        for tell in told:
            await tell()
        return Done()


async def _check(connection: AsyncConnection, actor: Actor) -> None:
    alone = await personal.sole_owner_of(connection, actor.id)
    if alone:
        raise Conflict(f"you are the only owner of {', '.join(alone)}: make somebody else an owner first")
    if await personal.is_last_admin(connection, actor.id):
        raise Conflict("you are the only admin: make somebody else an admin first")
