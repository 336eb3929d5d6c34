"""How soon everybody knows: encoder, listener and title, each to the last of a thousand sockets."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import aiohttp
import httpx

from bench.onair import many_mounts, peer
from bench.onair.source import Source, tone
from bench.results_file import Result, percentile, result
from tests.support.players import IcyPlayer
from tests.support.running_stack import PROJECT, RunningStack

SOCKETS = 1000
ROUNDS = 10
PEER_ROUNDS = 3
OPEN = "1000000/second per address"
"""All sockets come from one machine."""
HOOKS = 500
HOOK_PAUSE_S = 0.01
ICY_BLOCK_MS = 1000.0
"""One metadata block: 16,000 bytes of audio at 128 kbit/s."""


@dataclass
class Swarm:
    """The thousand sockets, and what all of them got."""

    lines: list[dict[str, Any]] = field(default_factory=list)
    news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def wait_for(self, name: str, since: float, when: Callable[[dict[str, Any]], bool]) -> list[float]:
        """Wait for a message that all got after `since`; return after how many milliseconds each did."""
        async with asyncio.timeout(30), self.news:
            while True:
                for line in self.lines:
                    if line["name"] == name and line["first"] >= since and when(line["body"]):
                        return [(at - since) * 1000 for at in line["times"]]
                await self.news.wait()


@asynccontextmanager
async def swarm_on(stack: RunningStack) -> AsyncIterator[Swarm]:
    """Connect the sockets, from a process of their own."""
    command = [sys.executable, "-m", "bench.onair.sockets", stack.url, "awaz", str(SOCKETS)]
    process = await asyncio.create_subprocess_exec(*command, cwd=PROJECT, stdout=asyncio.subprocess.PIPE, limit=2**22)
    swarm = Swarm()
    reader = process.stdout
    if reader is None:
        raise RuntimeError("the swarm's output is not ours to read")

    async def read() -> None:
        while line := await reader.readline():
            async with swarm.news:
                swarm.lines.append(json.loads(line))
                swarm.news.notify_all()

    try:
        async with asyncio.timeout(60):
            if await reader.readline() != b"ready\n":
                raise RuntimeError("the sockets did not all come in")
        task = asyncio.create_task(read())
        yield swarm
        task.cancel()
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def on_a_stack() -> list[Result]:
    """Measure on a stack of its own."""
    limits = {f"AWAZ__LIMITS__{name}": OPEN for name in ("HANDSHAKE", "JOIN")}
    stack = await asyncio.to_thread(
        lambda: RunningStack.start(AWAZ__ONAIR__GRACE_S="0.5", AWAZ__GATEWAY__HANDSHAKES_PER_S="100000", **limits)
    )
    try:
        async with swarm_on(stack) as swarm:
            return [
                *await encoder(stack, swarm),
                *await listeners(stack, swarm),
                *await titles(stack, swarm),
                await hooks(stack),
            ]
    finally:
        await asyncio.to_thread(stack.stop)


async def run() -> list[Result]:
    """Run all of it."""
    return [*await on_a_stack(), *await asyncio.to_thread(many_mounts.measure)]


def _names(title: str, body: dict[str, Any]) -> bool:
    return bool(body["track"]["title"] == title)


def _mentions(title: str, text: str) -> bool:
    return title in text


def _admin(stack: RunningStack) -> tuple[str, tuple[str, str]]:
    secret = (stack.data / "secrets" / "icecast-admin").read_text().strip()
    return f"http://127.0.0.1:{stack.icecast_port}/admin/stats", ("admin", secret)


async def encoder(stack: RunningStack, swarm: Swarm) -> list[Result]:
    """Encoder accepted by Icecast to `stream:started` at every socket."""
    audio, ours, theirs = tone(), list[float](), list[float]()
    for turn in range(ROUNDS):
        key = stack.demo["encoder"]["key"]
        source = await Source.connect(stack.icecast_port, "/ingest/awaz", key, audio)
        ours += await swarm.wait_for("stream:started", source.accepted, lambda body: body["kind"] == "live")
        if turn < PEER_ROUNDS:
            theirs += await peer.notice(*_admin(stack), lambda text: 'mount="/ingest/awaz"' in text, source.accepted)
        gone = time.monotonic()
        await source.close()
        await swarm.wait_for("stream:stopped", gone, lambda _body: True)
    name = f"encoder accepted -> stream:started at {SOCKETS} sockets"
    return [
        result(f"{name}, p50", "ms", percentile(ours, 0.5), 300, peer=percentile(theirs, 0.5), peer_name=peer.NAME),
        result(f"{name}, p99", "ms", percentile(ours, 0.99), 300, peer=percentile(theirs, 0.99), peer_name=peer.NAME),
    ]


async def listeners(stack: RunningStack, swarm: Swarm) -> list[Result]:
    """Listener joins or leaves the mount to the count at every socket."""
    ours, theirs = list[float](), list[float]()
    for turn in range(ROUNDS):
        came = time.monotonic()
        player = await asyncio.to_thread(IcyPlayer.open, stack.mount())
        ours += await swarm.wait_for("stream:listeners", came, lambda body: body["listeners"] == 1)
        if turn < PEER_ROUNDS:
            theirs += await peer.notice(*_admin(stack), lambda text: "<listeners>1</listeners>" in text, came)
        await asyncio.sleep(1.2)
        left = time.monotonic()
        await asyncio.to_thread(player.close)
        ours += await swarm.wait_for("stream:listeners", left, lambda body: body["listeners"] == 0)
        await asyncio.sleep(1.2)
    name = "listener joins or leaves -> count at the sockets, p99"
    return [result(name, "ms", percentile(ours, 0.99), 1000, peer=percentile(theirs, 0.99), peer_name=peer.NAME)]


async def titles(stack: RunningStack, swarm: Swarm) -> list[Result]:
    """Title posted to every socket, and to the ICY bytes of a connected listener."""
    token, ours, icy, theirs = await asyncio.to_thread(stack.token), list[float](), list[float](), list[float]()
    # While a host is live no AutoDJ track comes between.
    live = await Source.connect(stack.icecast_port, "/ingest/awaz", stack.demo["encoder"]["key"], tone())
    player = await asyncio.to_thread(IcyPlayer.open, stack.mount())
    await asyncio.sleep(5)  # the burst a new listener is sent runs ahead of the clock; let it pass
    url = f"{stack.url}/api/v1/stations/awaz/metadata"
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {token}"}, trust_env=False) as http:
        await http.get(stack.url + "/healthz")
        for turn in range(ROUNDS):
            title = f"Title {turn} {time.monotonic_ns()}"
            posted = time.monotonic()
            answer = await http.post(url, json={"title": title, "artist": "Bench"})
            answer.raise_for_status()
            ours += await swarm.wait_for("stream:metadata", posted, partial(_names, title))
            icy.append((await asyncio.to_thread(player.wait_for, f"Bench - {title}") - posted) * 1000)
            if turn < PEER_ROUNDS:
                theirs += await peer.notice(*_admin(stack), partial(_mentions, title), posted)
    await asyncio.to_thread(player.close)
    await live.close()
    return [
        result(
            f"title posted -> {SOCKETS} sockets, p99",
            "ms",
            percentile(ours, 0.99),
            150,
            peer=percentile(theirs, 0.99),
            peer_name=peer.NAME,
        ),
        result("title posted -> ICY block of a listener, worst", "ms", max(icy), 150 + ICY_BLOCK_MS),
    ]


async def hooks(stack: RunningStack) -> Result:
    """Icecast's stream_auth hook, answered while a thousand sockets are connected."""
    secret = (stack.data / "secrets" / "icecast-hook").read_text().strip()
    body = f"action=stream_auth&mount=%2fingest%2fawaz&user=source&pass={'0' * 40}&ip=127.0.0.1"
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Authorization": aiohttp.encode_basic_auth("icecast", secret),
    }
    took = []
    async with aiohttp.ClientSession(headers=headers) as http:
        for _ in range(HOOKS):
            # Encoders come one by one; a queue of hooks would measure itself.
            await asyncio.sleep(HOOK_PAUSE_S)
            began = time.monotonic()
            async with http.post(f"{stack.hooks_url}/icecast", data=body) as answer:
                await answer.read()
            took.append((time.monotonic() - began) * 1000)
    return result("stream_auth hook answered, p99", "ms", percentile(took, 0.99), 5)
