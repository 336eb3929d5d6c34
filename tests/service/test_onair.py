"""OnAir with a real database: what is recorded, and what a restart finds."""

import asyncio
import sqlite3
from dataclasses import replace

import httpx
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from controlplane.app import Daemon, compose
from controlplane.config import Settings
from controlplane.db import onair as table
from controlplane.db.engine import connect, reading
from controlplane.errors import Upstream
from controlplane.onair.state import (
    EncoderAuthorised,
    EncoderConnected,
    Heard,
    IcecastSilent,
    MetadataPosted,
    Mount,
    MountsSeen,
    PipelineSeen,
    Tick,
)
from controlplane.onair.titles import Title

ON = MountsSeen(None, Mount("p1"))
LIVE = MountsSeen(Mount("i1"), Mount("p1"))


def go_live(daemon: Daemon) -> None:
    for seen in (
        ON,
        PipelineSeen(Heard("auto", "Lamp", "Band")),
        EncoderAuthorised("k1", "Sara"),
        EncoderConnected(),
        LIVE,
        PipelineSeen(Heard("live", "Sara - Song")),
    ):
        daemon.onair.observe("awaz", seen)


async def test_broadcasts_and_plays_are_recorded(daemon: Daemon, engine: AsyncEngine) -> None:
    go_live(daemon)
    await daemon.journal.flush()
    station_id = daemon.reconciler.stations.get("awaz").id
    async with reading(engine) as connection:
        open_broadcasts = await table.open_broadcasts(connection, station_id)
        plays = await table.history(connection, station_id, 10)
    assert [(b.kind, b.host, b.encoder_key_id, b.encoder_instance) for b in open_broadcasts] == [
        ("autodj", None, "", ""),
        ("live", "Sara", "k1", "i1"),
    ]
    assert [(p.artist, p.title, p.host, p.ended_at is None) for p in plays] == [
        ("Sara", "Song", "Sara", True),
        ("Band", "Lamp", None, False),
    ]
    assert [play.title for play in daemon.onair.recent("awaz")] == ["Song", "Lamp"]


async def test_a_restarted_daemon_goes_on_with_the_same_broadcast(
    daemon: Daemon, engine: AsyncEngine, settings: Settings
) -> None:
    go_live(daemon)
    await daemon.journal.flush()
    before = daemon.onair.get("awaz")
    async with httpx.AsyncClient(base_url="http://127.0.0.1:9") as http:
        again = compose(settings, engine, http)
        await again.reconciler.run_once()
        for seen in (PipelineSeen(Heard("live", "Sara - Song")), LIVE, Tick()):
            again.onair.observe("awaz", seen)
        after = again.onair.get("awaz")
        await again.journal.flush()
    assert before is not None
    assert after is not None
    assert after[1].over is not None
    assert before[1].over is not None
    assert replace(after[1].over, started_at=0) == replace(before[1].over, started_at=0)
    assert abs(after[1].over.started_at - before[1].over.started_at) < 0.001
    assert again.hub.position("awaz")[1] == 0
    assert [play.title for play in again.onair.recent("awaz")] == ["Song", "Lamp"]


async def test_what_nobody_runs_is_passed_over(daemon: Daemon) -> None:
    daemon.onair.observe("nobody", ON)
    assert daemon.onair.get("nobody") is None


async def test_counts_are_stale_and_not_zero_while_icecast_is_silent(daemon: Daemon) -> None:
    daemon.onair.observe("awaz", MountsSeen(None, Mount("p1", 12)))
    daemon.onair.observe("awaz", IcecastSilent())
    found = daemon.onair.get("awaz")
    assert found is not None
    count = daemon.onair.views.listeners(found[1])
    assert (count.listeners, count.peak, count.stale) == (12, 12, True)


async def test_with_a_read_only_database_live_goes_on_and_writes_are_refused(
    daemon: Daemon, engine: AsyncEngine, settings: Settings
) -> None:
    go_live(daemon)
    await daemon.journal.flush()
    read_only = connect(f"sqlite+aiosqlite:///file:{settings.data_dir / 'awaz.db'}?mode=ro&uri=true")
    owner = await daemon.site.accounts.add_user("root", "Root", "admin", "pw")
    async with httpx.AsyncClient(base_url="http://127.0.0.1:9") as http:
        limited = compose(settings, read_only, http)
        await limited.reconciler.run_once()
        go_live(limited)
        limited.onair.observe("awaz", PipelineSeen(Heard("live", "Sara - Next")))
        headers = {"Authorization": f"Bearer {limited.site.accounts.mint.make(owner.id, owner.name)}"}
        async with TestClient(TestServer(limited.site.app(limited.routes))) as client:
            shown = await (await client.get("/api/v1/stations/awaz/now-playing")).json()
            refused = await client.post("/api/v1/stations/awaz/metadata", json={"title": "No"}, headers=headers)
            refusal = await refused.json()
            after = await (await client.get("/api/v1/stations/awaz/now-playing")).json()
    await read_only.dispose()
    assert shown["metadata"]["track"]["title"] == "Next"
    assert (refused.status, refusal["error"]["code"]) == (503, "upstream")
    assert after == shown


async def test_a_title_that_is_posted_while_others_are_seen_is_one_play(daemon: Daemon) -> None:
    daemon.onair.observe("awaz", MountsSeen(None, Mount("p1", 1)))
    daemon.onair.observe("awaz", PipelineSeen(Heard("auto", "Track")))
    committing, go_on = asyncio.Event(), asyncio.Event()

    async def note(_connection: AsyncConnection, _posted: MetadataPosted) -> None:
        committing.set()
        await go_on.wait()

    posting = asyncio.create_task(
        daemon.onair.post("awaz", lambda _station: MetadataPosted(Title("Typed", "Host")), note)
    )
    await committing.wait()
    daemon.onair.observe("awaz", MountsSeen(None, Mount("p1", 2)))
    go_on.set()
    await posting
    await daemon.journal.flush()
    async with reading(daemon.rights.engine) as connection:
        plays = await table.history(connection, daemon.onair.row("awaz").id, 10)
    assert [(play.title, play.ended_at is None) for play in plays] == [("Typed", True), ("Track", False)]


async def test_a_title_that_the_database_does_not_take_is_refused_in_time_however_many_are_posted(
    daemon: Daemon,
) -> None:
    daemon.onair.observe("awaz", MountsSeen(None, Mount("p1", 1)))
    lock = sqlite3.connect(daemon.settings.data_dir / "awaz.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")

    async def note(_connection: AsyncConnection, _posted: MetadataPosted) -> None:
        """Nothing more is to be written."""

    async with asyncio.timeout(8):
        answers = await asyncio.gather(
            *(daemon.onair.post("awaz", lambda _s: MetadataPosted(Title("No")), note) for _ in range(20)),
            return_exceptions=True,
        )
    lock.execute("ROLLBACK")
    lock.close()
    assert {type(answer) for answer in answers} == {Upstream}
    found = daemon.onair.get("awaz")
    assert found is not None
    assert found[1].posted is None
