"""The library and the queue, as listeners hear them."""

import asyncio
from collections.abc import Callable

import httpx

from tests.support.audio import Sounds
from tests.support.players import IcyPlayer, Recorder
from tests.support.running_stack import RunningStack
from tests.support.studio import QUEUE, Studio
from tests.support.types import Encode, Watch
from tests.support.waiting import wait_until


async def test_an_upload_that_is_placed_next_is_heard_next_with_its_title(
    studio: Studio, sounds: Sounds, listen: Callable[..., Recorder], icy_player: Callable[..., IcyPlayer], watch: Watch
) -> None:
    recorder, player, watcher = await asyncio.to_thread(listen), icy_player(), await watch()
    track = await asyncio.to_thread(studio.upload, sounds, 700)
    picture = await asyncio.to_thread(studio.draw, track)
    item = (await asyncio.to_thread(studio.place, track, "next"))["item"]
    await asyncio.to_thread(studio.skip)
    await asyncio.to_thread(recorder.wait_for_tone, 700)
    await asyncio.to_thread(player.wait_for, "Tester - Tone 700")
    event = await watcher.wait_for("stream:metadata", lambda event: event["track"]["title"] == "Tone 700")
    assert (event["play_id"], event["track"]["id"], event["track"]["art_url"]) == (item, track, picture)


async def test_play_now_is_heard_within_seconds_and_a_late_skip_skips_nothing(
    studio: Studio, sounds: Sounds, listen: Callable[..., Recorder], watch: Watch
) -> None:
    recorder, watcher = await asyncio.to_thread(listen), await watch()
    track = await asyncio.to_thread(studio.upload, sounds, 800)
    before = (await asyncio.to_thread(studio.queue))["now"]["id"]
    await asyncio.to_thread(studio.place, track, "now")
    await asyncio.to_thread(recorder.wait_for_tone, 800)
    await watcher.wait_for("stream:metadata", lambda event: event["track"]["title"] == "Tone 800")
    late = await asyncio.to_thread(lambda: studio.client.post(f"{QUEUE}/skip", json={"item": before}))
    assert late.status_code == httpx.codes.CONFLICT


async def test_the_plan_goes_on_without_the_daemon_and_the_history_has_it(
    stack: RunningStack, studio: Studio, sounds: Sounds, listen: Callable[..., Recorder]
) -> None:
    recorder = await asyncio.to_thread(listen)
    tracks = [await asyncio.to_thread(studio.upload, sounds, hertz, 8) for hertz in (900, 1200, 1500)]
    planned = [await asyncio.to_thread(studio.place, track, "next") for track in reversed(tracks)][-1]
    await asyncio.to_thread(wait_until, lambda: studio.queue()["applied"], 5)
    await asyncio.to_thread(studio.skip)
    await asyncio.to_thread(recorder.wait_for_tone, 900)
    stack.control("stop", "daemon")
    for hertz in (1200, 1500):
        await asyncio.to_thread(recorder.wait_for_tone, hertz, 20)
    played = (stack.data / "stations" / "awaz" / "playout" / "played.log").read_text()
    ids = [item["id"] for item in planned["items"][:3]]
    assert [line.split()[1] for line in played.splitlines()][-3:] == ids
    stack.control("start", "daemon")
    await asyncio.to_thread(stack.wait_until_ready)
    history = stack.get("/api/v1/stations/awaz/history").json()["items"]
    heard = [play["play_id"] for play in reversed(history)]
    assert [play for play in heard if play in ids] == ids


async def test_autodj_begins_another_track_after_a_live_broadcast(
    studio: Studio, sounds: Sounds, listen: Callable[..., Recorder], encode: Encode, watch: Watch, stack: RunningStack
) -> None:
    recorder, watcher = await asyncio.to_thread(listen), await watch()
    one, two = [await asyncio.to_thread(studio.upload, sounds, hertz, 60) for hertz in (600, 1800)]
    await asyncio.to_thread(studio.place, two, "next")
    await asyncio.to_thread(studio.place, one, "now")
    await asyncio.to_thread(recorder.wait_for_tone, 600)
    encoder = encode(1010)
    await asyncio.to_thread(recorder.wait_for_tone, 1010)
    encoder.stop()
    await asyncio.to_thread(recorder.wait_for_tone, 1800)
    await watcher.wait_for("stream:metadata", lambda event: event["track"]["title"] == "Tone 1800")


async def test_what_is_placed_during_a_live_broadcast_is_heard_after_it(
    studio: Studio, sounds: Sounds, listen: Callable[..., Recorder], encode: Encode
) -> None:
    recorder = await asyncio.to_thread(listen)
    one, two = [await asyncio.to_thread(studio.upload, sounds, hertz, 60) for hertz in (600, 1800)]
    await asyncio.to_thread(studio.place, one, "now")
    await asyncio.to_thread(recorder.wait_for_tone, 600)
    encoder = encode(1010)
    await asyncio.to_thread(recorder.wait_for_tone, 1010)
    planned = await asyncio.to_thread(studio.place, two, "next")
    await asyncio.to_thread(wait_until, lambda: studio.queue()["applied"], 5)
    queue = await asyncio.to_thread(studio.queue)
    assert [item["id"] for item in queue["items"]][:3] == [item["id"] for item in planned["items"]][:3]
    encoder.stop()
    await asyncio.to_thread(recorder.wait_for_tone, 1800)
    assert "problem" not in await asyncio.to_thread(studio.track, two)
