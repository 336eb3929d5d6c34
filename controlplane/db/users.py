"""Users and their roles at stations."""

from dataclasses import dataclass

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from controlplane.db.tables import members, stations, users


@dataclass(frozen=True, slots=True)
class User:
    """A person with a login; `role` is the platform role, `admin` or `user`."""

    id: str
    login: str
    name: str
    role: str
    password_hash: str | None


_COLUMNS = (users.c.id, users.c.login, users.c.name, users.c.role, users.c.password_hash)


async def by_login(connection: AsyncConnection, login: str) -> User | None:
    """Find a user by login."""
    row = (await connection.execute(select(*_COLUMNS).where(users.c.login == login))).first()
    return User(*row) if row else None


async def by_id(connection: AsyncConnection, user_id: str) -> User | None:
    """Find a user by id."""
    row = (await connection.execute(select(*_COLUMNS).where(users.c.id == user_id))).first()
    return User(*row) if row else None


async def everybody(connection: AsyncConnection) -> list[User]:
    """List the users by login."""
    return [User(*row) for row in await connection.execute(select(*_COLUMNS).order_by(users.c.login))]


async def add(connection: AsyncConnection, user: User, now_ms: int) -> None:
    """Add a user."""
    await connection.execute(
        insert(users).values(
            id=user.id,
            login=user.login,
            name=user.name,
            role=user.role,
            password_hash=user.password_hash,
            created_at=now_ms,
        )
    )


async def set_password(connection: AsyncConnection, user_id: str, password_hash: str) -> None:
    """Replace a user's password."""
    await connection.execute(update(users).where(users.c.id == user_id).values(password_hash=password_hash))


async def station_roles(connection: AsyncConnection, user_id: str) -> dict[str, str]:
    """Return the user's role at each station, by slug."""
    query = select(stations.c.slug, members.c.role).join(members).where(members.c.user_id == user_id)
    return {row.slug: row.role for row in await connection.execute(query)}
