"""A crowd that returns is few questions to the database, and nobody waits for others' bad luck."""

import asyncio
import time

import pytest
from sqlalchemy import event, insert
from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.access.batch_loader import BATCH_INTERVAL_S, BatchLoader
from controlplane.access.claims import Claims
from controlplane.access.identity import Actor
from controlplane.db.engine import writing
from controlplane.db.tables import users
from controlplane.kernel.errors import Unauthenticated, Upstream
from tests.support.running import Running


class Book:
    """Keeps the questions it was asked."""

    def __init__(self) -> None:
        self.asked: list[set[int]] = []
        self.slow = asyncio.Event()
        self.slow.set()
        self.broken = False

    async def ask(self, keys: set[int]) -> dict[int, str]:
        self.asked.append(set(keys))
        await self.slow.wait()
        if self.broken:
            raise Upstream("no")
        return {key: str(key) for key in keys if key >= 0}


async def test_a_single_load_is_immediate() -> None:
    book = Book()
    began = time.monotonic()
    assert await BatchLoader(book.ask).load(1) == "1"
    assert time.monotonic() - began < BATCH_INTERVAL_S


async def test_concurrent_loads_share_one_query() -> None:
    book = Book()
    lookups = BatchLoader(book.ask)
    book.slow.clear()
    first = asyncio.create_task(lookups.load(0))
    await asyncio.sleep(0)
    others = [asyncio.create_task(lookups.load(number)) for number in range(-1, 1000)]
    await asyncio.sleep(0)
    book.slow.set()
    assert await first == "0"
    assert await asyncio.gather(*others) == [None, *map(str, range(1000))]
    assert book.asked == [{0}, set(range(-1, 1000))]


async def test_cancelling_the_first_load_does_not_affect_the_others() -> None:
    book = Book()
    lookups = BatchLoader(book.ask)
    book.slow.clear()
    tasks = [asyncio.create_task(lookups.load(number)) for number in range(3)]
    await asyncio.sleep(0.01)
    tasks[0].cancel()
    book.slow.set()
    assert await asyncio.gather(*tasks[1:]) == ["1", "2"]


async def test_a_failed_query_fails_every_waiting_load() -> None:
    book = Book()
    book.broken = True
    lookups = BatchLoader(book.ask)
    told = await asyncio.gather(*(lookups.load(number) for number in range(50)), return_exceptions=True)
    assert {type(each) for each in told} == {Upstream}
    assert len(book.asked) == 1
    book.broken = False
    assert await lookups.load(7) == "7"


def claims(user_id: str) -> Claims:
    now = int(time.time())
    return Claims(subject=user_id, name="", issuer="awaz", session=None, issued_at=now, expires_at=now + 900, since=now)


@pytest.fixture
async def crowd(engine: AsyncEngine) -> list[str]:
    ids = [f"{number:032x}" for number in range(1000)]
    rows = [{"id": each, "login": f"u{each}", "name": "U", "role": "user", "created_at": 0} for each in ids]
    async with writing(engine) as connection:
        await connection.execute(insert(users), rows)
    return ids


async def test_a_thousand_returning_users_take_a_handful_of_queries(
    daemon: Running, engine: AsyncEngine, crowd: list[str]
) -> None:
    asked: list[str] = []
    event.listen(engine.sync_engine, "before_cursor_execute", lambda _c, _cursor, text, *_: asked.append(text))
    cache = daemon.accounts.cache
    actors = await asyncio.gather(*(cache.actor(claims(each), "127.0.0.1") for each in crowd))
    assert [actor.id for actor in actors] == crowd
    assert all(isinstance(actor, Actor) for actor in actors)
    assert len(asked) < 20


async def test_an_unknown_user_is_unauthenticated(daemon: Running) -> None:
    with pytest.raises(Unauthenticated):
        await daemon.accounts.cache.actor(claims("f" * 32), "127.0.0.1")
