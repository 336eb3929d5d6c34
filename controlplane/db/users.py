"""Users."""

from dataclasses import dataclass

from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from controlplane.db.tables import users


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
    """Find a user by login, however it is capitalised."""
    row = (await connection.execute(select(*_COLUMNS).where(func.lower(users.c.login) == login.lower()))).first()
    return User(*row) if row else None


async def by_id(connection: AsyncConnection, user_id: str) -> User | None:
    """Find a user by id."""
    row = (await connection.execute(select(*_COLUMNS).where(users.c.id == user_id))).first()
    return User(*row) if row else None


async def all_users(connection: AsyncConnection) -> list[User]:
    """List the users by login."""
    return [User(*row) for row in await connection.execute(select(*_COLUMNS).order_by(users.c.login))]


async def after(connection: AsyncConnection, login: str, limit: int, search: str = "") -> list[User]:
    """List users whose login comes after another, by login; with `search`, those with it in their login or name."""
    query = select(*_COLUMNS).where(users.c.login > login).order_by(users.c.login).limit(limit)
    if search:
        query = query.where(
            or_(*(column.icontains(search, autoescape=True) for column in (users.c.login, users.c.name)))
        )
    return [User(*row) for row in await connection.execute(query)]


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


async def rename(connection: AsyncConnection, login: str, to: str) -> bool:
    """Give the user with exactly this login another one; say whether there is such a user."""
    query = update(users).where(users.c.login == login)
    return (await connection.execute(query.values(login=to))).rowcount > 0


async def set_role(connection: AsyncConnection, user_id: str, role: str) -> None:
    """Replace a user's role on the platform."""
    await connection.execute(update(users).where(users.c.id == user_id).values(role=role))


async def count(connection: AsyncConnection, role: str) -> int:
    """Return how many users have a role on the platform."""
    query = select(func.count()).select_from(users).where(users.c.role == role)
    return int((await connection.execute(query)).scalar_one())


async def tokens_from(connection: AsyncConnection, user_id: str, second: int) -> None:
    """Revoke tokens without a session that were made before a unix second."""
    await connection.execute(update(users).where(users.c.id == user_id).values(tokens_from=second))
