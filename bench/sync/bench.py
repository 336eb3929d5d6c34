"""Listeners of one station beside each other: in sync, and as ordinary players. What is recorded decides."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from playwright.async_api import async_playwright

from bench.results_file import Result, percentile, result
from bench.sync.listeners import Listener, listener, settle
from tests.support.room import AUDIBLE, RATE, Room, listening_room, skews_ms
from tests.support.running_stack import RunningStack

LISTENERS, FEW = 6, 3
BETWEEN_S, SETTLE_S, HEARD_S = 0.5, 5.0, 20.0
PAUSE_S = 2.5
CPU_S = 20.0
ALIGNED_WITHIN_S = 60.0
PEER = "plain <audio>"
NOISE = ["-f", "lavfi", "-i", "anoisesrc=c=pink:a=0.5:r=44100,tremolo=f=0.7:d=0.8"]
"""Sound that is like itself at one place only."""
MP3 = ["-ac", "2", "-c:a", "libmp3lame", "-b:a", "192k", "-content_type", "audio/mpeg", "-f", "mp3"]


@dataclass
class Session:
    """One room with listeners, and what was recorded there. Times are seconds of the recording."""

    room: Room
    file: Path
    listeners: list[Listener]
    pressed_at: dict[int, float] = field(default_factory=dict)

    def now_s(self) -> float:
        """Return how much is recorded."""
        return self.file.stat().st_size / (2 * self.room.channels * RATE)

    async def press(self, one: Listener) -> None:
        """Have a listener press play."""
        self.pressed_at[one.channel] = self.now_s()
        await one.press()

    def audible_ms(self) -> list[float]:
        """Return how long each listener heard nothing after the press."""
        sound = np.abs(self.room.heard(self.file))
        found = []
        for channel, pressed_s in self.pressed_at.items():
            after = sound[round(pressed_s * RATE) :, channel]
            found.append(float(np.argmax(after > AUDIBLE)) * 1000 / RATE)
        return found

    def skews(self, since_s: float, until_s: float) -> list[float]:
        """Return how far apart the listeners were, in milliseconds."""
        return skews_ms(self.room.heard(self.file)[: round(until_s * RATE)], since_s)


@asynccontextmanager
async def session(stack: RunningStack, count: int, *, plain: bool = False) -> AsyncIterator[Session]:
    """Seat listeners in a room, and record."""
    async with AsyncExitStack() as exits:
        folder = Path(exits.enter_context(tempfile.TemporaryDirectory()))
        room = exits.enter_context(listening_room(count, folder))
        playwright = await exits.enter_async_context(async_playwright())
        seated = [
            await exits.enter_async_context(listener(playwright, stack, room, channel, plain=plain))
            for channel in range(count)
        ]
        file = folder / "heard.raw"
        exits.enter_context(room.recording(file))
        await settle(1.0)
        yield Session(room, file, seated)


async def run() -> list[Result]:
    """Run all measurements on a new stack."""
    stack = await asyncio.to_thread(RunningStack.start)
    source = await asyncio.create_subprocess_exec(
        *["ffmpeg", "-v", "error", "-nostdin", "-re", *NOISE, *MP3, stack.demo["encoder"]["url"]],
        stdin=asyncio.subprocess.DEVNULL,
    )
    try:
        await asyncio.to_thread(stack.wait_for_log, "daemon", "pipeline_aligned", ALIGNED_WITHIN_S)
        await settle(5.0)
        return [*await together(stack), *await moving(stack), *await cost(stack)]
    finally:
        source.terminate()
        await source.wait()
        await asyncio.to_thread(stack.stop)


async def together(stack: RunningStack) -> list[Result]:
    """Measure how far apart listeners are who press play one after the other."""
    ours, audible = await _together(stack, plain=False)
    peers, audible_peers = await _together(stack, plain=True)
    rows = [
        (f"{LISTENERS} Chromium, skew, p50", percentile(ours, 0.5), percentile(peers, 0.5), 20),
        (f"{LISTENERS} Chromium, skew, p95", percentile(ours, 0.95), percentile(peers, 0.95), 20),
        (f"{LISTENERS} Chromium, skew, max", max(ours), max(peers), 60),
        ("press -> audible, p95", percentile(audible, 0.95), percentile(audible_peers, 0.95), 2000),
    ]
    return [result(metric, "ms", own, most, peer=peer, peer_name=PEER) for metric, own, peer, most in rows]


async def _together(stack: RunningStack, *, plain: bool) -> tuple[list[float], list[float]]:
    async with session(stack, LISTENERS, plain=plain) as room:
        for one in room.listeners:
            await room.press(one)
            await settle(BETWEEN_S)
        for one in room.listeners:
            await one.plays()
        await settle(SETTLE_S)
        begins = room.now_s()
        await settle(HEARD_S)
        return room.skews(begins, room.now_s()), room.audible_ms()


async def moving(stack: RunningStack) -> list[Result]:
    """Measure a late joiner, somebody who pauses, and a daemon that is restarted meanwhile."""
    found = []
    async with session(stack, FEW) as room:
        first, second, late = room.listeners
        for one in (first, second):
            await room.press(one)
            await one.plays()
        await settle(10.0)
        await room.press(late)
        await late.plays()
        found.append(await _after(room, "a late joiner"))
        await second.press()
        await settle(PAUSE_S)
        await second.press()
        await second.plays()
        found.append(await _after(room, f"one paused for {PAUSE_S:g} s"))
        await asyncio.to_thread(stack.kill, "daemon")
        await settle(2.0)
        found.append(await _after(room, "the daemon killed and started again"))
    return found


async def _after(room: Session, what: str) -> Result:
    await settle(SETTLE_S)
    begins = room.now_s()
    await settle(HEARD_S / 2)
    skews = room.skews(begins, room.now_s())
    return result(f"{FEW} Chromium, {what}, skew, p95", "ms", percentile(skews, 0.95), 20)


async def cost(stack: RunningStack) -> list[Result]:
    """Measure the processor time of a listener beside that of an ordinary player."""
    spent = []
    for plain in (False, True):
        async with session(stack, 1, plain=plain) as room:
            (one,) = room.listeners
            await room.press(one)
            await one.plays()
            await settle(SETTLE_S)
            before = one.cpu_s()
            passed = await settle(CPU_S)
            spent.append((one.cpu_s() - before) / passed * 100)
    ours, peer = spent
    return [
        result("processor time of a listener", "% of a core", ours, 1.3 * peer, peer=peer, peer_name=PEER, digits=2)
    ]
