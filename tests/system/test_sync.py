"""Heard-time: everybody hears the same moment, and what is said of it is said of that."""

import asyncio
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from tests.support import loopback
from tests.support.beep import SCRIPT, beeps_late_s
from tests.support.numbered import NumberedStream
from tests.support.pages import ORDINARY_PLAYER, Visit, play
from tests.support.room import Room
from tests.support.running_stack import RunningStack
from tests.support.sitting import NEWEST, Sit, anchors, are_together, in_sync
from tests.support.types import Encode, Watch
from tests.support.waiting import wait_until

FRAME_MS = 1152 / 44.1
BEGINS_WITHIN_MS = 100
ALIGNED_WITHIN_S = 40.0
TOGETHER_WITHIN_S = 60.0
SLEEP_S = 2.0
SHOWN_WITHIN_S = 0.15
MEASURED_WITHIN_S = 90.0
HEARD_WITHIN_S = 0.5
WRONG_CLOCK = """
const [now, { timeOrigin }] = [Date.now, performance];
Date.now = () => now() + 90_000;
Object.defineProperty(performance, "timeOrigin", { value: timeOrigin + 90_000 });
"""
UNEVEN = "0.3+0.2*sin(1.7*t)+0.15*sin(4.1*t)"
"""The loudness of a tone that is like itself at one place only."""


def is_aligned(log: str) -> bool:
    """Say whether the station's pipeline was measured since its mounts' timelines began last."""
    of_station = [line for line in log.splitlines() if "mount=/awaz." in line or "station=awaz" in line]
    changes = [line for line in of_station if "mount_" in line or "pipeline_aligned" in line]
    return "pipeline_aligned" in changes[-1]


async def test_listeners_hear_the_same_moment_also_by_a_wrong_clock_and_after_one_slept(
    stack: RunningStack, sit: tuple[Room, Sit], tmp_path: Path
) -> None:
    await anchors(stack)
    room, start = sit
    pages = [await start(channel, script) for channel, script in enumerate([";", WRONG_CLOCK, ";"])]
    recorded = tmp_path / "heard.raw"

    def all_are_together() -> bool:
        return are_together(room.heard(recorded))

    with room.recording(recorded):
        for page in pages:
            await play(page)
        await asyncio.to_thread(wait_until, all_are_together, TOGETHER_WITHIN_S)
        await asyncio.to_thread(room.freeze, 2, SLEEP_S)
        resumed = len(room.heard(recorded))
        await asyncio.to_thread(wait_until, lambda: len(room.heard(recorded)) > resumed + NEWEST)
        # An ordinary player stays as late as it slept.
        await asyncio.to_thread(wait_until, all_are_together, TOGETHER_WITHIN_S)


async def test_a_page_shows_a_show_with_its_first_sample(
    stack: RunningStack, sit: tuple[Room, Sit], encode: Encode, tmp_path: Path
) -> None:
    await anchors(stack)
    await asyncio.to_thread(wait_until, lambda: is_aligned(stack.log("daemon")), ALIGNED_WITHIN_S)
    room, start = sit
    page, recorded = await start(0, SCRIPT), tmp_path / "heard.raw"
    with room.recording(recorded):
        await play(page)
        await in_sync(page)
        began = len(room.heard(recorded))
        encode(1010)
        await expect(page.locator(".hero")).to_have_attribute("data-on-air", "live", timeout=40_000)
        shown = len(room.heard(recorded))
        await asyncio.to_thread(wait_until, lambda: len(room.heard(recorded)) > shown + NEWEST)
    assert abs(beeps_late_s(room.heard(recorded)[began:], 1010)) < SHOWN_WITHIN_S


async def test_a_track_is_told_with_the_frame_where_its_sound_begins(
    stack: RunningStack, watch: Watch, encode: Encode, cleanup: ExitStack
) -> None:
    await anchors(stack)
    wait_until(lambda: is_aligned(stack.log("daemon")), ALIGNED_WITHIN_S)
    watcher = await watch()
    stream = NumberedStream(stack.mount())
    is_told = threading.Event()
    cleanup.callback(is_told.set)
    reading = asyncio.create_task(asyncio.to_thread(stream.read, is_told))
    encode(1010)
    told = await watcher.wait_for("stream:metadata", lambda event: event["kind"] == "live", within_s=40)
    is_told.set()
    known = await anchors(stack)
    await reading
    position = told["position"]
    assert position.items() >= {"mount": "/awaz.mp3", "stream_epoch": known["stream_epoch"]}.items()
    begins = stream.first_number(known) + stream.tone_begins(1010)
    assert abs(position["frame"] - begins) * FRAME_MS < BEGINS_WITHIN_MS
    assert position["at"] / 1000 == pytest.approx(known["t0"] + position["frame"] * known["frame_s"], abs=0.05)


async def test_a_host_is_told_how_long_after_they_speak_they_are_heard(
    stack: RunningStack, watch: Watch, encode: Encode, cleanup: ExitStack
) -> None:
    await anchors(stack)
    watcher, owner = await watch(), loopback.bearer(stack.token("owner"))
    encoder = encode(1010, loud=UNEVEN)

    def heard_after_ms() -> Any:
        return loopback.get(f"{stack.url}/api/v1/stations/awaz/sync", headers=owner).json().get("heard_after_ms")

    told = await asyncio.to_thread(wait_until, heard_after_ms, MEASURED_WITHIN_S)
    stream, is_over = NumberedStream(stack.mount()), threading.Event()
    cleanup.callback(is_over.set)
    reading = asyncio.create_task(asyncio.to_thread(stream.read, is_over))
    await asyncio.to_thread(wait_until, lambda: stream.frames)
    encoder.freeze()
    last_sent_at = time.time()
    await watcher.wait_for("stream:metadata", lambda event: event["kind"] != "live", within_s=40)
    is_over.set()
    known = await anchors(stack)
    await reading
    on_mount_at = known["t0"] + (stream.first_number(known) + stream.tone_ends(1010)) * known["frame_s"]
    assert told / 1000 == pytest.approx(on_mount_at - last_sent_at + known["target_s"], abs=HEARD_WITHIN_S)


async def test_an_ordinary_player_is_said_to_be_near(visit: Visit, stack: RunningStack) -> None:
    page = await visit("/s/awaz", script=ORDINARY_PLAYER)
    await play(page)
    await expect(page.get_by_test_id("sync")).to_have_attribute("data-sync", "approximate")
    await expect(page.get_by_test_id("listeners")).to_contain_text("1", timeout=10_000)


async def test_friends_with_a_link_hear_the_same_and_see_each_other(visit: Visit, stack: RunningStack) -> None:
    await anchors(stack)
    sara = await visit("/s/awaz", reduced_motion="reduce")
    await sara.get_by_test_id("together-begin").click()
    await expect(sara.get_by_test_id("together-member")).to_have_count(1)
    ali = await visit(sara.url, reduced_motion="reduce")
    for page in (sara, ali):
        await expect(page.get_by_test_id("together-member")).to_have_count(2)
        await play(page)
    for page in (sara, ali):
        playing = page.locator('[data-testid="together-member"][data-mode="synced"]')
        await expect(playing).to_have_count(2, timeout=20_000)
    await ali.get_by_test_id("together-mark").click()
    for page in (sara, ali):
        await expect(page.get_by_test_id("together-marker")).to_contain_text("now!")
    await sara.get_by_test_id("together-leave").click()
    await expect(ali.get_by_test_id("together-member")).to_have_count(1)
    assert "#" not in sara.url
