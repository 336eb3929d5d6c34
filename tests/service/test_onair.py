"""The on-air service with a real database: recording, restarts, and database failures."""

import asyncio
from dataclasses import replace
from functools import partial
from typing import Any

import httpx
import orjson
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.db import audit
from controlplane.db import onair as table
from controlplane.db.engine import reading
from controlplane.features.onair import metadata
from controlplane.features.onair.state import (
    EncoderGone,
    IcecastSilent,
    Mount,
    MountsSeen,
    PipelineSeen,
    Playing,
    Tick,
)
from controlplane.kernel.audit import CONSOLE
from controlplane.protocol.onair_views import MetadataRequest
from controlplane.runtime.config import Settings
from tests.support import loopback
from tests.support.builders import LIVE, ON, SARA, go_live
from tests.support.running import ROOT, Running

pytestmark = pytest.mark.both_databases


async def key_of_sara(running: Running) -> str:
    """Make Sara a host; return the id of her stream key."""
    await running.accounts.add_user("sara", "Sara", "user", "correct horse")
    key, _ = await running.stations.new_key("awaz", "sara", "")
    return key.id


async def test_broadcasts_and_plays_are_recorded(running: Running, engine: AsyncEngine) -> None:
    go_live(running)
    await running.parts.journal.flush()
    station_id = running.stations.get("awaz").id
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
    assert [play.title for play in running.parts.read_model.require("awaz").history] == ["Song", "Lamp"]


async def test_a_restarted_daemon_continues_the_broadcast(
    running: Running, engine: AsyncEngine, settings: Settings
) -> None:
    go_live(running, await key_of_sara(running))
    await running.parts.journal.flush()
    before = running.onair.get("awaz")
    async with loopback.AsyncClient(base_url=loopback.NOBODY) as http:
        restarted = Running.build(settings, engine, http)
        await restarted.load_stations()
        for seen in (PipelineSeen(Playing("live", "Sara - Song")), LIVE, Tick()):
            restarted.onair.observe("awaz", seen)
        after = restarted.onair.get("awaz")
        await restarted.parts.journal.flush()
    assert before is not None
    assert after is not None
    assert after[1].foreground is not None
    assert before[1].foreground is not None
    assert replace(after[1].foreground, started_at=0) == replace(before[1].foreground, started_at=0)
    assert abs(after[1].foreground.started_at - before[1].foreground.started_at) < 0.001
    assert restarted.position("awaz")[1] == 0
    assert [play.title for play in restarted.parts.read_model.require("awaz").history] == ["Song", "Lamp"]


async def test_a_removed_host_does_not_come_back_within_the_grace_period(running: Running) -> None:
    go_live(running, await key_of_sara(running))
    running.onair.observe("awaz", EncoderGone())
    running.onair.observe("awaz", MountsSeen(None, Mount("p1")))
    await running.parts.reconciler.encoders.evict()
    waiting = running.onair.get("awaz")
    await running.members.set(ROOT, CONSOLE, "awaz", "sara", "listener")
    await running.parts.reconciler.encoders.evict()
    stopped = running.onair.get("awaz")
    assert waiting is not None
    assert waiting[1].foreground is not None
    assert stopped is not None
    assert stopped[1].foreground is None


async def test_a_step_of_the_systems_clock_ends_no_grace_period(running: Running) -> None:
    go_live(running)
    for seen in (EncoderGone(), MountsSeen(None, Mount("p1"))):
        running.onair.observe("awaz", seen)
    running.clock.step(86_400)
    running.onair.tick()
    assert running.parts.read_model.require("awaz").on_air == "live"
    running.clock.advance(running.settings.onair.grace_s)
    running.onair.tick()
    assert running.parts.read_model.require("awaz").on_air == "autodj"


async def test_a_track_and_the_servers_time_are_by_the_same_clock(running: Running) -> None:
    running.clock.step(86_400)
    go_live(running)
    running.clock.advance(7)
    snapshot = orjson.loads(running.kit.snapshots.of("awaz"))
    assert snapshot["server_time"] - snapshot["metadata"]["started_at"] == pytest.approx(7_000, abs=2)


async def test_observations_of_unknown_stations_are_ignored(running: Running) -> None:
    running.onair.observe("nobody", ON)
    assert running.onair.get("nobody") is None


async def test_counts_are_stale_and_not_zero_while_icecast_is_down(running: Running) -> None:
    running.onair.observe("awaz", MountsSeen(None, Mount("p1", 12)))
    running.onair.observe("awaz", IcecastSilent())
    document = running.parts.read_model.require("awaz")
    assert (document.listeners, document.peak, document.stale) == (12, 12, True)


async def test_a_title_override_during_observations_is_one_play(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    running.onair.observe("awaz", MountsSeen(None, Mount("p1", 1)))
    running.onair.observe("awaz", PipelineSeen(Playing("auto", "Track")))
    committing, resume = asyncio.Event(), asyncio.Event()
    note = audit.note

    async def hold(*arguments: Any, **more: Any) -> None:
        committing.set()
        await resume.wait()
        await note(*arguments, **more)

    monkeypatch.setattr(audit, "note", hold)
    posting = asyncio.create_task(
        running.onair.carry_out("awaz", partial(metadata.decided, MetadataRequest(title="Typed", artist="Host")), SARA)
    )
    await committing.wait()
    running.onair.observe("awaz", MountsSeen(None, Mount("p1", 2)))
    resume.set()
    await posting
    await running.parts.journal.flush()
    async with reading(running.engine) as connection:
        plays = await table.history(connection, running.onair.row("awaz").id, 10)
    assert [(play.title, play.ended_at is None) for play in plays] == [("Typed", True), ("Track", False)]


async def test_spells_without_a_title_are_not_listed(running: Running, http: httpx.AsyncClient) -> None:
    go_live(running)
    running.onair.observe("awaz", PipelineSeen(Playing("live")))
    await running.parts.journal.flush()

    now = (await http.get("/stations/awaz/now-playing")).json()
    listed = (await http.get("/stations/awaz/history")).json()["items"]
    for_players = (await http.get(str(http.base_url.copy_with(path="/api/nowplaying/awaz")))).json()["song_history"]

    assert now["metadata"]["track"]["title"] == "Awaz"
    assert [(play["title"], "ended_at" in play) for play in listed] == [("Song", True), ("Lamp", True)]
    assert [play["song"]["title"] for play in for_players] == ["Song", "Lamp"]
    assert [play.title for play in running.parts.read_model.require("awaz").history] == ["Song", "Lamp"]


async def test_a_spell_without_a_title_goes_on_over_a_restart(
    running: Running, engine: AsyncEngine, settings: Settings
) -> None:
    go_live(running, await key_of_sara(running))
    running.onair.observe("awaz", PipelineSeen(Playing("live")))
    await running.parts.journal.flush()
    async with loopback.AsyncClient(base_url=loopback.NOBODY) as http:
        again = Running.build(settings, engine, http)
        await again.load_stations()
        for seen in (PipelineSeen(Playing("live")), LIVE, Tick()):
            again.onair.observe("awaz", seen)
    assert again.position("awaz")[1] == 0
