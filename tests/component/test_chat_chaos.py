"""A daemon that is killed again and again under people who write: nothing acknowledged is lost, nothing shown twice."""

import asyncio
import os
import random
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

from tests.support import loopback
from tests.support.chat_chaos import Follower, Person, Position, Sender, disagreements, twice
from tests.support.daemon_process import DaemonProcess, unlimited
from tests.support.postgres import Postgres
from tests.support.waiting import wait_until

SENDERS, FOLLOWERS = 50, 5
KILLS = int(os.environ.get("AWAZ_TEST_KILLS", "4"))
"""200 of them were tried on each database; a few are tried every time."""
SEED = 15


@dataclass
class Platform:
    """A daemon, and its database by URL."""

    daemon: DaemonProcess
    database: str

    async def messages(self) -> list[tuple[str, str, Position]]:
        """Return every message as client_id, id and position, in the order in which they were shown."""
        query = "select client_id, id, epoch, seq from chat_messages order by at, seq"
        if self.database.startswith("sqlite"):
            with sqlite3.connect(self.database.partition(":///")[2]) as database:
                rows = database.execute(query).fetchall()
        else:
            connection = await asyncpg.connect(self.database.replace("+asyncpg", ""))
            rows = await connection.fetch(query)
            await connection.close()
        return [(row[0], row[1], (row[2], row[3])) for row in rows]


@pytest.fixture(params=["sqlite", "postgres"])
def platform(request: pytest.FixtureRequest) -> Iterator[Platform]:
    limits = unlimited("GUEST", "HANDSHAKE", "READ", "JOIN", "CONTROL", "CHAT")
    with ExitStack() as stack:
        settings = dict(limits)
        if request.param == "postgres":
            server = Postgres.start()
            stack.callback(server.stop)
            settings["AWAZ__DATABASE__URL"] = server.create("awaz")
        daemon = DaemonProcess.start(None, **settings)
        stack.callback(daemon.stop)
        daemon.awaz("station", "add", "awaz", "--no-wait")
        wait_until(lambda: loopback.get(f"{daemon.url}/api/v1/stations/awaz/now-playing").status_code == 200, 10)
        file = Path(daemon.directory.name) / "awaz.db"
        yield Platform(daemon, settings.get("AWAZ__DATABASE__URL", f"sqlite:///{file}"))


async def test_killed_daemons_lose_nothing_that_was_acknowledged_and_show_nothing_twice(platform: Platform) -> None:
    daemon, rng = platform.daemon, random.Random(SEED)

    async def guest() -> str:
        return await asyncio.to_thread(daemon.guest)

    senders = [Sender(daemon.url, await guest(), random.Random(number)) for number in range(SENDERS)]
    followers = [Follower(daemon.url, await guest(), random.Random(number)) for number in range(FOLLOWERS)]
    people: list[Person] = [*senders, *followers]
    writing, reading = asyncio.Event(), asyncio.Event()
    runs = [asyncio.create_task(sender.run(writing)) for sender in senders]
    follows = [asyncio.create_task(follower.run(reading)) for follower in followers]
    for _ in range(KILLS):
        await asyncio.sleep(rng.uniform(0.2, 1.2))  # at a moment of chance
        await asyncio.to_thread(daemon.kill)
        await asyncio.to_thread(daemon.restart)
    await asyncio.sleep(0.5)
    writing.set()
    await asyncio.gather(*runs)
    reading.set()
    for follow in follows:
        follow.cancel()
    await asyncio.gather(*follows, return_exceptions=True)
    for follower in followers:
        await follower.catch_up()
    # In order, so that the positions of the last messages are written.
    await asyncio.to_thread(daemon.terminate)

    stored = await platform.messages()
    ids = {client: message for client, message, _ in stored}
    acked = {client: message for sender in senders for client, message in sender.acked.items()}
    assert [problem for person in people for problem in person.problems] == []
    assert {client: ids.get(client) for client in acked} == acked
    assert twice(client for client, _, _ in stored) == []
    assert disagreements(followers, [message for _, message, _ in stored]) == []
    assert [twice(follower.shown) for follower in followers] == [[]] * FOLLOWERS
    newest = [message for _, message, _ in stored][-50:]
    assert [follower.shown[-len(newest) :] for follower in followers] == [newest] * FOLLOWERS
    # There was something to lose.
    assert len(acked) > KILLS * SENDERS
    assert all(follower.resets > KILLS // 2 for follower in followers)
    assert "Traceback" not in daemon.log()
