"""What only Postgres can show: its migrations, and what happens while it is away.

`make test` runs the service tests of everything in the database on Postgres, too.
"""

import asyncio
from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from controlplane.access.authenticator import Authenticator
from controlplane.access.cache import AccessCache
from controlplane.db import access
from controlplane.db import onair as table
from controlplane.db.engine import connect, migrate, reading
from controlplane.db.tables import metadata
from controlplane.features.stations.service import Stations
from controlplane.kernel.errors import Upstream
from controlplane.runtime.config import Settings
from tests.service.test_migrations import EARLIER, ROWS
from tests.support.postgres import Postgres
from tests.support.running_stack import free_port


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    started = Postgres.start()
    yield started
    started.stop()


async def run_sql(url: str, statements: list[str]) -> None:
    created = create_async_engine(url, isolation_level="AUTOCOMMIT")
    async with created.connect() as connection:
        for statement in statements:
            await connection.exec_driver_sql(statement)
    await created.dispose()


async def test_migrating_from_the_previous_version_keeps_all_data(postgres: Postgres) -> None:
    url = await asyncio.to_thread(postgres.create, "earlier")
    await asyncio.to_thread(migrate, url, EARLIER)
    await run_sql(url, ROWS.strip().split(";\n"))
    await asyncio.to_thread(migrate, url)
    created = connect(url)
    authenticator = Authenticator.build(Settings(), created)
    await authenticator.cache.refresh()
    upgrade = authenticator.cache.upgrade("guest:old")
    async with reading(created) as connection:
        history = await table.history(connection, "s1", 10)
        version = await access.version(connection)
    await created.dispose()
    assert upgrade is not None
    assert (upgrade.user_id, [play.title for play in history], version) == ("u1", ["Song"], 41)


def differences(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


# Postgres' reflection of an index on an expression cannot be compared with what is declared.
@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index")
async def test_the_migrated_tables_match_the_declared_ones(postgres: Postgres) -> None:
    url = await asyncio.to_thread(postgres.create, "migrated")
    await asyncio.to_thread(migrate, url)
    engine = connect(url)
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()


async def test_an_unreachable_postgres_is_an_upstream_error() -> None:
    engine = connect(f"postgresql+asyncpg://awaz@127.0.0.1:{free_port()}/postgres")
    with pytest.raises(Upstream):
        await Stations(engine, AccessCache(engine)).load()
    await engine.dispose()
