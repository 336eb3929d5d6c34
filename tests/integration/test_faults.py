"""What goes wrong, and what listeners then hear and are told."""

import asyncio
import os
import signal
import sqlite3
import time
from collections.abc import Awaitable, Callable
from contextlib import closing, suppress

import httpx

from tests.instruments.ear import Ear, IcyPlayer
from tests.instruments.encoder import Encoder
from tests.instruments.house import House
from tests.instruments.watcher import Watcher

Watch = Callable[..., Awaitable[Watcher]]
Encode = Callable[..., Encoder]


async def ready(house: House, within_s: float = 20.0) -> None:
    """Wait until the daemon says that nothing is missing."""
    async with asyncio.timeout(within_s):
        while True:
            with suppress(httpx.TransportError):  # the daemon is away
                if house.get("/readyz").status_code == 200:
                    return
            await asyncio.sleep(0.1)


async def mount_is_up(house: House) -> bool:
    """Say whether a listener of the demo station would be let in."""
    try:
        return 'mount="/awaz.mp3"' in house.stats()
    except httpx.TransportError:
        return False


async def test_a_frozen_encoder_gives_way_to_autodj_within_three_seconds(
    watch: Watch, encode: Encode, listen: Callable[..., Ear]
) -> None:
    watcher, ear = await watch(), await asyncio.to_thread(listen)
    encoder = encode(1010)
    await asyncio.to_thread(ear.wait_for_tone, 1010)
    await watcher.wait_for("stream:metadata", lambda event: event.get("host") == "Demo Owner")
    mark = watcher.mark()
    frozen = time.monotonic()
    encoder.freeze()
    heard = await asyncio.to_thread(ear.wait_for_music, 1010)
    await watcher.wait_for("stream:metadata", lambda event: "host" not in event, since=mark)
    assert heard - frozen < 3.0
    assert ear.longest_wait(frozen) < 1.0


async def test_a_killed_pipeline_is_back_within_five_seconds_and_listeners_stay_connected(
    watch: Watch, encode: Encode, listen: Callable[..., Ear], icy: Callable[..., IcyPlayer], house: House
) -> None:
    watcher, ear, player = await watch(), await asyncio.to_thread(listen), icy()
    encode(1010)
    await asyncio.to_thread(ear.wait_for_tone, 1010)
    before = house.liquidsoap_pid()
    os.kill(before, signal.SIGKILL)
    killed = time.monotonic()
    async with asyncio.timeout(10):
        while house.liquidsoap_pid() in {0, before} or not await mount_is_up(house):
            await asyncio.sleep(0.05)
    back = await asyncio.to_thread(ear.wait_for_tone, 1010)
    assert back - killed < 5.0
    assert not ear.ended
    assert not player.ended
    assert [name for name in watcher.names() if "metadata" not in name] == ["stream:started live"]


async def test_nobody_hears_that_the_daemon_was_killed_and_the_broadcast_goes_on(
    watch: Watch, encode: Encode, listen: Callable[..., Ear], icy: Callable[..., IcyPlayer], house: House
) -> None:
    ear, player = await asyncio.to_thread(listen), icy()
    encoder = encode(1010)
    await asyncio.to_thread(ear.wait_for_tone, 1010)
    encoder.title("Before - After")
    await asyncio.to_thread(player.wait_for, "Before - After")
    posted = {"title": "Typed", "artist": "Host", "show": "Night"}
    assert house.post("/api/v1/stations/awaz/metadata", posted, house.token()).status_code == 200
    await asyncio.to_thread(player.wait_for, "Host - Typed")
    await ready(house)
    before = house.get("/api/v1/stations/awaz/now-playing").json()
    killed = time.monotonic()
    house.kill("daemon")
    await ready(house)
    watcher = await watch()
    # Longer than the grace: a broadcast that was not recognised would be stopped by now.
    await asyncio.sleep(6)
    after = house.get("/api/v1/stations/awaz/now-playing").json()
    assert after["broadcast"] == before["broadcast"]
    assert after["metadata"] == before["metadata"]
    assert not [name for name in watcher.names() if "stream" in name]
    assert ear.longest_wait(killed) < 1.0
    assert not ear.ended
    assert not player.ended
    titles = [title for at, title in player.titles if at > killed]
    assert not titles


async def test_an_encoder_that_left_while_the_daemon_was_dead_is_found_gone(
    watch: Watch, encode: Encode, house: House
) -> None:
    watcher = await watch()
    encoder = encode(1010)
    started = await watcher.wait_for("stream:started")
    house.kill("daemon")
    encoder.stop()
    await ready(house)
    with closing(sqlite3.connect(house.data / "awaz.db")) as database:
        query = "select reason from broadcasts where id = ? and ended_at is not null"
        async with asyncio.timeout(15):
            while not (ended := database.execute(query, (started["broadcast_id"],)).fetchone()):
                await asyncio.sleep(0.1)
    assert ended == ("encoder_gone",)


