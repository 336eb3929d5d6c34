"""A page that plays in sync while something behind it ends, hangs or changes."""

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.pages import Visit, play
from tests.support.room import Room
from tests.support.running_stack import RunningStack
from tests.support.sitting import Sit, anchors, are_together, in_sync
from tests.support.waiting import wait_until

MEASURED_WITHIN_S, TOGETHER_WITHIN_S = 90, 60
HANGS_S = 12.0
PLAYED = "document.querySelector('awaz-player').playback.audio.currentTime"
STALLS = "document.querySelector('awaz-player').playback.stalls"

Fault = Callable[[RunningStack], object]


def kill_icecast(stack: RunningStack) -> None:
    stack.kill("icecast")


def kill_pipeline(stack: RunningStack) -> None:
    os.kill(stack.liquidsoap_pid(), signal.SIGKILL)


def change_bitrate(stack: RunningStack) -> None:
    stack.awaz("station", "set", "awaz", "--bitrate", "96")


def measurements(stack: RunningStack) -> int:
    """Return how often the daemon has found what the pipeline makes in what it hears of the mount."""
    log = stack.log("daemon").splitlines()
    return sum("pipeline_aligned" in line and "station=awaz" in line for line in log)


@pytest.mark.seats(2)
@pytest.mark.parametrize("fault", [kill_icecast, kill_pipeline, change_bitrate])
async def test_pages_hear_the_same_moment_of_what_follows_a_fault(
    stack: RunningStack, sit: tuple[Room, Sit], tmp_path: Path, fault: Fault
) -> None:
    await anchors(stack)
    (room, start), recorded = sit, tmp_path / "heard.raw"
    pages = [await start(channel) for channel in range(2)]
    for page in pages:
        await play(page)
        await in_sync(page)
    before = measurements(stack)
    await asyncio.to_thread(fault, stack)
    await asyncio.to_thread(wait_until, lambda: measurements(stack) > before, MEASURED_WITHIN_S)
    with room.recording(recorded):
        await asyncio.to_thread(wait_until, lambda: are_together(room.heard(recorded)), TOGETHER_WITHIN_S)
    for page in pages:
        await in_sync(page)


async def test_a_page_plays_on_while_the_daemon_hangs(stack: RunningStack, visit: Visit) -> None:
    await anchors(stack)
    listener = await visit("/s/awaz", reduced_motion="reduce")
    await play(listener)
    await in_sync(listener)
    before, stalls = await listener.evaluate(PLAYED), await listener.evaluate(STALLS)
    daemon = stack.pid("daemon")
    os.kill(daemon, signal.SIGSTOP)
    try:
        async with asyncio.timeout(2 * HANGS_S):
            while await listener.evaluate(PLAYED) < before + HANGS_S:
                await asyncio.sleep(0.2)
    finally:
        os.kill(daemon, signal.SIGCONT)
    assert await listener.evaluate(STALLS) == stalls
    await in_sync(listener)
