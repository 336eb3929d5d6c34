"""The database engine, its pragmas, its migrations, and its errors as ours."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Row, Select, Table, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from controlplane.kernel.errors import Conflict, Upstream

STREAMED_ROWS = 500
BUSY_TIMEOUT_MS = 2000
"""How long a statement waits for a lock: long enough for a backup's, short enough for a person."""


class _RollsBackOnClose(sqlite3.Connection):
    """A connection that gives its locks back when it is closed.

    SQLite keeps a closed connection, and its lock, until the last statement is freed (`sqlite3_close_v2`): for a task
    that was cancelled while it wrote, that is when its traceback is collected.
    """

    def close(self) -> None:
        """Roll back what was not committed, and close."""
        with suppress(sqlite3.Error):  # closed already, or a disk that fails
            self.rollback()
        super().close()


def connect(url: str) -> AsyncEngine:
    """Open an engine for SQLite (write-ahead log, every commit flushed to disk) or Postgres."""
    if not url.startswith("sqlite"):
        own = {"timeout": 5, "server_settings": {"lock_timeout": str(BUSY_TIMEOUT_MS)}}
        return create_async_engine(url, pool_pre_ping=True, connect_args=own)
    engine = create_async_engine(url, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000, "factory": _RollsBackOnClose})

    @event.listens_for(engine.sync_engine, "connect")
    def set_pragmas(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own type
        cursor = connection.cursor()
        for pragma in ("foreign_keys=ON", "synchronous=FULL", f"busy_timeout={BUSY_TIMEOUT_MS}"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return engine


def insert_into(connection: AsyncConnection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """Return an insert that can leave out rows that are there (`on_conflict_…`): each dialect has its own."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


@asynccontextmanager
async def reading(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Give a connection to read with; raise Upstream when the database does not answer."""
    async with _translated(), engine.connect() as connection:
        yield connection


async def streamed(connection: AsyncConnection, query: Select[Any]) -> AsyncIterator[Row[Any]]:
    """Read many rows, some at a time: all at once, they would hold up the loop."""
    result = await connection.stream(query)
    async for rows in result.partitions(STREAMED_ROWS):
        for row in rows:
            yield row


@asynccontextmanager
async def writing(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Give a connection whose work is committed at the end, or not at all.

    Raises Conflict when a name is taken and Upstream when the database cannot be written.
    """
    async with _translated(), engine.begin() as connection:
        yield connection


@asynccontextmanager
async def _translated() -> AsyncIterator[None]:
    try:
        yield
    except IntegrityError as error:
        raise Conflict("a row with that name exists already, or the one that it refers to does not") from error
    except (DBAPIError, SQLAlchemyError, OSError, TimeoutError) as error:
        raise Upstream(f"the database cannot be used now: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    return str(error.orig) if isinstance(error, DBAPIError) else str(error) or type(error).__name__


def migrate(url: str, revision: str = "head") -> None:
    """Bring the database's tables up to a revision; raise Upstream. Must not be called from within an event loop."""
    if url.startswith("sqlite"):
        Path(url.partition(":///")[2]).parent.mkdir(parents=True, exist_ok=True)
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["url"] = url
    try:
        command.upgrade(config, revision)
    except (DBAPIError, SQLAlchemyError, OSError, TimeoutError) as error:
        raise Upstream(f"the database cannot be brought up to date: {_reason(error)}") from error
