"""Listeners of one station beside each other: in sync, and as ordinary players. What is recorded decides."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from bench.results_file import Result, percentile, result
from bench.sync.listeners import Seat, cpu_s, settle
from bench.sync.lossy_line import lossy_line
from bench.sync.session import Session, session
from bench.sync.titles import title_late_ms
from tests.support.pages import ORDINARY_PLAYER
from tests.support.running_stack import RunningStack

LISTENERS, FEW, FIREFOX = 6, 3, 2
BETWEEN_S, SETTLE_S, HEARD_S = 0.5, 5.0, 20.0
PAUSE_S = 2.5
LOSS, LOSS_S = 0.3, 5.0
CPU_S = 20.0
TITLES = 3
ALIGNED_WITHIN_S = 60.0
PEER = "plain <audio>"
NOISE = ["-f", "lavfi", "-i", "anoisesrc=c=pink:a=0.5:r=44100,tremolo=f=0.7:d=0.8"]
"""Sound that is like itself at one place only."""
MP3 = ["-ac", "2", "-c:a", "libmp3lame", "-b:a", "192k", "-content_type", "audio/mpeg", "-f", "mp3"]

CHROMIUM = [Seat(channel) for channel in range(LISTENERS)]
MIXED = [replace(seat, with_firefox=seat.channel >= LISTENERS - FIREFOX) for seat in CHROMIUM]


async def run() -> list[Result]:
    """Run all measurements on a new stack."""
    stack = await asyncio.to_thread(RunningStack.start)
    try:
        await _aligned(stack)
        titles = await title(stack)
        source = await asyncio.create_subprocess_exec(
            *["ffmpeg", "-v", "error", "-nostdin", "-re", *NOISE, *MP3, stack.demo["encoder"]["url"]],
            stdin=asyncio.subprocess.DEVNULL,
        )
        try:
            await settle(15.0)
            heard = [*await together(stack), *await mixed(stack), *await moving(stack), await losing(stack)]
            return [*heard, *titles, *await cost(stack)]
        finally:
            source.terminate()
            await source.wait()
    finally:
        await asyncio.to_thread(stack.stop)


async def _aligned(stack: RunningStack) -> None:
    await asyncio.to_thread(stack.wait_for_log, "daemon", "pipeline_aligned", ALIGNED_WITHIN_S)
    await settle(5.0)


async def together(stack: RunningStack) -> list[Result]:
    """Measure how far apart listeners are who press play one after the other."""
    ours, audible = await _together(stack, CHROMIUM)
    peers, audible_peers = await _together(stack, [replace(seat, script=ORDINARY_PLAYER) for seat in CHROMIUM])
    rows = [
        (f"{LISTENERS} Chromium, skew, p50", percentile(ours, 0.5), percentile(peers, 0.5), 20),
        (f"{LISTENERS} Chromium, skew, p95", percentile(ours, 0.95), percentile(peers, 0.95), 20),
        (f"{LISTENERS} Chromium, skew, max", max(ours), max(peers), 60),
        ("press -> audible, p95", percentile(audible, 0.95), percentile(audible_peers, 0.95), 2000),
    ]
    return [result(metric, "ms", own, most, peer=peer, peer_name=PEER) for metric, own, peer, most in rows]


async def mixed(stack: RunningStack) -> list[Result]:
    """Measure how far apart listeners with different browsers are."""
    ours, _ = await _together(stack, MIXED)
    name = f"{LISTENERS - FIREFOX} Chromium and {FIREFOX} Firefox, skew"
    return [
        result(f"{name}, p50", "ms", percentile(ours, 0.5), 60),
        result(f"{name}, p95", "ms", percentile(ours, 0.95), 60),
    ]


async def _together(stack: RunningStack, seats: Sequence[Seat]) -> tuple[list[float], list[float]]:
    async with session(stack, seats) as room:
        for seat in seats:
            await room.press(seat.channel)
            await settle(BETWEEN_S)
        await settle(SETTLE_S)
        begins = room.now_s()
        await settle(HEARD_S)
        return room.skews(begins, room.now_s()), room.audible_ms()


async def moving(stack: RunningStack) -> list[Result]:
    """Measure a late joiner, somebody who pauses, and a daemon that is restarted meanwhile."""
    found = []
    async with session(stack, CHROMIUM[:FEW]) as room:
        for channel in (0, 1):
            await room.press(channel)
        await settle(10.0)
        await room.press(2)
        found.append(await _after(room, "a late joiner"))
        await room.listeners[1].press()
        await settle(PAUSE_S)
        await room.press(1)
        found.append(await _after(room, f"one paused for {PAUSE_S:g} s"))
        await asyncio.to_thread(stack.kill, "daemon")
        await settle(2.0)
        found.append(await _after(room, "the daemon killed and started again"))
    return found


async def losing(stack: RunningStack) -> Result:
    """Measure how far apart they are after one of them has lost packets for a while."""
    async with lossy_line(stack.icecast_port) as line:
        seats = [replace(CHROMIUM[0], line=line.port), *CHROMIUM[1:FEW]]
        async with session(stack, seats) as room:
            for seat in seats:
                await room.press(seat.channel)
            await settle(SETTLE_S)
            line.loss = LOSS
            await settle(LOSS_S)
            line.loss = 0.0
            return await _after(room, f"one lost {LOSS:.0%} of the packets for {LOSS_S:g} s")


async def _after(room: Session, what: str) -> Result:
    await settle(SETTLE_S)
    begins = room.now_s()
    await settle(HEARD_S / 2)
    skews = room.skews(begins, room.now_s())
    return result(f"{FEW} Chromium, {what}, skew, p95", "ms", percentile(skews, 0.95), 20)


async def title(stack: RunningStack) -> list[Result]:
    """Measure how far from its first sample a page shows that a show begins."""
    ours = [abs(await title_late_ms(stack)) for _ in range(TITLES)]
    plain = [abs(await title_late_ms(stack, ORDINARY_PLAYER)) for _ in range(TITLES)]
    return [
        result("title and its first sample, in sync, worst", "ms", max(ours), 100),
        result("title and its first sample, ordinary player, worst", "ms", max(plain), 300),
    ]


async def cost(stack: RunningStack) -> list[Result]:
    """Measure the processor time of a listener beside that of an ordinary player."""
    spent = []
    for script in ("", ORDINARY_PLAYER):
        async with session(stack, [Seat(0, script=script)]) as room:
            await room.press(0)
            await settle(SETTLE_S)
            before = cpu_s(room.room, 0)
            passed = await settle(CPU_S)
            spent.append((cpu_s(room.room, 0) - before) / passed * 100)
    ours, peer = spent
    return [
        result("processor time of a listener", "% of a core", ours, 1.3 * peer, peer=peer, peer_name=PEER, digits=2)
    ]
