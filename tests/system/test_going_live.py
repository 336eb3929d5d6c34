"""Going live: heard in preview, on air by a button, handed over, taken off air and kicked. These tests listen."""

import asyncio
import os
import signal
import time
from collections.abc import Callable
from contextlib import ExitStack

import pytest

from tests.support import loopback
from tests.support.desk import Desk
from tests.support.encoder import Encoder
from tests.support.players import Recorder
from tests.support.running_stack import RunningStack
from tests.support.types import Encode, Watch
from tests.support.waiting import within
from tests.support.watcher import Watcher

HOST, GUEST = 1010, 1250


def on_air(watcher: Watcher) -> list[str]:
    return [name for name in watcher.names() if "stream:st" in name]


async def test_an_armed_encoder_is_heard_in_preview_and_on_air_within_a_second_of_the_button(
    desk: Desk, watch: Watch, encode: Encode, listen: Callable[..., Recorder], cleanup: ExitStack
) -> None:
    watcher, recorder = await watch(), await asyncio.to_thread(listen)
    encode(HOST)
    await asyncio.to_thread(desk.wait_for, "preview")
    preview = await asyncio.to_thread(desk.preview)
    cleanup.callback(preview.close)
    await asyncio.to_thread(preview.wait_for_tone, HOST)
    with pytest.raises(AssertionError, match="was not heard"):
        await asyncio.to_thread(recorder.wait_for_tone, HOST, 2.0)
    assert on_air(watcher) == []
    broadcast, pressed = await asyncio.to_thread(desk.go_live, title="Ghazals", show="Evening", description="Two hours")
    heard = await asyncio.to_thread(recorder.wait_for_tone, HOST)
    assert heard - pressed < 1.0
    started = await watcher.wait_for("stream:started")
    told = {name: started.get(name) for name in ("broadcast_id", "title", "show", "host", "description")}
    assert told == {
        "broadcast_id": broadcast,
        "title": "Ghazals",
        "show": "Evening",
        "host": "Demo Owner",
        "description": "Two hours",
    }


async def test_what_is_stopped_fades_into_a_fresh_track_and_waits_in_preview(
    desk: Desk, watch: Watch, encode: Encode, listen: Callable[..., Recorder], stack: RunningStack
) -> None:
    watcher, recorder = await watch(), await asyncio.to_thread(listen)
    before = (await asyncio.to_thread(stack.pipeline_state)).item
    encode(HOST)
    await asyncio.to_thread(desk.wait_for, "preview")
    broadcast, _ = await asyncio.to_thread(desk.go_live)
    await asyncio.to_thread(recorder.wait_for_tone, HOST)
    await asyncio.to_thread(time.sleep, 1.5)  # the fade in has to be over
    since = time.monotonic()
    assert (await asyncio.to_thread(desk.press, "stop", broadcast_id=broadcast)).status_code == 200
    await asyncio.to_thread(recorder.wait_for_music, HOST)
    stopped = await watcher.wait_for("stream:stopped")
    assert (stopped["reason"], stopped["then"]) == ("taken_off_air", "autodj")
    await asyncio.to_thread(desk.wait_for, "preview")
    assert recorder.longest_silence(since) <= 0.2
    assert (await asyncio.to_thread(stack.pipeline_state)).item not in {"", before}
    late = await asyncio.to_thread(desk.press, "stop", broadcast_id=broadcast)
    assert (late.status_code, late.json()["error"]["code"]) == (409, "conflict")
    assert on_air(watcher) == ["stream:started live", "stream:stopped taken_off_air"]


async def test_a_handover_to_the_green_room_has_no_gap_and_one_pair_of_events(
    desk: Desk, watch: Watch, encode: Encode, listen: Callable[..., Recorder], stack: RunningStack, cleanup: ExitStack
) -> None:
    watcher, recorder = await watch(), await asyncio.to_thread(listen)
    encode(HOST)
    await asyncio.to_thread(desk.wait_for, "preview")
    first, _ = await asyncio.to_thread(desk.go_live)
    await asyncio.to_thread(recorder.wait_for_tone, HOST)
    encode(GUEST, key=await asyncio.to_thread(stack.new_key, "admin"), slot="b")
    await asyncio.to_thread(desk.wait_for, "preview", "b")
    green_room = await asyncio.to_thread(desk.preview, "b")
    cleanup.callback(green_room.close)
    await asyncio.to_thread(green_room.wait_for_tone, GUEST)
    refused = await asyncio.to_thread(desk.press, "go-live", source="encoder")
    assert "Demo Owner is on air" in refused.json()["error"]["message"]
    since = time.monotonic()
    _, pressed = await asyncio.to_thread(desk.go_live, replaces=first)
    heard = await asyncio.to_thread(recorder.wait_for_tone, GUEST)
    await watcher.wait_for("stream:started", lambda event: event["host"] == "Admin")
    await asyncio.to_thread(desk.wait_for, "preview", "a")
    assert heard - pressed < 1.0
    assert recorder.longest_silence(since) <= 0.2
    assert on_air(watcher) == ["stream:started live", "stream:stopped handover", "stream:started live"]


