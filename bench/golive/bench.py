"""Going live: from the button to the mount and to a thousand sockets, from an encoder or a browser to the ear."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from bench.golive import slices
from bench.onair import peer
from bench.onair.bench import SOCKETS, UNLIMITED, Sockets, connect_sockets
from bench.results_file import Result, percentile, result
from tests.support.desk import Desk
from tests.support.encoder import Encoder
from tests.support.players import Recorder
from tests.support.running_stack import RunningStack

ROUNDS, PEER_ROUNDS, BROWSER_ROUNDS = 12, 2, 6
HOST, VOICE = 1010, 1250


async def run() -> list[Result]:
    """Run all measurements on a new stack."""
    limits = {f"AWAZ__LIMITS__{name}": UNLIMITED for name in ("HANDSHAKE", "JOIN", "WRITE")}
    stack = await asyncio.to_thread(
        lambda: RunningStack.start(AWAZ__ONAIR__GRACE_S="0.5", AWAZ__GATEWAY__HANDSHAKES_PER_S="100000", **limits)
    )
    try:
        desk = Desk(stack, await asyncio.to_thread(stack.token))
        await asyncio.to_thread(desk.arm)
        recorder = await asyncio.to_thread(_listen, stack)
        try:
            async with connect_sockets(stack) as sockets:
                pressed = await button(stack, desk, recorder, sockets)
            return [*pressed, *await preview(stack, desk), *await browser(stack, desk, recorder)]
        finally:
            await asyncio.to_thread(recorder.close)
    finally:
        await asyncio.to_thread(stack.stop)


def _listen(stack: RunningStack) -> Recorder:
    recorder = Recorder.open(stack.mount())
    recorder.wait_for_sound()
    return recorder


async def button(stack: RunningStack, desk: Desk, recorder: Recorder, sockets: Sockets) -> list[Result]:
    """Measure from the press of Go live to the mount, and to `stream:started` at every socket."""
    heard, told, peers = list[float](), list[float](), list[float]()
    encoder = Encoder.start(stack, HOST)
    try:
        await asyncio.to_thread(desk.wait_for, "preview")
        for round_number in range(ROUNDS):
            hearing = asyncio.create_task(asyncio.to_thread(recorder.wait_for_tone, HOST))
            broadcast, pressed = await asyncio.to_thread(desk.go_live)
            told += await sockets.wait_for("stream:started", pressed, _is(broadcast))
            heard.append((await hearing - pressed) * 1000)
            if round_number < PEER_ROUNDS:
                url = f"{stack.url}/api/nowplaying/awaz"
                peers += await peer.notice(url, None, lambda text: '"is_live":true' in text, pressed)
            await asyncio.to_thread(desk.press, "stop", broadcast_id=broadcast)
            await asyncio.to_thread(recorder.wait_for_music, HOST)
            await asyncio.to_thread(desk.wait_for, "preview")
    finally:
        await asyncio.to_thread(encoder.stop)
    await asyncio.to_thread(desk.wait_for, "absent", "a", 40.0)
    last = f"button -> stream:started at {SOCKETS} sockets"
    return [
        *_results("button -> half the volume on the mount", heard, 1000),
        result(f"{last}, p50", "ms", percentile(told, 0.5), 300, peer=percentile(peers, 0.5), peer_name=peer.NAME),
        result(f"{last}, p99", "ms", percentile(told, 0.99), 300, peer=percentile(peers, 0.99), peer_name=peer.NAME),
    ]


def _is(broadcast: str) -> Callable[[dict[str, object]], bool]:
    return lambda body: body["broadcast_id"] == broadcast


async def preview(stack: RunningStack, desk: Desk) -> list[Result]:
    """Measure from an encoder's start to its tone in the preview."""

    async def once() -> float:
        began = time.monotonic()
        encoder = Encoder.start(stack, HOST)
        try:
            await asyncio.to_thread(desk.wait_for, "preview")
            recorder = await asyncio.to_thread(desk.preview)
            try:
                return (await asyncio.to_thread(recorder.wait_for_tone, HOST) - began) * 1000
            finally:
                await asyncio.to_thread(recorder.close)
        finally:
            await asyncio.to_thread(encoder.stop)
            await asyncio.to_thread(desk.wait_for, "absent", "a", 40.0)

    return _results("encoder started -> heard in preview", await _rounds(ROUNDS, once), 5000)


async def browser(stack: RunningStack, desk: Desk, recorder: Recorder) -> list[Result]:
    """Measure from the slice in which a tone begins to the mount."""

    async def once() -> float:
        until = asyncio.Event()
        sending = asyncio.create_task(slices.send(stack, desk.token, VOICE, until))
        try:
            await asyncio.to_thread(desk.wait_for, "preview")
            await asyncio.to_thread(desk.press, "go-live", source="browser")
            heard = await asyncio.to_thread(recorder.wait_for_tone, VOICE)
        finally:
            until.set()
        sent = await sending
        await asyncio.to_thread(desk.wait_for, "absent", "a", 40.0)
        return (heard - sent) * 1000

    return _results("browser's slice -> heard on the mount", await _rounds(BROWSER_ROUNDS, once), 3000)


async def _rounds(count: int, once: Callable[[], Awaitable[float]]) -> list[float]:
    return [await once() for _ in range(count)]


def _results(metric: str, values: list[float], most: float) -> list[Result]:
    return [
        result(f"{metric}, median", "ms", percentile(values, 0.5), most),
        result(f"{metric}, p99", "ms", percentile(values, 0.99), most),
    ]
