"""Bots at stations, and the access tokens that their keys are exchanged for."""

import secrets
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.access.cache import AccessCache
from controlplane.access.tokens import TokenMint
from controlplane.db import access, audit, stations, users
from controlplane.db import bots as table
from controlplane.db.bots import BotRow
from controlplane.db.engine import reading, writing
from controlplane.db.users import User
from controlplane.kernel.audit import AuditActor
from controlplane.kernel.clock import Clock
from controlplane.kernel.errors import Conflict, InvalidInput, NotFound, Unauthenticated
from controlplane.kernel.text import NAME_BYTES, clean
from controlplane.kernel.tokens import token_hash

KEY_BYTES = 24
MAX_BOTS = 50
"""Of one station."""


@dataclass(frozen=True, slots=True)
class Bots:
    """The one door to bots. A bot is a user that cannot sign in and has a role at one station."""

    engine: AsyncEngine
    cache: AccessCache
    mint: TokenMint
    clock: Clock

    async def add(self, by: AuditActor, slug: str, name: str, role: str) -> tuple[BotRow, str]:
        """Create a bot; return it with its key, which is not kept. Raises InvalidInput, NotFound or Conflict."""
        cleaned = clean(name, NAME_BYTES)
        if not cleaned:
            raise InvalidInput("name: give the bot a name")
        key, bot_id, now = secrets.token_urlsafe(KEY_BYTES), secrets.token_hex(16), self.clock.now_ms()
        bot = BotRow(bot_id, cleaned, role, by.name, now, None)
        async with self.cache.changing() as connection:
            station = await stations.require(connection, slug)
            if len(await table.at_station(connection, station.id)) >= MAX_BOTS:
                raise Conflict(f"a station has at most {MAX_BOTS} bots: remove one first")
            await users.add(connection, User(bot_id, f"bot-{bot_id}", cleaned, "user", None), now)
            await stations.set_member(connection, station.id, bot_id, role)
            await table.add(connection, bot, station.id, token_hash(key))
            await audit.note(connection, now, by, "bot.add", cleaned, station=slug, detail={"role": role})
        return bot, key

    async def all(self, slug: str) -> list[BotRow]:
        """List a station's bots, the newest first; raise NotFound."""
        async with reading(self.engine) as connection:
            return await table.at_station(connection, (await stations.require(connection, slug)).id)

    async def remove(self, by: AuditActor, slug: str, bot_id: str) -> None:
        """Delete a bot, whose key and tokens open nothing from then on; raise NotFound."""
        async with self.cache.changing() as connection:
            station = await stations.require(connection, slug)
            name = await table.remove(connection, station.id, bot_id)
            if name is None:
                raise NotFound(f"there is no bot {bot_id[:40]!r} here")
            await audit.note(connection, self.clock.now_ms(), by, "bot.remove", name, station=slug)

    async def token(self, key: str) -> tuple[User, str]:
        """Return the bot that a key is of, with an access token; raise Unauthenticated."""
        async with writing(self.engine) as connection:
            bot_id = await table.use(connection, token_hash(key), self.clock.now_ms())
            user = await users.by_id(connection, bot_id) if bot_id is not None else None
            known = await access.users_access(connection, [user.id]) if user is not None else {}
        if user is None:
            raise Unauthenticated("no bot has that key")
        return user, self.mint.make(user.id, user.name, not_before=known[user.id].tokens_from)
