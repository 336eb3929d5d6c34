"""Batched loading: concurrent loads share queries, and failures stay separate."""

import asyncio
import time

import pytest
from sqlalchemy import event, insert
from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.access.batch_loader import BatchLoader
from controlplane.access.claims import Claims
from controlplane.access.identity import Actor
from controlplane.db.engine import writing
from controlplane.db.tables import users
from controlplane.kernel.errors import Unauthenticated, Upstream
from tests.support.running import Running


class RecordingSource:
    """A source that records its queries, and can be slow or broken."""

    def __init__(self) -> None:
        self.queries: list[set[int]] = []
        self.slow = asyncio.Event()
        self.slow.set()
        self.broken = False

    async def query(self, keys: set[int]) -> dict[int, str]:
        self.queries.append(set(keys))
        await self.slow.wait()
        if self.broken:
            raise Upstream("no")
        return {key: str(key) for key in keys if key >= 0}


async def test_a_single_load_is_immediate() -> None:
    async with asyncio.timeout(5):
        assert await BatchLoader(RecordingSource().query, interval_s=60).load(1) == "1"


async def test_concurrent_loads_share_one_query() -> None:
    source = RecordingSource()
    loader = BatchLoader(source.query)
    source.slow.clear()
    first = asyncio.create_task(loader.load(0))
    await asyncio.sleep(0)
    others = [asyncio.create_task(loader.load(number)) for number in range(-1, 1000)]
    await asyncio.sleep(0)
    source.slow.set()
    assert await first == "0"
    assert await asyncio.gather(*others) == [None, *map(str, range(1000))]
    assert source.queries == [{0}, set(range(-1, 1000))]


async def test_cancelling_the_first_load_does_not_affect_the_others() -> None:
    source = RecordingSource()
    loader = BatchLoader(source.query)
    source.slow.clear()
    tasks = [asyncio.create_task(loader.load(number)) for number in range(3)]
    await asyncio.sleep(0.01)
    tasks[0].cancel()
    source.slow.set()
    assert await asyncio.gather(*tasks[1:]) == ["1", "2"]


async def test_a_failed_query_fails_every_waiting_load() -> None:
    source = RecordingSource()
    source.broken = True
    loader = BatchLoader(source.query)
    results = await asyncio.gather(*(loader.load(number) for number in range(50)), return_exceptions=True)
    assert {type(each) for each in results} == {Upstream}
    assert len(source.queries) == 1
    source.broken = False
    assert await loader.load(7) == "7"


def claims(user_id: str) -> Claims:
    now = int(time.time())
    return Claims(subject=user_id, name="", issuer="awaz", session=None, issued_at=now, expires_at=now + 900, since=now)


@pytest.fixture
async def user_ids(engine: AsyncEngine) -> list[str]:
    ids = [f"{number:032x}" for number in range(1000)]
    rows = [{"id": each, "login": f"u{each}", "name": "U", "role": "user", "created_at": 0} for each in ids]
    async with writing(engine) as connection:
        await connection.execute(insert(users), rows)
    return ids


@pytest.fixture
def queries(engine: AsyncEngine) -> list[str]:
    seen: list[str] = []
    event.listen(engine.sync_engine, "before_cursor_execute", lambda _c, _cursor, text, *_: seen.append(text))
    return seen


async def test_a_thousand_returning_users_take_a_handful_of_queries(
    running: Running, queries: list[str], user_ids: list[str]
) -> None:
    cache = running.accounts.cache
    await cache.refresh()
    actors = await asyncio.gather(*(cache.actor(claims(each), "127.0.0.1") for each in user_ids))
    assert [actor.id for actor in actors] == user_ids
    assert all(isinstance(actor, Actor) for actor in actors)
    assert len(queries) < 20


async def test_users_who_come_before_anything_is_loaded_have_it_loaded_once(
    running: Running, queries: list[str], user_ids: list[str]
) -> None:
    cache = running.accounts.cache
    await asyncio.gather(*(cache.actor(claims(each), "127.0.0.1") for each in user_ids))
    assert sum("FROM access_version" in query for query in queries) == 1


async def test_an_unknown_user_is_unauthenticated(running: Running) -> None:
    with pytest.raises(Unauthenticated):
        await running.accounts.cache.actor(claims("f" * 32), "127.0.0.1")
