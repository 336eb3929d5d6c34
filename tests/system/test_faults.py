"""Faults of encoders, pipelines, the daemon, Icecast and the database, as listeners experience them."""

import asyncio
import os
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial

import httpx

from tests.support import loopback
from tests.support.players import UNHEARD_GAP_S, IcyPlayer, Recorder
from tests.support.running_stack import RunningStack
from tests.support.types import Encode, Watch
from tests.support.waiting import within


def first_row(stack: RunningStack, query: str, *values: str) -> tuple[object, ...] | None:
    """Return the first row of a query, or None."""
    with closing(sqlite3.connect(stack.data / "awaz.db")) as database:
        row: tuple[object, ...] | None = database.execute(query, values).fetchone()
        return row


def mount_is_up(stack: RunningStack) -> bool:
    """Return whether the demo station's public mount is up."""
    try:
        return 'mount="/awaz.mp3"' in stack.stats()
    except httpx.TransportError:
        return False


async def test_autodj_replaces_a_frozen_encoder_within_three_seconds(
    watch: Watch, encode: Encode, listen: Callable[..., Recorder]
) -> None:
    watcher, recorder = await watch(), await asyncio.to_thread(listen)
    encoder = encode(1010)
    await asyncio.to_thread(recorder.wait_for_tone, 1010)
    await watcher.wait_for("stream:metadata", lambda event: event.get("host") == "Demo Owner")
    mark = watcher.mark()
    frozen = time.monotonic()
    encoder.freeze()
    heard_at = await asyncio.to_thread(recorder.wait_for_music, 1010)
    await watcher.wait_for("stream:metadata", lambda event: "host" not in event, since=mark)
    assert heard_at - frozen < 3.0
    assert recorder.longest_gap(frozen) < UNHEARD_GAP_S


async def test_a_killed_pipeline_recovers_with_its_listeners_connected(
    watch: Watch,
    encode: Encode,
    listen: Callable[..., Recorder],
    icy_player: Callable[..., IcyPlayer],
    stack: RunningStack,
) -> None:
    watcher, recorder, player = await watch(), await asyncio.to_thread(listen), icy_player()
    encode(1010)
    await asyncio.to_thread(recorder.wait_for_tone, 1010)
    before = stack.liquidsoap_pid()
    os.kill(before, signal.SIGKILL)
    killed = time.monotonic()
    await within(10, lambda: stack.liquidsoap_pid() not in {0, before} and mount_is_up(stack))
    back = await asyncio.to_thread(recorder.wait_for_tone, 1010)
    assert back - killed < 8.0
    assert not recorder.ended
    assert not player.ended
    assert [name for name in watcher.names() if "metadata" not in name] == ["stream:started live"]


async def test_a_killed_daemon_does_not_interrupt_the_broadcast(
    watch: Watch,
    encode: Encode,
    listen: Callable[..., Recorder],
    icy_player: Callable[..., IcyPlayer],
    stack: RunningStack,
) -> None:
    recorder, player = await asyncio.to_thread(listen), icy_player()
    encoder = encode(1010)
    await asyncio.to_thread(recorder.wait_for_tone, 1010)
    encoder.title("Before - After")
    await asyncio.to_thread(player.wait_for, "Before - After")
    posted = {"title": "Typed", "artist": "Host", "show": "Night"}
    assert stack.post("/api/v1/stations/awaz/metadata", posted, stack.token()).status_code == 200
    await asyncio.to_thread(player.wait_for, "Host - Typed")
    await asyncio.to_thread(stack.wait_until_ready)
    before = stack.get("/api/v1/stations/awaz/now-playing").json()
    killed = time.monotonic()
    stack.kill("daemon")
    await asyncio.to_thread(stack.wait_until_ready)
    watcher = await watch()
    # An unrecognised broadcast would end after the grace period; that it does not, no event tells.
    await asyncio.sleep(stack.grace_s + 2)
    after = stack.get("/api/v1/stations/awaz/now-playing").json()
    assert after["broadcast"] == before["broadcast"]
    assert after["metadata"] == before["metadata"]
    assert not [name for name in watcher.names() if "stream" in name]
    assert recorder.longest_gap(killed) < UNHEARD_GAP_S
    assert not recorder.ended
    assert not player.ended
    # The same title may come twice: one whose answer from Icecast was late is sent again.
    assert {title for at, title in player.titles if at > killed} <= {"StreamTitle='Host - Typed';"}