async def test_a_kicked_encoder_is_kept_out_for_a_time(
    desk: Desk, watch: Watch, encode: Encode, listen: Callable[..., Recorder], stack: RunningStack
) -> None:
    watcher, recorder = await watch(), await asyncio.to_thread(listen)
    encoder = encode(HOST)
    await asyncio.to_thread(desk.wait_for, "preview")
    await asyncio.to_thread(desk.go_live)
    await asyncio.to_thread(recorder.wait_for_tone, HOST)
    kicked = await asyncio.to_thread(desk.press, "kick", source="a", seconds=3)
    assert kicked.json()["locked_until"] > time.time() * 1000
    await asyncio.to_thread(encoder.refusal)
    again = await asyncio.to_thread(Encoder.start, stack, HOST)
    assert "401" in await asyncio.to_thread(again.refusal)
    await asyncio.to_thread(recorder.wait_for_music, HOST)
    assert (await watcher.wait_for("stream:stopped"))["reason"] == "kicked"
    await asyncio.to_thread(stack.wait_until_accepted, stack.demo["encoder"]["key"])
    encode(HOST)
    await asyncio.to_thread(desk.wait_for, "preview")


async def test_music_plays_over_dead_air_until_there_is_sound_again(
    desk: Desk, encode: Encode, listen: Callable[..., Recorder], watch: Watch
) -> None:
    watcher, recorder = await watch(token=desk.token), await asyncio.to_thread(listen)
    await asyncio.to_thread(desk.arm, auto_live=True, dead_air_s=6)
    encode(HOST, loud="lt(t,4)+gt(t,16)")
    await asyncio.to_thread(recorder.wait_for_tone, HOST)
    await asyncio.to_thread(recorder.wait_for_music, HOST, 20.0)
    assert await asyncio.to_thread(desk.state) == "on_air"
    await asyncio.to_thread(recorder.wait_for_tone, HOST, 20.0)
    assert on_air(watcher) == ["stream:started live"]
    await watcher.wait_for("stream:incident", lambda event: event["kind"] == "dead_air")


async def test_an_encoder_stays_on_air_while_the_daemon_is_away(
    desk: Desk, watch: Watch, encode: Encode, listen: Callable[..., Recorder], stack: RunningStack
) -> None:
    recorder = await asyncio.to_thread(listen)
    encode(HOST)
    await asyncio.to_thread(desk.wait_for, "preview")
    broadcast, _ = await asyncio.to_thread(desk.go_live)
    await asyncio.to_thread(recorder.wait_for_tone, HOST)
    await asyncio.to_thread(stack.control, "stop", "daemon")
    killed = await asyncio.to_thread(stack.liquidsoap_pid)
    os.kill(killed, signal.SIGKILL)
    await within(20, lambda: stack.liquidsoap_pid() not in {0, killed})
    await asyncio.to_thread(recorder.wait_for_tone, HOST, 20.0)
    await asyncio.to_thread(stack.control, "start", "daemon")
    await asyncio.to_thread(stack.wait_until_ready)
    watcher = await watch()
    assert watcher.snapshot["broadcast"]["id"] == broadcast
    await asyncio.to_thread(desk.wait_for, "on_air")


async def test_what_was_taken_off_air_stays_there_when_the_daemon_starts_again(
    desk: Desk, watch: Watch, encode: Encode, stack: RunningStack
) -> None:
    await asyncio.to_thread(desk.arm, auto_live=True)
    encode(HOST)
    await asyncio.to_thread(desk.wait_for, "on_air")
    broadcast = (await watch()).snapshot["broadcast"]["id"]
    assert (await asyncio.to_thread(desk.press, "stop", broadcast_id=broadcast)).status_code == 200
    await asyncio.to_thread(stack.control, "restart", "daemon")
    await asyncio.to_thread(stack.wait_until_ready)
    watcher = await watch()
    await asyncio.to_thread(desk.wait_for, "preview")
    assert (watcher.snapshot["on_air"], on_air(watcher)) == ("autodj", [])


async def test_nobody_hears_an_ingest_mount_without_an_address(desk: Desk, encode: Encode, stack: RunningStack) -> None:
    encode(HOST)
    await asyncio.to_thread(desk.wait_for, "preview")
    url = f"http://127.0.0.1:{stack.icecast_port}/ingest/awaz"
    assert (await asyncio.to_thread(loopback.get, url, timeout=5)).status_code == 403
    stranger = stack.get("/api/v1/stations/awaz/preview?key=x")
    assert stranger.status_code == 401
