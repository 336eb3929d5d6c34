"""Failures that only a database in a file has: it is locked, or cannot be written."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial

from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.db.engine import connect, writing
from controlplane.features.chat.writer import WAIT_S
from controlplane.features.onair import metadata
from controlplane.features.onair.state import Mount, MountsSeen, PipelineSeen, Playing
from controlplane.kernel.errors import Upstream
from controlplane.protocol.onair_views import MetadataRequest
from controlplane.runtime.config import Settings
from tests.support import loopback
from tests.support.builders import SARA, go_live
from tests.support.chat import EnterChat, client_id
from tests.support.loopback import bearer
from tests.support.running import Running


@contextmanager
def locked(settings: Settings) -> Iterator[None]:
    """Keep the database from being written."""
    with closing(sqlite3.connect(settings.data_dir / "awaz.db", isolation_level=None)) as blocker:
        blocker.execute("begin immediate")
        yield
        blocker.execute("rollback")


async def test_messages_that_a_locked_database_does_not_take_are_refused_and_never_shown(
    settings: Settings, enter: EnterChat
) -> None:
    bilal, sent = await enter(name="Bilal"), client_id()
    await bilal.say("before")
    with locked(settings):
        began = time.monotonic()
        error = (await bilal.say("never shown", client_id=sent))["error"]
        assert time.monotonic() - began < WAIT_S + 1
    assert (error["code"], error["retryable"]) == ("upstream", True)
    newcomer = await enter(name="Ali")
    assert [each["text"] for each in newcomer.snapshot["chat"]["messages"]] == ["before"]
    assert (await bilal.say("shown now", client_id=sent))["seq"] == 2


async def test_a_read_only_database_refuses_writes_and_stops_nothing_live(
    running: Running, engine: AsyncEngine, settings: Settings
) -> None:
    go_live(running)
    await running.parts.journal.flush()
    read_only = connect(f"sqlite+aiosqlite:///file:{settings.data_dir / 'awaz.db'}?mode=ro&uri=true")
    owner = await running.accounts.add_user("root", "Root", "admin", "pw")
    async with loopback.AsyncClient(base_url=loopback.NOBODY) as http:
        limited = Running.build(settings, read_only, http)
        await limited.load_stations()
        go_live(limited)
        limited.onair.observe("awaz", PipelineSeen(Playing("live", "Sara - Next")))
        headers = bearer(limited.accounts.mint.make(owner.id, owner.name))
        async with TestClient(TestServer(limited.daemon.app)) as client:
            shown = await (await client.get("/api/v1/stations/awaz/now-playing")).json()
            refused = await client.post("/api/v1/stations/awaz/metadata", json={"title": "No"}, headers=headers)
            refusal = await refused.json()
            after = await (await client.get("/api/v1/stations/awaz/now-playing")).json()
    await read_only.dispose()
    assert shown["metadata"]["track"]["title"] == "Next"
    assert (refused.status, refusal["error"]["code"]) == (503, "upstream")
    assert after == shown


async def test_a_task_that_is_cancelled_while_it_writes_locks_nobody_out(engine: AsyncEngine) -> None:
    loop, begun, go_on = asyncio.get_running_loop(), asyncio.Event(), threading.Event()

    def hold() -> int:
        loop.call_soon_threadsafe(begun.set)
        go_on.wait(5)
        return 1

    async def write() -> None:
        async with writing(engine) as connection:
            driver = (await connection.get_raw_connection()).driver_connection
            assert driver is not None
            await driver.create_function("hold", 0, hold)
            await connection.execute(text("insert into numbers values (hold() + :n)"), [{"n": 1}, {"n": 2}])

    async with writing(engine) as connection:
        await connection.execute(text("create table numbers (number integer)"))
    task = asyncio.create_task(write())
    await begun.wait()
    task.cancel()
    go_on.set()
    ended = (await asyncio.gather(task, return_exceptions=True))[0]
    async with writing(engine) as connection:
        await connection.execute(text("insert into numbers values (2)"))
    assert isinstance(ended, asyncio.CancelledError)


async def test_title_overrides_fail_in_time_on_a_locked_database(
    running: Running,
) -> None:
    running.onair.observe("awaz", MountsSeen(None, Mount("p1", 1)))
    lock = sqlite3.connect(running.settings.data_dir / "awaz.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    async with asyncio.timeout(8):
        answers = await asyncio.gather(
            *(
                running.onair.carry_out("awaz", partial(metadata.decided, MetadataRequest(title="No")), SARA)
                for _ in range(20)
            ),
            return_exceptions=True,
        )
    lock.execute("ROLLBACK")
    lock.close()
    await running.parts.journal.flush()
    assert {type(answer) for answer in answers} == {Upstream}
    found = running.onair.get("awaz")
    assert found is not None
    assert found[1].title_override is None