async def test_an_encoder_lost_during_a_daemon_outage_is_noticed(
    watch: Watch, encode: Encode, stack: RunningStack
) -> None:
    watcher = await watch()
    encoder = encode(1010)
    started = await watcher.wait_for("stream:started")
    stack.kill("daemon")
    encoder.stop()
    await asyncio.to_thread(stack.wait_until_ready)
    ended = "select reason from broadcasts where ended_at is not null and id = ?"
    reason = await within(15, partial(first_row, stack, ended, started["broadcast_id"]))
    assert reason == ("encoder_gone",)


async def test_an_icecast_restart_keeps_the_broadcast(
    watch: Watch, encode: Encode, stack: RunningStack, listen: Callable[..., Recorder]
) -> None:
    watcher = await watch()
    encoder = encode(1010)
    before = (await watcher.wait_for("stream:started"))["broadcast_id"]
    stack.control("stop", "icecast")
    encoder.stop()
    stale = await watcher.wait_for("stream:listeners", lambda event: event["stale"])
    # A broadcast judged without statistics would end after the grace period; that it does not, no event tells.
    await asyncio.sleep(stack.grace_s + 0.5)
    assert stack.get("/readyz").status_code == 503
    assert "Icecast" in stack.get("/readyz").json()["error"]["message"]
    mark = watcher.mark()
    stack.control("start", "icecast")
    encode(1010)
    await within(15, lambda: mount_is_up(stack))
    await asyncio.to_thread(listen)
    await watcher.wait_for("stream:listeners", lambda event: not event["stale"], since=mark)
    assert stale["stale"]
    assert [name for name in watcher.names() if "metadata" not in name] == ["stream:started live"]
    assert stack.get("/api/v1/stations/awaz/now-playing").json()["broadcast"]["id"] == before
    await asyncio.to_thread(stack.wait_until_ready)


async def test_a_locked_database_stops_writes_and_nothing_live(
    watch: Watch, encode: Encode, stack: RunningStack
) -> None:
    watcher, token = await watch(), stack.token()
    lock = sqlite3.connect(stack.data / "awaz.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    encoder = encode(1010)
    await watcher.wait_for("stream:started", lambda event: event["kind"] == "live", within_s=3)
    late_watcher = await watch()
    refused = await asyncio.to_thread(stack.post, "/api/v1/stations/awaz/metadata", {"title": "No"}, token)
    now_playing = stack.get("/api/v1/stations/awaz/now-playing").json()
    lock.execute("ROLLBACK")
    lock.close()
    await asyncio.to_thread(stack.wait_until_ready)
    encoder.stop()
    await watcher.wait_for("stream:stopped")
    assert late_watcher.snapshot["on_air"] == "live"
    assert refused.status_code == 503
    assert refused.json()["error"]["retryable"] is True
    assert now_playing["metadata"]["track"]["title"] != "No"


async def test_broadcasts_are_recorded_once_the_database_is_unlocked(
    watch: Watch, encode: Encode, stack: RunningStack
) -> None:
    watcher = await watch()
    lock = sqlite3.connect(stack.data / "awaz.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    encode(1010)
    started = await watcher.wait_for("stream:started")
    lock.execute("ROLLBACK")
    lock.close()
    await asyncio.to_thread(stack.wait_until_ready)
    recorded = "select 1 from broadcasts where id = ?"
    await within(10, partial(first_row, stack, recorded, started["broadcast_id"]))


async def test_hooks_refuse_a_wrong_key_at_once(stack: RunningStack) -> None:
    secret = (stack.data / "secrets" / "icecast-hook").read_text().strip()
    body = f"action=stream_auth&mount=%2fingest%2fawaz&user=source&pass={'0' * 40}&ip=127.0.0.1"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    times = []
    async with loopback.AsyncClient(auth=("icecast", secret)) as http:
        for _ in range(300):
            began = time.perf_counter()
            answer = await http.post(f"{stack.hooks_url}/icecast", content=body, headers=headers)
            times.append(time.perf_counter() - began)
            assert "icecast-auth-user" not in answer.headers
    # A coarse limit that excludes any waiting; the benchmark has the target of 5 ms.
    assert sorted(times)[len(times) // 2] < 0.1


async def test_a_hook_without_its_secret_changes_nothing(stack: RunningStack, watch: Watch) -> None:
    watcher = await watch()
    async with loopback.AsyncClient() as http:
        for auth in (("icecast", ""), ("icecast", "wrong"), ("pipeline", "wrong")):
            forged = "action=mount_add&mount=/ingest/awaz"
            answer = await http.post(f"{stack.hooks_url}/icecast", content=forged, auth=auth)
            assert answer.status_code == 401
    assert stack.post("/icecast", {}).status_code == 404
    assert stack.get("/api/v1/stations/awaz").json()["on_air"] == "autodj"
    assert not [name for name in watcher.names() if "started" in name]
