"""Alembic's entry: runs the migrations over the async engine."""

import asyncio

from alembic import context
from sqlalchemy import Connection

from controlplane.db import chat_tables, onair_tables  # noqa: F401 - their tables belong to the metadata
from controlplane.db.engine import connect
from controlplane.db.tables import metadata


def run(connection: Connection) -> None:
    """Run what is missing in one transaction."""
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


async def main() -> None:
    """Connect and run."""
    engine = connect(context.config.attributes["url"])
    try:
        if engine.dialect.name == "sqlite":
            # The journal mode stays with the file; changing it needs a connection without a transaction.
            async with engine.connect() as plain:
                await plain.execution_options(isolation_level="AUTOCOMMIT")
                await plain.exec_driver_sql("PRAGMA journal_mode=WAL")
        async with engine.begin() as connection:
            await connection.run_sync(run)
    finally:
        await engine.dispose()


asyncio.run(main())
