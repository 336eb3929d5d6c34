"""OnAir with a real database: what is recorded, and what a restart finds."""

import asyncio
import sqlite3
from dataclasses import replace
from typing import Any

import httpx
import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.db import audit
from controlplane.db import onair as table
from controlplane.db.audit import AuditActor
from controlplane.db.engine import connect, reading
from controlplane.features.onair.state import (
    EncoderAuthorised,
    EncoderConnected,
    IcecastSilent,
    Mount,
    MountsSeen,
    PipelineSeen,
    Playing,
    Tick,
)
from controlplane.kernel.errors import Upstream
from controlplane.protocol.onair import MetadataRequest
from controlplane.runtime.config import Settings
from tests.support.running import Running

ON = MountsSeen(None, Mount("p1"))
LIVE = MountsSeen(Mount("i1"), Mount("p1"))


def go_live(daemon: Running) -> None:
    for seen in (
        ON,
        PipelineSeen(Playing("auto", "Lamp", "Band")),
        EncoderAuthorised("k1", "Sara"),
        EncoderConnected(),
        LIVE,
        PipelineSeen(Playing("live", "Sara - Song")),
    ):
        daemon.onair.observe("awaz", seen)


async def test_broadcasts_and_plays_are_recorded(daemon: Running, engine: AsyncEngine) -> None:
    go_live(daemon)
    await daemon.parts.journal.flush()
    station_id = daemon.stations.get("awaz").id
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
    assert [play.title for play in daemon.parts.read_model.require("awaz").history] == ["Song", "Lamp"]


async def test_a_restarted_daemon_continues_the_broadcast(
    daemon: Running, engine: AsyncEngine, settings: Settings
) -> None:
    go_live(daemon)
    await daemon.parts.journal.flush()
    before = daemon.onair.get("awaz")
    async with httpx.AsyncClient(base_url="http://127.0.0.1:9") as http:
        again = Running.build(settings, engine, http)
        await again.load_stations()
        for seen in (PipelineSeen(Playing("live", "Sara - Song")), LIVE, Tick()):
            again.onair.observe("awaz", seen)
        after = again.onair.get("awaz")
        await again.parts.journal.flush()
    assert before is not None
    assert after is not None
    assert after[1].foreground is not None
    assert before[1].foreground is not None
    assert replace(after[1].foreground, started_at=0) == replace(before[1].foreground, started_at=0)
    assert abs(after[1].foreground.started_at - before[1].foreground.started_at) < 0.001
    assert again.position("awaz")[1] == 0
    assert [play.title for play in again.parts.read_model.require("awaz").history] == ["Song", "Lamp"]


async def test_observations_of_unknown_stations_are_ignored(daemon: Running) -> None:
    daemon.onair.observe("nobody", ON)
    assert daemon.onair.get("nobody") is None


async def test_counts_are_stale_and_not_zero_while_icecast_is_down(daemon: Running) -> None:
    daemon.onair.observe("awaz", MountsSeen(None, Mount("p1", 12)))
    daemon.onair.observe("awaz", IcecastSilent())
    known = daemon.parts.read_model.require("awaz")
    assert (known.listeners, known.peak, known.stale) == (12, 12, True)


async def test_a_read_only_database_refuses_writes_and_stops_nothing_live(
    daemon: Running, engine: AsyncEngine, settings: Settings
) -> None:
    go_live(daemon)
    await daemon.parts.journal.flush()
    read_only = connect(f"sqlite+aiosqlite:///file:{settings.data_dir / 'awaz.db'}?mode=ro&uri=true")
    owner = await daemon.accounts.add_user("root", "Root", "admin", "pw")
    async with httpx.AsyncClient(base_url="http://127.0.0.1:9") as http:
        limited = Running.build(settings, read_only, http)
        await limited.load_stations()
        go_live(limited)
        limited.onair.observe("awaz", PipelineSeen(Playing("live", "Sara - Next")))
        headers = {"Authorization": f"Bearer {limited.accounts.mint.make(owner.id, owner.name)}"}
        async with TestClient(TestServer(limited.daemon.app)) as client:
            shown = await (await client.get("/api/v1/stations/awaz/now-playing")).json()
            refused = await client.post("/api/v1/stations/awaz/metadata", json={"title": "No"}, headers=headers)
            refusal = await refused.json()
            after = await (await client.get("/api/v1/stations/awaz/now-playing")).json()
    await read_only.dispose()
    assert shown["metadata"]["track"]["title"] == "Next"
    assert (refused.status, refusal["error"]["code"]) == (503, "upstream")
    assert after == shown


BY = AuditActor("u1", "Sara")


async def test_a_title_override_during_observations_is_one_play(
    daemon: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    daemon.onair.observe("awaz", MountsSeen(None, Mount("p1", 1)))
    daemon.onair.observe("awaz", PipelineSeen(Playing("auto", "Track")))
    committing, go_on = asyncio.Event(), asyncio.Event()
    note = audit.note

    async def hold(*arguments: Any, **more: Any) -> None:
        committing.set()
        await go_on.wait()
        await note(*arguments, **more)

    monkeypatch.setattr(audit, "note", hold)
    posting = asyncio.create_task(daemon.onair.post_metadata("awaz", MetadataRequest(title="Typed", artist="Host"), BY))
    await committing.wait()
    daemon.onair.observe("awaz", MountsSeen(None, Mount("p1", 2)))
    go_on.set()
    await posting
    await daemon.parts.journal.flush()
    async with reading(daemon.engine) as connection:
        plays = await table.history(connection, daemon.onair.row("awaz").id, 10)
    assert [(play.title, play.ended_at is None) for play in plays] == [("Typed", True), ("Track", False)]


async def test_title_overrides_fail_in_time_on_a_locked_database(
    daemon: Running,
) -> None:
    daemon.onair.observe("awaz", MountsSeen(None, Mount("p1", 1)))
    lock = sqlite3.connect(daemon.settings.data_dir / "awaz.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    async with asyncio.timeout(8):
        answers = await asyncio.gather(
            *(daemon.onair.post_metadata("awaz", MetadataRequest(title="No"), BY) for _ in range(20)),
            return_exceptions=True,
        )
    lock.execute("ROLLBACK")
    lock.close()
    assert {type(answer) for answer in answers} == {Upstream}
    found = daemon.onair.get("awaz")
    assert found is not None
    assert found[1].title_override is None
