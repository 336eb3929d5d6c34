"""The account, sessions, roles and audit entries of one person; features keep the rest."""

from typing import Any

from sqlalchemy import Select, Table, and_, delete, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from controlplane.db.chat_tables import chat_messages, chat_names, chat_reports, likes
from controlplane.db.tables import audit, members, sessions, stations, stream_keys, users

Facts = list[dict[str, Any]]
"""Rows as JSON objects; times in unix milliseconds."""

ERASED = "somebody who left"
"""The name in the audit log of a person who was erased."""


async def facts(connection: AsyncConnection, query: Select[Any]) -> Facts:
    """Return rows as objects, by the names of their columns."""
    return [dict(row) for row in (await connection.execute(query)).mappings()]


async def account(connection: AsyncConnection, user_id: str) -> dict[str, Facts]:
    """Return a person's account, sessions, roles, stream keys without their secrets, and what they did."""
    own = users.c.id, users.c.login, users.c.name, users.c.role, users.c.created_at
    roles = select(stations.c.slug.label("station"), members.c.role).join(
        stations, stations.c.id == members.c.station_id
    )
    done = audit.c.at, audit.c.action, audit.c.station, audit.c.target, audit.c.address
    opened = sessions.c.created_at, sessions.c.used_at, sessions.c.ended_at, sessions.c.address
    keys = stream_keys.c.label, stream_keys.c.created_at, stream_keys.c.last_used_at, stream_keys.c.revoked_at
    return {
        "account": await facts(connection, select(*own).where(users.c.id == user_id)),
        "roles": await facts(connection, roles.where(members.c.user_id == user_id)),
        "sessions": await facts(connection, select(*opened).where(sessions.c.user_id == user_id)),
        "stream_keys": await facts(connection, select(*keys).where(stream_keys.c.user_id == user_id)),
        "actions": await facts(connection, select(*done).where(audit.c.actor_id == user_id).order_by(audit.c.id)),
    }


async def sole_owner_of(connection: AsyncConnection, user_id: str) -> list[str]:
    """List the stations, by slug, that nobody else owns."""
    other = members.alias()
    others = exists().where(
        other.c.station_id == members.c.station_id, other.c.role == "owner", other.c.user_id != user_id
    )
    own = and_(members.c.user_id == user_id, members.c.role == "owner", ~others)
    query = select(stations.c.slug).join(members, members.c.station_id == stations.c.id).where(own)
    return [*(await connection.execute(query.order_by(stations.c.slug))).scalars()]


async def is_last_admin(connection: AsyncConnection, user_id: str) -> bool:
    """Say whether a user is the only admin."""
    admins = select(func.count(), func.max(users.c.id)).where(users.c.role == "admin")
    number, only = (await connection.execute(admins)).one()
    return bool(number == 1 and only == user_id)


async def erase_account(connection: AsyncConnection, user_id: str) -> None:
    """Delete a user with sessions, roles and stream keys; the audit log keeps what was done, and not by whom."""
    gone = {"actor_id": "", "actor_name": ERASED, "address": ""}
    await connection.execute(update(audit).where(audit.c.actor_id == user_id).values(**gone))
    await connection.execute(delete(users).where(users.c.id == user_id))


async def move(connection: AsyncConnection, guest_id: str, user_id: str) -> None:
    """Make what a guest wrote and liked that of the new user whom the guest has become."""
    for table in (chat_messages, chat_names, chat_reports, likes):
        await connection.execute(update(table).where(table.c.user_id == guest_id).values(user_id=user_id))


async def erase_rows(connection: AsyncConnection, table: Table, user_id: str) -> None:
    """Delete a person's rows of a table that has a `user_id`."""
    await connection.execute(delete(table).where(table.c.user_id == user_id))