async def test_icecast_restarted_is_no_stop_and_no_start(
    watch: Watch, encode: Encode, house: House, listen: Callable[..., Ear]
) -> None:
    watcher = await watch()
    encoder = encode(1010)
    before = (await watcher.wait_for("stream:started"))["broadcast_id"]
    house.control("stop", "icecast")
    encoder.stop()
    stale = await watcher.wait_for("stream:listeners", lambda event: event["stale"])
    # As long as the grace, so that a judgement made blindly would have fallen by now.
    await asyncio.sleep(4.5)
    assert house.get("/readyz").status_code == 503
    assert "Icecast" in house.get("/readyz").json()["error"]["message"]
    mark = watcher.mark()
    house.control("start", "icecast")
    started = time.monotonic()
    encode(1010)
    async with asyncio.timeout(15):
        while not await mount_is_up(house):
            await asyncio.sleep(0.05)
    await asyncio.to_thread(listen)
    back = time.monotonic() - started
    await watcher.wait_for("stream:listeners", lambda event: not event["stale"], since=mark)
    assert stale["stale"]
    assert back < 5.0
    assert [name for name in watcher.names() if "metadata" not in name] == ["stream:started live"]
    assert house.get("/api/v1/stations/awaz/now-playing").json()["broadcast"]["id"] == before
    await ready(house)


async def test_a_locked_database_stops_writes_and_nothing_that_is_live(
    watch: Watch, encode: Encode, house: House
) -> None:
    watcher, token = await watch(), house.token()
    lock = sqlite3.connect(house.data / "awaz.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    encoder = encode(1010)
    await watcher.wait_for("stream:started", lambda event: event["kind"] == "live", within_s=3)
    late = await watch()
    refused = await asyncio.to_thread(house.post, "/api/v1/stations/awaz/metadata", {"title": "No"}, token)
    shown = house.get("/api/v1/stations/awaz/now-playing").json()
    lock.execute("ROLLBACK")
    lock.close()
    await ready(house)
    encoder.stop()
    await watcher.wait_for("stream:stopped")
    assert late.snapshot["on_air"] == "live"
    assert refused.status_code == 503
    assert refused.json()["error"]["retryable"] is True
    assert shown["metadata"]["track"]["title"] != "No"


async def test_what_was_on_air_while_the_database_was_locked_is_recorded_afterwards(
    watch: Watch, encode: Encode, house: House
) -> None:
    watcher = await watch()
    lock = sqlite3.connect(house.data / "awaz.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    encode(1010)
    started = await watcher.wait_for("stream:started")
    lock.execute("ROLLBACK")
    lock.close()
    await ready(house)
    with sqlite3.connect(house.data / "awaz.db") as database:
        async with asyncio.timeout(10):
            while not database.execute("select 1 from broadcasts where id = ?", (started["broadcast_id"],)).fetchone():
                await asyncio.sleep(0.1)
    database.close()


async def test_hooks_answer_at_once_and_refuse_a_wrong_key(house: House) -> None:
    secret = (house.data / "secrets" / "icecast-hook").read_text().strip()
    body = f"action=stream_auth&mount=%2fingest%2fawaz&user=source&pass={'0' * 40}&ip=127.0.0.1"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    took = []
    async with httpx.AsyncClient(auth=("icecast", secret), trust_env=False) as http:
        for _ in range(300):
            began = time.perf_counter()
            answer = await http.post(f"{house.hooks_url}/icecast", content=body, headers=headers)
            took.append(time.perf_counter() - began)
            assert "icecast-auth-user" not in answer.headers
    # The benchmark has the target of 5 ms; this only tells memory from anything that waits.
    assert sorted(took)[len(took) // 2] < 0.1


async def test_a_hook_without_its_secret_changes_nothing(house: House, watch: Watch) -> None:
    watcher = await watch()
    async with httpx.AsyncClient(trust_env=False) as http:
        for auth in (("icecast", ""), ("icecast", "wrong"), ("pipeline", "wrong")):
            forged = "action=mount_add&mount=/ingest/awaz"
            answer = await http.post(f"{house.hooks_url}/icecast", content=forged, auth=auth)
            assert answer.status_code == 401
    assert house.post("/icecast", {}).status_code == 404
    assert house.get("/api/v1/stations/awaz").json()["on_air"] == "autodj"
    assert not [name for name in watcher.names() if "started" in name]
