"""Migrations: data of an earlier version is kept, and the tables match the declared ones."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.access.authenticator import Authenticator
from controlplane.db import onair as plays
from controlplane.db.engine import connect, migrate, reading
from controlplane.db.tables import metadata
from controlplane.features.stations.service import Stations
from controlplane.runtime.config import Settings
from tests.support.databases import Databases

pytestmark = pytest.mark.both_databases

EARLIER = "0004"
ROWS = """
insert into users values ('u1', 'sara', 'Sara', 'user', null, 0, 7);
insert into users values ('u2', 'ali', 'Ali', 'admin', 'hash', 0, 0);
insert into stations values ('s1', 'awaz', 'Awaz', 'text', 128, true, 0);
insert into members values ('s1', 'u1', 'owner');
insert into identities values ('https://site.example', 'x', 'u1');
insert into sessions values ('ses1', 'u1', 0, 0, 9000000000000, null, null, '203.0.113.7');
insert into refresh_tokens values ('hash1', 'ses1', null);
insert into revocations values ('guest:old', 9000000000000, 'u1', 'ses1');
insert into revocations values ('ses0', 9000000000000, null, null);
insert into bans values ('b1', 'guest:x', 'X', '198.51.100.1', 's1', 'spam', 'Sara', 1, 0, null);
insert into invitations values ('i1', 's1', 'host', 'hash2', 'Sara', 'u1', 0, 9000000000000, null, null);
insert into audit values (1, 5, 'u1', 'Sara', '::1', 'station.add', 'awaz', 's1', 'Awaz', '{}');
insert into stream_keys values ('k1', 's1', 'u1', 'laptop', 'hash3', 0, null);
insert into handovers values ('s1', '', 'epoch', 2, '[{"event":"stream:stopped","data":{"station":"awaz","epoch":"epoch",'
  || '"seq":2,"at":1,"broadcast_id":"b","reason":"r","then":"autodj"}}]', 0);
insert into broadcasts values ('br1', 's1', 'autodj', null, null, '', '', '', 0, null, null);
insert into plays values (1, 's1', 'br1', 'autodj', 't', 'Song', 'Band', '', 1000, null, null, false, 0, null);
update authority set stamp = 41;
"""


@pytest.fixture
async def empty(settings: Settings, databases: Databases) -> AsyncIterator[tuple[str, AsyncEngine]]:
    """The URL of a database without tables, and an engine on it."""
    url = await asyncio.to_thread(databases.empty, settings)
    engine = connect(url)
    yield url, engine
    await engine.dispose()


async def rows(engine: AsyncEngine) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table."""
    async with engine.connect() as connection:
        names = await connection.run_sync(lambda each: inspect(each).get_table_names())
        return {
            name: [tuple(row) for row in await connection.execute(text(f"select * from {name} order by 1"))]  # noqa: S608 - our own names
            for name in names
        }


async def test_migrating_from_the_previous_version_keeps_all_data(
    empty: tuple[str, AsyncEngine], settings: Settings
) -> None:
    url, engine = empty
    await asyncio.to_thread(migrate, url, EARLIER)
    async with engine.begin() as connection:
        for statement in ROWS.strip().split(";\n"):
            await connection.exec_driver_sql(statement)
    before = await rows(engine)
    await engine.dispose()  # its connections have cached plans for the old tables
    await asyncio.to_thread(migrate, url)
    after = await rows(engine)
    assert after.pop("access_version") == before.pop("authority") == [(1, 41)]
    assert after.pop("plays") == [(*play, 0, "") for play in before.pop("plays")]
    assert after.pop("stations") == [(*station, "", "UTC", "[]", "", 1, 30) for station in before.pop("stations")]
    assert after.pop("broadcasts") == [(*broadcast, None, None, None, None) for broadcast in before.pop("broadcasts")]
    assert after.pop("stream_keys") == [(*key, None, None) for key in before.pop("stream_keys")]
    assert after.pop("invitations") == [(*invitation, "", "") for invitation in before.pop("invitations")]
    assert after.pop("bans") == [(*ban, "ban") for ban in before.pop("bans")]
    assert after.pop("handovers") == [(row[0], "stream", *row[1:]) for row in before.pop("handovers")]
    del before["alembic_version"], after["alembic_version"]
    assert {name: after[name] for name in before} == before

    authenticator = Authenticator.build(settings, engine)
    await authenticator.cache.refresh()
    upgrade = authenticator.cache.upgrade("guest:old")
    stations = Stations(engine, authenticator.cache)
    await stations.load()
    async with reading(engine) as connection:
        history = await plays.history(connection, "s1", 10)
    assert upgrade is not None
    assert (upgrade.user_id, upgrade.session) == ("u1", "ses1")
    assert [row.slug for row in stations.all()] == ["awaz"]
    assert [play.title for play in history] == ["Song"]


def differences(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


# SQLAlchemy cannot read back an index on an expression.
@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index")
async def test_the_migrated_tables_match_the_declared_ones(empty: tuple[str, AsyncEngine]) -> None:
    url, engine = empty
    await asyncio.to_thread(migrate, url)
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
