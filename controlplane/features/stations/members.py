"""A station's members, and invitations to become one."""

import secrets
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from controlplane.access.cache import AccessCache
from controlplane.access.identity import Actor
from controlplane.db import audit, bots, invitations, users
from controlplane.db import stations as table
from controlplane.db.engine import reading, writing
from controlplane.db.invitations import Invitation
from controlplane.db.stations import Member
from controlplane.kernel.audit import AuditActor
from controlplane.kernel.clock import Clock
from controlplane.kernel.errors import Conflict, Forbidden, NotFound
from controlplane.kernel.permissions import STATION_ROLES, Permission, allows
from controlplane.kernel.stations import StationRow
from controlplane.kernel.text import NAME_BYTES, clean, clean_lines
from controlplane.kernel.tokens import token_hash
from controlplane.protocol.stations import InvitationRequest

TOKEN_BYTES = 24
MESSAGE_BYTES = 2000
MAX_INVITATIONS = 100
ENDED_SHOWN_MS = 30 * 86_400_000
ENDED = {"withdrawn": "was cancelled", "expired": "has expired"}


@dataclass(frozen=True, slots=True)
class Members:
    """Gives people roles at stations, and takes them away. A change takes effect on every open socket at once."""

    engine: AsyncEngine
    cache: AccessCache
    clock: Clock

    async def all(self, slug: str) -> list[Member]:
        """List a station's members, the most powerful first."""
        async with reading(self.engine) as connection:
            found = await table.members_of(connection, (await table.require(connection, slug)).id)
        return sorted(found, key=lambda member: (STATION_ROLES.index(member.role), member.login))

    async def set(self, actor: Actor, by: AuditActor, slug: str, login: str, role: str) -> Member:
        """Give a user a role at a station; raise NotFound, Forbidden for another owner, Conflict for the last one."""
        async with self.cache.changing() as connection:
            station = await table.require(connection, slug)
            user = await users.by_login(connection, login)
            if user is None:
                raise NotFound(f"no user is called {login[:64]!r}")
            if await bots.is_bot(connection, user.id):
                raise Conflict("a bot keeps its role: remove it, and create another one")
            before = await table.role_at(connection, station.id, user.id)
            await self._may_change(connection, actor, station, user.id, before, role)
            await table.set_member(connection, station.id, user.id, role)
            await audit.note(
                connection,
                self.clock.now_ms(),
                by,
                "member.set",
                user.login,
                station=slug,
                detail={"from": before, "to": role},
            )
        return Member(user.id, user.login, user.name, role)

    async def remove(self, actor: Actor, by: AuditActor, slug: str, user_id: str) -> None:
        """Take a user's role at a station away; raise NotFound, Forbidden for another owner, Conflict for the last."""
        async with self.cache.changing() as connection:
            station = await table.require(connection, slug)
            before = await table.role_at(connection, station.id, user_id)
            user = await users.by_id(connection, user_id)
            if before is None or user is None:
                raise NotFound(f"nobody with the id {user_id[:40]!r} has a role here")
            await self._may_change(connection, actor, station, user_id, before, None)
            await table.remove_member(connection, station.id, user_id)
            await audit.note(
                connection, self.clock.now_ms(), by, "member.remove", user.login, station=slug, detail={"from": before}
            )

    async def invite(self, by: AuditActor, slug: str, asked: InvitationRequest) -> tuple[Invitation, str]:
        """Create an invitation; return it with its token, which is not kept."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        now = self.clock.now_ms()
        expires_at, note = now + asked.expires_in * 1000, clean(asked.note, NAME_BYTES)
        message = clean_lines(asked.message, MESSAGE_BYTES)
        made = Invitation(
            secrets.token_hex(6), slug, asked.role, by.name, by.id, now, expires_at, note=note, message=message
        )
        async with writing(self.engine) as connection:
            station = await table.require(connection, slug)
            await invitations.add(connection, made, station.id, token_hash(token))
            detail: audit.Detail = {"role": asked.role, "expires_at": made.expires_at}
            await audit.note(connection, now, by, "invitation.add", made.id, station=slug, detail=detail)
        return made, token

    async def invitations(self, slug: str) -> list[Invitation]:
        """List a station's newest invitations, without those that ended some time ago."""
        async with reading(self.engine) as connection:
            await table.require(connection, slug)
            return await invitations.at_station(connection, slug, self.clock.now_ms() - ENDED_SHOWN_MS, MAX_INVITATIONS)

    async def offer(self, token: str) -> tuple[Invitation, StationRow]:
        """Return the invitation with a token, and its station; raise NotFound."""
        async with reading(self.engine) as connection:
            found = await invitations.by_token(connection, token_hash(token))
            if found is None:
                raise NotFound("no invitation has that link")
            return found, await table.require(connection, found.slug)

    async def withdraw(self, by: AuditActor, slug: str, invitation_id: str) -> None:
        """Withdraw an open invitation; raise NotFound."""
        async with writing(self.engine) as connection:
            if not await invitations.end(connection, invitation_id, slug, self.clock.now_ms()):
                raise NotFound(f"there is no open invitation {invitation_id[:40]!r}")
            await audit.note(connection, self.clock.now_ms(), by, "invitation.withdraw", invitation_id, station=slug)

    async def accept(self, by: AuditActor, token: str) -> tuple[str, str]:
        """Accept an invitation; return the station's slug and the role there. Raises NotFound or Conflict."""
        async with self.cache.changing() as connection:
            found = await invitations.by_token(connection, token_hash(token))
            if found is None:
                raise NotFound("no invitation has that link")
            state = found.state(self.clock.now_ms())
            if state != "open" or not await invitations.end(
                connection, found.id, found.slug, self.clock.now_ms(), by.name
            ):
                raise Conflict(f"this invitation {ENDED.get(state, 'has been used already')}")
            station = await table.require(connection, found.slug)
            if not await _may_invite(connection, station, found.made_by_id):
                raise Conflict("the person who invited you no longer runs this station")
            before = await table.role_at(connection, station.id, by.id)
            role = min((found.role, before or found.role), key=STATION_ROLES.index)
            await table.set_member(connection, station.id, by.id, role)
            detail = {"from": before, "to": role}
            await audit.note(
                connection, self.clock.now_ms(), by, "invitation.accept", found.id, station=found.slug, detail=detail
            )
        return found.slug, role

    @staticmethod
    async def _may_change(  # noqa: PLR0917 - six facts
        connection: AsyncConnection, actor: Actor, station: StationRow, user_id: str, before: str | None, to: str | None
    ) -> None:
        if before != "owner":
            return
        if actor.role != "admin" and user_id != actor.id:
            raise Forbidden("only an admin can change another owner's role")
        if to != "owner" and await table.count_role(connection, station.id, "owner") == 1:
            raise Conflict("the station would have no owner: make someone else an owner first")


async def _may_invite(connection: AsyncConnection, station: StationRow, user_id: str) -> bool:
    user = await users.by_id(connection, user_id)
    at_station = await table.role_at(connection, station.id, user_id)
    roles = frozenset({user.role if user is not None else "", at_station or ""})
    return allows(roles, Permission.STATION_MANAGE_MEMBERS)
